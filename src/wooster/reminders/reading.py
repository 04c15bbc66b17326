"""What a person says when they want to be reminded: what, and when. Pure.

The words that are left when the time is taken out are the reminder, as they were written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import get_args

from wooster.config.telling import ChannelName
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clip
from wooster.schedule.model import Missed, Priority, Times
from wooster.schedule.phrases import Context, When, find, read
from wooster.schedule.zones import instant_of

MORNING, EVENING = time(9), time(18)
"""When something is said on a day of which no time was named; in the evening, when the morning of
that day is over."""

LONGEST = 2_000
_ONCE = Missed()
_SHOWN = 60
_SOON = timedelta(minutes=5)
# "me" alone is what the command line leaves of it: `wooster remind me to …`.
_LEAD = Pattern(
    r"(?:please\s+)?(?:remind me\s+|me\s+(?=to\b|about\b|that\b|of\b|in\b|at\b|on\b|every\b"
    r"|each\b|next\b|today\b|tomorrow\b))?(?:again\s+)?",
    re.IGNORECASE,
)
_ABOUT = Pattern(r"(?:to|about|that|of)\s+", re.IGNORECASE)
_UNTIL_DONE = Pattern(
    r"(?:^|[,;]?\s+)(?:(?:and\s+)?(?:then\s+)?(?:again\s+)?every\s+(?P<often>(?:\S+\s+){0,2}"
    r"(?:minutes?|mins?|hours?))\s+)?"
    r"(?:until\s+(?:(?:it['’]s|it\s+is|i['’]m|i\s+am)\s+)?(?:done|acknowledged|confirmed)"
    r"|until\s+i(?:\s+have|['’]ve)?\s+(?:do|did|done|say|said|confirm(?:ed)?|acknowledged?)"
    r"(?:\s+(?:it|so|done|that))?|and\s+keep\s+reminding\s+me)"
    r"(?=[.!]?$|[,;]?\s+(?:to|that|about|at|on|in|tomorrow|today|tonight|every|from)\b)[.!]?",
    re.IGNORECASE,
)
_URGENT = Pattern(
    r"^(?:urgent(?:ly)?|important)[:,]?\s+|[,;]?\s+(?:urgent(?:ly)?)[.!]?$", re.IGNORECASE
)
_NAMES = "|".join((*get_args(ChannelName), "e-?mail", "mail"))
_AND = r"(?:\s*,\s*(?:and\s+|then\s+)?|\s+(?:and|then|or)\s+)"
_LISTED = rf"(?P<names>(?:{_NAMES})(?:{_AND}(?:{_NAMES}))*)"
# "send the report by email" says what is to be done, so that only "via" is heard at the end.
_VIA_FIRST = Pattern(rf"(?:via|by|on|over|through)\s+{_LISTED}[:,]?\s+(?=\S)", re.IGNORECASE)
_VIA_LAST = Pattern(rf"[,;]?\s+via\s+{_LISTED}[.!]?$", re.IGNORECASE)
_SKIP_LATE = Pattern(
    r"[,;]?\s+(?:but\s+|and\s+)?(?:not\s+(?:if|when)\s+(?:it['’]s\s+|it\s+is\s+)?(?:late|missed)"
    r"|skip(?:\s+it)?\s+(?:if|when)\s+(?:it['’]s\s+|it\s+is\s+)?(?:late|missed))[.!]?$",
    re.IGNORECASE,
)
_MOST_LATE = Pattern(
    r"[,;]?\s+(?:but\s+|and\s+)?at\s+(?:the\s+)?most\s+(?P<length>(?:\S+\s+){1,4}?)late[.!]?$",
    re.IGNORECASE,
)
REPEAT = timedelta(minutes=15)
"""How often it is said again until it is done, where that isn't said."""
_OFTEN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Said:
    """A reminder's words and its times; `times` None where no time was said. `note` is how that was
    read where it could be read otherwise."""

    text: str
    times: Times | None
    note: str = ""
    repeat: timedelta = timedelta()
    priority: Priority = "normal"
    channels: tuple[str, ...] = ()
    missed: Missed = _ONCE


def parse(words: str, context: Context, zone: tzinfo | None) -> Said:
    """ "call Ana tomorrow at 5", "tomorrow at 5 to call Ana", "to take pills every day at 8, until
    done". Raises `UsageError` for a time that is past and for no words."""
    rest = " ".join(words.split())
    rest = _LEAD.sub("", rest, count=1)
    repeat, often = timedelta(), None
    if until := _UNTIL_DONE.search(rest):
        often = _length(until["often"], context)
        repeat = often or REPEAT
        rest = " ".join(f"{rest[: until.start()]} {rest[until.end() :]}".split())
    rest, channels = _channels(rest)
    rest, missed = _missed(rest, context)
    priority: Priority = "high" if _URGENT.search(rest) else "normal"
    rest = _URGENT.sub("", rest)
    times, note = None, ""
    if found := find(rest, context):
        times, note = times_of(found.when, context, zone)
        rest = found.rest(rest)
    elif often:
        times = Times(at=(context.now + often).astimezone(UTC))
    text = _ABOUT.sub("", rest, count=1) if _ABOUT.match(rest) else rest
    text = text.strip(" ,;.") if times else text.strip()
    if not text:
        raise UsageError("There is nothing to be reminded of.", hint="remind me to call Ana at 5")
    if len(text) > LONGEST:
        raise UsageError(f"That is {len(text)} characters, more than {LONGEST}.", hint="Say less.")
    return Said(text, times, note, repeat, priority, channels, missed)


