"""Where the last conversation was left: a value, and its few lines for the next start.

Pure. It refuses to know where the lines are shown and whose capabilities give the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from wooster.core.text import clip
from wooster.memory.episodes.model import Followup, Sentiment

MOST_LINES = 5
_LONGEST_LINE = 160
_LONGEST_TEXT = 60


@dataclass(frozen=True, slots=True)
class LeftOff:
    """The last session: when something was last said, of what, and what is left to do, the newest
    last. `mood` is how the person sounded in it."""

    session_id: str
    at: datetime
    summary: str
    mood: Sentiment
    followups: tuple[Followup, ...]
    more: int = 0
    """How many follow-ups are open beside these."""


def lines(
    left: LeftOff | None,
    now: datetime,
    zone: tzinfo | None,
    pending: Sequence[str] = (),
    today: Sequence[str] = (),
) -> list[str]:
    """At most five lines: what it was about, how it was, what is left to do, what waits for the
    person (`pending`), and what `today` has; [] when there is nothing to say."""
    told: list[str] = []
    if left is not None:
        told.append(f"{_when(left.at, now, zone)}: {left.summary}")
        if left.mood == "negative":
            told.append("It didn't sound easy for you.")
        if left.followups:
            told.append(_listed("Left to do", [each.text for each in left.followups], left.more))
    if pending:
        told.append(_listed("Waiting for you", pending))
    if today:
        told.append(_listed("Today", today))
    return [clip(line, _LONGEST_LINE) for line in told]


def _listed(title: str, texts: Sequence[str], more: int = 0) -> str:
    """Whole texts only, as many as a line takes, and how many there are beside them. One alone may
    take the line."""
    shown = [clip(text, _LONGEST_TEXT) for text in texts] if texts[1:] else list(texts)
    while len(shown) > 1 and len(_line(title, shown, len(texts) + more)) > _LONGEST_LINE:
        shown.pop()
    return _line(title, shown, len(texts) + more)


def _line(title: str, shown: Sequence[str], count: int) -> str:
    rest = count - len(shown)
    return f"{title}: {'; '.join(shown)}{f' (and {rest} more)' if rest else ''}"


def _when(at: datetime, now: datetime, zone: tzinfo | None) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (today - local.date()).days
    if days == 0:
        return f"Today, {local:%H:%M}"
    if days == 1:
        return f"Yesterday, {local:%H:%M}"
    return f"{local:%Y-%m-%d}"
