"""What is nearest to a vector: exact search while that is as fast, an HNSW graph beyond it.

An index holds unit vectors under integer labels that never come back once removed. It knows nothing
of files, SQL or texts. Nothing here is safe to call from two threads at once.

HNSW is Malkov and Yashunin, arXiv 1603.09320; hnswlib is its authors' implementation.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Labels = NDArray[np.int64]

# Measured by `scripts/bench vectors`: up to here a matrix product takes as long as the graph.
EXACT_LIMIT = 4_000
# A graph with this share of removed nodes is built anew: they are still walked through.
REMOVED_SHARE = 0.3
# Degree and breadth of the graph. At 100 000 embeddings of 384 dimensions: recall@10 0.99.
DEGREE, BREADTH_BUILDING, BREADTH_SEARCHING = 16, 200, 128
# Where only some may be found: recall@100 is 0.99 from 4 500 to 60 000 of 100 000.
BREADTH_FILTERED = 256
_GROWTH = 1.5


@dataclass(frozen=True, slots=True)
class Found:
    """Labels with their cosine similarity to what was asked for, the nearest first."""

    labels: list[int]
    scores: list[float]


class Index(Protocol):
    """What both kinds of index do. Vectors: float32 of shape (n, dimensions) and of length 1."""

    dimensions: int

    def __len__(self) -> int: ...

    def labels(self) -> Labels:
        """All labels that are in it, in any order."""

    def add(self, labels: Labels, vectors: Vectors) -> None:
        """Add vectors under new labels."""

    def remove(self, labels: Sequence[int]) -> None:
        """Take labels out; those that aren't in it are left out of account."""

    def search(self, vector: Vectors, k: int, allowed: Labels | None = None) -> Found:
        """The `k` nearest to one unit vector of shape (dimensions,), only `allowed` ones if given
        (sorted, each once)."""


class Exact:
    """A matrix, and the product with it."""

    def __init__(self, dimensions: int) -> None:
        import numpy as np

        self.dimensions = dimensions
        self._labels: Labels = np.empty(0, dtype=np.int64)
        self._vectors: Vectors = np.empty((0, dimensions), dtype=np.float32)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def labels(self) -> Labels:
        return self._labels[: self._size]

    def add(self, labels: Labels, vectors: Vectors) -> None:
        end = self._size + len(labels)
        if end > len(self._labels):
            self._grow(max(end, int(len(self._labels) * _GROWTH)))
        self._labels[self._size : end] = labels
        self._vectors[self._size : end] = vectors
        self._size = end

    def remove(self, labels: Sequence[int]) -> None:
        import numpy as np

        keep = np.flatnonzero(~np.isin(self.labels(), np.asarray(labels, dtype=np.int64)))
        self._labels[: len(keep)] = self._labels[keep]
        self._vectors[: len(keep)] = self._vectors[keep]
        self._size = len(keep)

    def search(self, vector: Vectors, k: int, allowed: Labels | None = None) -> Found:
        import numpy as np

        labels, vectors = self.labels(), self._vectors[: self._size]
        if allowed is not None:
            chosen = np.flatnonzero(np.isin(labels, allowed))
            labels, vectors = labels[chosen], vectors[chosen]
        return best(labels, vectors @ vector, k)

    def _grow(self, capacity: int) -> None:
        import numpy as np

        labels = np.empty(capacity, dtype=np.int64)
        vectors = np.empty((capacity, self.dimensions), dtype=np.float32)
        labels[: self._size] = self._labels[: self._size]
        vectors[: self._size] = self._vectors[: self._size]
        self._labels, self._vectors = labels, vectors


