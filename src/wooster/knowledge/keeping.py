"""Keeping the library what the disk is: when there is a pass, and over what.

All that happened to a path is that it is marked; one pass at a time takes the marks. A pass over
everything comes at the start and every ten minutes, because events may be missed. What a pass does
is in `updating.py`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wooster.core.errors import Busy, NotFound, StorageError, UsageError, WoosterError
from wooster.knowledge import places, store
from wooster.knowledge.places import Places, Roots, StoredFolder
from wooster.knowledge.scanning import Scope
from wooster.knowledge.updating import Hands, Outcome, Updating
from wooster.knowledge.watching import Watcher

Log = Callable[[str, dict[str, Any]], None]

# How often it is looked whether a folder came or went, a file rests by now, or a disk has room.
TICK_S = 5.0
_TICKS_TO_ALL = 120
_TICKS_TO_RETRY = 6
# More marked paths than this are compared with one walk over everything.
_MANY = 500


@dataclass(frozen=True, slots=True)
class Added:
    """A folder by its full path, and how it was named before; None where it wasn't."""

    path: str
    before: StoredFolder | None


@dataclass(slots=True)
class _Marks:
    """What is to be looked at next."""

    everything: bool = False
    paths: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return self.everything or bool(self.paths)

    def add(self, scope: Scope) -> None:
        self.everything = self.everything or scope.everything
        self.paths |= scope.suspects | scope.deep

    def take(self) -> Scope:
        scope = Scope.of(self.paths)
        if self.everything or len(self.paths) > _MANY:
            scope = Scope(everything=True, suspects=scope.suspects)
        self.everything, self.paths = False, set()
        return scope


