"""Which files of a person's Wooster writes and keeps, and so backs up: named by what they are for,
so that they find their place in a home whose folders are elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from wooster.calendars.writing import FOLDER as _CALENDARS
from wooster.calendars.writing import OWN_FILE
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.storage.bundle import Owned
from wooster.tasks.folder import place

# What Wooster keeps in a folder of tasks. In one that isn't under its home all else is another's.
_LISTS = (
    *("inbox.md", "next_actions.md", "waiting_for.md", "someday_maybe.md"),
    *("archive", "projects"),
)
_TEXTS = (".md", ".txt")
_SETTINGS = (".toml", ".json")
_NOTES = "notes"
_TASKS = "tasks"
_TRASH = ".trash"


@dataclass(frozen=True, slots=True)
class _Root:
    """A folder of which files are kept: all, or those that are called so, with these endings."""

    label: str
    folder: Path
    first: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()


class OwnedFiles:
    """Those of one home, as its settings say where they are. Blocking."""

    def __init__(self, paths: Paths, settings: Settings) -> None:
        self._home = paths.home
        self._roots = tuple(_roots(paths, settings))

    def there(self) -> list[Owned]:
        """All that are there now."""
        return [each for each in self._found() if not _is_in_hidden(each.name)]

    def _found(self) -> list[Owned]:
        found = [each for root in self._roots for each in _of(root)]
        own = self._home / OWN_FILE
        return found + ([Owned(OWN_FILE, own)] if own.is_file() else [])

    def texts(self) -> list[Path]:
        """Those that Wooster writes in: Markdown and plain text that is no document of theirs, and
        its own calendars. Those that a program keeps of them in a hidden folder say the same."""
        return [
            each.path
            for each in self._found()
            if (each.path.suffix in _TEXTS and not self.is_document(each.path))
            or each.name == OWN_FILE
            or each.name.startswith(f"{_CALENDARS}/")
        ]

    def is_document(self, path: Path) -> bool:
        """Whether it is a note, which Wooster reads and never changes."""
        return path.is_relative_to(self._home / _NOTES)

    def place(self, name: str) -> Path | None:
        """Where a file of that name belongs; None for one that belongs nowhere here."""
        if name == OWN_FILE:
            return self._home / OWN_FILE
        parts = PurePosixPath(name).parts
        if len(parts) < 2 or ".." in parts:
            return None
        for root in self._roots:
            inside = PurePosixPath(*parts[1:])
            if parts[0] == root.label and _is_kept(root, inside) and not _is_in_hidden(name):
                return root.folder.joinpath(*parts[1:])
        return None


def _roots(paths: Paths, settings: Settings) -> Iterator[_Root]:
    yield _Root("config", paths.config, endings=_SETTINGS)
    yield _Root("health", paths.health)
    tasks = place(paths.home, settings.tasks.folder)
    is_ours = tasks.is_relative_to(paths.home) and tasks != paths.home
    yield _Root(_TASKS, tasks, () if is_ours else _LISTS, () if is_ours else _TEXTS)
    # Those that were moved in stand nowhere else.
    yield _Root(_CALENDARS, paths.home / _CALENDARS, endings=(".ics",))
    if tasks != paths.home / _NOTES:
        yield _Root(_NOTES, paths.home / _NOTES)
    if settings.tasks.projects:
        projects = place(paths.home, settings.tasks.projects)
        yield _Root("projects", projects, endings=_TEXTS)


def _of(root: _Root) -> Iterator[Owned]:
    for folder, folders, files in os.walk(root.folder):
        is_top = Path(folder) == root.folder
        folders[:] = sorted(
            each for each in folders if not (is_top and root.first) or each in root.first
        )
        for name in sorted(files):
            path = Path(folder, name)
            inside = PurePosixPath(path.relative_to(root.folder).as_posix())
            if _is_kept(root, inside) and path.is_file():
                is_extra = root.label == _NOTES and path.suffix not in _TEXTS
                yield Owned(f"{root.label}/{inside}", path, is_extra)


def _is_kept(root: _Root, inside: PurePosixPath) -> bool:
    is_named = not root.first or inside.parts[0] in root.first
    is_half = ".wooster-" in inside.name and inside.name.startswith(".")
    return is_named and not is_half and (not root.endings or inside.suffix in root.endings)


def _is_in_hidden(name: str) -> bool:
    """Whether it is a program's own: to put that back would undo what another program did. The
    trash of projects is Wooster's."""
    folders = PurePosixPath(name).parts[:-1]
    return any(each.startswith(".") and each != _TRASH for each in folders)
