"""What has to be done so that the library is what is on the disk: a pure comparison.

Known files and found ones go in; what must be looked into, moved or dropped comes out. Nothing is
opened here. What couldn't be looked at is not judged: its documents stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from wooster.knowledge.places import last_of, parent_of, parents
from wooster.knowledge.scanning import Entry, Scan, Scope


@dataclass(frozen=True, slots=True)
class Known:
    """A file's row. A row whose `mtime_ns` is `UNREAD_NS` is looked into every time."""

    id: int
    path: str
    folder: int
    size: int
    mtime_ns: int
    hash: bytes
    is_private: bool
    problem: str


UNREAD_NS = -(1 << 63)
"""No file's time: what couldn't be opened is tried again, though no change of it can be seen."""


def untried(entry: Entry) -> Entry:
    """The entry as it is stored when it is to be looked into every time."""
    return replace(entry, mtime_ns=UNREAD_NS)


@dataclass(frozen=True, slots=True)
class Plan:
    """`look` are files to be hashed, and read where their content is new; `refile` are those of
    which the folder or the privacy changed, whatever else did; `gone` are those that aren't there
    any more, `unseen` those of which that isn't known."""

    look: tuple[Entry, ...]
    refile: tuple[tuple[Known, Entry], ...]
    gone: tuple[Known, ...]
    unseen: tuple[Known, ...]


def plan(
    known: Mapping[str, Known], scan: Scan, scope: Scope, unreachable: Collection[int]
) -> Plan:
    """Compare what is known with what a walk over `scope` found. `unreachable` are the ids of
    folders that couldn't be walked."""
    look: list[Entry] = []
    refile: list[tuple[Known, Entry]] = []
    for path, entry in scan.entries.items():
        before = known.get(path)
        if before is None or _changed(before, entry) or path in scope.suspects:
            look.append(entry)
        if before is not None and _is_elsewhere(before, entry):
            refile.append((before, entry))
    missing = [
        before for path, before in known.items() if path not in scan.entries and scope.covers(path)
    ]
    unseen = [
        before
        for before in missing
        if before.folder in unreachable or _hidden(before.path, scan.unlisted)
    ]
    ids = {before.id for before in unseen}
    gone = [before for before in missing if before.id not in ids]
    return Plan(tuple(look), tuple(refile), tuple(gone), tuple(unseen))


def _changed(before: Known, entry: Entry) -> bool:
    return (before.size, before.mtime_ns) != (entry.size, entry.mtime_ns)


def _is_elsewhere(before: Known, entry: Entry) -> bool:
    return (before.folder, before.is_private) != (entry.folder, entry.is_private)


def _hidden(path: str, unlisted: Mapping[str, str]) -> bool:
    """Whether it is, or may be, in a folder that couldn't be listed."""
    return bool(unlisted) and (path in unlisted or any(p in unlisted for p in parents(path)))


def may_be_renamed(
    known: Mapping[str, Known], look: Iterable[Entry], gone: Iterable[Known]
) -> list[Entry]:
    """The new files that are as large as one that is gone: only these are worth a hash."""
    sizes = {before.size for before in gone}
    return [entry for entry in look if entry.path not in known and entry.size in sizes]


def renames(gone: Iterable[Known], hashes: Mapping[str, bytes]) -> dict[str, Known]:
    """Which file that is gone each new one (path to hash) is: one with the same content.

    Of several, one with the same name goes first, then one in the same folder; each is taken once.
    """
    left = [before for before in gone if before.hash]
    found: dict[str, Known] = {}
    for of_path in (last_of, parent_of, _nothing):
        by_likeness: dict[tuple[bytes, str], list[Known]] = defaultdict(list)
        for before in reversed(left):
            by_likeness[before.hash, of_path(before.path)].append(before)
        for path in sorted(hashes.keys() - found.keys()):
            if alike := by_likeness[hashes[path], of_path(path)]:
                found[path] = alike.pop()
        taken = {before.id for before in found.values()}
        left = [before for before in left if before.id not in taken]
    return found


def _nothing(_: str) -> str:
    return ""
