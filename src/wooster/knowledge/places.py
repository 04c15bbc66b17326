"""Where documents are: the person's folders, and what a path says about the file at its end.

It looks at folders and opens no file. Paths inside the library are strings as the file system gives
them (`os.fsdecode`): a name that is no text keeps its bytes in them, and `shown` is for people.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from wooster.config.settings import Library as Settings
from wooster.core.errors import NotFound, UsageError
from wooster.core.text import clean
from wooster.knowledge.model import Folder

_PROJECTS = "projects"


@dataclass(frozen=True, slots=True)
class StoredFolder:
    """A folder's row. `was_mount`: it was a disk's own folder when it was last seen."""

    id: int
    path: str
    is_private: bool
    is_added: bool
    was_mount: bool


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that is read now. `path` is the real one, without links; `outer` are the paths of
    the other roots around it, whose rules of privacy hold in it too; `key` tells one directory from
    another whatever it is called."""

    id: int
    path: str
    is_private: bool
    is_mount: bool
    key: tuple[int, int]
    outer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roots:
    """The folders that are named; those that can be read, each once, and why others can't, by
    their id."""

    named: tuple[StoredFolder, ...]
    roots: tuple[Root, ...]
    unreachable: dict[int, str]


@dataclass(frozen=True, slots=True)
class Places:
    """What the settings say about folders. Relative ones are under `home`."""

    home: Path
    settings: Settings

    def defaults(self) -> list[str]:
        """The folders of the settings, as full paths, each once."""
        return list(dict.fromkeys(str(self.home / _expanded(n)) for n in self.settings.folders))

    def named(self, text: str) -> str:
        """The folder that a person names, as a full path. Raises `UsageError` for a relative one:
        the daemon doesn't know where the person stands."""
        path = _expanded(text.strip())
        if not text.strip() or "\0" in text or not path.is_absolute():
            raise UsageError(
                f"{shown(text)!r} is no full path.", hint="Give it from the root, or from `~`."
            )
        return os.path.normpath(path)

    def must_be_readable(self, path: str) -> None:
        """Raises `NotFound` or `UsageError`, with the reason, for what can't be a folder of the
        library. It blocks."""
        try:
            os.scandir(path).close()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFound(
                f"There is no folder {shown(path)}.", hint="Give the path of a folder."
            ) from error
        except OSError as error:
            raise UsageError(
                f"{shown(path)} can't be read: {error.strerror}.",
                hint="Give yourself the right to list it.",
            ) from error
        reason = self.refusal(path)
        if reason:
            raise UsageError(f"{shown(path)} can't be in the library: {reason}.", hint=_NARROWER)

    def refusal(self, path: str) -> str:
        """Why a folder that is there is never read; "" for no reason. It blocks."""
        real = os.path.realpath(path)
        if real == "/":
            return "it is the whole disk"
        try:
            own, homes = _key(real), [str(self.home), *_parents(str(self.home))]
            if own == _key(homes[0]):
                return "it is Wooster's own home"
            if own in map(_key, homes):
                return "Wooster's own home, with its database, is in it"
        except OSError as error:
            return error.strerror or str(error)
        return ""


_NARROWER = "Name the folders in it that hold your documents."


def _expanded(named: str) -> Path:
    try:
        return Path(named).expanduser()
    except RuntimeError:  # no such person: a folder that isn't there
        return Path(named)


def _parents(path: str) -> list[str]:
    """The folders around it, the nearest first, by its real path."""
    return [str(parent) for parent in Path(os.path.realpath(path)).parents]


# --- the folders as they are now --------------------------------------------------------------


def look_at(folders: Iterable[StoredFolder], places: Places) -> Roots:
    """Which folders can be read now. It blocks. A folder that is named twice, by whatever name, is
    one root; it is private when either is."""
    named = tuple(folders)
    found: dict[tuple[int, int], Root] = {}
    unreachable: dict[int, str] = {}
    for folder in named:
        try:
            root = _look(folder)
        except OSError as error:
            unreachable[folder.id] = _why(error)
            continue
        reason = places.refusal(folder.path) or _unmounted(folder, root)
        if reason:
            unreachable[folder.id] = reason
            continue
        first = found.get(root.key)
        if first is None:
            found[root.key] = root
        elif folder.is_private and not first.is_private:
            found[root.key] = Root(
                first.id, first.path, is_private=True, is_mount=first.is_mount, key=first.key
            )
    return Roots(named, tuple(_nested(root, found) for root in found.values()), unreachable)


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "it isn't there"
    return (error.strerror or str(error)).lower()


def _look(folder: StoredFolder) -> Root:
    real = os.path.realpath(folder.path)
    os.scandir(real).close()
    return Root(folder.id, real, folder.is_private, os.path.ismount(real), _key(real))


def _unmounted(folder: StoredFolder, root: Root) -> str:
    """A disk that is taken away may leave its empty folder behind: that isn't a folder whose files
    were deleted."""
    if not folder.was_mount or root.is_mount:
        return ""
    with os.scandir(root.path) as entries:
        return "" if any(True for _ in entries) else "its disk isn't mounted"


def _key(path: str) -> tuple[int, int]:
    status = Path(path).stat()
    return status.st_dev, status.st_ino


def _nested(root: Root, found: dict[tuple[int, int], Root]) -> Root:
    """The root with the others that are around it, by their keys: on a disk that ignores case, one
    folder has many names."""
    outer: list[str] = []
    is_private = root.is_private
    for parent in _parents(root.path):
        try:
            around = found.get(_key(parent))
        except OSError:
            continue
        if around is not None:
            outer.append(parent)
            is_private = is_private or around.is_private
    return Root(root.id, root.path, is_private, root.is_mount, root.key, tuple(outer))


# --- what a path says -------------------------------------------------------------------------


def parent_of(path: str) -> str:
    """The folder that it is in; its own for the root."""
    return path.rpartition("/")[0] or "/"


def last_of(path: str) -> str:
    """`c` of `a/b/c`."""
    return path.rpartition("/")[2]


def parents(path: str) -> Iterator[str]:
    """The folders around a path, the nearest first."""
    while (parent := parent_of(path)) != path:
        yield parent
        path = parent


def shown(path: str | os.PathLike[str]) -> str:
    """A path as text: on one line, and with a mark for each byte that is no text."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return clean(text).replace("\n", "␤").replace("\t", " ")


def composed(text: str) -> str:
    """A name in the form in which names are compared: macOS may write `é` as two characters."""
    return unicodedata.normalize("NFC", text)


def project_of(path: str) -> str:
    """The folder right under a folder called `projects`, the innermost such, in small letters, as
    people search for it in any; "" for none."""
    folders = path.split("/")[:-1]
    for i in range(len(folders) - 2, -1, -1):
        if folders[i].lower() == _PROJECTS:
            return composed(shown(folders[i + 1])).lower()
    return ""


def stem_of(path: str) -> str:
    """A file's name without its ending."""
    return composed(shown(PurePath(path).stem))


def words_of(path: str) -> str:
    """The words that a file is known as: those of its name and of its folder's."""
    folder = last_of(parent_of(path))
    return composed(shown(f"{last_of(path)} {folder}")).replace("_", " ")


def folder_of(stored: StoredFolder, defaults: Iterable[str]) -> Folder:
    return Folder(Path(stored.path), stored.is_private, stored.path in set(defaults))
