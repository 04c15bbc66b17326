"""Shares over time as a line of blocks for a terminal, the oldest on the left.

It knows how a share is drawn, and nothing of goals.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

WIDTH = 30
_BLOCKS, _SIGNS = "▁▂▃▄▅▆▇█", "_.,-=+*#"


def line(
    changes: Sequence[tuple[date, float]], first: date, last: date, *, ascii_only: bool
) -> str:
    """At most `WIDTH` signs for the days from `first` to `last`, each showing its last day.

    `changes` are days in order with the share (0 to 1) from that day on; before them it is 0. Only
    all is shown as all, and nothing as nothing.
    """
    levels = _SIGNS if ascii_only else _BLOCKS
    days = (last - first).days + 1
    width = min(max(days, 1), WIDTH)
    drawn, share, at = [], 0.0, 0
    for column in range(1, width + 1):
        end = first.toordinal() + days * column // width - 1
        while at < len(changes) and changes[at][0].toordinal() <= end:
            share = changes[at][1]
            at += 1
        drawn.append(levels[_level(share, len(levels))])
    return "".join(drawn)


def _level(share: float, count: int) -> int:
    if share <= 0 or share >= 1:
        return 0 if share <= 0 else count - 1
    return min(1 + int(share * (count - 2)), count - 2)
