"""Finding the files of the library: one walk over its folders, in a thread, with a stat a file.

It lists folders and reads nothing but `.woosterignore`. Symbolic links are not followed: what one
leads to inside a folder is found there, and what is outside isn't the library's. It knows nothing
of what was found before.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from wooster.knowledge.places import Root, last_of, parent_of, parents

IGNORE_FILE = ".woosterignore"
_IGNORE_FILE_BYTES = 1 << 20
_FOLDERS = frozenset(("node_modules", "__pycache__"))
_TEMPORARY = ("~", ".swp", ".swx", ".tmp", ".part", ".crdownload")
# SQLite's integers end here; a file system may hold a time after the year 2262.
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that is there. `folder` is its root's id; `is_private` is what the rules say."""

    path: str
    folder: int
    size: int
    mtime_ns: int
    is_private: bool


@dataclass(slots=True)
class Scan:
    """What a walk found. `unlisted` are folders that couldn't be listed, `mistakes` the files of
    patterns that don't all make sense, both with the reason."""

    entries: dict[str, Entry] = field(default_factory=dict)
    unlisted: dict[str, str] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the library that is looked at: all of it, or the files right in the `flat`
    folders and everything at or under the `deep` paths. `suspects` are looked at even where size
    and time say that nothing changed."""

    everything: bool = False
    flat: frozenset[str] = frozenset()
    deep: frozenset[str] = frozenset()
    suspects: frozenset[str] = frozenset()

    @classmethod
    def of(cls, paths: Iterable[str]) -> Scope:
        """What may have changed when something happened at these paths.

        A path's folder is listed rather than the path asked for: where case is ignored, the old
        name of a renamed file still answers.
        """
        flat, deep, suspects = set(), set(), set()
        for path in paths:
            folder = parent_of(path)
            if last_of(path) == IGNORE_FILE:
                deep.add(folder)
            else:
                flat.add(folder)
                deep.add(path)
                suspects.add(path)
        return cls(False, frozenset(flat), frozenset(deep), frozenset(suspects))

    def covers(self, path: str) -> bool:
        """Whether a file at `path` would be found now, if it were there."""
        if self.everything or parent_of(path) in self.flat:
            return True
        return path in self.deep or any(parent in self.deep for parent in parents(path))

    def ways(self) -> frozenset[str]:
        """The folders on the way to the scope's own."""
        return frozenset(
            parent for path in (*self.flat, *self.deep) for parent in (path, *parents(path))
        )


class Patterns:
    """Lines in the form of a .gitignore. A line that makes no sense is left out and told."""

    def __init__(self, lines: Iterable[str]) -> None:
        from pathspec import GitIgnoreSpec  # it takes its time, which the daemon's start hasn't

        self.wrong: list[str] = []
        sound = []
        for line in lines:
            try:
                GitIgnoreSpec.from_lines([line])
            except (ValueError, re.error):
                self.wrong.append(line)
            else:
                sound.append(line)
        self._spec = GitIgnoreSpec.from_lines(sound)

    def say(self, relative: str) -> bool | None:
        """Whether a path (a folder's with a `/` at its end) is meant; None when no line is."""
        return self._spec.check_file(relative).include if len(self._spec) else None


def is_passed_over(name: str) -> bool:
    """Names that no document has: hidden ones, what tools keep for themselves, and what an editor
    or a browser is still writing."""
    return (
        name.startswith((".", "~$"))
        or name in _FOLDERS
        or name.lower().endswith(_TEMPORARY)
        or (len(name) > 1 and name[0] == name[-1] == "#")
    )


@dataclass(frozen=True, slots=True)
class _Stop:
    """A folder on the walk: `rules` are the patterns that hold in it with the length of the path
    that each is relative to, the nearest first; `is_whole` when all under it is in the scope."""

    path: str
    rules: tuple[tuple[int, Patterns], ...]
    is_whole: bool