class Graph:
    """An HNSW graph. Removed nodes stay in it, unseen, until it is built anew (`is_worn`)."""

    def __init__(self, dimensions: int, hnsw: Any, present: Labels) -> None:
        """`hnsw` is hnswlib's index; `present` are its labels that aren't removed."""
        self.dimensions = dimensions
        self.hnsw = hnsw
        self._present = set(present.tolist())
        # Removed nodes that may have their vectors still.
        self._unblanked = set(self.removed_labels())
        hnsw.set_ef(BREADTH_SEARCHING)
        # It is built in the background: a core is left to the person.
        hnsw.set_num_threads(max(1, (os.cpu_count() or 1) - 1))

    @classmethod
    def empty(cls, dimensions: int, capacity: int) -> Graph:
        import hnswlib
        import numpy as np

        # Inner product: vectors have length 1, so it is the cosine, and nothing is scaled again.
        hnsw = hnswlib.Index("ip", dimensions)
        hnsw.init_index(max(capacity, 1), M=DEGREE, ef_construction=BREADTH_BUILDING, random_seed=1)
        return cls(dimensions, hnsw, np.empty(0, dtype=np.int64))

    @classmethod
    def around(cls, hnsw: Any, dimensions: int, removed: Sequence[int]) -> Graph:
        """A graph that hnswlib has loaded, in which `removed` are marked as such already."""
        import numpy as np

        labels = np.setdiff1d(np.asarray(hnsw.get_ids_list(), dtype=np.int64), removed)
        return cls(dimensions, hnsw, labels)

    @property
    def is_worn(self) -> bool:
        """Whether so much was removed that building it anew is better."""
        return self.removed > REMOVED_SHARE * (len(self) + self.removed)

    @property
    def removed(self) -> int:
        """How many nodes are in it and not seen."""
        return int(self.hnsw.get_current_count()) - len(self._present)

    def removed_labels(self) -> list[int]:
        """The labels of those nodes: hnswlib can't tell them from the others."""
        return [label for label in self.hnsw.get_ids_list() if label not in self._present]

    def __len__(self) -> int:
        return len(self._present)

    def labels(self) -> Labels:
        import numpy as np

        return np.fromiter(self._present, dtype=np.int64, count=len(self._present))

    def add(self, labels: Labels, vectors: Vectors) -> None:
        count = int(self.hnsw.get_current_count())
        if count + len(labels) > self.hnsw.get_max_elements():
            self.hnsw.resize_index(max(count + len(labels), int(count * _GROWTH)))
        self.hnsw.add_items(vectors, labels)
        self._present.update(labels.tolist())

    def remove(self, labels: Sequence[int]) -> None:
        for label in self._present.intersection(labels):
            self.hnsw.mark_deleted(label)
            self._present.discard(label)
            self._unblanked.add(label)

    def blank(self, most: int) -> int:
        """Overwrite up to `most` of the vectors of removed nodes, which would stay in memory and in
        the file; returns how many it looked at, 0 when there are none left."""
        import numpy as np

        nothing = np.zeros((1, self.dimensions), dtype=np.float32)
        looked_at = [self._unblanked.pop() for _ in range(min(most, len(self._unblanked)))]
        for label in looked_at:
            self.hnsw.unmark_deleted(label)
            try:
                if np.any(self.hnsw.get_items([label])):
                    self.hnsw.add_items(nothing, np.array([label]))
            finally:
                self.hnsw.mark_deleted(label)
        return len(looked_at)

    def search(self, vector: Vectors, k: int, allowed: Labels | None = None) -> Found:
        if not self._present:
            return Found([], [])
        seen = self._present if allowed is None else self._present.intersection(allowed.tolist())
        wanted = min(k, len(seen))
        # hnswlib raises when it reaches fewer than it is asked for, which removed nodes and small
        # graphs make it do; a broader walk reaches more. With a filter it counts only what may be
        # found, so that it walks on by itself.
        usual = BREADTH_SEARCHING if allowed is None else BREADTH_FILTERED
        breadth = max(usual, 2 * wanted)
        is_seen = None if allowed is None else seen.__contains__
        while wanted:
            self.hnsw.set_ef(breadth)
            try:
                labels, distances = self.hnsw.knn_query(
                    vector.reshape(1, -1), k=wanted, num_threads=1, filter=is_seen
                )
            except RuntimeError:
                if breadth <= 2 * self.hnsw.get_current_count():
                    breadth *= 4
                else:
                    wanted -= 1  # nodes that no walk reaches
                continue
            return Found(labels[0].tolist(), (1.0 - distances[0]).tolist())
        return Found([], [])


def best(labels: Labels, scores: NDArray[np.float32], k: int) -> Found:
    """The `k` labels with the highest scores; of equal ones the smaller label first."""
    import numpy as np

    if k < len(scores):
        # Ties with the last one are all kept until they are sorted.
        edge = np.partition(scores, len(scores) - k)[len(scores) - k]
        chosen = np.flatnonzero(scores >= edge)
    else:
        chosen = np.arange(len(scores))
    order = chosen[np.lexsort((labels[chosen], -scores[chosen]))][:k]
    return Found(labels[order].tolist(), scores[order].tolist())
