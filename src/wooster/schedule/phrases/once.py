"""What happens once: a point, a stretch between two, or a length of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import clocks, durations
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.durations import months_after
from wooster.schedule.phrases.model import Context, When
from wooster.schedule.phrases.points import Meant, Point, point, resolved
from wooster.schedule.phrases.stretches import Days, one

_DAY = timedelta(days=1)
_FROM = Pattern(r"(?:(?P<between>between)|from|starting(?:\s+(?:on|at|from))?)\s+")
_TO = Pattern(r"\s*(?:-|\bto\b|\buntil\b|\btill?\b|\bthrough\b|\bthru\b)\s*")
_AND = Pattern(r"\s*(?:-|\band\b|\bto\b)\s*")
_SIDE = Pattern(
    r"(?:(?:on|at|in)\s+or\s+)?(?P<side>by|no\s+later\s+than|not\s+later\s+than|before|prior\s+to"
    r"|earlier\s+than|sooner\s+than|in\s+advance\s+of|until|till|til|up\s+to|through"
    r"|as\s+late\s+as"
    r"|after|later\s+than|since|as\s+of|as\s+early\s+as|from|starting(?:\s+(?:on"
    r"|from|at|in|with))?"
    r"|beginning(?:\s+(?:on|in|with))?|due(?:\s+(?:on|by|at))?)"
    r"(?P<equal>\s+or\s+(?:on|in|at|equal\s+to))?\s+"
)
_ON = Pattern(r"\s+(?:on|onwards?|(?:and|or)\s+(?:after|later|onwards?))\b(?!\s+\w)")
_CLOCK_SIDE = Pattern(
    r"\s*,?\s*(?:(?P<after>after|later\s+than|since)|before|until|till|no"
    r"\s+later\s+than|by)\s+"
)
_FOR = Pattern(r"\s*,?\s*\bfor\s+(?:about\s+|around\s+|up\s+to\s+|the\s+)?")
_FOR_FIRST = Pattern(r"(?:for|lasting|takes|during)\s+(?:about\s+|around\s+|up\s+to\s+)?")
_AFTER_LENGTH = Pattern(r"\s+(?:(?:on|at|starting|from|beginning)\s+)?(?=\S)")
_MONTH_DAYS = Pattern(
    rf"(?:on\s+)?(?P<month>{v.MONTH})\s*(?:the\s+)?(?P<first>\d{{1,2}}(?:st|nd|rd|th)?"
    rf"|{v.ORDINAL})\s*(?:-|to|through|thru|until|till|and)\s*(?:the\s+)?"
    rf"(?P<last>\d{{1,2}}(?:st|nd|rd|th)?|{v.ORDINAL})(?![\w:])(?:\s*,?\s*"
    rf"(?P<year>{v.YEAR}))?(?![\w:])"
)
_DAYS_MONTH = Pattern(
    rf"(?:on\s+)?(?:the\s+)?(?P<first>\d{{1,2}}(?:st|nd|rd|th)?|{v.ORDINAL})\s*(?:-"
    r"|to|through|thru|until|till|and)\s*(?:the\s+)?"
    rf"(?P<last>\d{{1,2}}(?:st|nd|rd|th)?|{v.ORDINAL})\s*(?:of\s+)?"
    rf"(?P<month>{v.MONTH})(?:\s*,?\s*(?P<year>{v.YEAR}))?(?![\w:])"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading up to `end`; a `weak` one is a time only where nothing else stands."""

    when: When
    end: int
    is_weak: bool = False


def once(text: str, start: int, context: Context) -> Reading | None:
    """The longest reading at `start` of `text`, which is folded."""
    readings = [
        found
        for form in (_range, _sided, _lasting, _length)
        if (found := form(text, start, context)) is not None
    ]
    return max(readings, key=lambda one: (one.end, not one.is_weak), default=None)


# --- one point --------------------------------------------------------------------------------


def _sided(text: str, start: int, context: Context) -> Reading | None:
    """ "tomorrow at 5", "by Friday", "until the 3rd", "since 1 May", "after lunch"."""
    match = _SIDE.match(text, start)
    found = point(text, match.end() if match else start, context)
    whole = point(text, start, context) if match else None
    if whole and whole[0].clock and (found is None or whole[1] >= found[1]):
        match, found = None, whole  # "from 9 to 5", "by 5"
    if found is None:
        return None
    said, end = found
    if match and said.is_weak and said.days is None:
        return None  # "from 5 to 7 apples"
    meant = resolved(said, context)
    if match is None and (ons := _ON.match(text, end)) and not meant.until_day:
        return Reading(_when(meant), ons.end())
    if match is None:
        bounded = _bounded(text, end, said, context)
        return bounded or _for(Reading(_when(meant), end, said.is_weak), text)
    side = " ".join(match["side"].split())
    if match["equal"] or match[0].startswith(("on", "at", "in or")):
        side = "from" if side.startswith(("after", "later")) else "through"
    if ons := _ON.match(text, end):
        end = ons.end()
    reading = Reading(_when(_on_side(side, meant, said, context)), end, False)
    return _for(reading, text) if side.startswith(("from", "starting")) else reading


