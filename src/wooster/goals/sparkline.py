"""Shares over time as a line of blocks for a terminal, the oldest on the left.

It knows how a share is drawn, and nothing of goals.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

WIDTH = 30
_BLOCKS, _SIGNS = "▁▂▃▄▅▆▇█", "_.,-=+*#"


def columns(first: date, last: date) -> list[date]:
    """The days that are drawn of those from `first` to `last`: the last of each of at most `WIDTH`
    stretches."""
    days = max((last - first).days + 1, 1)
    width = min(days, WIDTH)
    return [first + timedelta(days=days * column // width - 1) for column in range(1, width + 1)]


def line(shares: Sequence[float], *, ascii_only: bool) -> str:
    """A sign for each share, 0 to 1. Only all is shown as all, and only nothing as nothing."""
    levels = _SIGNS if ascii_only else _BLOCKS
    return "".join(levels[_level(share, len(levels))] for share in shares)


def _level(share: float, count: int) -> int:
    if share <= 0 or share >= 1:
        return 0 if share <= 0 else count - 1
    return min(1 + int(share * (count - 2)), count - 2)
