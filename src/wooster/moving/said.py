"""What was said in a conversation elsewhere, and when. Pure: JSON values in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from wooster.core.text import clean
from wooster.memory.model import Line
from wooster.moving.model import Aside, Event, Found, Talk, Unread
from wooster.moving.texts import shown

Said = tuple[str, str, str, datetime | None, str]
"""The id of a message, who said it, its text, when; and what it is where it is no message."""


def instant(told: Any) -> datetime | None:
    """Seconds since 1970 or ISO 8601, as exports have them; None for what is neither."""
    try:
        if isinstance(told, bool):
            return None
        if isinstance(told, int | float):
            return datetime.fromtimestamp(told, UTC)
        found = datetime.fromisoformat(str(told))
    except (ValueError, OverflowError, OSError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def taken(client: str, name: str, said: Iterator[Said], at: int) -> Iterator[Event]:
    """A conversation out of its messages; what is none of them is told."""
    ids, lines = [], []
    last: datetime | None = None
    for key, speaker, text, when, what in said:
        if what == "?":
            yield Unread("it is no message", 1, at)
        elif what:
            yield Aside(what)
        elif (when or last) is None:
            yield Unread("nobody says when it was said", 1, at, shown(text))
        else:
            # What has no time of its own, or an earlier one, comes right after what is before it.
            moment = max(when, last) if when and last else when or last
            assert moment is not None
            last = moment
            ids.append(f"{name}\0{key}")
            lines.append(Line(speaker, clean(text), moment))
    if lines:
        yield Found("message", tuple(ids), Talk(tuple(lines), client), (1,) * len(ids), at)
