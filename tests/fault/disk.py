"""What a disk has after the power was cut: what was synced, and of the rest nothing, or some of it.

`syscalls.c` writes down what a process does to the files below one folder; here it is done again,
and at any moment asked what is safe. It is strict: a file's bytes are safe when the file was
synced, a name when its folder was, and of what isn't, any part may be there without what came
before it. A rename is whole or not at all. SQLite's `-shm` is memory, and is gone.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

DATA, SIZE, SYNCED, ENTER, LEAVE, MOVE, MARK = range(1, 8)
_LINE = struct.Struct("=iiiiqqqq")
_PAGE = 4096
Tree = Mapping[str, bytes | None]
"""Each file's bytes by its path, and None for a folder."""


@dataclass(frozen=True, slots=True)
class Event:
    """`first` and `second` are the numbers of files and folders that the system gave them."""

    kind: int
    first: int
    second: int = 0
    offset: int = 0
    size: int = 0
    data: bytes = b""
    name: str = ""
    other: str = ""
    is_folder: bool = False


def events(book: Path) -> list[Event]:
    """What was written down, in its order."""
    read, at, found = book.read_bytes(), 0, []
    while at < len(read):
        kind, one, two, is_folder, first, second, offset, size = _LINE.unpack_from(read, at)
        at += _LINE.size
        name, other = os.fsdecode(read[at : at + one]), os.fsdecode(read[at + one : at + one + two])
        at += one + two
        data = read[at : at + size] if kind == DATA else b""
        at += len(data)
        found.append(Event(kind, first, second, offset, size, data, name, other, bool(is_folder)))
    return found


@dataclass(slots=True)
class _File:
    """`pending` are the writes since it was synced: where, and what; None sets its size."""

    safe: bytes = b""
    now: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def write(self, offset: int, data: bytes | None) -> None:
        self.pending.append((offset, data))
        _put(self.now, offset, data)

    def synced(self) -> None:
        if self.pending:
            self.safe, self.pending = bytes(self.now), []

    def survived(self, some: Random, share: float) -> bytes:
        """The safe bytes, with some of the pages that were written since."""
        found = bytearray(self.safe)
        for offset, data in self.pending:
            for begin, part in _pages(offset, data):
                if some.random() < share:
                    _put(found, begin, part)
        return bytes(found)


def _put(into: bytearray, offset: int, data: bytes | None) -> None:
    end = offset if data is None else offset + len(data)
    if len(into) < end:
        into.extend(bytes(end - len(into)))
    if data is None:
        del into[offset:]
    else:
        into[offset:end] = data


def _pages(offset: int, data: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    """A disk writes whole pages, in the order that it likes."""
    if data is None:
        yield offset, None
        return
    at = 0
    while at < len(data):
        upto = at + _PAGE - (offset + at) % _PAGE
        yield offset + at, data[at:upto]
        at = upto


_Slot = tuple[int, str]
_Names = dict[int, dict[str, int]]


class Disk:
    """The files below `root` as they are now, all of them safe, and what is done to them then."""

    def __init__(self, root: Path) -> None:
        self._files: dict[int, _File] = {}
        self._safe: _Names = {}
        self._now: _Names = {}
        self._changes: list[dict[_Slot, int | None]] = []
        # The system may give a number again; ours are given once.
        self._ours: dict[int, int] = {}
        self._root = self._found(root)

    def _found(self, path: Path) -> int:
        ours = self._new(path.lstat().st_ino, is_folder=path.is_dir())
        if path.is_dir():
            names = {each.name: self._found(each) for each in path.iterdir()}
            self._safe[ours], self._now[ours] = names, dict(names)
        else:
            data = path.read_bytes()
            self._files[ours] = _File(data, bytearray(data))
        return ours

    def _new(self, number: int, *, is_folder: bool) -> int:
        ours = len(self._files) + len(self._now)
        self._ours[number] = ours
        if is_folder:
            self._safe[ours], self._now[ours] = {}, {}
        else:
            self._files[ours] = _File()
        return ours

    def does(self, event: Event) -> None:
        """One more event."""
        if event.kind == ENTER:
            made = self._new(event.second, is_folder=event.is_folder)
            self._change({(self._ours[event.first], event.name): made})
        elif event.kind == LEAVE:
            self._change({(self._ours[event.first], event.name): None})
        elif event.kind == MOVE:
            old = (self._ours[event.first], event.name)
            new = (self._ours[event.second], event.other)
            self._change({old: None, new: self._now[old[0]][old[1]]})
        elif event.kind == MARK:
            pass
        elif (ours := self._ours[event.first]) in self._now:
            self._sync(ours)
        elif event.kind == SYNCED:
            self._files[ours].synced()
        elif event.kind == SIZE:
            self._files[ours].write(event.size, None)
        else:
            self._files[ours].write(event.offset, event.data)

    def _change(self, slots: dict[_Slot, int | None]) -> None:
        self._changes.append(slots)
        _rename(self._now, slots)

    def _sync(self, folder: int) -> None:
        """The folder's names are safe, and what had to come before them."""
        wanted, left, done = set[_Slot](), list[dict[_Slot, int | None]](), list(self._changes[:0])
        for slots in reversed(self._changes):
            if any(slot[0] == folder or slot in wanted for slot in slots):
                wanted.update(slots)
                done.append(slots)
            else:
                left.append(slots)
        for slots in reversed(done):
            _rename(self._safe, slots)
        self._changes = left[::-1]

    # --- what there is ------------------------------------------------------------------------

    def tree(self) -> Tree:
        """As the processes see it."""
        return self._tree(self._now, {key: bytes(file.now) for key, file in self._files.items()})

    def safe(self) -> Tree:
        """After a cut that leaves nothing but what was synced."""
        return self._tree(self._safe, {key: file.safe for key, file in self._files.items()})

    def survived(self, some: Random) -> Tree:
        """After one that leaves some of the rest too, whatever came first."""
        share = some.random()
        names = {folder: dict(entries) for folder, entries in self._safe.items()}
        for slots in self._changes:
            if some.random() < share:
                _rename(names, slots)
        return self._tree(names, {k: file.survived(some, share) for k, file in self._files.items()})

    def _tree(self, names: _Names, data: Mapping[int, bytes]) -> Tree:
        found: dict[str, bytes | None] = {}
        waiting = [("", self._root)]
        while waiting:
            path, key = waiting.pop()
            if path:
                found[path] = data.get(key)
            for name, each in names.get(key, {}).items():
                if not name.endswith("-shm"):
                    waiting.append((f"{path}/{name}".lstrip("/"), each))
        return found


def _rename(names: _Names, slots: Mapping[_Slot, int | None]) -> None:
    for (folder, name), key in slots.items():
        if key is None:
            names[folder].pop(name, None)
        else:
            names[folder][name] = key


def tree_of(root: Path) -> Tree:
    """What is below a folder."""
    return {
        str(each.relative_to(root)): None if each.is_dir() else each.read_bytes()
        for each in root.rglob("*")
        if not each.name.endswith("-shm")
    }


def lay_out(tree: Tree, root: Path) -> None:
    """Make the folder with it, private as a home is."""
    root.mkdir(mode=0o700)
    for path in sorted(tree):  # a folder before what is in it
        data, at = tree[path], root / path
        if data is None:
            at.mkdir(mode=0o700)
        else:
            at.write_bytes(data)
            at.chmod(0o600)