def _bounded(text: str, end: int, said: Point, context: Context) -> Reading | None:
    """ "Thursday before 5pm", "today after 3"."""
    match = _CLOCK_SIDE.match(text, end)
    hit = match and clocks.clock(text, match.end(), bare=True)
    if not match or not hit or said.days is None or said.clock is not None:
        return None
    meant = resolved(replace(said, clock=replace(hit[0], is_weak=False)), context)
    if match["after"]:
        return Reading(_when(meant), hit[1])
    return Reading(_when(replace(meant, at=None, until=meant.at)), hit[1])


def _on_side(side: str, meant: Meant, said: Point, context: Context) -> Meant:
    last = meant.until_day or meant.day
    if side.startswith(("until", "till", "til", "up to", "through", "as late")):
        if said.clock is None and said.days and meant.grain != "day" and side != "through":
            last = meant.day - _DAY  # until June: without June
        return replace(meant, day=context.today, at=None, until_day=last, until=meant.at)
    if side.startswith(("before", "prior", "earlier", "sooner", "in advance")):
        if meant.at is not None:
            return replace(meant, day=context.today, at=None, until_day=meant.day, until=meant.at)
        return replace(meant, day=min(context.today, meant.day - _DAY), until_day=meant.day - _DAY)
    if side.startswith(("after", "later")) and meant.at is None:
        return replace(meant, day=last + _DAY, until_day=None, grain="day")
    if side == "since":
        if meant.day > context.today and said.days and said.days.kind in ("month", "monthday"):
            meant = replace(meant, day=months_after(meant.day, -12))
        return replace(meant, until_day=max(context.today, meant.day), until=None)
    if side.startswith(("from", "starting", "beginning", "as of", "as early", "after", "later")):
        if said.clock and said.clock.until:
            return meant
        return replace(meant, until_day=None, until=None)
    if side.startswith(("by", "no later", "not later", "due")) and meant.until_day:
        if meant.grain in ("month", "quarter", "year") and side.startswith(("by", "no", "not")):
            return replace(meant, until_day=None, grain="day")  # by June: its first day
        return replace(meant, day=last, until_day=None, grain="day")
    return meant


def _for(reading: Reading, text: str) -> Reading:
    """With "for 2 hours" after it."""
    match = _FOR.match(text, reading.end)
    size = match and durations.length(text, match.end())
    if not size or reading.when.until_day or reading.when.day is None:
        return reading
    return Reading(_lasts(reading.when, size[0]), size[1], False)


def _lasts(when: When, size: durations.Length) -> When:
    assert when.day is not None
    duration = size.as_timedelta()
    if when.at is not None:
        ends = datetime.combine(when.day, when.at) + duration
        until_day = ends.date() if ends.date() != when.day else None
        return replace(when, until=ends.time(), until_day=until_day, duration=duration)
    if size.is_of_days:
        return replace(when, until_day=size.after(when.day) - _DAY, duration=duration)
    return replace(when, duration=duration)


def _lasting(text: str, start: int, context: Context) -> Reading | None:
    """ "for 2 hours tomorrow at 5"."""
    match = _FOR_FIRST.match(text, start)
    size = durations.length(text, match.end() if match else start)
    if size is None:
        return None
    joint = _AFTER_LENGTH.match(text, size[1])
    found = joint and point(text, joint.end(), context)
    if not found or found[0].is_weak or found[0].instant:
        return None
    return Reading(_lasts(_when(resolved(found[0], context)), size[0]), found[1])


def _length(text: str, start: int, context: Context) -> Reading | None:
    match = _FOR_FIRST.match(text, start)
    size = durations.length(text, match.end() if match else start)
    if size is None:
        return None
    try:
        duration = size[0].as_timedelta()
    except OverflowError:
        return None
    is_bare = text.startswith(("the ", "a ", "an "), start)
    return Reading(When("", duration=duration, grain="minute"), size[1], is_bare)


# --- between two ------------------------------------------------------------------------------


