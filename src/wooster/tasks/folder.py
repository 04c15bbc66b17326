"""The folder of tasks on the disk: reading it, and changing it while others may, too.

A file is replaced whole, by a copy that is on the disk before it takes the place of the old one;
what an editor saved meanwhile is read again, and the change made in that. Blocking. It knows files
and changes and nothing of what they are for.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from wooster.config.replacing import NotSynced, make_folder, put_in_place, sync_folder
from wooster.core import caches
from wooster.core.errors import Busy, DiskFull, HomeError, NotFound, UsageError
from wooster.core.text import clip
from wooster.tasks import changes
from wooster.tasks.changes import AlreadyThere, Change, Rename, Step
from wooster.tasks.document import Document, below, end_of_list, items, text_of
from wooster.tasks.model import Item, Task

PROJECTS = "projects"
_TRIES = 8
_KEPT_LINES, _KEPT_PATHS = 1000, 500
_SHOWN = 60
_Signature = tuple[int, int, int]


def _signature(found: os.stat_result) -> _Signature:
    return found.st_mtime_ns, found.st_size, found.st_ino


@dataclass(frozen=True, slots=True)
class _Parsed:
    """The tasks of a file as it was, and what its lines say: most are the same the next time."""

    document: Document
    names: tuple[str, ...]
    bullets: bool
    items: list[Item]
    known: dict[bytes, Task | None]


class _Unsure(Exception):
    """A step was made, and may not be there after a power cut."""

    def __init__(self, step: Step) -> None:
        self.step = step


def place(home: Path, named: str) -> Path:
    """Where a folder is that the settings have: a relative one is under `home`."""
    return home / Path(named).expanduser()


class Folder:
    """The files under `root`; those of projects may be under a folder of their own."""

    def __init__(self, root: Path, projects: Path | None = None) -> None:
        self.root = root
        self._projects = projects or root / PROJECTS
        self._pages: dict[Path, tuple[_Signature, Document]] = {}
        self._items: dict[str, _Parsed] = {}
        self._paths: dict[str, Path] = {}
        caches.known(self._let_go)

    @classmethod
    def of(cls, home: Path, named: str, of_projects: str | None) -> Folder:
        """As the settings have it: relative ones are under `home`."""
        projects = place(home, of_projects) if of_projects else None
        return cls(place(home, named), projects)

    def _let_go(self) -> None:
        self._pages, self._items, self._paths = {}, {}, {}

    def path(self, file: str) -> Path:
        """Where `file` is. Raises `UsageError` for one that would be outside."""
        if kept := self._paths.get(file):
            return kept
        if len(self._paths) > _KEPT_PATHS:
            self._paths.clear()
        return self._paths.setdefault(file, self._path(file))

    def _path(self, file: str) -> Path:
        parts = PurePosixPath(file).parts
        if not parts or file.startswith("/") or ".." in parts or "\0" in file:
            raise UsageError(f"{file!r} is no file of tasks.")
        if parts[0] == PROJECTS:
            return self._projects.joinpath(*parts[1:])
        return self.root.joinpath(*parts)

    # --- reading ------------------------------------------------------------------------------

    def read(self, file: str) -> Document:
        """An empty document where there is no file. Raises `HomeError`."""
        path = self.path(file)
        try:
            found = path.stat()
            signature = _signature(found)
            kept = self._pages.get(path)
            if kept is None or kept[0] != signature:
                kept = (signature, Document.of(path.read_bytes()))
                self._pages[path] = kept
            return kept[1]
        except (FileNotFoundError, NotADirectoryError):
            self._pages.pop(path, None)
            return Document()
        except OSError as error:
            raise _problem(path, "read", error) from error

    def contents(self, file: str) -> Document:
        """As `read`, of a file that isn't kept in memory."""
        try:
            return Document.of(self.path(file).read_bytes())
        except FileNotFoundError:
            return Document()
        except OSError as error:
            raise _problem(self.path(file), "read", error) from error

    def items(self, file: str, names: Collection[str] = (), *, bullets: bool = False) -> list[Item]:
        """The tasks of `file`, done ones too; parsed again only where it has changed."""
        document, of = self.read(file), tuple(names)
        kept = self._items.get(file)
        if kept is None or kept.document is not document or kept.names != of:
            known = dict(kept.known) if kept and kept.names == of else {}
            if len(known) > _KEPT_LINES + 2 * len(document.lines):
                known = {}
            found = items(document, file, of, bullets=bullets, known=known)
            kept = _Parsed(document, of, bullets, found, known)
            self._items[file] = kept
        return kept.items

    def end_of_list(self, file: str) -> int:
        """The number of the line above which one more task is put."""
        document, kept = self.read(file), self._items.get(file)
        if kept is None:
            return end_of_list(document)
        return below(document, self.items(file, kept.names, bullets=kept.bullets))

    def names(self, folder: str) -> list[str]:
        """What is in `folder`, without what begins with a dot, in order."""
        path = self.path(folder)
        try:
            return sorted(name for name in os.listdir(path) if not name.startswith("."))  # noqa: PTH208 (names, not paths)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise _problem(path, "read", error) from error

    def stamp(self, folder: str, name: str) -> _Signature | None:
        """What tells that a file of `folder` has changed; None where it is gone."""
        try:
            found = os.stat(f"{self.path(folder)}/{name}")  # noqa: PTH116 (thousands in a search)
        except OSError:
            return None
        return _signature(found)

    def version(self) -> tuple[tuple[str, _Signature], ...]:
        """Another one once a file was made, removed or replaced, or a list or a project was changed
        where it stands. What is archived is there by the thousand, and nobody writes in it: of
        a folder in there only the folder is looked at."""
        found: list[tuple[str, _Signature]] = []
        seen: set[_Signature] = set()  # a link may lead back
        waiting = [str(self.root), str(self._projects)]
        archived = str(self.root / "archive")
        while waiting:
            path = waiting.pop()
            try:
                signature = _signature(os.stat(path))  # noqa: PTH116 (as above)
                inside = [] if path.startswith(f"{archived}/") else os.listdir(path)  # noqa: PTH208
            except NotADirectoryError:
                inside = []
            except OSError:
                continue  # it is gone, or may not be read, which whoever reads it says
            found.append((path, signature))
            if inside and signature not in seen:
                seen.add(signature)
                waiting += [f"{path}/{name}" for name in inside if not name.startswith(".")]
        return tuple(found)

    def is_there(self, file: str) -> bool:
        return self.path(file).exists()

    # --- writing ------------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else of ours changes the folder meanwhile, in this process or another.

        Raises `HomeError`.
        """
        try:
            make_folder(self.root)
            folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise _problem(self.root, "opened", error) from error
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def write(self, steps: Sequence[Step]) -> list[Step]:
        """Make them in their order, and return them as they were made. All or none: where one can't
        be made, those before it are taken back. A crash between two leaves the first ones, so put
        what is moved to its new place first. To be called while it is locked.

        Raises `NotFound` where the lines to change aren't there any more, `Busy`, `HomeError`.
        """
        made: list[Step] = []
        try:
            for step in steps:
                self._make(step, made)
        except BaseException:
            # The last first. Where one of them fails, those before it stay: what is moved is then
            # in both places, and in none of them otherwise.
            for step in changes.inverse(made):
                self._make(step, [])
            raise
        return made

    def _make(self, step: Step, made: list[Step]) -> None:
        """Make a step and add it to `made`, also where it raises and is made all the same."""
        path = self.path(step.old if isinstance(step, Rename) else step.file)
        try:
            one = self._renamed(step) if isinstance(step, Rename) else self._changed(path, step)
            made.append(one)
        except _Unsure as unsure:
            made.append(unsure.step)
            assert isinstance(unsure.__cause__, OSError)
            raise _problem(path, "changed", unsure.__cause__) from unsure
        except OSError as error:
            raise _problem(path, "changed", error) from error

    def _renamed(self, step: Rename) -> Rename:
        old, new = self.path(step.old), self.path(step.new)
        if not os.path.lexists(old):
            raise NotFound(f"{step.old} isn't there any more.", hint="Nothing was changed.")
        if os.path.lexists(new):
            raise AlreadyThere(f"{step.new} is there already.", hint="Nothing was changed.")
        make_folder(new.parent)
        old.rename(new)
        try:
            sync_folder(new.parent)
            if old.parent != new.parent:
                sync_folder(old.parent)
        except NotSynced as error:
            raise _Unsure(step) from error
        return step

    def _changed(self, path: Path, change: Change) -> Change:
        target = Path(os.path.realpath(path))  # a link stays one, and what it leads to is changed
        for _ in range(_TRIES):
            data = _contents(target)
            if change.makes and data is not None:
                raise AlreadyThere(f"{change.file} is there already.", hint="Nothing was changed.")
            document = Document.of(data or b"")
            placed = changes.place(document, change)
            if placed is None or (change.removes and document.lines != change.gone):
                raise _gone(change)
            placed = replace(placed, begins=data is None and not change.makes)
            now = changes.applied(document, placed)
            is_gone = change.removes or (change.ends and not now.data)
            try:
                is_done = self._replaced(target, data, now, is_gone)
            except NotSynced as error:
                raise _Unsure(placed) from error
            if is_done:
                return placed
        raise Busy(
            f"{change.file} is being changed by another program again and again.",
            hint="Nothing was changed. Try again.",
        )

    def _replaced(self, path: Path, was: bytes | None, now: Document, removes: bool) -> bool:
        """False where somebody else changed the file since `was` was read."""
        if removes:
            if _contents(path) != was:
                return False
            path.unlink()
            sync_folder(path.parent)
            self._leave(path.parent)
            return True
        if put_in_place(path, now.data, lambda: _contents(path) == was) is None:
            return False
        sync_folder(path.parent)
        return True

    def _leave(self, left: Path) -> None:
        """Remove a project's folder that is empty now: it would still be a project."""
        projects = Path(os.path.realpath(self.path(PROJECTS)))
        try:
            if left.parent != projects or any(left.iterdir()):
                return
            left.rmdir()
        except OSError as error:  # the file is gone already
            raise NotSynced(error.errno, error.strerror, str(left)) from error
        sync_folder(projects)


def _contents(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _gone(change: Change) -> NotFound:
    first = next((text_of(line) for line in change.gone if line.strip()), "")
    told = clip(first, _SHOWN)
    return NotFound(
        f"{change.file} was changed meanwhile: “{told}” isn't there any more as it was.",
        hint="Nothing was changed. List it again.",
    )


def _problem(path: Path, what: str, error: OSError) -> DiskFull | HomeError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"The disk is full: {path} can't be {what}.", hint="Nothing was changed.")
    return HomeError(
        f"{path} can't be {what}: {error.strerror or error}.",
        hint="Make it readable and writable for you, or set `tasks.folder` to another folder.",
    )
