"""Searching by words and by meaning, as the capabilities use it.

Words are there as soon as a passage is; its vector comes when the embedding server has made it. A
search takes what there is and says what is missing. The pieces are in `words.py` (full text),
`keeper.py` (vectors), `filling.py` (embedding) and `fusion.py` (one ranking out of several).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wooster.config.settings import Vectors as VectorSettings
from wooster.core.clock import Clock
from wooster.core.errors import ModelRefused, ModelUnavailable
from wooster.storage import Database
from wooster.vectors import candidates, fusion, sets, words
from wooster.vectors.candidates import Candidate
from wooster.vectors.filling import Filling
from wooster.vectors.folding import folded
from wooster.vectors.keeper import IndexKeeper
from wooster.vectors.model import Coverage, Findings, Hit, Maker, Narrowing, Progress
from wooster.vectors.ports import Embedder, Reranker, maker
from wooster.vectors.sets import VectorSet

if TYPE_CHECKING:
    from wooster.vectors.sets import Labels, Vectors

Log = Callable[[str, dict[str, Any]], None]

_ANYTHING = Narrowing()
# How deep each search goes before they are fused.
DEPTH = 100
# So many times the passages that are wanted are read, for those that are folded away.
_SPARE = 3
_REMEMBERED_QUERIES = 256
# Embedding waits so long for more to come before the index is brought up to date.
_SETTLE_S = 0.5
_SAVE_AFTER_S = 30.0
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What the vectors say: passages, the nearest first, with their cosine; or why nothing."""

    ranked: tuple[int, ...] = ()
    cosines: dict[int, float] | None = None
    problem: str = ""


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
        self._keeper = IndexKeeper(database, folder, settings.index_dimensions, log)
        self._filling = Filling(database, embedder, settings.precision, clock, log)
        self._frequencies = words.Frequencies()
        self._queries: OrderedDict[tuple[Maker, str], Vectors] = OrderedDict()
        # Counting is done once after each change, and not in every search.
        self._coverage: dict[str, Coverage] = {}
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self.reranker: Reranker | None = None

    # --- finding ------------------------------------------------------------------------------

    async def find(self, text: str, narrowing: Narrowing = _ANYTHING, limit: int = 10) -> Findings:
        """The passages that `text`, which may hold any bytes, is best answered by."""
        made, by_words = await asyncio.gather(
            self._query_vector(text), self._by_words(text, narrowing)
        )
        meaning = (
            _Meaning(problem=made)
            if isinstance(made, str)
            else await self._by_meaning(*made, narrowing)
        )
        return await self._found(text, narrowing, limit, by_words, meaning)

    async def find_with(
        self, text: str, vector: Vectors, narrowing: Narrowing = _ANYTHING, limit: int = 10
    ) -> Findings:
        """`find` with the query's vector given, made by the current set's maker."""
        current = await self._current()
        by_words, near = await asyncio.gather(
            self._by_words(text, narrowing), self._by_meaning(current, vector, narrowing)
        )
        return await self._found(text, narrowing, limit, by_words, near)

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
        current = await self._current_or_none()
        return current.maker if current else None

    # --- keeping up ---------------------------------------------------------------------------

    def changed(self) -> None:
        """Passages were put or dropped, and that is committed: embed what is new."""
        self._coverage = {}
        self._filling.wake()
        self._changed.set()

    def server_is_back(self) -> None:
        """The embedding server may answer again: what waits needn't wait for the next look."""
        self._filling.wake()

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
        in place. Raises `ModelUnavailable`. Cancelled, it goes on in the background."""
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

        async with self._filling.filled_for(embedder, stored):
            yield
        self.changed()

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
            current = await self._current_or_none()
            if current is not None:
                await self._keeper.catch_up(current)
                await self._keeper.forget({current.id})
            try:
                async with asyncio.timeout(_SAVE_AFTER_S):
                    await self._changed.wait()
            except TimeoutError:
                await self._keeper.save()
                await self._changed.wait()
            await asyncio.sleep(_SETTLE_S)
            self._changed.clear()

    # --- the parts of a search ----------------------------------------------------------------

    async def _query_vector(self, text: str) -> tuple[VectorSet, Vectors] | str:
        """The set to search and the query's vector for it; else why there is none."""
        there = await self._database.read(sets.all_sets)
        current, growing = there.get("current"), there.get("growing")
        if current is None or not text.strip():
            return self._filling.problem or "nothing is embedded yet"
        try:
            made_by = maker(await self._embedder.made_by())
            if _can_ask(current.maker, made_by):
                searched = current
            elif growing is not None and growing.maker == made_by:
                searched = growing
            else:
                return f"everything is being embedded anew by {made_by.model}"
            key = (searched.maker, text)
            vector = self._queries.get(key)
            if vector is None:
                _, made = await self._embedder.embed(
                    [text], "query", searched.maker.dimensions, background=False
                )
                vector = self._queries[key] = made[0]
                if len(self._queries) > _REMEMBERED_QUERIES:
                    self._queries.popitem(last=False)
        except (ModelUnavailable, ModelRefused) as error:
            return error.message
        return searched, vector

    async def _by_words(self, text: str, narrowing: Narrowing) -> tuple[list[int], list[int]]:
        """Passages with the words, and those with a part of one that is no word anywhere."""
        asked = words.terms(text)

        def query(connection: sqlite3.Connection) -> tuple[list[int], list[int]]:
            return (
                words.ranked(connection, asked, narrowing, DEPTH, self._frequencies),
                words.inside_words(connection, asked, narrowing, DEPTH),
            )

        return await self._database.read(query)

    async def _by_meaning(
        self, searched: VectorSet, vector: Vectors, narrowing: Narrowing
    ) -> _Meaning:
        """Passages by their vectors. Most narrow searches are answered by looking a little deeper;
        only where that gives too few are the allowed ones gathered first."""
        near = await self._keeper.nearest(searched, vector, DEPTH * (1 if narrowing.is_open else 4))
        passages = await self._database.read(
            partial(candidates.with_vectors, labels=near.labels, narrowing=narrowing)
        )
        if not narrowing.is_open and len(passages) < DEPTH:
            allowed: Labels = await self._database.read(
                partial(candidates.allowed_labels, vector_set=searched, narrowing=narrowing)
            )
            near = await self._keeper.nearest(searched, vector, DEPTH, allowed)
            passages = await self._database.read(
                partial(candidates.with_vectors, labels=near.labels, narrowing=narrowing)
            )
        scores = dict(zip(near.labels, near.scores, strict=True))
        cosines = {passage: scores[label] for passage, label in passages.items()}
        ranked = sorted(cosines, key=lambda each: (-cosines[each], each))[:DEPTH]
        return _Meaning(tuple(ranked), cosines)

    async def _found(
        self,
        text: str,
        narrowing: Narrowing,
        limit: int,
        by_words: tuple[list[int], list[int]],
        meaning: _Meaning,
    ) -> Findings:
        """One ranking out of the parts, with what is shown of each passage."""
        fused = fusion.fuse(fusion.Ranking(labels) for labels in (*by_words, meaning.ranked))
        wanted = [each.label for each in fused[: limit * _SPARE]]
        found = await self._database.read(partial(candidates.read, ids=wanted))
        scores = {each.label: each.score for each in fused}
        hits = _hits([found[each] for each in wanted if each in found], scores, meaning)
        if self.reranker is not None:
            hits = await _reranked(self.reranker, text, hits)
        asked = words.terms(text)
        hits = hits[:limit]
        standing = await self._database.read(
            partial(words.standing_in, asked=asked, ids=[hit.id for hit in hits])
        )
        return Findings(
            tuple(replace(hit, words=standing[hit.id]) for hit in hits),
            await self.coverage(next(iter(narrowing.collections), "")),
            tuple(each.shown for each in asked),
            meaning.problem,
        )

    async def _current(self) -> VectorSet:
        current = await self._current_or_none()
        if current is None:
            raise ModelUnavailable("Nothing is embedded yet.")
        return current

    async def _current_or_none(self) -> VectorSet | None:
        return (await self._database.read(sets.all_sets)).get("current")


def _can_ask(wanted: Maker, there: Maker) -> bool:
    """Whether the model that is there makes a query's vector for a set of `wanted`.

    With another number of dimensions it can be asked for those of the set.
    """
    return (wanted.model, wanted.prompts) == (there.model, there.prompts)


def _hits(found: Sequence[Candidate], scores: dict[int, float], meaning: _Meaning) -> list[Hit]:
    cosines = meaning.cosines or {}
    return [
        Hit(
            id=first.id,
            collection=first.collection,
            document=first.document,
            key=first.key,
            title=first.title,
            text=first.text,
            score=scores[first.id],
            cosine=cosines.get(first.id),
            alike=tuple(found[each].id for each in alike),
        )
        for first, alike in (
            (found[position], alike) for position, alike in folded([each.text for each in found])
        )
    ]


async def _reranked(reranker: Reranker, text: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits in the order of a model that reads question and passage together."""
    scores = await reranker.scores(text, [f"{hit.title}\n\n{hit.text}" for hit in hits])
    ranked = sorted(zip(scores, hits, strict=True), key=lambda each: -each[0])
    return [replace(hit, score=score) for score, hit in ranked]
