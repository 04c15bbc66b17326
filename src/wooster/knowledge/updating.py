"""One pass over the library: what changed on the disk is read and stored.

A pass may end at any point, by a stop or by a kill: what is stored is whole, and the next pass goes
on from there. One file's failure is that file's problem. What to do is decided in `reconcile.py`,
what is there is found by `scanning.py`; nothing here knows who asked for a pass.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path, PurePath
from typing import Protocol, TypeVar

from wooster.core.clock import Clock, to_ms
from wooster.knowledge import contents, passages, pieces, places, reconcile, store
from wooster.knowledge.forgetting import Forgotten
from wooster.knowledge.model import ReadDocument, UnreadableFile
from wooster.knowledge.pieces import Pieces
from wooster.knowledge.places import Places, Root, Roots
from wooster.knowledge.reading.formats import is_readable
from wooster.knowledge.reconcile import Known, Plan, untried
from wooster.knowledge.scanning import Entry, Patterns, Scan, Scope, Walk, is_private
from wooster.storage import Database

T = TypeVar("T")
Planning = Callable[[sqlite3.Connection], list[Pieces]]

# A file is read when its size and time have been the same for so long: an editor or a download
# may still be writing it.
SETTLE_S = 0.5
_TRIES = 3
# So many files, and about so many bytes of them, are read before they are stored.
_BATCH_FILES = 32
_BATCH_BYTES = 16 << 20
_MOVED_AT_ONCE = 100
_AT_ONCE = 4
_MEGABYTE = 1_000_000


class Reads(Protocol):
    """What turns a file into documents."""

    async def read(self, path: Path) -> list[ReadDocument]:
        """Raises `UnreadableFile`, `OSError`, or `Busy` when nothing can be read now."""


@dataclass(frozen=True, slots=True)
class Hands:
    """How a pass is led: `stopped` is asked often and ends it early, `report` is told how many of
    how many files are read, `stored` that something was committed."""

    stopped: Callable[[], bool] = lambda: False
    report: Callable[[int, int], None] = lambda _done, _total: None
    stored: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Outcome:
    """How a pass ended. `restless` are files that were still being written; `troubles` are paths in
    the folders that couldn't be looked at, with the reason."""

    folders: Roots
    is_whole: bool = False
    read: int = 0
    restless: list[str] = field(default_factory=list)
    troubles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What became of one file that was looked into. `before` is its row when the content is the
    same; an obstacle is a problem of the moment, and not of the content."""

    entry: Entry
    digest: bytes = b""
    documents: tuple[ReadDocument, ...] = ()
    problem: str = ""
    is_obstacle: bool = False
    before: Known | None = None


class _Restless(Exception):
    """A file that changed each time while it was read."""


class Updating:
    """Passes over one library. They are not to run at the same time."""

    def __init__(self, database: Database, reader: Reads, clock: Clock, where: Places) -> None:
        self.database = database
        self.reader = reader
        self.clock = clock
        self.limit_bytes = where.settings.max_megabytes * _MEGABYTE
        self._places = where

    async def run(self, scope: Scope, hands: Hands) -> Outcome:
        """One pass over `scope`. Raises `StorageError`, and `Busy` when nothing can be read now;
        what was stored until then stays."""
        there = await self.look_at_folders()
        outcome = Outcome(there)
        scan = await asyncio.to_thread(self._walk, there.roots, scope, hands.stopped)
        if hands.stopped():  # it may have seen a part only: nothing is to be dropped for that
            return outcome
        outcome.troubles = scan.unlisted | scan.mistakes
        forgotten = await self.database.read(Forgotten)
        for path in await asyncio.to_thread(lambda: list(filter(forgotten.has, scan.entries))):
            del scan.entries[path]  # as if the file were gone
        known = await self.database.read(store.known_files)
        todo = await asyncio.to_thread(reconcile.plan, known, scan, scope, there.unreachable)
        await _Pass(self, known, hands, outcome).carry_out(todo)
        if not hands.stopped():
            await self.database.write(
                lambda c: store.keep_up_folders(c, there.roots, self._places.defaults())
            )
            outcome.is_whole = True
        return outcome

    async def drop(self, folder_id: int, hands: Hands) -> None:
        """Everything that is known of a folder goes."""
        some = partial(store.ids_in_folder, folder_id=folder_id, limit=_MOVED_AT_ONCE)
        while (ids := await self.database.read(some)) and not hands.stopped():
            await self.carry_out(partial(_dropped, file_ids=ids), hands)

    async def carry_out(self, plan: Planning, hands: Hands) -> None:
        """Plan and write what becomes of some files. It may be stopped between any two
        transactions: others write in between, and wait for one at most."""
        if hands.stopped():
            return
        for some in pieces.transactions(await self.database.read(plan)):
            await self.database.write(partial(pieces.write, some=some))
            hands.stored()
            if hands.stopped():
                return

    def _walk(self, roots: Iterable[Root], scope: Scope, stopped: Callable[[], bool]) -> Scan:
        settings = self._places.settings
        rules = (Patterns(settings.ignore), Patterns(settings.private))
        scan = Walk(roots, rules, _is_readable, scope, stopped).run()
        wrong = (line for patterns in rules for line in patterns.wrong)
        scan.mistakes |= dict.fromkeys(wrong, "this pattern in the settings makes no sense")
        return scan

    def private_ones(self, files: Iterable[Known], there: Roots) -> list[Known]:
        """Which of these files, that can't be looked at, a rule makes private now. It blocks."""
        patterns = Patterns(self._places.settings.private)
        folders = {folder.id: folder for folder in there.named}
        found = []
        for file in files:
            folder = folders.get(file.folder)
            if folder is None or file.is_private:
                continue
            roots = (os.path.realpath(folder.path),)
            if folder.is_private or is_private(file.path, patterns, roots):
                found.append(file)
        return found

    async def look_at_folders(self) -> Roots:
        """The folders of the person and of the settings, as they are now."""
        defaults = self._places.defaults()
        stored = await self.database.read(store.folders)
        have = {folder.path for folder in stored}
        new = await asyncio.to_thread(_those_there, [path for path in defaults if path not in have])
        if new:
            await self.database.write(lambda c: store.know_defaults(c, new))
            stored = await self.database.read(store.folders)
        named = [each for each in stored if each.is_added or each.path in defaults]
        return await asyncio.to_thread(places.look_at, named, self._places)


def _is_readable(name: str) -> bool:
    return is_readable(PurePath(name))


def _those_there(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if Path(path).is_dir()]


class _Pass:
    """A plan being carried out."""

    def __init__(
        self, by: Updating, known: dict[str, Known], hands: Hands, outcome: Outcome
    ) -> None:
        self._by = by
        self._known = known
        self._hands = hands
        self._outcome = outcome

    async def carry_out(self, plan: Plan) -> None:
        await self._obey_rules(plan)
        look = await self._settled(plan.look)
        moved = await self._move(plan, look)
        await self._read([entry for entry in look if entry.path not in moved])

    async def _obey_rules(self, plan: Plan) -> None:
        """What became private is so before anything else is done, also where it can't be looked
        at: until then it might leave this machine."""
        private = await asyncio.to_thread(self._by.private_ones, plan.unseen, self._outcome.folders)
        private += [before for before, entry in plan.refile if entry.is_private > before.is_private]
        for files in _slices(private, _MOVED_AT_ONCE):
            await self._by.database.write(partial(_make_private, files=files))
            self._hands.stored()
        for some in _slices(plan.refile, _MOVED_AT_ONCE):
            await self._by.carry_out(partial(_refiled, some=some), self._hands)

    async def _settled(self, look: Sequence[Entry]) -> list[Entry]:
        """The files that rest; those that don't are noted."""
        calm_ns = to_ms(self._by.clock.now()) * 1_000_000 - int(SETTLE_S * 1e9)
        rest = [entry for entry in look if entry.mtime_ns < calm_ns]
        fresh = [entry for entry in look if entry.mtime_ns >= calm_ns]
        for _ in range(_TRIES):
            if not fresh or self._hands.stopped():
                break
            await asyncio.sleep(SETTLE_S)
            now = await asyncio.to_thread(contents.those_still_there, fresh)
            before = set(fresh)
            rest += [entry for entry in now if entry in before]
            fresh = [entry for entry in now if entry not in before]
        self._outcome.restless += [entry.path for entry in fresh]
        return rest

    async def _move(self, plan: Plan, look: Sequence[Entry]) -> set[str]:
        """Carry out renames and removals; returns the new paths that need no look any more."""
        new = {
            entry.path: entry for entry in reconcile.may_be_renamed(self._known, look, plan.gone)
        }
        hashes = await asyncio.to_thread(contents.hash_all, list(new.values()), self._hands.stopped)
        renamed = reconcile.renames(plan.gone, hashes)
        moves = [(before, new[path]) for path, before in renamed.items()]
        taken = {before.id for before in renamed.values()}
        gone = [before for before in plan.gone if before.id not in taken]
        for some in _slices(moves, _MOVED_AT_ONCE):
            await self._by.carry_out(partial(_moved, some=some), self._hands)
        for ids in _slices([before.id for before in gone], _MOVED_AT_ONCE):
            await self._by.carry_out(partial(_dropped, file_ids=ids), self._hands)
        return {path for path, before in renamed.items() if not _is_other_now(before, new[path])}

    async def _read(self, look: Sequence[Entry]) -> None:
        done = 0
        many = asyncio.Semaphore(_AT_ONCE)
        for batch in _batches(look, self._by.limit_bytes):
            if self._hands.stopped():
                return
            self._hands.report(done, len(look))
            looked = await asyncio.gather(
                *(self._take(entry, many) for entry in batch), return_exceptions=True
            )
            taken = [found for found in map(_or_raise, looked) if found is not None]
            plan = partial(_stored, some=taken, at=self._by.clock.now())
            await self._by.carry_out(plan, self._hands)
            self._outcome.read += sum(each.before is None for each in taken)
            done += len(batch)
        if look:
            self._hands.report(done, len(look))

    async def _take(self, entry: Entry, many: asyncio.Semaphore) -> _Taken | None:
        """Look into a file; None when there is nothing to store about it."""
        before = self._known.get(entry.path)
        async with many:
            try:
                taken = await self._look_into(entry, before)
            except (FileNotFoundError, NotADirectoryError):
                if before is not None:
                    self._outcome.restless.append(entry.path)
                return None
            except _Restless:
                self._outcome.restless.append(entry.path)
                return None
            except OSError as error:
                told = (error.strerror or str(error)).lower()
                taken = _Taken(entry, problem=told, is_obstacle=True)
        return None if before is not None and _is_known(taken, before) else taken

    async def _look_into(self, entry: Entry, before: Known | None) -> _Taken:
        for _ in range(_TRIES):
            if entry.size > self._by.limit_bytes:
                size, limit = (count // _MEGABYTE for count in (entry.size, self._by.limit_bytes))
                told = f"it has {size} MB, and at most {limit} are read (library.maxMegabytes)"
                return _Taken(entry, problem=told)
            entry, digest = await asyncio.to_thread(contents.hash_of, entry)
            if before is not None and before.hash == digest:
                return _Taken(entry, digest, before=before)
            try:
                documents = await self._by.reader.read(Path(entry.path))
                taken = _Taken(entry, digest, tuple(passages.sound(documents)))
            except UnreadableFile as error:
                taken = _Taken(entry, digest, problem=str(error) or "it can't be read")
            now = await asyncio.to_thread(contents.look, entry)
            if now == entry:
                return taken
            entry = now
        raise _Restless


def _is_known(taken: _Taken, before: Known) -> bool:
    """The same obstacle as last time, or a file that is still too large, is no news."""
    then = (before.problem, before.size, before.mtime_ns, before.folder, before.is_private)
    now = untried(taken.entry)
    told = (taken.problem, now.size, now.mtime_ns, now.folder, now.is_private)
    return not taken.digest and then == told


def _or_raise(looked: _Taken | BaseException | None) -> _Taken | None:
    """A group of errors would hide that nothing can be read at all now."""
    if isinstance(looked, BaseException):
        raise looked
    return looked


def _is_other_now(before: Known, entry: Entry) -> bool:
    """Whether a file that was moved has to be read again: what a reader makes of it depends on its
    name's ending."""
    has_other_ending = PurePath(before.path).suffix != PurePath(entry.path).suffix
    return has_other_ending or bool(before.problem and before.path != entry.path)


def _slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[at : at + size] for at in range(0, len(items), size))


def _batches(entries: Iterable[Entry], limit_bytes: int) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += entry.size if entry.size <= limit_bytes else 0
        if len(batch) == _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


# --- plans ------------------------------------------------------------------------------------


def _make_private(connection: sqlite3.Connection, files: Sequence[Known]) -> None:
    for file in files:
        store.make_private(connection, file.id)


def _refiled(connection: sqlite3.Connection, some: Sequence[tuple[Known, Entry]]) -> list[Pieces]:
    return [pieces.refiled(connection, before, entry) for before, entry in some]


def _moved(connection: sqlite3.Connection, some: Sequence[tuple[Known, Entry]]) -> list[Pieces]:
    return [
        (pieces.moved_to_read if _is_other_now(before, entry) else pieces.moved)(
            connection, before, entry
        )
        for before, entry in some
    ]


def _dropped(connection: sqlite3.Connection, file_ids: Sequence[int]) -> list[Pieces]:
    return [pieces.dropped(connection, file_id) for file_id in file_ids]


def _stored(connection: sqlite3.Connection, some: Sequence[_Taken], at: datetime) -> list[Pieces]:
    return [_stored_one(connection, taken, at) for taken in some]


def _stored_one(connection: sqlite3.Connection, taken: _Taken, at: datetime) -> Pieces:
    if taken.before is not None:
        return pieces.moved(connection, taken.before, taken.entry)
    if taken.is_obstacle:
        return pieces.obstructed(connection, taken.entry, taken.problem, at)
    if taken.problem:
        # Without a digest it was too large, and the limit may be another tomorrow.
        entry = taken.entry if taken.digest else untried(taken.entry)
        return pieces.unreadable(connection, entry, taken.digest, taken.problem, at)
    return pieces.read(connection, taken.entry, taken.digest, taken.documents, at)
