"""How long a hybrid search takes over many passages.

The passages are put together from a benchmark's own sentences, so that words are as frequent as
they are in it: half of a passage's sentences stand near each other there, the rest anywhere. Their
vectors are shaped like embeddings and have nothing to do with the words: what a search costs
doesn't depend on that.
"""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from scripts.benches.report import figure, median, p95, progress
from scripts.benches.search_corpus import Beir
from scripts.benches.search_home import COLLECTION, Home, opened_without_server
from scripts.benches.vectors_data import Draw, Vectors

from wooster.config.paths import Paths
from wooster.core.clock import SystemClock
from wooster.vectors import candidates, sets, store, words
from wooster.vectors.model import Maker, Narrowing, NewPassage
from wooster.vectors.sets import VectorSet

BENCH = "search"
DEPTH = 100
DIMENSIONS = 384
_ANYTHING = Narrowing()
_LEAST_WORDS, _MOST_WORDS = 225, 375
_NEAR = 40
_IN_DOCUMENT = 10
_PUT_AT_ONCE = 1_000
_WARM_UP = 10
_SHORTEST = 20

Ranking = Callable[[str, Vectors], Awaitable[Sequence[int]]]


def measure(corpus: Beir, count: int) -> None:
    """Print how long `find` takes over `count` passages."""
    folder = Path(tempfile.mkdtemp(prefix="wooster-bench-"))
    try:
        paths = Paths(folder)
        paths.prepare()
        asyncio.run(_measure(paths, corpus, count))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _measure(paths: Paths, corpus: Beir, count: int) -> None:
    draw = Draw(DIMENSIONS)
    async with opened_without_server(paths) as home:
        await _fill(home, corpus, count, draw)
        await home.indexed()
        await tell_times(home, corpus, draw.vectors(len(corpus.queries)), "")


async def _fill(home: Home, corpus: Beir, count: int, draw: Draw) -> None:
    maker, now = Maker("bench", DIMENSIONS), SystemClock().now()
    vector_set = await home.database.write(
        lambda connection: sets.begin(connection, maker, "float32", "current", now)
    )
    started = time.perf_counter()
    made = _passages(corpus)
    for start in range(0, count, _PUT_AT_ONCE):
        part = [next(made) for _ in range(min(_PUT_AT_ONCE, count - start))]
        vectors = draw.vectors(len(part))
        await home.database.write(
            partial(_put, vector_set=vector_set, start=start, passages=part, vectors=vectors)
        )
        if start % (10 * _PUT_AT_ONCE) == 0:
            progress(f"storing {start}/{count}")
    taken_s = time.perf_counter() - started
    figure(BENCH, f"put_per_s.{count}", count / taken_s, "passages/s")
    home.search.changed()


def _put(
    connection: sqlite3.Connection,
    vector_set: VectorSet,
    start: int,
    passages: Sequence[NewPassage],
    vectors: Vectors,
) -> None:
    for place in range(0, len(passages), _IN_DOCUMENT):
        part = passages[place : place + _IN_DOCUMENT]
        store.put(connection, COLLECTION, start + place, part)
    hashes = [passage.text_hash for passage in passages]
    sets.store(connection, [vector_set], hashes, vectors)


def _passages(corpus: Beir) -> Iterator[NewPassage]:
    """Ever more passages, the same each time."""
    draw = random.Random(7)
    sentences = [
        sentence
        for text in corpus.texts
        for sentence in re.split(r"(?<=[.!?])\s+", text.text)
        if len(sentence) > _SHORTEST
    ]
    number = 0
    while True:
        wanted = draw.randint(_LEAST_WORDS, _MOST_WORDS)
        near = draw.randrange(len(sentences))
        chosen: list[str] = []
        while sum(map(_word_count, chosen)) < wanted:
            place = near + draw.randrange(_NEAR) if draw.random() < 0.5 else draw.getrandbits(32)
            chosen.append(sentences[place % len(sentences)])
        yield NewPassage(str(number), draw.choice(corpus.texts).title, " ".join(chosen))
        number += 1


def _word_count(sentence: str) -> int:
    return sentence.count(" ") + 1


# --- searching in each way --------------------------------------------------------------------


def ways(home: Home) -> dict[str, Ranking]:
    """Rows of passages, the best first: by words, by vectors, and by both as `find` does it."""
    return {
        "words": partial(_by_words, home),
        "vectors": partial(_by_vectors, home),
        "fused": partial(_fused, home),
    }


async def _by_words(home: Home, text: str, vector: Vectors) -> Sequence[int]:
    del vector
    ranked = partial(
        words.ranked,
        asked=words.terms(text),
        narrowing=_ANYTHING,
        limit=DEPTH,
        frequencies=home.frequencies,
    )
    return list(await home.database.read(ranked))


async def _by_vectors(home: Home, text: str, vector: Vectors) -> Sequence[int]:
    del text
    current = (await home.database.read(sets.all_sets))["current"]
    near = await home.keeper.nearest(current, vector, DEPTH)
    with_vectors = partial(candidates.with_vectors, labels=near.labels, narrowing=_ANYTHING)
    return list(await home.database.read(with_vectors))[:DEPTH]


async def _fused(home: Home, text: str, vector: Vectors) -> Sequence[int]:
    """What says the same as a hit stands right after it."""
    findings = await home.search.find_with(text, vector, limit=DEPTH)
    return [row for hit in findings.hits for row in (hit.id, *hit.alike)]


async def _ten(home: Home, text: str, vector: Vectors) -> Sequence[int]:
    return [hit.id for hit in (await home.search.find_with(text, vector)).hits]


async def tell_times(home: Home, corpus: Beir, vectors: Vectors, prefix: str) -> None:
    """Print how long `find` takes for ten hits, beside its two halves for a hundred."""
    parts = ways(home)
    timed = {
        name: await _timed(ranking, corpus, vectors)
        for name, ranking in (
            ("find", partial(_ten, home)),
            ("words", parts["words"]),
            ("vectors", parts["vectors"]),
        )
    }
    for name, middle in (("p50", median), ("p95", p95)):
        found = {each: middle(times_ms) for each, times_ms in timed.items()}
        figure(BENCH, f"{prefix}find_{name}_ms", found.pop("find"), "ms", found)


async def _timed(ranking: Ranking, corpus: Beir, vectors: Vectors) -> list[float]:
    times_ms = []
    for query, vector in zip(corpus.queries, vectors, strict=True):
        started = time.perf_counter()
        await ranking(query.text, vector)
        times_ms.append((time.perf_counter() - started) * 1000)
    return times_ms[_WARM_UP:] if len(times_ms) > 2 * _WARM_UP else times_ms
