"""What a person says of events: a new one, another time for one, a day or a stretch to look at.

Pure functions over words; times are read by `wooster.schedule.phrases`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from wooster.calendars import days
from wooster.calendars.editing import Span
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.schedule.phrases import Context, When, find, read

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = time(23, 59, 59)
_PLACE = Pattern(r"(?P<what>.+?)\s+(?:at|@)\s+(?P<place>\S.*)", re.IGNORECASE)
_EVERY = Pattern(r"(?:every|all|the whole|the series)\s+(?P<what>.+)", re.IGNORECASE)
_INTO = Pattern(
    r"(?P<what>.+?)\s+(?:(?:in|into|to)\s+(?:the\s+)?calendar\s+|#)(?P<name>\S.*)", re.IGNORECASE
)
_PARTS: Final = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 23), "night": (18, 24)}
_PART = Pattern(r"\b(?:in the |this )?(morning|afternoon|evening|night)\b", re.IGNORECASE)
_LENGTH = Pattern(
    r"(?:^|\b)(?:for\s+)?(\d+(?:[.,]\d+)?\s*(?:h|hours?|hrs?|min|minutes?|mins?))\b", re.I
)
_CLOCK = Pattern(
    r"(?:at\s+)?(?:\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|h|o'clock)?|noon|midnight)"
    r"(?:\s*(?:-|–|to|until)\s*\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm)?)?",
    re.IGNORECASE,
)
_LATE = Pattern(r"\b(?:dinner|supper|drinks)\b", re.IGNORECASE)
_HALF = Pattern(r"\d\s*[ap]\.?\s?m\b|\bmorning\b|\b(?:fore)?noon\b|\b0\d[:.]\d\d", re.IGNORECASE)
EXAMPLE: Final = "event add lunch with Ana friday 13:00-14:00 at Café X"


@dataclass(frozen=True, slots=True)
class Said:
    """A new event as it was said; `calendar` is "" where none was named."""

    summary: str
    span: Span
    location: str
    rule: str
    calendar: str
    note: str
    except_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """Which event, on which day if that was said, and its new time; `is_every` the whole series."""

    words: str
    on: date | None
    when: When
    is_every: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `first` to `last`, and the hours of each, None for whole days."""

    first: date
    last: date
    hours: tuple[time, time] | None = None


def a_new(text: str, context: Context, zone: tzinfo | None, calendars: Iterable[str] = ()) -> Said:
    """An event, in one of the `calendars` that there are where the last words say so.

    Raises `UsageError` where there is no time or no name in it.
    """
    text, calendar = _into(text.strip(), calendars)
    found = _apart(text, context)
    if found is None or found[0].day is None:
        raise UsageError(f"When is “{text}”?", hint=f"As: {EXAMPLE}.")
    (when, rest), location = found, ""
    length = None
    if when.at is not None and when.until is None and when.duration is None:
        length, rest = a_length(rest)
    if match := _PLACE.fullmatch(rest):
        rest, location = match["what"].strip(), match["place"].strip()
    if not rest:
        raise UsageError("What is it called?", hint=f"As: {EXAMPLE}.")
    if _LATE.search(rest) and not _HALF.search(text):
        when = _in_the_evening(when)
    span = span_of(when, zone, length)
    assert span is not None
    return Said(rest, span, location, when.rule, calendar, when.note, when.except_days)


def _in_the_evening(when: When) -> When:
    """ "dinner at 7" is at 19:00, and that is told."""
    if when.at is None or not 3 <= when.at.hour < 10 or when.rule:
        return when
    at, until = when.at.replace(hour=when.at.hour + 12), when.until
    if until is not None:
        if until <= when.at or until.hour > 12:
            return when  # it would be over on the next day
        until = until.replace(hour=(until.hour + 12) % 24)  # "9 to 12" ends at midnight
    note = " ".join(filter(None, (when.note, f"read as {at:%H:%M}, in the evening")))
    return replace(when, at=at, until=until, note=note)


def _into(text: str, calendars: Iterable[str]) -> tuple[str, str]:
    """Without the calendar at its end, and which that is: "in calendar Work", "#Work"; "in Work"
    only where there is one of that name."""
    if match := _INTO.fullmatch(text):
        return match["what"], match["name"].strip()
    for name in calendars:
        if match := re.fullmatch(rf"(.+?)\s+in\s+{re.escape(name)}", text, re.IGNORECASE):
            return match[1], name
    return text, ""


def _apart(text: str, context: Context) -> tuple[When, str] | None:
    """The time in `text`, and what is left without it. "Lunch on friday" is a time by itself: here
    it is a name too."""
    found = find(text, context)
    if found is None or (rest := found.rest(text).strip(" ,;")):
        return None if found is None else (found.when, rest)
    name, _, others = text.strip().partition(" ")
    when = read(others, context) if name.isalpha() else None
    if when is None:
        return found.when, ""
    return (found.when if when.at is None else when), name


