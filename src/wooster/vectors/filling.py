"""Embedding what waits: in the background, in batches, and whenever it can be.

What is stored waits in a queue in SQLite until its vector is stored, so that nothing is forgotten
by a crash or a server that is away. A set of another maker grows beside the one that is searched,
and takes its place in one transaction when it is complete. It knows no passages and no index.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from wooster.core.clock import Clock
from wooster.core.errors import Busy, ModelRefused, ModelUnavailable, StorageError
from wooster.storage import Database
from wooster.vectors import sets
from wooster.vectors.model import Maker
from wooster.vectors.ports import Embedder, maker
from wooster.vectors.sets import Precision, VectorSet

if TYPE_CHECKING:
    from wooster.vectors.sets import Vectors

Texts = Mapping[bytes, str]
Log = Callable[[str, dict[str, Any]], None]

# Texts looked at together, so that a request holds texts of about one length: the shorter ones of
# a batch are padded to the longest.
_WINDOW = 1_024
# What no model refuses, and what stands for a text without one.
_PLAIN, _BLANK = "a", " "
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
        self._is_taken = False
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
            self._is_taken = True
            try:
                await self._fill_for(embedder, stored)
                yield
            finally:
                self._is_taken = False

    async def begin_anew(self) -> None:
        """Let a new set of the present maker grow, whatever the current one holds.

        Raises `ModelUnavailable`, and `Busy` while everything is embedded by another model.
        """
        if self._is_taken:
            raise Busy(
                "Everything is being embedded by another model.", hint="Wait until it is done."
            )
        made_by = maker(await self._embedder.made_by())
        now, precision = self._clock.now(), self._precision

        def change(connection: sqlite3.Connection) -> None:
            there = sets.all_sets(connection)
            growing = there.get("growing")
            if "current" not in there or _is_of(growing, made_by, precision):
                return  # all is new as it is; or a rebuild that was begun goes on
            if growing is not None:
                sets.abandon(connection, growing)
            sets.begin(connection, made_by, precision, "growing", now)

        await self._database.write(change)
        self.problem = ""  # that of another time
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
        there = await self._database.read(sets.all_sets)
        if there and not any(each.maker == made_by for each in there.values()):
            await _prove(embedder, made_by)
        now, precision = self._clock.now(), self._precision
        target = await self._database.write(
            partial(_target, made_by=made_by, precision=precision, now=now)
        )
        held = partial(sets.hold_back, vector_set=target, elsewhere=not embedder.is_here)
        await self._database.write(held)
        await self._fill(target, embedder, stored)
        return target

    async def _fill(
        self, target: VectorSet, embedder: Embedder, stored: Callable[[], Awaitable[None]]
    ) -> None:
        elsewhere = not embedder.is_here
        while True:
            window = await self._database.read(
                partial(sets.waiting, vector_set=target, limit=_WINDOW, elsewhere=elsewhere)
            )
            if not window:
                return
            hashes = [each.text_hash for each in sorted(window, key=lambda each: each.length)]
            for start in range(0, len(hashes), embedder.batch_size):
                part = hashes[start : start + embedder.batch_size]
                texts = await self._database.read(
                    partial(sets.texts, vector_set=target, hashes=part, elsewhere=elsewhere)
                )
                if texts:
                    await self._embed(texts, target, embedder)
                    await stored()

    async def _embed(self, texts: Texts, target: VectorSet, embedder: Embedder) -> None:
        """Embed one batch and store it; texts that are refused are found and put aside."""
        try:
            await self._make(texts, target, embedder)
        except ModelRefused as error:
            await _prove(embedder, target.maker)
            await self._sift(texts, target, embedder, error.message)

    async def _sift(self, texts: Texts, target: VectorSet, embedder: Embedder, why: str) -> None:
        """Of `texts`, which were refused together, embed those that aren't by themselves."""
        hashes = list(texts)
        if len(hashes) == 1:
            refused = partial(sets.refuse, vector_set=target, text_hash=hashes[0], why=why)
            await self._database.write(refused)
            self._log("vectors.refused", {"reason": why})
            return
        middle = len(hashes) // 2
        for part in (hashes[:middle], hashes[middle:]):
            half = {each: texts[each] for each in part}
            try:
                await self._make(half, target, embedder)
            except ModelRefused as error:
                await self._sift(half, target, embedder, error.message)

    async def _make(self, texts: Texts, target: VectorSet, embedder: Embedder) -> None:
        """Have vectors of `texts` made by the target's maker, and store them."""
        told, vectors = await embedder.embed(
            [text or _BLANK for text in texts.values()],
            "document",
            target.maker.dimensions,
            background=True,
        )
        _must_be(target.maker, maker(told))
        await self._store(list(texts), vectors, target.maker)

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


async def _prove(embedder: Embedder, made_by: Maker) -> None:
    """Raises `ModelUnavailable` unless a plain word is embedded by `made_by`.

    Before everything is embedded anew for a server that only says that it is another one, and
    before texts are put aside for one that refuses whatever it is sent.
    """
    try:
        told, _ = await embedder.embed([_PLAIN], "document", made_by.dimensions, background=True)
    except ModelRefused as error:
        raise ModelUnavailable(
            f"The embedding server refuses every text: {error.message}"
        ) from error
    _must_be(made_by, maker(told))


def _must_be(wanted: Maker, there: Maker) -> None:
    if there != wanted:
        raise ModelUnavailable(f"The embedding model became {there.model} meanwhile.")


def _is_of(vector_set: VectorSet | None, made_by: Maker, precision: Precision) -> bool:
    return vector_set is not None and (vector_set.maker, vector_set.precision) == (
        made_by,
        precision,
    )


def _target(
    connection: sqlite3.Connection,
    made_by: Maker,
    precision: Precision,
    now: datetime,
) -> VectorSet:
    """The set that is to be filled by `made_by`: one that grows before the current one."""
    there = sets.all_sets(connection)
    growing, current = there.get("growing"), there.get("current")
    if growing is not None and _is_of(growing, made_by, precision):
        return growing
    if growing is not None:
        sets.abandon(connection, growing)  # its maker is gone again
    if current is None:
        return sets.begin(connection, made_by, precision, "current", now)
    if _is_of(current, made_by, precision):
        return current
    return sets.begin(connection, made_by, precision, "growing", now)
