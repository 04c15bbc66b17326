"""Which stretches of a session are to be distilled now: a pure function of its turns' ends.

What is asked is the database only, so that a crash loses nothing, and never how long ago a clock
said that something began: one that jumps makes a stretch shorter, and neither loses nor doubles it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Mark:
    """A turn that isn't distilled: `ended` is None while it runs."""

    seq: int
    ended: datetime | None


def due(marks: Sequence[Mark], now: datetime, most: int, *, is_over: bool) -> list[tuple[int, int]]:
    """The first and the last turn of each stretch that is due, at most `most` turns each.

    `marks` are all that come after the last distilled turn, in order. Full stretches are due at
    once; the rest when the session `is_over` or rests. A turn that runs holds up what comes after
    it: stretches have no gaps.
    """
    ended: list[Mark] = []
    for mark in marks:
        if mark.ended is None:
            break
        ended.append(mark)
    full = len(ended) - len(ended) % most
    found = [(ended[at].seq, ended[at + most - 1].seq) for at in range(0, full, most)]
    rest = ended[full:]
    if rest and (is_over or (len(ended) == len(marks) and _rests(rest, now))):
        found.append((rest[0].seq, rest[-1].seq))
    return found


def _rests(ended: Sequence[Mark], now: datetime) -> bool:
    """Whether nothing was said lately. An end that is to come was written before a clock went
    back, and would else be waited for."""
    latest = max(mark.ended for mark in ended if mark.ended is not None)
    return abs(now - latest) >= IDLE
