"""Rankings of what was remembered, judged by the labels of a set. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

DEPTHS = (5, 10, 20)


def judged(ranked: Sequence[str], right: Collection[str]) -> dict[str, float]:
    """recall, any and all at each depth, nDCG@10 with a gain of 1, and MRR."""
    places = [place for place, each in enumerate(ranked) if each in right]
    found: dict[str, float] = {}
    for depth in DEPTHS:
        hits = sum(place < depth for place in places)
        found[f"recall@{depth}"] = hits / len(right)
        found[f"any@{depth}"] = float(hits > 0)
        found[f"all@{depth}"] = float(hits == len(right))
    ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(right))))
    found["ndcg@10"] = sum(1 / math.log2(place + 2) for place in places if place < 10) / ideal
    found["mrr"] = 1 / (places[0] + 1) if places else 0.0
    return found


def rprecision(ranked: Sequence[str], right: Collection[str]) -> float:
    """Of the first as many as are right, the share that is."""
    return len(set(ranked[: len(right)]) & set(right)) / len(right)


def mean(of: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: sum(each[name] for each in of) / len(of) for name in of[0]} if of else {}


def reciprocal_ranks(*rankings: Sequence[str], k: int = 60) -> list[str]:
    """Plain reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, each in enumerate(ranking, 1):
            scores[each] = scores.get(each, 0.0) + 1 / (k + place)
    return sorted(scores, key=lambda each: (-scores[each], each))
