"""A time that is told by something that happened: "two weeks before the wedding". Pure.

The event's date is in memory and not in the question: `event` says what has to be looked up,
`dated` when it was, by what is remembered of it, and the question is then asked with that date in
the event's place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from wooster.core.patterns import Pattern
from wooster.memory.recall import dates, numbers
from wooster.memory.recall.when import TALKING

_FLAGS = re.IGNORECASE
_EVENT = Pattern(
    rf"\b(?P<offset>(?:(?:the|{numbers.CARDINAL})\s+)?(?:{dates.UNIT}|weekend)s?\s+)?"
    r"(?:before|after|since|until)\s+(?P<event>(?:the|my|our|his|her|their)\s+[\w'’ -]{3,60}?)"
    r"\s*(?=[?.,;!]|$|\b(?:did|do|what|where|who|when|and)\b)",
    _FLAGS,
)
# These are of a conversation's own time, and `when` knows them.
_OURS = Pattern(r"\b(?:conversation|session|chat|talk|last|first|next|previous)\b", _FLAGS)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, in the question's words, and where those stand in it."""

    words: str
    start: int
    end: int


def event(question: str, now: datetime, zone: tzinfo | None) -> Event | None:
    """The event that `question` counts time from; None where it names a date, or counts none.

    Strict: without "two weeks before" it must ask for what was said, because "before the meeting"
    mostly tells what something is for.
    """
    match = _EVENT.search(question)
    if match is None or (not match["offset"] and not TALKING.search(question)):
        return None
    local = now.astimezone(zone).replace(tzinfo=None)
    if _OURS.search(match["event"]) or dates.phrases(match["event"], local):
        return None
    return Event(match["event"], match.start("event"), match.end("event"))


def dated(question: str, found: Event, on: date) -> str:
    """The question with the event's date in the event's place."""
    return f"{question[: found.start]}{on:%-d %B %Y}{question[found.end :]}"


def day_of(text: str, said: datetime, zone: tzinfo | None) -> date:
    """When something was, by what was said of it at `said`: the first date in `text`, which may be
    "next Saturday", else the day on which it was said."""
    local = said.astimezone(zone).replace(tzinfo=None)
    for phrase in dates.phrases(text, local):
        return phrase.stretch.since.date()
    return local.date()