def span_of(when: When, zone: tzinfo | None, length: timedelta | None = None) -> Span | None:
    """From when to when; without an end, as long as `length`, or an hour. None without a day."""
    if when.day is None:
        return None
    if when.at is None:
        last = when.until_day or when.day
        extra = max(timedelta(), (length or _DAY) - _DAY) if when.until_day is None else timedelta()
        return Span(when.day, last + _DAY + extra)
    starts = days.at(when.day, when.at, zone)
    if when.until is not None:
        ends = days.at(when.until_day or when.day, when.until, zone)
        if ends.timestamp() <= starts.timestamp():
            ends = days.at((when.until_day or when.day) + _DAY, when.until, zone)
        return Span(starts, ends)
    # In UTC: an hour after 01:30 isn't always 02:30.
    ends = starts.astimezone(UTC) + (when.duration or length or _HOUR)
    return Span(starts, ends.astimezone(zone))


def a_move(text: str, context: Context) -> Move:
    """Raises `UsageError`."""
    is_every, text = _every(text)
    for place in [match.start() for match in re.finditer(r"\s+to\s+", text, re.I)][::-1]:
        what, when_text = text[:place], re.sub(r"^\s+to\s+", "", text[place:], flags=re.I)
        when = read(when_text, context)
        if when is not None and (when.day is not None or when.at is not None) and not when.rule:
            words, on = an_event(what, context)
            if _CLOCK.fullmatch(when_text.strip()):
                when = replace(when, day=None, until_day=None, note="")  # on the day that it has
            return Move(words, on, when, is_every)
    raise UsageError(
        f"“{text}” doesn't say to when.", hint="As: event move lunch with Ana to friday 15:00."
    )


def _every(text: str) -> tuple[bool, str]:
    match = _EVERY.fullmatch(text.strip())
    return (True, match["what"]) if match else (False, text.strip())


def a_cancel(text: str, context: Context) -> tuple[str, date | None, bool]:
    """The words for an event, the day that was said, whether all of its times are meant."""
    is_every, text = _every(text)
    words, on = an_event(text, context)
    return words, on, is_every


def an_event(text: str, context: Context) -> tuple[str, date | None]:
    """The words of a title, and a day where one is said: "friday's lunch", "lunch on friday"."""
    plain = re.sub(r"['’]s\b", "", text)
    plain = re.sub(r"^(?:the|my)\s+", "", plain.strip(), flags=re.I)
    found = _apart(plain, context)
    if found is None or found[0].day is None or found[0].rule:
        return plain, None
    words = re.sub(r"\s+(?:on|at|of|from)$", "", found[1])
    return (words, found[0].day) if words else (plain, None)


def moved_span(old: Span, when: When, zone: tzinfo | None) -> Span:
    """Where an event goes that was at `old`: what isn't said of its time stays."""
    is_day = not isinstance(old.starts, datetime)
    length = _length(old)
    if is_day and when.at is None:
        assert when.day is not None
        span = span_of(when, zone, length)
        assert span is not None
        return span
    first = old.starts.date() if isinstance(old.starts, datetime) else old.starts
    day = when.day or first
    clock = when.at
    if clock is None and isinstance(old.starts, datetime):
        clock = old.starts.astimezone(zone).time()
    span = span_of(replace(when, day=day, at=clock), zone, _HOUR if is_day else length)
    assert span is not None
    return span


def _length(span: Span) -> timedelta:
    if isinstance(span.starts, datetime) and isinstance(span.ends, datetime):
        return span.ends.astimezone(UTC) - span.starts.astimezone(UTC)
    assert not isinstance(span.starts, datetime)
    assert not isinstance(span.ends, datetime)
    return span.ends - span.starts


# --- days to look at --------------------------------------------------------------------------


def a_stretch(text: str, context: Context) -> Stretch | None:
    """The days that are asked for: "", "today", "week", "friday", "next week", "5 to 9 June". None
    for what is none."""
    words = " ".join(text.split()).strip(" ?.!").lower()
    words = re.sub(r"^(?:for|on|of)\s+", "", words)
    today = context.today
    if words in ("", "today", "now"):
        return Stretch(today, today)
    if words in ("week", "the week", "7 days", "next 7 days", "the next 7 days"):
        return Stretch(today, today + 6 * _DAY)
    hours = None
    if match := _PART.search(words):
        begin, end = _PARTS[match[1].lower()]
        hours = time(begin), _MIDNIGHT if end == 24 else time(end)
        if words.strip() in (match[0], "tonight"):
            return Stretch(today, today, hours)
        words = (words[: match.start()] + words[match.end() :]).strip()
    when = read(words, context) or read(f"this {words}", context)
    if when is None or when.day is None or when.rule:
        return None
    first, last = when.day, when.until_day or when.day
    if when.at is not None and when.until == time() and last == first + _DAY:
        return Stretch(first, first, (when.at, _MIDNIGHT))
    if when.until_day is None:
        last = {"week": first + 6 * _DAY, "month": _month_end(first)}.get(when.grain, first)
    if when.at is not None and hours is None and when.until is not None:
        hours = when.at, when.until
    return Stretch(first, min(last, first + 366 * _DAY), hours)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY


def a_length(text: str) -> tuple[timedelta | None, str]:
    """A length of time in words, and the rest: "tomorrow 2 hours" is two hours, and tomorrow."""
    match = _LENGTH.search(text)
    if match is None:
        return None, text
    number, unit = re.fullmatch(r"([\d.,]+)\s*(\w+)", match[1]).groups()  # type: ignore[union-attr]
    value = float(number.replace(",", "."))
    length = timedelta(hours=value) if unit[0].lower() == "h" else timedelta(minutes=value)
    return length, " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
