"""Names of projects, and of other files of tasks, that say what is to be forgotten: they get
others.

What is in the files is cleared elsewhere. It can't be undone: what somebody else may have named
keeps its name. Blocking, but for `Renaming`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from wooster.config.replacing import replace_file, sync_folder
from wooster.core.errors import HomeError
from wooster.core.names import numbered
from wooster.core.text import Says, clean, clip
from wooster.tasks import lines
from wooster.tasks.archive import DONE, GONE
from wooster.tasks.folder import PROJECTS, Folder
from wooster.tasks.lists import LISTS
from wooster.tasks.project_changes import TRASH
from wooster.tasks.projects import ACTIVE, HOME

_SHOWN = 60
_TRASH = PurePosixPath(TRASH)
_ROOTS = (PurePosixPath(PROJECTS), _TRASH)
_ARCHIVES = (PurePosixPath(GONE), PurePosixPath(DONE))
# What Wooster calls so by itself, and finds by that name only.
_GIVEN = frozenset((*map(PurePosixPath, LISTS), *_ARCHIVES, *_ROOTS))
_JOURNAL = "journal.md"
# The second is for who forgets the first. Lines are changed before names, and must agree.
_OF_PROJECTS = ("project", "folder")
_OF_FILES = ("file", "text")
_MOST_SAYING = 100


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file or a folder, by its path in the folder of tasks."""

    path: PurePosixPath
    is_folder: bool

    @property
    def is_project(self) -> bool:
        return self.is_folder and self.path.parent in _ROOTS

    @property
    def is_journal(self) -> bool:
        """Whether it is called as the project that it is in; in the trash that has its day, too."""
        own, of = lines.slug(self.path.stem), lines.slug(self.path.parent.name)
        is_so = own == of or (self.path.parent.parent == _TRASH and of.startswith(f"{own}-"))
        return is_so and self.path.suffix == ".md" and self.path.parent.parent in _ROOTS

    @property
    def is_made(self) -> bool:
        """Whether Wooster gives such names by what a person says."""
        return self.is_project or (self.path.parent in _ARCHIVES and self.path.suffix == ".md")

    @property
    def is_given(self) -> bool:
        """Whether Wooster gives it by itself."""
        path = self.path
        is_home = path.parent in _ROOTS and lines.slug(path.name) == HOME
        is_found = path.name == _JOURNAL and path.parent.parent in _ROOTS
        return path in _GIVEN or path.name.startswith(".") or is_home or is_found


class Renaming:
    """What paths of the folder of tasks are called when no name says it any more. Pure: `is_taken`
    knows what is there, and `may` which are Wooster's to change."""

    def __init__(
        self,
        says: Says,
        is_taken: Callable[[PurePosixPath], bool],
        may: Callable[[_Entry], bool],
    ) -> None:
        self._says = says
        self._is_taken = is_taken
        self._may = may
        self._known: dict[PurePosixPath, PurePosixPath] = {}
        self._put: set[PurePosixPath] = set()
        self._names: dict[tuple[PurePosixPath, str, str], Iterator[str]] = {}

    def folder(self, path: PurePosixPath) -> PurePosixPath:
        """The path that a folder gets; the same where no part of it says it."""
        return self.new(_Entry(path, is_folder=True)) if path.name else path

    def new(self, entry: _Entry) -> PurePosixPath:
        """The path that it gets; the same where no part of it says it, or is to be changed."""
        path = entry.path
        if path not in self._known:
            folder = self.folder(path.parent)
            self._known[path] = self._renamed(entry, folder) or folder / path.name
        return self._known[path]

    def _renamed(self, entry: _Entry, folder: PurePosixPath) -> PurePosixPath | None:
        path = entry.path
        if entry.is_journal:  # its project is found by it
            is_moved = folder.name != path.parent.name
            return self._free(path, folder, folder.name, path.suffix) if is_moved else None
        said = path.name if entry.is_folder else path.stem
        if entry.is_given or not self._says(said) or not self._may(entry):
            return None
        stems = _OF_PROJECTS if entry.is_project else _OF_FILES
        stem = next((each for each in stems if not self._says(each)), "")
        suffix = "" if entry.is_folder else path.suffix
        return self._free(path, folder, stem, suffix) if stem else None

    def _free(
        self, path: PurePosixPath, folder: PurePosixPath, stem: str, suffix: str
    ) -> PurePosixPath | None:
        """None where each of a hundred numbers says it."""
        saying = 0
        for each in self._names.setdefault((folder, stem, suffix), numbered(stem, "{}-{}")):
            new = folder / f"{each}{suffix}"
            if self._says(each):
                saying += 1
                if saying == _MOST_SAYING:
                    return None
            elif not (
                new in self._put or self._is_taken(new) or self._is_taken(path.parent / new.name)
            ):
                self._put.add(new)
                return new
        return None


