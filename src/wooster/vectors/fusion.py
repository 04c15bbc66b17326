"""One ranking out of several: reciprocal rank fusion, and near-duplicates folded.

Pure functions over labels. Scores of different searches can't be compared; ranks can (Cormack,
Clarke and Büttcher, SIGIR 2009, whose constant is 60).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

RANK_CONSTANT = 60

Label = TypeVar("Label", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Ranking(Generic[Label]):
    """Labels, the best first, none of them twice; `weight` is how much this search counts."""

    labels: Sequence[Label]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Label]):
    """A label and its fused score; higher is better."""

    label: Label
    score: float


def fuse(rankings: Iterable[Ranking[Label]]) -> list[Ranked[Label]]:
    """All labels of all `rankings`, the best first.

    The order of the rankings doesn't matter. Labels with equal scores stand in the order of their
    best rank, then of the labels' own texts, so that the result is the same each time.
    """
    scores: dict[Label, list[float]] = {}
    best_rank: dict[Label, int] = {}
    for ranking in rankings:
        for rank, label in enumerate(ranking.labels, 1):
            scores.setdefault(label, []).append(ranking.weight / (RANK_CONSTANT + rank))
            best_rank[label] = min(rank, best_rank.get(label, rank))
    # Sorted before they are summed: floating-point sums depend on their order.
    fused = [Ranked(label, sum(sorted(parts))) for label, parts in scores.items()]
    return sorted(fused, key=lambda one: (-one.score, best_rank[one.label], str(one.label)))