def _missed(words: str, context: Context) -> tuple[str, Missed]:
    """What is left without "but not if late" or "at most 2 hours late", and what that says of a
    time that passes while nothing runs."""
    if found := _SKIP_LATE.search(words):
        return words[: found.start()], Missed("skip")
    if found := _MOST_LATE.search(words):
        length = _length(found["length"].strip(), context)
        if length is not None:
            return words[: found.start()], Missed("within", length)
    return words, _ONCE


def _channels(words: str) -> tuple[str, tuple[str, ...]]:
    """What is left without "via signal, then ntfy", and the channels in their order."""
    found = _VIA_FIRST.match(words) or _VIA_LAST.search(words)
    if found is None:
        return words, ()
    names = re.findall(_NAMES, found["names"], re.IGNORECASE)
    named = ("email" if each.casefold().endswith("mail") else each.casefold() for each in names)
    return f"{words[: found.start()]}{words[found.end() :]}", tuple(dict.fromkeys(named))


def _length(words: str | None, context: Context) -> timedelta | None:
    """How long "5 minutes", "hour" or "half an hour" is; a minute at least."""
    if words is None:
        return None
    when = read(words, context) or read(f"one {words}", context)
    return max(when.duration, _OFTEN) if when and when.duration else None


def is_meant(words: str, context: Context) -> bool:
    """Whether what follows "remind me" asks for a reminder, and not for something to be recalled:
    "what we said about Porto" is a question."""
    rest = " ".join(words.split())
    if re.match(r"again\b", rest, re.I):
        return False  # that is the last one's: `snooze`
    if rest.endswith("?") or re.match(r"(?:what|who|how|why|where|which|of what)\b", rest, re.I):
        return False
    if re.match(r"to\s+\S", rest, re.I):
        return True
    found = find(rest, context)
    if found is None:
        return False
    # "of that song from the nineties" is something to be recalled too.
    of_the_past = found.when.day is not None and found.when.day < context.today
    return not (of_the_past and rest.casefold().startswith("of "))


def a_time(words: str, context: Context, zone: tzinfo | None) -> tuple[Times, str]:
    """The times that `words` are, whole, and how they were read. Raises `UsageError`."""
    when = read(" ".join(words.split()), context)
    if when is None:
        raise UsageError(
            f"“{clip(words, _SHOWN)}” is no time that I can read.",
            hint="As: tomorrow at 5 · in 20 minutes · every weekday at 8am until June.",
        )
    return times_of(when, context, zone)


def times_of(when: When, context: Context, zone: tzinfo | None) -> tuple[Times, str]:
    """When it is said, and how that was read. Raises `UsageError` for what is past."""
    notes = [when.note] if when.note else []
    if when.rule:
        day = when.day or context.today
        if when.at is None and not _names_hours(when.rule):
            notes.append(f"no time was said: at {MORNING:%H:%M}")
        start = datetime.combine(day, when.at or MORNING)
        return Times(rrule=when.rule, start=start, except_days=when.except_days), _sentence(notes)
    at = when.instant(zone)
    if at is None and when.day is not None and when.day < context.today:
        raise UsageError(f"“{when.words}” is past.", hint="`when PHRASE` shows how it is read.")
    if at is None and when.day is not None:
        wall, note = _on_a_day(when.day, context)
        at = instant_of(wall, zone)
        notes.append(note)
    elif at is None and when.duration is not None:
        at = (context.now + when.duration).astimezone(UTC)
    if at is None:
        raise UsageError(f"“{when.words}” says no time.", hint="As: tomorrow at 5.")
    if at <= context.now and when.until:  # within 5 minutes: at the latest then
        last = when.until_day or when.day or context.today
        at = instant_of(datetime.combine(last, when.until), zone)
    if at <= context.now:
        raise UsageError(f"“{when.words}” is past.", hint="`when PHRASE` shows how it is read.")
    return Times(at=at), _sentence(notes)


def as_often(was: Times, to: Times, zone: tzinfo | None) -> Times:
    """A briefing that is moved to a time of the clock comes as often as it did, at that time."""
    if to.at is None or was.start is None:
        return to
    clock = to.at.astimezone(zone).time()
    return replace(was, start=datetime.combine(was.start.date(), clock))


def _on_a_day(day: date, context: Context) -> tuple[datetime, str]:
    for hour in (MORNING, EVENING):
        wall = datetime.combine(day, hour)
        if wall > context.wall + _SOON:
            return wall, f"no time was said: at {hour:%H:%M}"
    soon = (context.wall + timedelta(hours=1)).replace(second=0, microsecond=0)
    return soon, "no time was said: in an hour"


def _names_hours(rule: str) -> bool:
    return "BYHOUR" in rule or rule.startswith(("FREQ=HOURLY", "FREQ=MINUTELY", "FREQ=SECONDLY"))


def _sentence(notes: list[str]) -> str:
    told = "; ".join(note.rstrip(".") for note in notes)
    return f"{told[:1].upper()}{told[1:]}." if told else ""
