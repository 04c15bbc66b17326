"""From one point to another: which day and time each side is, said together.

It refuses to know the words between them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import clocks
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.durations import months_after
from wooster.schedule.phrases.model import Context
from wooster.schedule.phrases.points import Meant, Point, resolved
from wooster.schedule.phrases.stretches import Days, one

_DAY = timedelta(days=1)
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


def dated_range(text: str, start: int, context: Context) -> tuple[Days, int] | None:
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


def between(first: Point, second: Point, context: Context, *, is_day_first: bool) -> Meant | None:
    if first.days is None and second.days is not None and not first.instant:
        is_later = second.days.kind == "relative" and is_day_first  # from 2pm till tomorrow 4pm
        first = first if is_later else replace(first, days=second.days)
    first = _in_year_of(first, second)
    begin = _running(resolved(first, context), first, second, context)
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


def _running(begin: Meant, first: Point, second: Point, context: Context) -> Meant:
    """From May to September, said in July, has begun: its end comes before its next beginning."""
    if second.instant and first.days is None and first.clock and begin.at:
        wall = datetime.combine(begin.day, begin.at)
        if wall > second.instant:  # between eight and now
            wall -= timedelta(hours=12 if first.clock.vague else 24)
            return replace(begin, day=wall.date(), at=wall.time(), notes=())
    if not first.days or first.days.is_told or first.days.kind not in ("month", "monthday"):
        return begin
    ends = second.instant.date() if second.instant else None
    kinds = ("month", "monthday", "relative")
    if second.days and not second.days.is_told and second.days.kind in kinds:
        ends = second.days.first
    if ends is None or ends >= begin.day:
        return begin
    return replace(
        begin,
        day=months_after(begin.day, -12),
        until_day=begin.until_day and months_after(begin.until_day, -12),
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
