"""Files of an export: a new folder that only its owner may look into, each file whole or not there.

It knows names and files, and nothing of what stands in them. Everything here blocks.
"""

from __future__ import annotations

import errno
import os
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wooster.core.errors import DiskFull, UsageError
from wooster.core.names import free
from wooster.core.patterns import Pattern
from wooster.core.text import clean, clip

_LONGEST_NAME = 60
# Of 255 that file systems take, with room for a date, a number and an ending.
_LONGEST_BYTES = 200
# What some file system doesn't take in a name, and what would end a link's address.
_NO_NAME = Pattern(r'[\\/:*?"<>|\x00-\x1f]+')


class Folder:
    """A folder that this export fills."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._there = path.exists()
        self._made: list[Path] = []
        self._lock = threading.Lock()
        self._undone = False

    @classmethod
    def begin(cls, named: str) -> Folder:
        """The folder that a person names, made if it isn't there. Raises `UsageError`, and then
        nothing has been touched."""
        path = _expanded(named.strip())
        if not named.strip() or "\0" in named or not path.is_absolute():
            raise UsageError(
                f"{clip(clean(named), 200)!r} is no full path.",
                hint="Give it from the root, or from `~`.",
            )
        with _told(path):
            folder = cls(path)
            if folder._there:
                _must_be_empty(path)
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _close_to_others(path)
        return folder

    def write(self, name: str, pieces: Iterable[str] | Iterable[bytes]) -> None:
        """Write a file with all pieces, which has its name when it is whole, in folders as named.

        Nothing, once it is undone: whoever wrote in a thread of its own was cancelled meanwhile.
        """
        target = self.path / name
        unfinished = target.with_name(f".{target.name}.new")
        with self._lock, _told(self.path):
            if self._undone:
                return
            self._make(target.parent)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(unfinished, flags, 0o600), "wb") as file:
                self._made.append(unfinished)
                for each in pieces:
                    file.write(each.encode() if isinstance(each, str) else each)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(target)
            self._made[-1] = target

    def _make(self, folder: Path) -> None:
        if folder != self.path and not folder.exists():
            self._make(folder.parent)
            folder.mkdir(mode=0o700)
            self._made.append(folder)

    def undo(self) -> None:
        """Remove what was written, and nothing else."""
        with self._lock, _told(self.path):
            self._undone = True
            made = self._made if self._there else [self.path, *self._made]
            for path in reversed(made):
                if path.is_dir():
                    _remove_if_empty(path)
                else:
                    path.unlink(missing_ok=True)


class Names:
    """File names for titles, each once, also where a disk takes small and capital letters for the
    same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, folder: str, day: str, title: str) -> str:
        """`folder/2026-03-01 the first words.md`, with a number where that is taken."""
        stem = f"{folder}/" + f"{day} {_in_a_name(title)}".strip()
        found = free(stem, lambda each: each.casefold() in self._taken)
        self._taken.add(found.casefold())
        return f"{found}.md"


def _in_a_name(title: str) -> str:
    """The first words of a title as a part of a file's name, "" for none."""
    # A mark is never cut from its letter on a disk that composes them.
    line = unicodedata.normalize("NFC", _NO_NAME.sub(" ", clean(title)))
    words = clip(line, _LONGEST_NAME).removesuffix("…")
    cut = words.encode()[:_LONGEST_BYTES].decode("utf-8", "ignore")
    return " ".join(cut.split()).strip(" .")


def _expanded(named: str) -> Path:
    try:
        return Path(os.path.normpath(Path(named).expanduser()))
    except RuntimeError:  # no such person: a folder that isn't there
        return Path(named)


def _must_be_empty(path: Path) -> None:
    with os.scandir(path) as entries:
        if next(entries, None) is not None:
            raise UsageError(
                f"{_shown(path)} isn't empty, and nothing in it is to be overwritten.",
                hint="Name a folder that isn't there yet.",
            )


def _close_to_others(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        try:
            path.chmod(0o700)
        except PermissionError:
            # A stick's file system knows no modes, and its files are nobody's: that they aren't
            # encrypted is said in the result.
            pass


def _remove_if_empty(path: Path) -> None:
    try:
        path.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise


def _shown(path: Path) -> str:
    return clean(os.fsencode(path).decode("utf-8", "replace")).replace("\n", "␤")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turns what goes wrong with files into an error for a person."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk that holds {_shown(path)} is full; the export was removed again.",
                hint="Make room on it, or name a folder on another disk.",
            ) from error
        raise UsageError(
            f"{_shown(path)} can't be written: {error.strerror}.",
            hint="Name a folder that you may write, or one that isn't there yet.",
        ) from error
