"""Which of some kinds a sentence is of, by sentences whose kind is known: over their vectors.

Kernel ridge regression (Rifkin and Klautau, "In defense of one-vs-all classification", 2004): each
kind has a function that is 1 at its own examples, 0 at those of the others, and falls to 0 far from
all of them, so that what is like nothing known scores low everywhere. It refuses to know what the
kinds are, and what makes vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

NARROWNESS = 3.0
"""How fast an example's say fades with distance: exp(-NARROWNESS x (1 - cosine))."""
RIDGE = 0.3
"""How far a function may miss its examples, so that one odd example says little."""
_USUAL = 20
"""Of a kind with fewer examples than this each says more: it is no less likely to be meant."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """`kinds`, the examples' vectors, and what each example says for each kind."""

    kinds: tuple[str, ...]
    examples: Vectors
    says: Vectors

    def scores(self, vectors: Vectors) -> Vectors:
        """How much each of some unit vectors is of each kind: about 0 for "not at all", about 1 for
        "as much as an example". Shape (vectors, kinds)."""
        near: Vectors = _nearness(vectors, self.examples) @ self.says
        return near


def fit(vectors: Vectors, kinds: Sequence[str]) -> Classifier:
    """A classifier from examples: unit vectors, float32 of shape (examples, dimensions), and the
    kind of each. Takes time with the cube of their number: 600 take 10 ms."""
    import numpy as np

    names = tuple(sorted(set(kinds)))
    place = {name: at for at, name in enumerate(names)}
    wanted = np.zeros((len(kinds), len(names)), dtype=np.float32)
    wanted[np.arange(len(kinds)), [place[each] for each in kinds]] = 1.0
    near = _nearness(vectors, vectors)
    counts = wanted.sum(axis=0)[wanted.argmax(axis=1)]
    near[np.diag_indices(len(near))] += RIDGE * np.minimum(counts / _USUAL, 1.0)
    says = np.linalg.solve(near, wanted).astype(np.float32)
    return Classifier(names, vectors, says)


def _nearness(some: Vectors, others: Vectors) -> Vectors:
    import numpy as np

    near: Vectors = np.exp(NARROWNESS * (some @ others.T - 1.0)).astype(np.float32)
    return near
