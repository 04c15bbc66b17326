"""Plain sentences about events: "put lunch with Tom on Friday at 12:30 in my calendar".

A new event names the calendar, or what people meet for, and its time; one that is moved or
cancelled is there. It changes nothing.
"""

from __future__ import annotations

import re
from typing import Any

from wooster.calendars import wording
from wooster.calendars.room import Room
from wooster.core.patterns import Pattern

EXAMPLES_ADD = (
    "put supper with the Millers on Saturday at 7 in my calendar",
    "add a meeting with the architect tomorrow at 10",
    "dentist appointment on Monday at 9",
    "plan a meeting with the tutor for Friday at 2",
    "supper with the Millers on Saturday at 8",
    "block Friday 9 to 11 for writing letters",
)
EXAMPLES_MOVE = (
    "move breakfast with Kim to Sunday",
    "can you push the haircut to Thursday at 10?",
    "postpone the board meeting to 4 pm",
)
EXAMPLES_CANCEL = (
    "cancel breakfast with Kim",
    "delete the haircut from my calendar",
    "take the board meeting off my calendar",
)

_CALENDAR = r"(?:my|the|our)\s+(?:\w+\s+)?(?:calendar|diary|agenda|schedule)"
_EVENT = (
    r"(?:appointment|meeting|event|call|lunch|dinner|breakfast|brunch|supper|interview|meet-?up"
    r"|get-?together|catch-?up|check-?up|coffee|conference|rehearsal|lesson|standup|stand-up)"
)
_PUT_IN = Pattern(
    r"(?:put|add|enter|write|stick|pop|note|save|schedule|get)\s+(?:down\s+)?(?P<what>\S.*?)\s+"
    rf"(?:in|into|on|onto|to)\s+{_CALENDAR}(?P<when>\s+\S.*)?",
    re.IGNORECASE,
)
_MEAL = r"(?:lunch|dinner|breakfast|brunch|supper|coffee)"
_MADE = Pattern(
    rf"(?!make\s+(?:[\w'’-]+\s+){{0,3}}?{_MEAL}\b)"
    r"(?:(?:add|create|make|schedule|set\s+up|book|arrange|plan|enter|organi[sz]e|fix)\s+"
    r"(?:me\s+)?(?:(?:an?|my|our|the|another)\s+)?(?:new\s+)?|(?:a\s+)?new\s+)"
    rf"(?P<what>(?:[\w'’-]+\s+){{0,3}}?{_EVENT}\b.*)",
    re.IGNORECASE,
)
_CALLED = Pattern(r"event(?:\s+called|\s+named|\s+for|\s*:)\s*", re.IGNORECASE)
_BLOCKED = Pattern(
    r"block(?:\s+(?:off|out))?\s+(?P<when>\S.*?)\s+(?:for|to)\s+(?P<what>[^\d\s].*)", re.IGNORECASE
)
_BARE = Pattern(
    rf"(?P<what>(?:[\w'’-]+\s+){{0,2}}{_EVENT}(?:\s+with\s+\w+(?:\s+\w+)?)?)\s+(?P<when>(?:on\s+|next"
    r"\s+|this\s+|tomorrow|today|tonight|mon|tue|wed|thu|fri|sat|sun).*\d.*)",
    re.IGNORECASE,
)
_NO_TITLE = Pattern(
    r"(?:(?:i|we|you|it|this|that|these|those|them|what|which|when|how|is|are|do|does|my|the|no|any"
    r"|cancel|move|delete|remove|change|find|show|list|tell|have|had|reserve|order|where|did|was)\b.*)",
    re.IGNORECASE,
)
_MOVED = Pattern(
    r"(?:move|reschedule|push|shift|postpone|delay|change|bring)\s+(?P<what>\S.*?)"
    r"(?:\s+(?:back|forward|over|ahead))?\s+(?:to|until|till)\s+(?P<when>\S.*)",
    re.IGNORECASE,
)
_CANCELLED = Pattern(
    r"(?:cancel|delete|remove|drop|call\s+off|scrap|take)\s+(?P<what>\S.*?)"
    rf"(?:\s+(?:from|in|on|off|out\s+of)\s+{_CALENDAR})?",
    re.IGNORECASE,
)
_MINE = Pattern(r"^(?:my|the|our)\s+", re.IGNORECASE)
_KIND = Pattern(rf"\s+{_EVENT}$", re.IGNORECASE)
_FEWEST_LETTERS = 3


class Sentences:
    """What plain lines are for the events of one home."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def a_new(self, sentence: str) -> dict[str, Any] | None:
        """An event with its name and its time, as `event add` takes it. Raises `UsageError` for
        what has none."""
        said = _said(sentence)
        if sentence.rstrip().endswith("?"):
            return None
        text = _new_text(said)
        if not text:
            return None
        context, zone = self._room.say(), self._room.calendars.clock.zone
        event = wording.a_new(text, context, zone)
        if _NO_TITLE.fullmatch(event.summary):
            return None
        return {"event": text}

    async def a_move(self, sentence: str) -> dict[str, Any] | None:
        """Of an event that there is. Raises `UsageError` where no time is said."""
        match = _MOVED.fullmatch(_said(sentence))
        if match is None:
            return None
        move = wording.a_move(f"{match['what']} to {match['when']}", self._room.say())
        title = await self._title(move.words, move.on)
        if not title:
            return None
        what = re.sub(re.escape(move.words), lambda _: title, match["what"], count=1)
        return {"event": f"{what} to {match['when']}"}

    async def a_cancel(self, sentence: str) -> dict[str, Any] | None:
        """Of an event that there is."""
        match = _CANCELLED.fullmatch(_said(sentence))
        if match is None:
            return None
        words, on, _ = wording.a_cancel(match["what"], self._room.say())
        title = await self._title(words, on)
        if not title:
            return None
        return {"event": re.sub(re.escape(words), lambda _: title, match["what"], count=1)}

    async def _title(self, words: str, on: Any) -> str:
        """As much of `words` as an event is called: "dentist appointment" may be "dentist"; "" for
        none."""
        bare = _MINE.sub("", words)
        for title in dict.fromkeys((bare, _KIND.sub("", bare))):
            if len(title) < _FEWEST_LETTERS or not re.search(r"[^\W\d_]{3}", title):
                continue
            if (await self._room.calendars.matching(title, on)).count:
                return title
        return ""


def _said(sentence: str) -> str:
    return " ".join(sentence.split()).rstrip(" .!?")


def _new_text(said: str) -> str:
    """The name and the time; "" for another sentence."""
    if match := _PUT_IN.fullmatch(said):
        return _CALLED.sub("", _article(f"{match['what']}{match['when'] or ''}"), count=1)
    if match := _BLOCKED.fullmatch(said):
        return f"{match['what']} {match['when']}"
    if match := _MADE.fullmatch(said):
        rest = match["what"]
        called = _CALLED.match(rest)
        return _bound(rest[called.end() :] if called else rest)
    if match := _BARE.fullmatch(said):
        return _bound(f"{match['what']} {match['when']}")
    return ""


def _article(text: str) -> str:
    return re.sub(r"(?i)^(?:an?|the|my)\s+(?:new\s+)?", "", text)


def _bound(text: str) -> str:
    """ "a call for Monday" is on Monday."""
    return re.sub(
        r"(?i)\s+for\s+(?=(?:next|this|mon|tue|wed|thu|fri|sat|sun|tomorrow|today|\d))", " ", text
    )