def _range(text: str, start: int, context: Context) -> Reading | None:
    opening = _FROM.match(text, start)
    begin = opening.end() if opening else start
    if dated := _dated_range(text, begin, context):
        return _with_clock(dated, text, context)
    first = point(text, begin, context)
    if first is None or (first[0].instant and not opening):
        return None
    is_between = bool(opening and opening["between"])
    joint = (_AND if is_between else _TO).match(text, first[1])
    second = joint and point(text, joint.end(), context)
    if (
        not second
        or (second[0].instant and not opening)
        or (first[0].clock and first[0].clock.until)
    ):
        return None
    if not opening and first[0].is_weak and second[0].is_weak:
        grains = {each[0].days.grain for each in (first, second) if each[0].days}
        if not grains & {"month", "year"}:
            return None
    meant = _between(first[0], second[0], context)
    return Reading(_when(meant), second[1]) if meant else None


def _dated_range(text: str, start: int, context: Context) -> tuple[Days, int] | None:
    """ "5-7 May", "May 5 to 7"."""
    match = _DAYS_MONTH.match(text, start) or _MONTH_DAYS.match(text, start)
    if match is None:
        return None
    month, numbers = v.month(match["month"]), [v.ordinal(match[n]) for n in ("first", "last")]
    year = int(match["year"]) if match["year"] else context.today.year
    try:
        first, last = (date(year, month, number) for number in numbers)
        if last < context.today and not match["year"]:
            first, last = first.replace(year=year + 1), last.replace(year=year + 1)
    except ValueError:  # 31 June
        return None
    return (Days(first, last), match.end()) if first <= last else None


def _with_clock(dated: tuple[Days, int], text: str, context: Context) -> Reading:
    stretch, end = dated
    meant = resolved(Point(stretch), context)
    joint = Pattern(r"\s*,?\s*").match(text, end)
    hit = joint and (clocks.span(text, joint.end()) or clocks.clock(text, joint.end()))
    if hit:
        meant, end = resolved(Point(stretch, hit[0]), context), hit[1]
    return Reading(_when(meant), end)


def _between(first: Point, second: Point, context: Context) -> Meant | None:
    if first.days is None and second.days is not None:
        first = replace(first, days=second.days)
    first = _in_year_of(first, second)
    begin = resolved(first, context)
    if first.instant and second.clock is None and second.instant is None:
        begin = Meant(begin.day)
    if second.instant:
        end = resolved(second, context)
        end = end if first.clock or first.instant else Meant(end.day)
    elif second.days is None:
        end = resolved(replace(second, days=one(begin.day)), context)
    else:
        end = resolved(second, context)
    last = _not_before(begin.day, end.until_day or end.day, second)
    if last is None:
        return None
    if second.clock is None and end.grain in ("month", "year", "quarter") and begin.grain == "day":
        last = end.day  # from the 3rd to June
    until = end.until or end.at
    if until and begin.at and last == begin.day and until <= begin.at:
        until = clocks.shifted(until)
    return Meant(
        begin.day,
        begin.at,
        last if last != begin.day else None,
        until,
        "minute" if begin.at else begin.grain,
        begin.notes,
    )


def _in_year_of(first: Point, second: Point) -> Point:
    """From May to October 2027: the year that only the second one says is the first one's."""
    if not (first.days and second.days and second.days.is_told) or first.days.is_told:
        return first
    if first.days.kind not in ("month", "monthday"):
        return first
    stretch, months = first.days, 0
    while months_after(stretch.first, months) > second.days.first:
        months -= 12
    while months_after(stretch.first, months + 12) <= second.days.first:
        months += 12
    begin = months_after(stretch.first, months)
    end = begin if stretch.first == stretch.last else months_after(begin, 1) - _DAY
    return replace(first, days=replace(stretch, first=begin, last=end))


def _not_before(first: date, last: date, said: Point) -> date | None:
    if last >= first:
        return last
    kind = said.days.kind if said.days else ""
    while last < first:
        if kind == "weekday":
            last += timedelta(days=7)
        elif kind == "nth":
            last = months_after(last, 1)
        elif kind in ("monthday", "month", "stretch", "holiday"):
            last = months_after(last, 12)
        else:
            return None
    return last


def _when(meant: Meant) -> When:
    until = meant.until
    if until == time(0) and meant.until_day is None:
        meant = replace(meant, until_day=meant.day + _DAY)
    return When(
        "",
        meant.day,
        meant.at,
        meant.until_day,
        until,
        grain=meant.grain,
        note="; ".join(meant.notes),
    )
