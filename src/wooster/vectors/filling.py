"""Embedding what waits: in the background, in batches, and whenever it can be.

What is stored waits in a queue in SQLite until its vector is stored, so that nothing is forgotten
by a crash or a server that is away. A set of another maker grows beside the one that is searched,
and takes its place in one transaction when it is complete. It knows no passages and no index.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from wooster.core.clock import Clock
from wooster.core.errors import ModelRefused, ModelUnavailable, StorageError
from wooster.storage import Database
from wooster.vectors import sets
from wooster.vectors.model import Maker
from wooster.vectors.ports import Embedder, maker
from wooster.vectors.sets import Precision, VectorSet, Waiting

if TYPE_CHECKING:
    from wooster.vectors.sets import Vectors

Log = Callable[[str, dict[str, Any]], None]

# Texts looked at together, so that a request holds texts of about one length: the shorter ones of
# a batch are padded to the longest.
_WINDOW = 1_024
# After a failure; a server that comes up is soon noticed.
_SOON_S, _LATER_S = 0.5, 5.0
_IDLE_S = 30.0


class Filling:
    """Fills the sets of one database. `stored` is awaited after each batch."""

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        precision: Precision,
        clock: Clock,
        log: Log,
    ) -> None:
        self._database = database
        self._embedder = embedder
        self._precision: Precision = precision
        self._clock = clock
        self._log = log
        self._wake = asyncio.Event()
        self._wake.set()
        self._passing = asyncio.Lock()
        self.problem = ""
        """Why nothing is embedded now, as a sentence; "" while all is well."""

    def wake(self) -> None:
        """There is something to embed, or a reason to try again."""
        self._wake.set()

    async def run(self, stored: Callable[[], Awaitable[None]]) -> None:
        """Embed whatever waits, until cancelled."""
        pause_s = _SOON_S
        while True:
            self._wake.clear()
            try:
                await self.once(self._embedder, stored)
            except (ModelUnavailable, StorageError) as error:
                self._tell(error.message)
                timeout_s: float | None = pause_s
                pause_s = min(pause_s * 2, _LATER_S)
            else:
                self._tell("")
                # Another model behind the same address is found out by looking.
                pause_s, timeout_s = _SOON_S, _IDLE_S
            try:
                async with asyncio.timeout(timeout_s):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def once(self, embedder: Embedder, stored: Callable[[], Awaitable[None]]) -> None:
        """Embed all that waits for `embedder`'s vectors, and put a set in its place that is
        complete with them. Raises `ModelUnavailable`; what was embedded by then is kept."""
        async with self._passing:
            target = await self._fill_for(embedder, stored)
            if target is not None and target.state == "growing":
                grown = await self._database.write(partial(sets.promote, growing=target))
                if grown:
                    self._log("vectors.replaced", {"model": target.maker.model})
                    await stored()

    @asynccontextmanager
    async def filled_for(
        self, embedder: Embedder, stored: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[None]:
        """Everything is embedded by `embedder`, which takes the present one's place within the
        block: the set that has grown is searched when that one is asked for the next time."""
        async with self._passing:
            await self._fill_for(embedder, stored)
            yield

    async def begin_anew(self) -> None:
        """Let a new set of the present maker grow, whatever the current one holds."""
        made_by = maker(await self._embedder.made_by())
        now, precision = self._clock.now(), self._precision

        def change(connection: sqlite3.Connection) -> None:
            growing = sets.all_sets(connection).get("growing")
            if growing is not None and growing.maker == made_by:
                return  # a rebuild that was begun goes on
            if growing is not None:
                sets.abandon(connection, growing)
            sets.begin(connection, made_by, precision, "growing", now)

        await self._database.write(change)
        self.wake()

    async def _fill_for(
        self, embedder: Embedder, stored: Callable[[], Awaitable[None]]
    ) -> VectorSet | None:
        """Fill the set for `embedder`; None where there is nothing to embed."""
        while await self._database.write(sets.remove_some):
            pass
        if not await self._database.read(_has_passages):
            return None
        made_by = maker(await embedder.made_by())
        now, precision = self._clock.now(), self._precision
        target = await self._database.write(
            partial(_target, made_by=made_by, precision=precision, now=now)
        )
        held = partial(sets.hold_back, vector_set=target, elsewhere=not embedder.is_here)
        await self._database.write(held)
        await self._fill(target, made_by, embedder, stored)
        return target

    async def _fill(
        self,
        target: VectorSet,
        made_by: Maker,
        embedder: Embedder,
        stored: Callable[[], Awaitable[None]],
    ) -> None:
        elsewhere = not embedder.is_here
        while True:
            window = await self._database.read(
                partial(sets.waiting, vector_set=target, limit=_WINDOW, elsewhere=elsewhere)
            )
            if not window:
                return
            window.sort(key=lambda each: len(each.text))
            for start in range(0, len(window), embedder.batch_size):
                batch = window[start : start + embedder.batch_size]
                await self._embed(batch, target, made_by, embedder)
                await stored()

    async def _embed(
        self, batch: Sequence[Waiting], target: VectorSet, made_by: Maker, embedder: Embedder
    ) -> None:
        """Embed one batch and store it; a text that is refused is found and put aside."""
        try:
            told, vectors = await embedder.embed(
                [each.text for each in batch], "document", made_by.dimensions, background=True
            )
        except ModelRefused as error:
            if len(batch) == 1:
                await self._database.write(
                    partial(
                        sets.refuse,
                        vector_set=target,
                        text_hash=batch[0].text_hash,
                        why=error.message,
                    )
                )
                self._log("vectors.refused", {"reason": error.message})
                return
            half = len(batch) // 2
            await self._embed(batch[:half], target, made_by, embedder)
            await self._embed(batch[half:], target, made_by, embedder)
            return
        if maker(told) != made_by:
            raise ModelUnavailable(f"The embedding model became {told.model} meanwhile.")
        await self._store([each.text_hash for each in batch], vectors, made_by)

    async def _store(self, hashes: Sequence[bytes], vectors: Vectors, made_by: Maker) -> None:
        """Into every set of this maker: where one grows beside it, the current one has use too."""

        def change(connection: sqlite3.Connection) -> None:
            targets = [
                each
                for each in sets.all_sets(connection).values()
                if each.maker == made_by and each.state != "leaving"
            ]
            sets.store(connection, targets, hashes, vectors)

        await self._database.write(change)

    def _tell(self, problem: str) -> None:
        if problem and problem != self.problem:
            self._log("vectors.waiting", {"reason": problem})
        self.problem = problem


def _has_passages(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM passages LIMIT 1").fetchone() is not None


def _target(
    connection: sqlite3.Connection,
    made_by: Maker,
    precision: Precision,
    now: datetime,
) -> VectorSet:
    """The set that is to be filled by `made_by`: one that grows before the current one."""
    there = sets.all_sets(connection)
    growing, current = there.get("growing"), there.get("current")
    if growing is not None and (growing.maker, growing.precision) == (made_by, precision):
        return growing
    if growing is not None:
        sets.abandon(connection, growing)  # its maker is gone again
    if current is None:
        return sets.begin(connection, made_by, precision, "current", now)
    if (current.maker, current.precision) == (made_by, precision):
        return current
    return sets.begin(connection, made_by, precision, "growing", now)