class Walk:
    """One walk over the roots. `reads` says whether a file of this name is ever read; `stopped` is
    asked at each folder, and ends the walk with what was found so far."""

    def __init__(
        self,
        roots: Iterable[Root],
        rules: tuple[Patterns, Patterns],
        reads: Callable[[str], bool],
        scope: Scope,
        stopped: Callable[[], bool],
    ) -> None:
        self._roots = tuple(roots)
        self._ignore, self._private = rules
        self._reads = reads
        self._scope = scope
        self._ways = scope.ways()
        self._stopped = stopped
        self._seen = {root.key for root in self._roots}
        self._scan = Scan()

    def run(self) -> Scan:
        for root in self._roots:
            is_whole = self._scope.everything or self._scope.covers(root.path)
            if is_whole or root.path in self._ways:
                self._walk(root, is_whole)
                if not _is_there(root):  # a disk was taken away while we walked
                    self._scan.unlisted[root.path] = "it went away"
        return self._scan

    def _walk(self, root: Root, is_whole: bool) -> None:
        stops = [_Stop(root.path, ((len(root.path) + 1, self._ignore),), is_whole)]
        while stops and not self._stopped():
            stop = stops.pop()
            try:
                with os.scandir(stop.path) as listed:
                    entries = list(listed)
            except (FileNotFoundError, NotADirectoryError):
                continue  # it went away while we walked; what was in it is gone
            except OSError as error:
                self._scan.unlisted[stop.path] = (error.strerror or str(error)).lower()
                continue
            stop = self._with_own_rules(stop, entries)
            takes_files = stop.is_whole or stop.path in self._scope.flat
            for entry in entries:
                if is_passed_over(entry.name) or entry.is_symlink():
                    continue
                try:
                    if entry.is_dir(follow_symlinks=False):
                        stops += self._next(stop, entry)
                    elif takes_files or entry.path in self._scope.deep:
                        self._take(root, stop, entry)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    self._scan.unlisted[entry.path] = (error.strerror or str(error)).lower()

    def _next(self, stop: _Stop, entry: os.DirEntry[str]) -> list[_Stop]:
        is_whole = stop.is_whole or entry.path in self._scope.deep
        if not (is_whole or entry.path in self._ways) or _ignored(stop.rules, entry.path + "/"):
            return []
        status = entry.stat(follow_symlinks=False)
        key = (status.st_dev, status.st_ino)
        if key in self._seen:  # a root of its own, or mounted a second time
            return []
        self._seen.add(key)
        return [_Stop(entry.path, stop.rules, is_whole)]

    def _take(self, root: Root, stop: _Stop, entry: os.DirEntry[str]) -> None:
        if not self._reads(entry.name) or not entry.is_file(follow_symlinks=False):
            return
        if _ignored(stop.rules, entry.path):
            return
        status = entry.stat(follow_symlinks=False)
        private = root.is_private or is_private(entry.path, self._private, (root.path, *root.outer))
        self._scan.entries[entry.path] = Entry(
            entry.path, root.id, status.st_size, mtime_of(status), private
        )

    def _with_own_rules(self, stop: _Stop, entries: list[os.DirEntry[str]]) -> _Stop:
        if not any(entry.name == IGNORE_FILE for entry in entries):
            return stop
        path = f"{stop.path}/{IGNORE_FILE}"
        try:
            with Path(path).open("rb") as file:
                text = file.read(_IGNORE_FILE_BYTES).decode("utf-8", "replace")
        except OSError as error:
            self._scan.mistakes[path] = (error.strerror or str(error)).lower()
            return stop
        patterns = Patterns(text.splitlines())
        if patterns.wrong:
            self._scan.mistakes[path] = f"it has no pattern in {patterns.wrong[0]!r}"
        return _Stop(stop.path, ((len(stop.path) + 1, patterns), *stop.rules), stop.is_whole)


def is_private(path: str, patterns: Patterns, roots: Iterable[str]) -> bool:
    """Whether the patterns mean a file, seen from any of the roots around it."""
    return any(patterns.say(os.path.relpath(path, root)) for root in roots)


def mtime_of(status: os.stat_result) -> int:
    """When it was last changed, in nanoseconds since 1970."""
    return max(-_LARGEST, min(status.st_mtime_ns, _LARGEST))


def _is_there(root: Root) -> bool:
    try:
        status = Path(root.path).stat()
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == root.key


def _ignored(rules: tuple[tuple[int, Patterns], ...], path: str) -> bool:
    """As Git does it: the nearest file of patterns that says something about the path decides."""
    for skipped, patterns in rules:
        said = patterns.say(path[skipped:])
        if said is not None:
            return said
    return False
