"""A point of time: a day, a clock time, both, or "in 20 minutes"; as said, and as it is meant.

What is said without a day is the next such time that a person is awake at; what is past today is
tomorrow's, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import clocks, days, durations
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.clocks import Clock
from wooster.schedule.phrases.durations import months_after
from wooster.schedule.phrases.holidays import nth_weekday
from wooster.schedule.phrases.model import Context, Grain
from wooster.schedule.phrases.stretches import Days, monday_of, month_of, one
from wooster.schedule.phrases.weekdays import WHICH_WEEK

_DAY = timedelta(days=1)
_WAKES, _SLEEPS = 7, 22
_TODAY = "today is meant"
_JOINT = Pattern(
    r"\s*(?:,|;|\bt(?=\d))?\s*(?:(?:on|at|in|of|for(?=\s+\d\d?(?::\d\d)?\s?[ap]m))\s+(?=the\s|\d|[a-z])"
    r"|(?:or|and)\s+(?:later|after)\s+(?:on\s+)?)?"
)
_COMMA = Pattern(r"t(?=\d)|\s*[,;]?\s*")
_NOW = Pattern(
    r"(?:right\s+|just\s+)?now\b(?!\s+(?:and\s+(?:then|again)|that|then))|(?:at\s+(?:the|this)|this)"
    r"\s+(?:moment|time|minute)\b|at\s+(?:the\s+)?present(?:\s+(?:time|moment))?\b|(?:the\s+)?current\s+(?:date|time)\b|immediately\b|asap\b"
)
_IN = Pattern(r"in\s+(?:about\s+|around\s+|just\s+)?")
_FROM_NOW = Pattern(r"\s+(?:from\s+now|hence|later)\b")
_AGO = Pattern(r"\s+(?:ago|before\s+now|earlier)\b")
_BY_CLOCK = Pattern(r"\s+(?P<side>before|after|past|prior\s+to|from)\s+")
_WORD_GOES_ON = Pattern(r"[^\W_](?!t)[^\W_]")
_GOES_ON = Pattern(
    r"\s*(?:$|[,;.!?)])|\s+(?:on|for|every|each|today|tomorrow|tonight|in\s+the|daily"
    rf"|{v.WEEKDAY})(?!\w)"
)
_BEFORE_DAY = Pattern(
    rf"\s*,?\s+(?:on\s+)?(?:(?:next|this|last)\s+)?(?:today|yesterday|{v.WEEKDAY})(?!\w)"
)
_ENDS = re.compile(r"\s*(?:$|[,;.!?)](?:\s|$))")
_END_OF_DAY = Pattern(
    r"(?:(?:at|by)\s+)?(?:the\s+)?(?:(?P<day>eod\b|end\s+of\s+(?:the\s+)?day\b)|"
    r"(?P<of>end\s+of\s+(?:the\s+)?))"
)
_THIS_PART = Pattern(
    r"(?P<which>this|later\s+this|early\s+this|late\s+this|last|(?<!the )next)\s+(?P<part>morning"
    r"|afternoon|evening)\b"
)
_WHICH_WEEK = Pattern(rf"{WHICH_WEEK}(?!\w)")
_WHICH_MONTH = Pattern(r"(?:of\s+)?(?P<which>(?:next|this|the|the\s+following)\s+month)(?!\w)")
_FROM = Pattern(r"(?:from|starting(?:\s+(?:at|from))?)\s+(?=\S)")
_BEFORE_PART = Pattern(
    r"\s*,?\s+(?:(?:in|at)\s+(?:the\s+)?)?(?:(?:this|last|next)\s+)?(?:morning|afternoon|evening"
    r"|night|tonight)\b|\s*,?\s+(?:tonight|tomorrow)\b"
)


@dataclass(frozen=True, slots=True)
class Point:
    """What was said of it, still with its doubts."""

    days: Days | None = None
    clock: Clock | None = None
    instant: datetime | None = None  # as their wall clock shows it, naive, with a fold

    @property
    def is_weak(self) -> bool:
        """Nothing but its place says that it is a time."""
        if self.instant or (self.clock and not self.clock.is_weak):
            return False
        return self.days is None or (self.days.is_weak and self.clock is None)


@dataclass(frozen=True, slots=True)
class Meant:
    """A point without doubts; the notes say what was decided."""

    day: date
    at: time | None = None
    until_day: date | None = None
    until: time | None = None
    grain: Grain = "day"
    notes: tuple[str, ...] = ()


# --- what was said ----------------------------------------------------------------------------


def point(text: str, start: int, context: Context) -> tuple[Point, int] | None:
    """The longest point at `start` of `text`, which is folded."""
    said, end = Point(), start
    while True:
        choices = list(_more(said, text, end, start, context))
        if not choices:
            break
        said, end = max(choices, key=lambda choice: choice[1])
    return (said, end) if end > start else None


def _more(
    said: Point, text: str, end: int, start: int, context: Context
) -> Iterator[tuple[Point, int]]:
    if said.instant:
        return
    begins = {end}
    if end > start:
        begins = {m.end() for p in (_COMMA, _JOINT) if (m := p.match(text, end))}
        if _WORD_GOES_ON.match(text, end - 1):
            begins -= {end}
    for begin in begins:
        if said.days is None and said.clock is None and (hit := instant(text, begin, context)):
            yield Point(instant=hit[0]), hit[1]
        if said.days is None:
            yield from _with_days(said, text, begin, context)
        elif said.clock and (week := _in_week(said.days, text, begin, context)):
            yield replace(said, days=week[0]), week[1]
        yield from _with_clock(said, text, begin)


def _with_days(said: Point, text: str, begin: int, context: Context) -> Iterator[tuple[Point, int]]:
    if hit := days.days(text, begin, context):
        found, end = hit
        clock = said.clock
        if clock and found.part:
            clock = clocks.said_for(clock, found.part)
        yield replace(said, days=found, clock=clock), end
    if match := _END_OF_DAY.match(text, begin):
        hit = days.days(text, match.end(), context) if match["of"] else None
        if hit and hit[0].first == hit[0].last:
            yield Point(hit[0], Clock(time(23, 59), part="end")), hit[1]
        elif match["day"]:
            yield (
                Point(one(context.today, "relative"), Clock(time(23, 59), part="end")),
                match.end(),
            )
    if match := _THIS_PART.match(text, begin):
        which = match["which"].partition(" ")[0]
        clock = said.clock and clocks.said_for(said.clock, match["part"])
        if clock is None and which in ("early", "late", "later"):
            clock = clocks.part_clock(match["part"], which)
        moved = _DAY * {"last": -1, "next": 1}.get(which, 0)
        today = replace(one(context.today + moved, "relative"), part=match["part"])
        yield replace(said, days=today, clock=clock), match.end()


def _in_week(said: Days, text: str, begin: int, context: Context) -> tuple[Days, int] | None:
    """ "Wednesday evening next week", "the first Monday at 3 of next month"."""
    if said.kind == "weekday" and said.told_weekday is not None and not said.is_told:
        match = _WHICH_WEEK.match(text, begin)
        if match is None:
            return None
        day = monday_of(match["week"], context) + timedelta(days=said.told_weekday)
        return replace(one(day, "weekday"), part=said.part), match.end()
    match = _WHICH_MONTH.match(text, begin) if said.nth_weekday else None
    if match is None or said.nth_weekday is None:
        return None
    first = month_of(match["which"], context)
    nth, weekday = said.nth_weekday
    return one(nth_weekday(first.year, first.month, weekday, nth)), match.end()


def _with_clock(said: Point, text: str, begin: int) -> Iterator[tuple[Point, int]]:
    if said.clock is None or (said.clock.part in clocks.PARTS and said.clock.until):
        of_part = said.clock.part if said.clock else said.days.part if said.days else ""
        for hit in (_span(said, text, begin), clocks.clock(text, begin), _bare(said, text, begin)):
            if hit:
                found = clocks.said_for(hit[0], of_part) if of_part else hit[0]
                yield replace(said, clock=found), hit[1]
    if said.clock is None and said.days:
        if hit := clocks.half_day(text, begin) or clocks.meal(text, begin):
            yield replace(said, clock=hit[0]), hit[1]
        opening = _FROM.match(text, begin)
        hit = clocks.clock(text, opening.end(), bare=True) if opening else None
        if hit and (not hit[0].is_weak or _GOES_ON.match(text, hit[1])):
            yield replace(said, clock=hit[0]), hit[1]
    elif said.clock is None and (hit := clocks.meal(text, begin)):
        yield replace(said, clock=hit[0]), hit[1]
    if hit := clocks.part(text, begin):
        if said.clock is None:
            yield replace(said, clock=hit[0]), hit[1]
        elif not said.clock.part:
            yield replace(said, clock=clocks.said_for(said.clock, hit[0].part)), hit[1]


def _span(said: Point, text: str, begin: int) -> clocks.Hit | None:
    """ "3-5" is one only after a day, or before a part of it; else it is a score or a page."""
    hit = clocks.span(text, begin)
    if hit is None or not hit[0].is_weak:
        return hit
    is_near = said.days is not None and _ENDS.match(text, hit[1]) is not None
    if is_near or _BEFORE_PART.match(text, hit[1]) or _BEFORE_DAY.match(text, hit[1]):
        return replace(hit[0], is_weak=False), hit[1]
    if text.startswith(("from", "between"), begin) and _GOES_ON.match(text, hit[1]):
        return replace(hit[0], is_weak=False), hit[1]
    return None


def _bare(said: Point, text: str, begin: int) -> clocks.Hit | None:
    """ "5" after a day where nothing follows, or before a part of the day: "8 in the evening"."""
    hit = clocks.clock(text, begin, bare=True)
    if hit is None or not hit[0].is_weak:
        return hit
    near = said.days is not None and said.days.kind in ("relative", "weekday")
    if near and text[begin - 1 : begin] == " " and _ENDS.match(text, hit[1]):
        return replace(hit[0], is_weak=False), hit[1]
    if _BEFORE_PART.match(text, hit[1]):
        return replace(hit[0], is_weak=False), hit[1]
    return None


def instant(text: str, start: int, context: Context) -> tuple[datetime, int] | None:
    """ "now", "in 20 minutes", "2 hours from now", "half an hour ago"."""
    if match := _NOW.match(text, start):
        return context.wall, match.end()
    opening = _IN.match(text, start)
    found = durations.length(text, opening.end() if opening else start)
    if found is None or found[0].is_of_days:
        return None
    size, end = found
    try:
        if opening:
            return size.after_wall(context.wall, context.zone), end
        if match := _FROM_NOW.match(text, end):
            return size.after_wall(context.wall, context.zone), match.end()
        if match := _AGO.match(text, end):
            return size.after_wall(context.wall, context.zone, -1), match.end()
        if match := _BY_CLOCK.match(text, end):
            return _by_clock(text, match, size, context)
    except (ValueError, OverflowError):  # ten thousand years ahead
        return None
    return None


def _by_clock(
    text: str, match: re.Match[str], size: durations.Length, context: Context
) -> tuple[datetime, int] | None:
    """ "an hour before noon tomorrow"."""
    base = point(text, match.end(), context)
    if base is None or base[0].is_weak:
        return None
    meant = resolved(base[0], context)
    if meant.at is None:
        return None
    sign = 1 if match["side"] in ("after", "past", "from") else -1
    moment = datetime.combine(meant.day, meant.at)
    return size.after_wall(moment, context.zone, sign), base[1]


# --- what was meant ---------------------------------------------------------------------------


def resolved(said: Point, context: Context) -> Meant:
    """The days and times that are meant."""
    if said.instant is not None:
        moment = said.instant.replace(microsecond=0)
        return Meant(moment.date(), moment.time(), grain="minute")
    if said.days is None:
        assert said.clock is not None, "a point has something in it"
        return _next_time(said.clock, context)
    stretch = said.days
    notes = (stretch.note,) if stretch.note else ()
    clock = said.clock
    if clock is None and stretch.part:
        begin, until = clocks.PARTS[stretch.part]
        clock = Clock(begin, until=until, part=stretch.part)
    if clock is None:
        until_day = stretch.last if stretch.last != stretch.first else None
        if stretch.note == _TODAY:
            notes = (f"today is a {stretch.first:%A}: today is meant",)
        return Meant(stretch.first, until_day=until_day, grain=stretch.grain, notes=notes)
    return _on_day(stretch, clock, context, notes)


def _on_day(stretch: Days, clock: Clock, context: Context, notes: tuple[str, ...]) -> Meant:
    day = stretch.first
    is_night = "night" in (clock.part, stretch.part)
    at = _waking(clock, day if day == context.today else None, context)
    if clock.vague and at != clock.at:
        notes += (_reading(clock.at, at),)
    if is_night and at.hour < 5 and not clock.until:
        day += _DAY  # one at night is after midnight
    if clock.part == "midnight":
        if stretch.part == "night":
            day += _DAY
        else:
            notes += (f"the midnight with which {day:%A} {day.day} {day:%B} begins",)
    begins = datetime.combine(day, at)
    is_over = (_end(begins, clock) if clock.until else begins) <= context.wall
    if is_over and day == context.today:
        moved = _later(stretch, day)
        name = f"{at:%H:%M}"
        notes = tuple(note for note in notes if note != _TODAY)
        if moved is None:
            notes += (f"{name} is past today",)
        else:
            day = moved
            notes += (f"{name} is past today: {day:%A} {day.day} {day:%B} is meant",)
    elif stretch.note == _TODAY:
        notes = (f"today is a {day:%A}: today is meant", *notes[1:])
    until_day = stretch.last if stretch.last != stretch.first else None
    return _until(Meant(day, at, until_day, grain="minute", notes=notes), clock, context)


def _later(stretch: Days, day: date) -> date | None:
    """The next such day; None for "today"."""
    if stretch.kind == "weekday":
        return day + timedelta(days=7)
    if stretch.kind == "monthday":
        return months_after(day, 12)
    return months_after(day, 1) if stretch.kind == "nth" else None


def _next_time(clock: Clock, context: Context) -> Meant:
    """A clock time without a day: the next one."""
    today = context.today
    notes: tuple[str, ...] = ()
    at = _waking(clock, None if clock.until else today, context)
    day = today
    begins = datetime.combine(day, at)
    ends = _end(begins, clock) if clock.until else begins
    if ends <= context.wall:
        day += _DAY
        if clock.part != "midnight" and (not clock.vague or at == clock.at):
            notes = (f"{at:%H:%M} is past today: tomorrow is meant",)
    if clock.vague and at != clock.at:
        notes = (_reading(clock.at, at), *notes)
    return _until(Meant(day, at, grain="minute", notes=notes), clock, context)


def _end(begins: datetime, clock: Clock) -> datetime:
    assert clock.until is not None
    ends = datetime.combine(begins.date(), clock.until)
    return ends if ends > begins or clock.until == clock.at else ends + _DAY


def _until(meant: Meant, clock: Clock, context: Context) -> Meant:
    if clock.until is None or meant.at is None:
        return meant
    until = clock.until
    if clock.until_vague and until <= meant.at:
        until = clocks.shifted(until)
    if clock.until_vague and clock.vague and meant.at != clock.at and until < clocks.shifted(until):
        until = clocks.shifted(until) if clocks.shifted(until) > meant.at else until
    until_day = meant.day + _DAY if until < meant.at else meant.until_day
    return replace(meant, until=until, until_day=until_day)


def _waking(clock: Clock, today: date | None, context: Context) -> time:
    """The reading of a vague time; where it is today's, one that is still to come."""
    if not clock.vague:
        return clock.at
    options = sorted((clock.at, clocks.shifted(clock.at)))
    if today is not None:
        ahead = [at for at in options if datetime.combine(today, at) > context.wall]
        awake = [at for at in ahead if _WAKES <= at.hour <= _SLEEPS]
        if awake:
            return awake[0]
    awake = [at for at in options if _WAKES <= at.hour < _WAKES + 12]
    return awake[0]


def _reading(said: time, at: time) -> str:
    return f"{said.hour}:{said.minute:02} is read as {at:%H:%M}"
