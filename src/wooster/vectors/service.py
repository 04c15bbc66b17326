"""Searching by words and by meaning, as the capabilities use it.

Words are there as soon as a passage is; its vector comes when the embedding server has made it. A
search takes what there is and says what is missing. One search is in `finding.py`, embedding in
`filling.py`, the index in `keeper.py`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wooster.config.settings import Vectors as VectorSettings
from wooster.core.clock import Clock
from wooster.core.errors import ModelRefused, ModelUnavailable, StorageError
from wooster.storage import Database
from wooster.vectors import candidates, sets, words
from wooster.vectors.filling import Filling
from wooster.vectors.finding import Finder, Pointed, Question
from wooster.vectors.keeper import IndexKeeper
from wooster.vectors.model import Coverage, Findings, Maker, Narrowing, Progress, Scored
from wooster.vectors.ports import Embedder, Reranker, maker
from wooster.vectors.sets import VectorSet

if TYPE_CHECKING:
    from wooster.vectors.sets import Vectors

Log = Callable[[str, dict[str, Any]], None]

_ANYTHING = Narrowing()
_REMEMBERED_QUESTIONS = 256
# Of a question; more of it would say nothing more to a model.
_MOST_CHARACTERS = 8_000
# So long a question waits for its vector in all; then its words find alone.
_PATIENCE_S = 2.0
# Embedding waits so long for more to come before the index is brought up to date.
_SETTLE_S = 0.5
_SAVE_AFTER_S = 30.0
_LOOK_S = 0.1


class Search:
    """Everything that can be searched in one home. `folder` is for the index's files."""

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        folder: Path,
        settings: VectorSettings,
        clock: Clock,
        log: Log,
    ) -> None:
        self._database = database
        self._embedder = embedder
        self._log = log
        self._keeper = IndexKeeper(database, folder, settings.index_dimensions, log)
        self._filling = Filling(database, embedder, settings.precision, clock, log)
        self._finder = Finder(database, self._keeper)
        self._questions: OrderedDict[tuple[Maker, str], Vectors] = OrderedDict()
        # Counting is done once after each change, and not in every search.
        self._coverage: dict[str, Coverage] = {}
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._indexing = asyncio.Lock()

    # --- finding ------------------------------------------------------------------------------

    async def find(self, text: str, narrowing: Narrowing = _ANYTHING, limit: int = 10) -> Findings:
        """The passages that `text`, which may hold any bytes, is best answered by."""
        return await self._findings(text, narrowing, limit, self._pointed(text))

    async def find_with(
        self, text: str, vector: Vectors, narrowing: Narrowing = _ANYTHING, limit: int = 10
    ) -> Findings:
        """`find` with the question's vector given, made by whom `made_by` tells."""

        async def pointed() -> Pointed | str:
            current = await self._current()
            return Pointed(current, vector) if current else "nothing is embedded yet"

        return await self._findings(text, narrowing, limit, pointed())

    def rerank_with(self, reranker: Reranker | None) -> None:
        """Have a model that reads question and passage together go over the best from now on."""
        self._finder.reranker = reranker

    async def scored(
        self, text: str, meaning: str, narrowing: Narrowing, depth: int
    ) -> tuple[list[Scored], str]:
        """What the words of `text` and the vector of `meaning` find, each `depth` deep, for a
        capability that ranks by more than these; and why vectors took no part, "" where they
        did."""
        question = Question(text, words.terms(text), narrowing, depth, depth)
        return await self._finder.scored(question, self._pointed(meaning))

    @property
    def reranker(self) -> Reranker | None:
        """The model that goes over the best, where there is one."""
        return self._finder.reranker

    async def _findings(
        self, text: str, narrowing: Narrowing, limit: int, pointing: Awaitable[Pointed | str]
    ) -> Findings:
        question = Question(text, words.terms(text), narrowing, limit)
        hits, without_meaning = await self._finder.find(question, pointing)
        return Findings(
            tuple(hits),
            await self.coverage(_only(narrowing.collections)),
            tuple(term.shown for term in question.terms),
            without_meaning,
        )

    async def coverage(self, collection: str = "") -> Coverage:
        """How much of what is stored (in one collection) can be found by meaning now."""
        found = self._coverage.get(collection)
        if found is None:
            counted = self._coverage
            found = await self._database.read(partial(candidates.coverage, collection=collection))
            counted[collection] = found  # lost, if something changed meanwhile
        return replace(found, problem=self._filling.problem if found.waiting else "")

    async def made_by(self) -> Maker | None:
        """Whose vectors are searched; None before anything is embedded."""
        current = await self._current()
        return current.maker if current else None

    # --- keeping up ---------------------------------------------------------------------------

    def changed(self) -> None:
        """Passages were put or dropped, and that is committed: embed what is new."""
        self._coverage = {}
        self._finder.passages_changed()
        self._filling.wake()
        self._changed.set()

    async def run(self) -> None:
        """Embed and index in the background until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            filling = tasks.create_task(self._filling.run(self._stored))
            keeping = tasks.create_task(self._keep_index())
            await self._stopping.wait()
            filling.cancel()
            keeping.cancel()
        await self._keeper.close()

    def stop(self) -> None:
        self._stopping.set()

    async def rebuild(self, report: Callable[[Progress], None]) -> Coverage:
        """Make every vector anew, beside those that are searched meanwhile; returns when they are
        in place. Cancelled, it goes on in the background. Raises `ModelUnavailable`, and `Busy`
        while another model embeds everything."""
        await self._filling.begin_anew()
        return await self.wait(report)

    @asynccontextmanager
    async def embedded_by(
        self, embedder: Embedder, report: Callable[[Progress], None]
    ) -> AsyncIterator[None]:
        """Everything is embedded by a model that takes the present one's place in the block.

        Until then the old vectors are searched. Raises `ModelUnavailable`.
        """

        async def stored() -> None:
            await self._stored()
            report(await self._progress())

        try:
            async with self._filling.filled_for(embedder, stored):
                yield
        finally:
            self.changed()

    async def purge(self) -> None:
        """Nothing is left of what was removed: neither in the index, nor of what was asked."""
        self._questions.clear()
        async with self._indexing:
            current = await self._current()
            if current is not None:
                await self._keeper.purge(current)

    async def wait(self, report: Callable[[Progress], None]) -> Coverage:
        """Until nothing waits that can be embedded. Raises `ModelUnavailable` when it can't."""
        while (progress := await self._progress()).total:
            report(progress)
            if self._filling.problem:
                raise ModelUnavailable(
                    self._filling.problem, hint="It goes on by itself when that is over."
                )
            await asyncio.sleep(_LOOK_S)
        return await self.coverage()

    async def _progress(self) -> Progress:
        return await self._database.read(candidates.progress)

    async def _stored(self) -> None:
        self._coverage = {}
        self._changed.set()

    async def _keep_index(self) -> None:
        """Bring the index up to date after each change, and save it when it has been calm."""
        while True:
            try:
                await self._index_current()
            except (OSError, RuntimeError, StorageError) as error:
                # Too little memory (hnswlib's RuntimeError) or a failing disk: searches go on by
                # comparing, and the index is tried again after the next change.
                self._log("index.failed", {"reason": str(error)})
            try:
                async with asyncio.timeout(_SAVE_AFTER_S):
                    await self._changed.wait()
            except TimeoutError:
                await self._keeper.save()
                await self._changed.wait()
            await asyncio.sleep(_SETTLE_S)
            self._changed.clear()

    async def _index_current(self) -> None:
        async with self._indexing:
            current = await self._current()
            if current is not None:
                await self._keeper.catch_up(current)
                await self._keeper.forget({current.id})

    async def _current(self) -> VectorSet | None:
        return (await self._database.read(sets.all_sets)).get("current")

    async def _pointed(self, text: str) -> Pointed | str:
        """The question's vector and the set to search with it; else why there is none."""
        there = await self._database.read(sets.all_sets)
        current, growing = there.get("current"), there.get("growing")
        if current is None or not text.strip():
            return self._filling.problem or "nothing is embedded yet"
        text = text[:_MOST_CHARACTERS]
        try:
            async with asyncio.timeout(_PATIENCE_S):
                made_by = maker(await self._embedder.made_by())
                if _can_ask(current.maker, made_by):
                    searched = current
                elif growing is not None and growing.maker == made_by:
                    searched = growing
                else:
                    return f"everything is being embedded anew by {made_by.model}"
                return Pointed(searched, await self._question_vector(text, searched.maker))
        except TimeoutError:
            return "the embedding server takes too long"
        except (ModelUnavailable, ModelRefused) as error:
            return error.message

    async def _question_vector(self, text: str, wanted: Maker) -> Vectors:
        """Remembered while the daemon runs, and in no file: what a person looks for is theirs."""
        key = (wanted, text)
        vector = self._questions.get(key)
        if vector is None:
            _, made = await self._embedder.embed(
                [text], "query", wanted.dimensions, background=False
            )
            vector = self._questions[key] = made[0]
            if len(self._questions) > _REMEMBERED_QUESTIONS:
                self._questions.popitem(last=False)
        return vector


def _only(collections: frozenset[str]) -> str:
    """The one collection that is searched; "" for several or all."""
    return next(iter(collections)) if len(collections) == 1 else ""


def _can_ask(wanted: Maker, there: Maker) -> bool:
    """Whether the model that is there makes a query's vector for a set of `wanted`.

    With another number of dimensions it can be asked for those of the set.
    """
    return (wanted.model, wanted.prompts) == (there.model, there.prompts)
