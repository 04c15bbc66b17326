"""Words for a time to come, as the days of a deadline. What they mean is the schedule's to know."""

from __future__ import annotations

from datetime import date, timedelta

from wooster.goals.phrases import ReadDays, Span
from wooster.schedule.phrases import Context, When, read

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def reader(context: Context) -> ReadDays:
    """What reads words in `context`."""

    def days(words: str) -> Span | None:
        when = read(words, context)
        return span(when) if when is not None else None

    return days


def span(when: When) -> Span | None:
    """The first and the last day of a time; None for one that comes again, or is of the clock."""
    if when.day is None or when.rule:
        return None
    return when.day, when.until_day or _last(when.day, when.grain)


def _last(first: date, grain: str) -> date:
    if grain == "week":
        return first + timedelta(days=6 - first.weekday())
    if grain not in _MONTHS:
        return first
    month = first.year * 12 + first.month - 1
    after = month - month % _MONTHS[grain] + _MONTHS[grain]
    return date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