class Names:
    """Those in one folder of tasks. Where it isn't within Wooster's `home`, only projects with
    their journals, and what was archived, get others. Of links only those to projects do."""

    def __init__(self, folder: Folder, home: Path) -> None:
        self._folder = folder
        self._home = home

    def saying(self, says: Says) -> list[str]:
        """In words for a person."""
        renaming = self._renaming(says, lambda _: False)
        found = []
        for each in self._entries():
            if renaming.new(each).name != each.path.name and not each.is_journal:
                noun = "project" if each.is_project else "file"
                found.append(f"the name of the {noun} “{clip(clean(each.path.stem), _SHOWN)}”")
        return list(dict.fromkeys(found))

    def staying(self, says: Says) -> list[str]:
        """Those of others' files among projects and archives, in words for a person."""
        renaming = self._renaming(says, lambda _: False)
        return [
            f"the name of the file “{clip(clean(each.path.name), _SHOWN)}”, which you may rename"
            for each in self._entries()
            if says(each.path.stem)
            and not each.is_given
            and not each.is_journal
            and renaming.new(each).name == each.path.name
        ]

    def clear(self, says: Says) -> list[Path]:
        """Rename them; returns the paths that were, and that are. Raises `OSError`, and `HomeError`
        where the folder can't be opened, or another than Wooster's own isn't there."""
        self._must_be_there("")
        self.check()
        changed: list[Path] = []
        with self._folder.locked():
            renaming = self._renaming(says, self._is_there)
            # What may be renamed is told by where it is before the first is.
            planned = [(each, renaming.new(each)) for each in self._entries()]
            for each, new in planned:
                old = each.path
                if new.name != old.name:
                    there = self._path(new.parent / old.name)
                    is_folder = each.is_project and not there.is_symlink()
                    if is_folder and not any(there.iterdir()):
                        there.rmdir()  # it would still be a project
                    else:
                        there.rename(self._path(new))
                    sync_folder(there.parent)
                if new != old:
                    changed += [self._path(old), self._path(new)]
            self._open(says, renaming)
        return changed

    def check(self) -> None:
        """Raises `HomeError` where projects aren't there: what only has the tag of one can't be
        told from what is to go."""
        if not self._folder.path(PROJECTS).is_relative_to(self._folder.root):
            self._must_be_there(PROJECTS)

    def _must_be_there(self, top: str) -> None:
        folder = self._path(PurePosixPath(top))
        if not folder.is_dir() and not self._is_in_home(top):
            raise HomeError(f"{folder} isn't there.", hint="Forget it again when it is.")

    def renamed(self, says: Says, paths: Collection[Path]) -> dict[Path, Path]:
        """Which of these paths of files, which needn't be there, get another name, and which. None
        gets that of another, nor a project that of another."""
        names = self._names(paths)
        renaming = self._renaming(says, _with_folders(names.values()).__contains__)
        new = {path: renaming.new(_Entry(each, is_folder=False)) for path, each in names.items()}
        return {path: self._path(new[path]) for path in names if new[path] != names[path]}

    def retagging(self, says: Says, paths: Collection[Path] | None = None) -> Callable[[str], str]:
        """What a line is with the tags of projects by the names that they get: of those that are
        there, or of those that these `paths` of files are of."""
        if paths is None:
            there = [PurePosixPath(PROJECTS, each) for each in self._folder.names(PROJECTS)]
            folders = [each for each in there if self._path(each).is_dir()]
            renaming = self._renaming(says, self._is_there)
        else:
            names = self._names(paths).values()
            known, above = _with_folders(names), {up for each in names for up in each.parents}
            folders = sorted(
                each for each in above if each.parent == PurePosixPath(PROJECTS) and each != _TRASH
            )
            renaming = self._renaming(says, known.__contains__)
        new = {each.name: renaming.folder(each).name for each in folders}
        tags = {old: name for old, name in new.items() if name != old}
        spoken = [each for old in tags if " " in (each := lines.slug(old).replace("-", " "))]

        def retagged(line: str) -> str:
            if "+" in line and says(line):
                for old, name in tags.items():
                    line = lines.retagged(line, old, name, spoken)
            return line

        return retagged

    # --- parts of them ------------------------------------------------------------------------

    def _renaming(self, says: Says, is_taken: Callable[[PurePosixPath], bool]) -> Renaming:
        def may(entry: _Entry) -> bool:
            # The link to a project is its name: else tasks of it would say what is forgotten.
            is_link = self._path(entry.path).is_symlink() and not entry.is_project
            return not is_link and (entry.is_made or self._is_in_home(entry.path.parts[0]))

        return Renaming(says, is_taken, may)

    def _is_in_home(self, top: str) -> bool:
        """Whether it is Wooster's alone what is in a folder, or is a file, of the first rank: that
        may be a link to somewhere else."""
        folder = self._path(PurePosixPath(top))
        place, home = Path(os.path.realpath(folder)), Path(os.path.realpath(self._home))
        return place.is_relative_to(home) and place != home

    def _is_there(self, path: PurePosixPath) -> bool:
        return os.path.lexists(self._path(path))

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
        if says(slug) and slug != HOME:
            new = renaming.folder(PurePosixPath(PROJECTS, slug)).name
            is_there = self._path(PurePosixPath(PROJECTS, new)).is_dir()
            replace_file(path, f"{new}\n".encode() if is_there else b"")

    def _path(self, path: PurePosixPath) -> Path:
        return self._folder.path(str(path)) if path.name else self._folder.root

    def _entries(self) -> Iterator[_Entry]:
        """All of them, folders before what is in them."""
        roots = [GONE, PROJECTS]
        if self._folder.root.is_dir() and self._is_in_home(""):
            there = sorted(os.listdir(self._folder.root))  # noqa: PTH208 (names, not paths)
            roots += [each for each in there if each[0] != "." and each not in roots]
        for root in roots:
            top = self._folder.path(root)
            if root not in (GONE, PROJECTS):
                yield _Entry(PurePosixPath(root), top.is_dir())
            for base, folders, files in os.walk(top):
                inside = PurePosixPath(root, Path(base).relative_to(top).as_posix())
                folders[:] = sorted(
                    each for each in folders if not each.startswith(".") or inside / each == _TRASH
                )
                yield from (_Entry(inside / each, is_folder=True) for each in folders)
                yield from _files(inside, files)


def _files(folder: PurePosixPath, names: Sequence[str]) -> Iterator[_Entry]:
    there = sorted(each for each in names if not each.startswith("."))
    return (_Entry(folder / each, is_folder=False) for each in there)


def _with_folders(paths: Collection[PurePosixPath]) -> set[PurePosixPath]:
    return {*paths, *(folder for each in paths for folder in each.parents)}