class Keeping:
    """One library's passes. `stored` is called after each commit."""

    def __init__(
        self, updating: Updating, where: Places, stored: Callable[[], None], log: Log
    ) -> None:
        self.reading: tuple[int, int] | None = None
        self.reconciled: datetime | None = None
        self.failure: WoosterError | None = None
        self.outcome = Outcome(Roots((), (), {}))
        self._updating = updating
        self._places = where
        self._log = log
        self._hands = Hands(self._must_end, self._report, stored)
        self._watcher = Watcher(self.mark, log)
        self._marks = _Marks()
        self._restless: set[str] = set()
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._news = asyncio.Event()
        self._stopping = False
        self._begun = self._done = 0  # passes: the last that began, and the last with an end
        self._claims = 0
        self._passing: asyncio.Task[None] | None = None

    # --- running ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Compare and watch until `stop`."""
        self.mark_all()
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watcher.run())
            while not self._stopping:
                self._passing = tasks.create_task(self._next())
                await asyncio.wait([self._passing])
            self._watcher.stop()
            await watching

    def stop(self) -> None:
        """What is being read at this moment isn't waited for: it is read at the next start."""
        self._stopping = True
        if self._passing is not None:
            self._passing.cancel()
        self._tell()

    async def _next(self) -> None:
        if self._marks:
            await self._catch_up()
        else:
            await self._rest()

    def mark(self, paths: Iterable[str]) -> None:
        """Something happened at these paths."""
        self._marks.paths.update(paths)
        self._wake.set()

    def mark_all(self) -> None:
        self._marks.everything = True
        self._wake.set()

    async def _rest(self) -> None:
        """Until something is marked."""
        ticks = 0
        while not self._marks and not self._stopping:
            self._wake.clear()
            try:
                async with asyncio.timeout(TICK_S):
                    await self._wake.wait()
            except TimeoutError:
                ticks += 1
                await self._tick(ticks)

    async def _tick(self, ticks: int) -> None:
        self.mark(self._restless)
        self._restless = set()
        is_due = ticks >= (_TICKS_TO_ALL if self.failure is None else _TICKS_TO_RETRY)
        if is_due or await self._folders_changed():
            self.mark_all()

    async def _folders_changed(self) -> bool:
        try:
            there = await self._updating.look_at_folders()
        except StorageError:
            return False  # the next pass will tell
        now = {(root.path, root.key) for root in there.roots}
        return now != {(root.path, root.key) for root in self.outcome.folders.roots}

    async def _catch_up(self) -> None:
        async with self._lock:
            await self._pass(self._marks.take())

    async def _pass(self, scope: Scope) -> None:
        """One pass. An end before its time leaves its marks."""
        self._begun += 1
        try:
            self._ended(scope, await self._updating.run(scope, self._hands))
        except (StorageError, Busy) as error:
            self._done = self._begun
            self.failure = error
            self._restless |= scope.suspects | scope.deep
            self._log("library.failed", {"error": str(error)})
        except asyncio.CancelledError:
            self._marks.add(scope)
            raise
        finally:
            self.reading = None
            self._tell()

    def _ended(self, scope: Scope, outcome: Outcome) -> None:
        self.failure = None
        self._restless |= set(outcome.restless)
        if not scope.everything:
            outcome.troubles |= {
                path: why for path, why in self.outcome.troubles.items() if not scope.covers(path)
            }
        self.outcome = outcome
        self._watcher.watch(outcome.folders.roots)
        if outcome.is_whole:
            self._done = self._begun
        else:
            self._marks.add(scope)
        if scope.everything and outcome.is_whole:
            self.reconciled = self._updating.clock.now()
        if outcome.read:
            self._log("library.read", {"files": outcome.read})

    def _must_end(self) -> bool:
        return self._stopping or self._claims > 0

    # --- telling ------------------------------------------------------------------------------

    def _report(self, done: int, total: int) -> None:
        self.reading = (done, total)
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self, report: Callable[[int, int], None]) -> None:
        """Until all that is marked now is read; `report` is told how many of how many files are.

        Raises what the last pass ended with, if it failed.
        """
        last = self._begun + bool(self._marks)  # what is marked meanwhile isn't waited for
        while self._done < last and not self._stopping:
            news = self._news
            if self.reading is not None:
                report(*self.reading)
            await news.wait()
        if self.failure is not None:
            raise self.failure

    async def settle(self) -> None:
        """Compare everything now, and until nothing is marked any more; files that are still being
        written may be left. Raises what a pass ended with, if it failed."""
        self.mark_all()
        while self._marks:
            await self._catch_up()
            if self.failure is not None:
                raise self.failure

    # --- the person's folders -----------------------------------------------------------------

    async def add(self, path: str, *, is_private: bool) -> Added:
        """Read a folder from now on. Raises `UsageError`, `NotFound`."""
        named = self._places.named(path)
        await asyncio.to_thread(self._places.must_be_readable, named)
        before = await self._updating.database.write(
            lambda c: store.add_folder(c, named, is_private=is_private)
        )
        self.mark([await asyncio.to_thread(os.path.realpath, named)])
        return Added(named, before)

    async def remove(self, path: str, released: Callable[[StoredFolder], None]) -> int:
        """Let a folder's documents leave the library; returns how many files that were. Those that
        another folder has too stay. Once it is `released`, which is told how it was named, it goes
        on by itself when it is cancelled. Raises `NotFound`, and `UsageError` for a folder of the
        settings that is there."""
        named = self._places.named(path)
        self._claims += 1  # a pass that reads a large folder isn't waited for
        try:
            await self._lock.acquire()
        finally:
            self._claims -= 1
        try:
            folder = await self._stored(named)
            there = await self._updating.look_at_folders()
            self._must_be_removable(folder, there)
            before = await self._updating.database.read(store.count_files)
            await self._updating.database.write(lambda c: store.release_folder(c, folder.id))
            released(folder)
            await self._leave(folder, there)
            return before - await self._updating.database.read(store.count_files)
        except asyncio.CancelledError:
            self.mark_all()  # what is left of it goes with the next pass
            raise
        finally:
            self._lock.release()
            self._wake.set()

    async def _stored(self, named: str) -> StoredFolder:
        folders = await self._updating.database.read(store.folders)
        real = await asyncio.to_thread(os.path.realpath, named)
        for folder in folders:
            if folder.path == named:
                return folder
        for folder in folders:
            if await asyncio.to_thread(os.path.realpath, folder.path) == real:
                return folder
        known = ", ".join(places.shown(folder.path) for folder in folders)
        raise NotFound(
            f"{places.shown(named)} is no folder of the library.",
            hint=f"There are: {known}." if known else "There are none.",
        )

    def _must_be_removable(self, folder: StoredFolder, there: Roots) -> None:
        is_there = folder.id not in there.unreachable
        if folder.path in self._places.defaults() and not folder.is_added and is_there:
            raise UsageError(
                f"{places.shown(folder.path)} is in the library by the settings.",
                hint="Take it out of library.folders in config/local-model.json.",
            )

    async def _leave(self, folder: StoredFolder, there: Roots) -> None:
        if folder.id in there.unreachable:
            await self._drop(folder)
            return
        real = await asyncio.to_thread(os.path.realpath, folder.path)
        await self._pass(Scope(deep=frozenset((real,))))
        if self.failure is not None:
            raise self.failure

    async def _drop(self, folder: StoredFolder) -> None:
        """A folder that isn't there can't be compared: what is known of it goes."""
        await self._updating.drop(folder.id, Hands(stored=self._hands.stored))

    async def look_at_folders(self) -> Roots:
        """The folders that are named now, and which of them can be read."""
        return await self._updating.look_at_folders()
