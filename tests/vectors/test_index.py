"""The index against a dictionary and a matrix product: adds, removals, saving, loading."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wooster.vectors import index_file
from wooster.vectors.index import Exact, Graph, best
from wooster.vectors.index_file import Contents, Mark, UnusableIndex

DIMENSIONS = 16
CONTENTS = Contents("a-model", DIMENSIONS)
MARK = Mark(50, "a token")


def unit(seed: int, count: int = 1) -> Any:
    """`count` random vectors of length 1."""
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSIONS), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class IndexesAgree(RuleBasedStateMachine):
    """An exact index, a graph and a dictionary are told the same and say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.next_label = 1
        self.known: dict[int, Any] = {}
        self.exact = Exact(DIMENSIONS)
        self.graph = Graph.empty(DIMENSIONS, 1)
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "index.hnsw"

    @rule(count=st.integers(1, 12), seed=st.integers(0, 1000))
    def add(self, count: int, seed: int) -> None:
        labels = np.arange(self.next_label, self.next_label + count)
        vectors = unit(seed, count)
        self.next_label += count
        self.known.update(zip(labels.tolist(), vectors, strict=True))
        self.exact.add(labels, vectors)
        self.graph.add(labels, vectors)

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        chosen = data.draw(st.lists(st.integers(0, self.next_label), max_size=6))
        for label in chosen:
            self.known.pop(label, None)
        self.exact.remove(chosen)
        self.graph.remove(chosen)

    @rule()
    def close_and_open_again(self) -> None:
        index_file.save(self.graph, CONTENTS, MARK, self.file)
        self.graph, mark = index_file.load(CONTENTS, self.file)
        assert mark == MARK

    @rule(seed=st.integers(0, 1000), k=st.integers(1, 20), narrowing=st.integers(1, 3))
    def search(self, seed: int, k: int, narrowing: int) -> None:
        wanted = unit(seed)[0]
        allowed = np.arange(0, self.next_label + 3, narrowing)
        scores = {
            label: float(vector @ wanted)
            for label, vector in self.known.items()
            if label % narrowing == 0
        }
        right = sorted(scores, key=lambda label: -scores[label])[:k]
        for index in (self.exact, self.graph):
            found = index.search(wanted, k, None if narrowing == 1 else allowed)
            assert set(found.labels) <= scores.keys()
            assert len(found.labels) == min(k, len(scores))
            assert np.allclose(found.scores, [scores[label] for label in found.labels], atol=1e-5)
            assert np.allclose(found.scores, [scores[label] for label in right], atol=1e-5)

    @invariant()
    def hold_the_same_labels(self) -> None:
        assert set(self.exact.labels().tolist()) == self.known.keys()
        assert set(self.graph.labels().tolist()) == self.known.keys()
        assert len(self.exact) == len(self.graph) == len(self.known)

    def teardown(self) -> None:
        self.folder.cleanup()


TestIndexesAgree = IndexesAgree.TestCase
TestIndexesAgree.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def saved(folder: Path) -> Path:
    graph = Graph.empty(DIMENSIONS, 4)
    graph.add(np.arange(50), unit(1, 50))
    path = folder / "index.hnsw"
    index_file.save(graph, CONTENTS, MARK, path)
    return path


@pytest.mark.parametrize("name", ["index.hnsw", "index.json"])
@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "gone"])
def test_a_damaged_file_is_a_reason_and_never_a_crash(
    tmp_path: Path, name: str, damage: str
) -> None:
    """Cut short, a bit flipped, empty or missing: the index is built again."""
    saved(tmp_path)
    file = tmp_path / name
    data = bytearray(file.read_bytes())
    if damage == "gone":
        file.unlink()
    else:
        data[len(data) // 2] ^= 0x10
        file.write_bytes(bytes({"cut": data[: len(data) // 2], "flip": data, "empty": b""}[damage]))
    with pytest.raises(UnusableIndex):
        index_file.load(CONTENTS, tmp_path / "index.hnsw")


def test_no_single_bit_of_the_record_can_change_unseen(tmp_path: Path) -> None:
    """A digit that becomes a space makes another number, and still is JSON."""
    record = saved(tmp_path).with_suffix(".json")
    whole = record.read_bytes()
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 0x10
        record.write_bytes(damaged)
        with pytest.raises(UnusableIndex):
            index_file.load(CONTENTS, tmp_path / "index.hnsw")


@pytest.mark.parametrize("other", [Contents("another", DIMENSIONS), Contents("a-model", 8)])
def test_an_index_of_another_model_is_not_used(tmp_path: Path, other: Contents) -> None:
    """Vectors of different models never meet."""
    path = saved(tmp_path)
    with pytest.raises(UnusableIndex, match="a-model with 16"):
        index_file.load(other, path)


def test_equal_scores_are_given_in_the_order_of_their_labels() -> None:
    """The same question gives the same answer, whatever the order of adding."""
    scores = np.array([0.5, 0.9, 0.5, 0.5], dtype=np.float32)
    assert best(np.array([7, 1, 3, 5]), scores, 3).labels == [1, 3, 5]


def test_a_graph_with_many_removed_nodes_is_worn() -> None:
    """It is time to build it anew."""
    graph = Graph.empty(DIMENSIONS, 10)
    graph.add(np.arange(10), unit(3, 10))
    assert not graph.is_worn
    graph.remove([0, 1, 2, 3])
    assert graph.is_worn
