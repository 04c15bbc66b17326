"""One search: by words and by meaning side by side, then one ranking, folded, of what is there.

It reads; it embeds nothing and changes nothing. Where there is no vector for the question, the
words decide alone, and the reason is handed on.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from wooster.storage import Database
from wooster.vectors import candidates, fusion, words
from wooster.vectors.candidates import Candidate
from wooster.vectors.folding import folded
from wooster.vectors.keeper import IndexKeeper
from wooster.vectors.model import Hit, Narrowing, Scored, embedded
from wooster.vectors.ports import Reranker
from wooster.vectors.sets import VectorSet
from wooster.vectors.words import Frequencies, Term

if TYPE_CHECKING:
    from wooster.vectors.sets import Labels, Vectors

# How deep each search goes before they become one ranking.
DEPTH = 100
# A narrow search looks so much deeper before the allowed passages are gathered for it.
_DEEPER = 4
# So many times the passages that are wanted are read, for those that are folded away.
_SPARE = 3
# What a passage with only a part of a word counts, against the best with whole words.
_PART_OF_BEST = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for; `terms` are the words of `text`. Each search goes `depth` deep before
    they become one ranking of `limit`."""

    text: str
    terms: tuple[Term, ...]
    narrowing: Narrowing
    limit: int
    depth: int = DEPTH


@dataclass(frozen=True, slots=True)
class Pointed:
    """A question's unit vector, and the set that it can be compared with."""

    vector_set: VectorSet
    vector: Vectors


class Finder:
    """Searches one database. `reranker` goes over the best, where there is one."""

    def __init__(self, database: Database, keeper: IndexKeeper) -> None:
        self._database = database
        self._keeper = keeper
        self._frequencies = Frequencies()
        self.reranker: Reranker | None = None

    def passages_changed(self) -> None:
        self._frequencies.passages_changed()

    async def find(
        self, question: Question, pointing: Awaitable[Pointed | str]
    ) -> tuple[list[Hit], str]:
        """The hits, the best first, and why meaning took no part; "" where it did."""
        by_words, cosines, without_meaning = await self._scores(question, pointing)
        blended = fusion.blend(by_words, cosines)
        ranked = fusion.with_best(blended, cosines, question.limit)[: question.limit * _SPARE]
        wanted = [each.label for each in ranked]
        found = await self._database.read(partial(candidates.read, ids=wanted))
        scores = {each.label: each.score for each in ranked}
        best = [found[each] for each in wanted if each in found]
        if self.reranker is None:
            hits = _hits(best, scores, cosines, question.limit)
        else:
            hits = _hits(best, scores, cosines, len(best))
            hits = await _reranked(self.reranker, question.text, hits)
            hits = hits[: question.limit]
        texts = {hit.id: (hit.title, hit.text, found[hit.id].known_as) for hit in hits}
        standing = await asyncio.to_thread(words.standing_in, question.terms, texts)
        told = [replace(hit, words=standing[hit.id]) for hit in hits]
        return told, without_meaning

    async def scored(
        self, question: Question, pointing: Awaitable[Pointed | str]
    ) -> tuple[list[Scored], str]:
        """All that either search found, in no order, with the scores of both; and why meaning took
        no part."""
        by_words, cosines, without_meaning = await self._scores(question, pointing)
        ids = list(dict.fromkeys((*by_words, *cosines)))
        found = await self._database.read(
            partial(candidates.scored, ids=ids, by_words=by_words, cosines=cosines)
        )
        return found, without_meaning

    async def _scores(
        self, question: Question, pointing: Awaitable[Pointed | str]
    ) -> tuple[dict[int, float], dict[int, float], str]:
        """Bm25 of what the words find; the cosines of that and of the nearest; and why there are
        none."""
        by_words, (pointed, cosines) = await asyncio.gather(
            self._by_words(question), self._by_meaning(question, pointing)
        )
        if isinstance(pointed, str):
            return by_words, cosines, pointed
        missing = [each for each in by_words if each not in cosines]
        return by_words, cosines | await self._cosines(pointed, missing), ""

    async def _by_words(self, question: Question) -> dict[int, float]:
        """Passages with the words, and those with a part of one that is no word anywhere."""
        asked, narrowing, depth = question.terms, question.narrowing, question.depth

        def query(connection: sqlite3.Connection) -> dict[int, float]:
            whole = words.ranked(connection, asked, narrowing, depth, self._frequencies)
            parts = words.inside_words(connection, asked, narrowing, depth)
            score = max(whole.values(), default=1.0) * _PART_OF_BEST
            return dict.fromkeys(parts, score) | whole

        return await self._database.read(query)

    async def _by_meaning(
        self, question: Question, pointing: Awaitable[Pointed | str]
    ) -> tuple[Pointed | str, dict[int, float]]:
        """The nearest passages with their cosines. Most narrow searches are answered by looking a
        little deeper; only where that gives too few are the allowed ones gathered first."""
        pointed = await pointing
        if isinstance(pointed, str):
            return pointed, {}
        narrowing, depth = question.narrowing, question.depth
        deeper = depth if narrowing.is_open else depth * _DEEPER
        found = await self._near(pointed, narrowing, deeper, wanted=depth)
        if len(found) < depth and not narrowing.is_open:
            allowed: Labels = await self._database.read(
                partial(
                    candidates.allowed_labels,
                    vector_set=pointed.vector_set,
                    narrowing=narrowing,
                )
            )
            found = await self._near(pointed, narrowing, depth, allowed)
        return pointed, dict(list(found.items())[:depth])

    async def _near(
        self,
        pointed: Pointed,
        narrowing: Narrowing,
        k: int,
        allowed: Labels | None = None,
        wanted: int | None = None,
    ) -> dict[int, float]:
        """The passages of the `k` nearest vectors; of the first only, where `wanted` are found."""
        near = await self._keeper.nearest(pointed.vector_set, pointed.vector, k, allowed)
        passages = await self._database.read(
            partial(
                candidates.with_vectors,
                labels=near.labels,
                narrowing=narrowing,
                wanted=wanted or len(near.labels),
            )
        )
        scores = dict(zip(near.labels, near.scores, strict=True))
        found = [(passage, scores[label]) for passage, label in passages.items()]
        return dict(sorted(found, key=lambda each: (-each[1], each[0])))

    async def _cosines(self, pointed: Pointed, ids: Sequence[int]) -> dict[int, float]:
        """Those of passages that were found by words, and aren't among the nearest."""
        if not ids:
            return {}
        return await self._database.read(
            partial(
                candidates.cosines,
                vector_set=pointed.vector_set,
                vector=pointed.vector,
                ids=ids,
            )
        )


def _hits(
    found: Sequence[Candidate],
    scores: Mapping[int, float],
    cosines: Mapping[int, float],
    most: int,
) -> list[Hit]:
    """Up to `most` that differ: what says the same as a better one is folded into that."""
    return [
        Hit(
            id=found[position].id,
            collection=found[position].collection,
            document=found[position].document,
            key=found[position].key,
            title=found[position].title,
            text=found[position].text,
            score=scores[found[position].id],
            cosine=cosines.get(found[position].id),
            alike=tuple(found[each].id for each in alike),
        )
        for position, alike in folded([each.text for each in found], most)
    ]


async def _reranked(reranker: Reranker, text: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits in the order of a model that reads question and passage together."""
    scores = await reranker.scores(text, [embedded(hit.title, hit.text) for hit in hits])
    ranked = sorted(zip(scores, hits, strict=True), key=lambda each: -each[0])
    return [replace(hit, score=score) for score, hit in ranked]
