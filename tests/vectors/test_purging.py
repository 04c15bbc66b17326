"""Nothing is left of a vector that was removed: not in the graph, and not in its file."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.embedder import WordEmbedder
from tests.vectors.conftest import put, running, search_over, settled
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.storage import Database
from wooster.vectors import keeper, sets
from wooster.vectors.index import Exact, Graph


def _unit(count: int, dimensions: int, seed: int) -> Any:
    made = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_what_stays_is_found_as_before(tmp_path: Path) -> None:
    """Overwriting removed vectors leaves the others' neighbours as near as they were."""
    vectors = _unit(2_000, 32, 1)
    labels = np.arange(2_000)
    gone = list(range(0, 2_000, 7))
    graph, exact = Graph.empty(32, 2_000), Exact(32)
    for index in (graph, exact):
        index.add(labels, vectors)
        index.remove(gone)
    hits = {"before": 0, "after": 0}
    for when in hits:
        for query in _unit(50, 32, 2):
            wanted = set(exact.search(query, 10).labels)
            found = graph.search(query, 10).labels
            assert not set(found) & set(gone)
            hits[when] += len(wanted & set(found))
        while graph.blank(64):
            pass
    assert hits["before"] >= 0.98 * 500 and hits["after"] >= 0.98 * 500
    graph.hnsw.save_index(str(tmp_path / "graph"))
    data = (tmp_path / "graph").read_bytes()
    assert not any(vectors[label].tobytes() in data for label in gone)
    assert all(vectors[label].tobytes() in data for label in range(1, 7))


def test_it_is_done_in_steps_and_once() -> None:
    """A search waits for one step at most, and what is blank isn't done again."""
    graph = Graph.empty(4, 10)
    graph.add(np.arange(10), _unit(10, 4, 3))
    graph.remove(range(5))
    assert [graph.blank(2) for _ in range(4)] == [2, 2, 1, 0]
    again = Graph.around(graph.hnsw, 4, graph.removed_labels())
    assert sorted(again.search(_unit(1, 4, 4)[0], 10).labels) == [5, 6, 7, 8, 9]
    assert again.blank(10) == 5


async def test_the_file_of_a_graph_that_is_none_any_more_goes_too(
    database: Database, paths: Paths, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So much was removed that comparing is as fast: the graph's file must not outlive it."""
    monkeypatch.setitem(vars(keeper), "EXACT_LIMIT", 3)
    folder = paths.home / "vectors"
    async with running(search_over(database, WordEmbedder(), clock, folder)) as search:
        await put(database, 1, [f"text {number}" for number in range(9)])
        await settled(search)
        await search.purge()
        assert await asyncio.to_thread(list, folder.glob("*.hnsw"))
        await put(database, 1, ["text 1"])
        await settled(search)
        await search.purge()
        assert await asyncio.to_thread(list, folder.glob("*")) == []
        current = (await database.read(sets.all_sets))["current"]
        assert await database.read(partial(sets.count, vector_set=current)) == 1
        found = await search.find("text 1")
        assert [hit.text for hit in found.hits] == ["text 1"]
