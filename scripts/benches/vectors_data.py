"""Vectors to measure on: shaped like embeddings, or embeddings of real texts.

Numbers without structure would be no measure: in hundreds of dimensions all random vectors are
about equally far from each other, so that no graph finds the nearest, and nobody needs them. What
models make has a few dozen directions in which texts differ, lies in clusters, and has neighbours
that are clearly nearer than the rest. So here: points of a Gaussian mixture in a latent space of 48
dimensions, projected, with noise on every number, and made unit vectors. Both projection and noise
decay along the dimensions, as training by Matryoshka representation makes them do: the first
numbers say most. Queries are drawn from the same distribution; none is a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

NEAREST = 10
_LATENT = 48
_CLUSTERS = 400
# Of a point around its cluster's centre, and of each number's noise, against the centres' own 1.
_SPREAD, _NOISE = 0.7, 0.35
# The size of number j falls with (1 + j / dimensions * _DECAY) ** -0.5.
_DECAY = 8.0
_BLOCK_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class Data:
    """A folder with `base.npy`, `queries.npy` and `truth.npy`, the nearest rows of each query."""

    folder: Path

    def base(self) -> Vectors:
        """All vectors, on disk until they are looked at."""
        found: Vectors = np.load(self.folder / "base.npy", mmap_mode="r")
        return found

    def queries(self) -> Vectors:
        found: Vectors = np.load(self.folder / "queries.npy")
        return found

    def truth(self) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.load(self.folder / "truth.npy")
        return found


def synthetic(folder: Path, count: int, dimensions: int, queries: int) -> Data:
    """`count` vectors and other `queries`, the same each time."""
    draw = Draw(dimensions)
    base = np.lib.format.open_memmap(
        folder / "base.npy", mode="w+", dtype=np.float32, shape=(count, dimensions)
    )
    for start, end in _blocks(count, dimensions):
        base[start:end] = draw.vectors(end - start)
    base.flush()
    return _with_truth(folder, base, draw.vectors(queries))


def stored(folder: Path, base: Vectors, queries: Vectors) -> Data:
    """Vectors that there are already."""
    np.save(folder / "base.npy", base)
    return _with_truth(folder, base, queries)


class Draw:
    """The distribution: ever more vectors, the same each time."""

    def __init__(self, dimensions: int) -> None:
        self._random = np.random.default_rng(4)
        self._centres = self._normal(_CLUSTERS, _LATENT)
        sizes = (1 + np.arange(dimensions) / dimensions * _DECAY) ** -0.5
        self._sizes = sizes.astype(np.float32)
        self._projection = self._normal(_LATENT, dimensions) / np.float32(_LATENT**0.5)

    def vectors(self, count: int) -> Vectors:
        chosen = self._random.integers(_CLUSTERS, size=count)
        latent = self._centres[chosen] + _SPREAD * self._normal(count, _LATENT)
        made = latent @ self._projection
        made += _NOISE * self._normal(count, len(self._sizes))
        made *= self._sizes
        return _unit(made)

    def _normal(self, *shape: int) -> Any:
        return self._random.standard_normal(shape, dtype=np.float32)


def _with_truth(folder: Path, base: Vectors, queries: Vectors) -> Data:
    np.save(folder / "queries.npy", queries)
    np.save(folder / "truth.npy", nearest(base, queries))
    return Data(folder)


def nearest(base: Vectors, queries: Vectors) -> NDArray[np.int64]:
    """The rows of `base` that are nearest to each query, by comparing all of them."""
    labels = np.empty((len(queries), 0), dtype=np.int64)
    scores = np.empty((len(queries), 0), dtype=np.float32)
    for start, end in _blocks(len(base), base.shape[1]):
        rows = np.broadcast_to(np.arange(start, end), (len(queries), end - start))
        labels = np.concatenate([labels, rows], axis=1)
        scores = np.concatenate([scores, queries @ base[start:end].T], axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :NEAREST]
        labels = np.take_along_axis(labels, order, axis=1)
        scores = np.take_along_axis(scores, order, axis=1)
    return labels


def _blocks(count: int, dimensions: int) -> list[tuple[int, int]]:
    """Rows of a size that fits into memory several times."""
    rows = max(1, _BLOCK_BYTES // (4 * dimensions))
    return [(start, min(start + rows, count)) for start in range(0, count, rows)]


def _unit(vectors: Vectors) -> Vectors:
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors
