"""Passages that say the same, folded into the best of them. Pure functions over texts.

Two say the same when their words do, or when most of their three-word runs are shared (Broder's
resemblance, SEQUENCES 1997): a page saved twice, a quoted mail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ALIKE = 0.8
_RUN = 3
_WORD = re.compile(r"\w+")


def folded(texts: Sequence[str]) -> list[tuple[int, tuple[int, ...]]]:
    """Which of `texts` (the best first) stay, by position, each with those that it stands for."""
    kept: list[tuple[int, list[int], frozenset[tuple[str, ...]]]] = []
    for position, text in enumerate(texts):
        runs = _runs(text)
        for _, alike, others in kept:
            if _resemble(runs, others):
                alike.append(position)
                break
        else:
            kept.append((position, [], runs))
    return [(position, tuple(alike)) for position, alike, _ in kept]


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    if len(words) < _RUN:
        return frozenset([tuple(words)]) if words else frozenset([(text,)])
    return frozenset(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _resemble(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    # What differs that much in length can't share enough; most pairs end here.
    if min(len(one), len(other)) < _ALIKE * max(len(one), len(other)):
        return False
    shared = len(one & other)
    return shared >= _ALIKE * (len(one) + len(other) - shared)
