"""Passages that say the same, folded into the best of them. Pure functions over texts.

Two say the same when their words do, or when most of their three-word runs are shared (Broder's
resemblance, SEQUENCES 1997): a page saved twice, a quoted mail.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_ALIKE = 0.8
_RUN = 3
_WORD = re.compile(r"\w+")

_Run = tuple[str, ...]


def folded(texts: Sequence[str], most: int) -> list[tuple[int, tuple[int, ...]]]:
    """The first `most` of `texts` (the best first) that differ, by position, each with those that
    it stands for. What comes after them isn't looked at."""
    kept: list[tuple[int, list[int], int]] = []
    # Who has a run: most texts share none, and aren't compared with each other.
    owners: dict[_Run, list[int]] = {}
    for position, text in enumerate(texts):
        runs = _runs(text)
        shared = Counter(owner for run in runs for owner in owners.get(run, ()))
        same = [
            owner for owner, count in shared.items() if _alike(count, len(runs), kept[owner][2])
        ]
        if same:
            kept[min(same)][1].append(position)
            continue
        if len(kept) == most:
            break
        for run in runs:
            owners.setdefault(run, []).append(len(kept))
        kept.append((position, [], len(runs)))
    return [(position, tuple(alike)) for position, alike, _ in kept]


def _runs(text: str) -> frozenset[_Run]:
    words = _WORD.findall(text.casefold())
    if len(words) < _RUN:
        return frozenset([tuple(words)]) if words else frozenset([(text,)])
    return frozenset(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _alike(shared: int, one: int, other: int) -> bool:
    """Whether two texts with so many runs, so many of them shared, say the same."""
    return shared >= _ALIKE * (one + other - shared)
