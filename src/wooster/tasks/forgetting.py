"""Names of projects, and of other files of tasks, that say what is to be forgotten: they get
others.

What is in the files is cleared elsewhere. It can't be undone. Blocking, but for `Renaming`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath

from wooster.config.replacing import replace_file, sync_folder
from wooster.core.names import numbered
from wooster.core.text import clean, clip
from wooster.tasks import lines
from wooster.tasks.folder import PROJECTS, Folder
from wooster.tasks.projects import ACTIVE, HOME

Says = Callable[[str], bool]

_SHOWN = 60
_ARCHIVE = "archive"
_TRASH = ".trash"
_ROOTS = (PurePosixPath(PROJECTS), PurePosixPath(PROJECTS, _TRASH))


class Renaming:
    """What paths of the folder of tasks are called when no name says it any more. Pure: `is_taken`
    knows what is there."""

    def __init__(self, says: Says, is_taken: Callable[[PurePosixPath], bool]) -> None:
        self._says = says
        self._is_taken = is_taken
        self._known: dict[PurePosixPath, PurePosixPath] = {}

    def new(self, path: PurePosixPath) -> PurePosixPath:
        """The path that it gets; the same where no part of it says it."""
        if path not in self._known:
            self._known[path] = self._renamed(path) if path.name else path
        return self._known[path]

    def _renamed(self, path: PurePosixPath) -> PurePosixPath:
        folder = self.new(path.parent)
        if not self._says(path.name) or (path.parent in _ROOTS and path.name == HOME):
            return folder / path.name
        other = "project" if path.parent in _ROOTS else "file"
        stem = folder.name if _is_journal(path) else other
        suffix = "" if self._says(path.suffix) else path.suffix
        taken = set(self._known.values())
        for each in numbered(stem, "{}-{}"):
            new = folder / f"{each}{suffix}"
            if not (self._says(new.name) or new in taken or self._is_taken(new)):
                return new
        raise AssertionError("there is always another number")


def _is_journal(path: PurePosixPath) -> bool:
    """Whether it is called as the folder that it is in."""
    return lines.slug(path.stem) == lines.slug(path.parent.name)


class Names:
    """Those in one folder of tasks. Where that isn't Wooster's alone (`is_ours`), only those of
    projects and of what is archived are."""

    def __init__(self, folder: Folder, *, is_ours: bool) -> None:
        self._folder = folder
        self._is_ours = is_ours

    def saying(self, says: Says) -> list[str]:
        """In words for a person."""
        renaming = Renaming(says, lambda _: False)
        found = []
        for path in self._paths():
            if renaming.new(path).name != path.name and not _is_journal(path):
                noun = "project" if path.parent in _ROOTS else "file"
                found.append(f"the name of the {noun} “{clip(clean(path.stem), _SHOWN)}”")
        return list(dict.fromkeys(found))

    def clear(self, says: Says) -> list[Path]:
        """Rename them; returns the paths that were, and that are. Raises `OSError`."""
        changed: list[Path] = []
        with self._folder.locked():
            renaming = Renaming(says, lambda each: os.path.lexists(self._path(each)))
            for old in list(self._paths()):
                new = renaming.new(old)
                if new.name != old.name:
                    there = self._path(new.parent / old.name)
                    if old.parent in _ROOTS and there.is_dir() and not any(there.iterdir()):
                        there.rmdir()  # it would still be a project
                    else:
                        there.rename(self._path(new))
                    sync_folder(there.parent)
                if new != old:
                    changed += [self._path(old), self._path(new)]
            self._open(says, renaming)
        return changed

    def renamed(self, says: Says, paths: Collection[Path]) -> dict[Path, Path]:
        """Which of these paths, which needn't be there, get another name, and which."""
        names = self._names(paths)
        renaming = Renaming(says, set(names.values()).__contains__)
        new = {path: renaming.new(each) for path, each in names.items()}
        return {path: self._path(new[path]) for path in names if new[path] != names[path]}

    def retagging(self, says: Says, paths: Collection[Path] | None = None) -> Callable[[str], str]:
        """What a line is with the tags of projects by the names that they get: of those that are
        there, or of those that these `paths` are of."""
        if paths is None:
            folders = self._folder.names(PROJECTS)
            renaming = Renaming(says, lambda each: os.path.lexists(self._path(each)))
        else:
            there = set(self._names(paths).values())
            folders = sorted({each.parts[1] for each in there if each.parts[:1] == (PROJECTS,)})
            renaming = Renaming(says, there.__contains__)
        new = {each: renaming.new(PurePosixPath(PROJECTS, each)).name for each in folders}
        tags = {old: name for old, name in new.items() if name != old}
        spoken = [each for old in tags if " " in (each := lines.slug(old).replace("-", " "))]

        def retagged(line: str) -> str:
            if "+" in line and says(line):
                for old, name in tags.items():
                    line = lines.retagged(line, old, name, spoken)
            return line

        return retagged

    def _names(self, paths: Collection[Path]) -> dict[Path, PurePosixPath]:
        return {path: each for path in sorted(paths) if (each := self._name(path)) is not None}

    def _name(self, path: Path) -> PurePosixPath | None:
        """None for what isn't in the folder."""
        for root, folder in ((PROJECTS, self._folder.path(PROJECTS)), ("", self._folder.root)):
            if path.is_relative_to(folder):
                return PurePosixPath(root, path.relative_to(folder).as_posix())
        return None

    def _open(self, says: Says, renaming: Renaming) -> None:
        """The project that is open stays so under its new name."""
        path = self._path(PurePosixPath(ACTIVE))
        if not path.is_file():
            return
        slug = path.read_text("utf-8", "surrogateescape").strip()
        if says(slug):
            new = renaming.new(PurePosixPath(PROJECTS, slug)).name
            is_there = self._path(PurePosixPath(PROJECTS, new)).is_dir()
            replace_file(path, f"{new}\n".encode() if is_there else b"")

    def _path(self, path: PurePosixPath) -> Path:
        return self._folder.path(str(path)) if path.name else self._folder.root

    def _paths(self) -> Iterator[PurePosixPath]:
        """All of them, folders before what is in them."""
        roots = [_ARCHIVE, PROJECTS]
        if self._is_ours and self._folder.root.is_dir():
            there = sorted(os.listdir(self._folder.root))  # noqa: PTH208 (names, not paths)
            roots += [each for each in there if each[0] != "." and each not in roots]
        for root in roots:
            top = self._folder.path(root)
            if root not in (_ARCHIVE, PROJECTS):
                yield PurePosixPath(root)
            for base, folders, files in os.walk(top):
                inside = PurePosixPath(root, Path(base).relative_to(top).as_posix())
                folders[:] = sorted(f for f in folders if not f.startswith(".") or f == _TRASH)
                yield from (inside / each for each in folders)
                yield from (inside / each for each in sorted(files) if not each.startswith("."))
