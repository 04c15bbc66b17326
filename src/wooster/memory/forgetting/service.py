"""Forgetting, from what the person names to nothing left of it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from wooster.core.clock import Clock
from wooster.core.errors import Busy, StorageError
from wooster.memory.forgetting import choosing, store, sweeping
from wooster.memory.forgetting.model import Doomed, Named
from wooster.memory.forgetting.sweeping import Files
from wooster.storage import Database

log = logging.getLogger(__name__)

Told = Callable[[str], None]

_LOOK_S = 0.1
# An answer takes seconds, on a slow machine a minute or two.
_PATIENCE_S = 180.0
_SESSIONS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went. `problem` says what of it couldn't be swept out, and where it may stand still."""

    doomed: Doomed
    problem: str = ""


class Forgetting:
    """Forgets in one home. `changed` is told when passages went; `purge` takes their vectors out of
    the index's memory and file."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        files: Files,
        changed: Callable[[], None],
        purge: Callable[[], Awaitable[None]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._files = files
        self._changed = changed
        self._purge = purge
        # Two that forget at once would sweep the same files.
        self._sweeping = asyncio.Lock()
        self._broken_off = asyncio.Event()

    async def run(self) -> None:
        """Sweep what a forgetting left that was broken off: by a crash, or by a client that went
        away half-way. Until it is cancelled."""
        while True:
            try:
                problem = await self.finish()
            except StorageError as error:
                problem = error.message
            if problem:
                log.warning("forgetting.not_swept", extra={"fields": {"reason": problem}})
            await self._broken_off.wait()
            self._broken_off.clear()

    async def doomed(self, what: str) -> Doomed:
        """What would go for a fact's number, `last`, or words. Raises `UsageError`, `NotFound`."""
        return (await self._database.read(partial(_looked_up, what=what)))[1]

    async def forget(self, what: str, told: Told) -> Forgotten:
        """Forget it: when this returns, it stands nowhere that Wooster writes. Killed on the way,
        it goes on at the next start.

        Raises `UsageError`, `NotFound`, and `Busy` where an answer under way doesn't end.
        """
        async with self._sweeping:
            meant, seen = await self._database.read(partial(_looked_up, what=what))
            if seen.is_empty:
                return Forgotten(seen)
            told("clearing history and logs")
            problem = await self._clear_files(seen)
            doomed = await self._removed(meant, told)
            if doomed.is_empty:
                return Forgotten(doomed)
            self._changed()
            if doomed != seen:  # something was said meanwhile
                problem = await self._clear_files(doomed)
            try:
                problem = " ".join(filter(None, (problem, await self._sweep(told))))
            except asyncio.CancelledError:
                self._broken_off.set()
                raise
            return Forgotten(doomed, problem)

    async def take_out(self, session_ids: Sequence[str]) -> None:
        """Remove conversations that were taken in, with what was made of them. It may all be taken
        in again; what deleting leaves in files is swept in the background."""
        for at in range(0, len(session_ids), _SESSIONS_AT_ONCE):
            some = session_ids[at : at + _SESSIONS_AT_ONCE]
            await self._database.write(partial(self._take_out, some))
        self._changed()
        self._broken_off.set()

    def _take_out(self, session_ids: Sequence[str], connection: sqlite3.Connection) -> None:
        doomed = choosing.of_sessions(connection, session_ids)
        if doomed.turns:
            store.remove(connection, doomed, self._clock.now(), self._clock.zone)

    async def finish(self) -> str:
        """Sweep what a forgetting left that was broken off; returns what couldn't be swept out."""
        async with self._sweeping:
            if await self._database.read(store.sweeps_left):
                return await self._sweep(lambda _: None)
            return ""

    async def _removed(self, meant: Named, told: Told) -> Doomed:
        """What was removed, when no answer was under way: it would be said again in that one."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while (doomed := await self._database.write(partial(self._remove, meant))) is None:
                    told("waiting for an answer that is under way")
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError as error:
            raise Busy(
                "An answer is under way, and may say it again.",
                hint="Stop it, or wait until it has ended, and forget again.",
            ) from error
        return doomed

    def _remove(self, meant: Named, connection: sqlite3.Connection) -> Doomed | None:
        if store.is_answering(connection):
            return None
        doomed = choosing.doomed(connection, meant)
        if not doomed.is_empty:
            store.remove(connection, doomed, self._clock.now(), self._clock.zone)
        return doomed

    async def _sweep(self, told: Told) -> str:
        try:
            await sweeping.clear_database(self._database, told)
            told("clearing vectors")
            await self._purge()
            told("replacing copies of the database")
            now = self._clock.now()
            await asyncio.to_thread(sweeping.replace_old_copies, self._database, now)
            await self._database.write(store.swept)
        except (StorageError, OSError, RuntimeError) as error:  # hnswlib has only the last
            return (
                "What deleting leaves in its files, and older copies in"
                f" {self._database.backups}, couldn't be cleared ({error}):"
                " Wooster tries again when it starts, and when something else is forgotten."
            )
        return ""

    async def _clear_files(self, doomed: Doomed) -> str:
        texts = [text for turn in doomed.turns for text in (turn.question, turn.answer)]
        texts += [fact.quote for fact in doomed.all_facts]
        try:
            await asyncio.to_thread(sweeping.clear_files, self._files, texts, doomed.words)
        except OSError as error:
            return f"The prompt's history or a log may still have it ({error})."
        return ""


def _looked_up(connection: sqlite3.Connection, what: str) -> tuple[Named, Doomed]:
    meant = choosing.named(connection, what)
    return meant, choosing.doomed(connection, meant)
