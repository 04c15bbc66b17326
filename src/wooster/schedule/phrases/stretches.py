"""Stretches of days: weeks, weekends, months, quarters, years, "the next 3 days"; their parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.durations import Length, months_after
from wooster.schedule.phrases.model import Context, Grain

_DAY = timedelta(days=1)
_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both in.

    `kind` is how it was said; a `weak` one needs something else beside it to be a day at all.
    `part` is the part of the day that its words hold ("tonight"), `size` its distance from today;
    `nth_weekday` is (1, 0) for "the first Monday" that may be of another month than this one.
    """

    first: date
    last: date
    grain: Grain = "day"
    kind: str = "stretch"
    note: str = ""
    part: str = ""
    is_weak: bool = False
    is_told: bool = False
    told_weekday: int | None = None
    nth_weekday: tuple[int, int] | None = None
    size: Length | None = None


def one(day: date, kind: str = "date") -> Days:
    """A single day."""
    return Days(day, day, "day", kind)


Hit = tuple[Days, int]


def spelled(day: date | int) -> str:
    """ "3 May" for a date, "May" for a month's number."""
    return _NAMES[day - 1] if isinstance(day, int) else f"{day.day} {_NAMES[day.month - 1]}"


def place(words: str) -> int:
    """Which one: 3 for "third", -1 for "last" and "final", -2 for "second to last"."""
    said = words.strip().lower()
    if "penult" in said:
        return -2
    if " to " in said:
        return -v.ordinal(said.partition(" to ")[0])
    return -1 if said in ("last", "final") else v.ordinal(said)


def length_of(name: str) -> Length:
    """The length of a "day", "evening", "week", "month"."""
    if name == "month":
        return Length(months=1, unit="month")
    return Length(days=7 if name.startswith("week") else 1, unit="day")


def monday_of(words: str, context: Context) -> date:
    """The Monday of "next week", "this week", "the week after next"."""
    monday = context.today - timedelta(days=context.today.weekday())
    return monday + timedelta(days=7 * steps_of(words))


def month_of(words: str, context: Context) -> date:
    """The first of "next month", "this month", "the month"."""
    return months_after(context.today.replace(day=1), steps_of(words))


def year_of(words: str, context: Context) -> int:
    return context.today.year + steps_of(words)


def steps_of(words: str) -> int:
    if "after next" in words or "before last" in words:
        return 2 if "next" in words else -2
    if counted := re.search(r"in (two|2|three|3)", words):
        return v.number(counted[1])
    if re.search(r"\b(?:next|coming|following)\b", words):
        return 1
    return -1 if re.search(r"\b(?:last|past|previous)\b", words) else 0


def whole(unit: str, first_day: date, steps: int = 0) -> Days:
    """The week, weekend, month, quarter or year that `first_day` is in, moved by `steps`."""
    monday = first_day - timedelta(days=first_day.weekday()) + timedelta(days=7 * steps)
    if unit == "weekend":
        return Days(monday + timedelta(days=5), monday + timedelta(days=6), "day", "weekend")
    if unit == "workday":
        return Days(monday, monday + timedelta(days=4), "week")
    if unit == "week":
        return Days(monday, monday + timedelta(days=6), "week")
    if unit == "fortnight":
        return Days(monday, monday + timedelta(days=13), "week")
    if unit == "day":
        return one(first_day + timedelta(days=steps), "relative")
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit]
    first = first_day.replace(day=1)
    first = first.replace(month=(first.month - 1) // months * months + 1) if months < 24 else first
    if unit == "decade":
        first = date(first.year // 10 * 10, 1, 1)
    first = months_after(first, months * steps)
    grain: Grain = "month" if unit == "month" else "quarter" if unit == "quarter" else "year"
    return Days(first, months_after(first, months) - _DAY, grain)


def portion(days: Days, which: str) -> Days:
    """The end of a month is its last day; early, mid and late are a third of it."""
    if which == "end":
        return one(days.last, "end")
    if which in ("start", "beginning", "begin"):
        return one(days.first)
    third = ((days.last - days.first).days + 1) // 3
    if which == "middle":
        return one(days.first + timedelta(days=((days.last - days.first).days) // 2))
    if which == "early":
        return replace(days, last=days.first + timedelta(days=max(third - 1, 0)))
    if which == "late":
        return replace(days, first=days.last - timedelta(days=max(third - 1, 0)))
    return replace(
        days, first=days.first + timedelta(days=third), last=days.last - timedelta(days=third)
    )


def agreed(said: Days, other: Days, context: Context) -> Days | None:
    """The day that is said twice: a weekday and a date. None where they are not such a pair."""
    dated, named = (said, other) if said.told_weekday is None else (other, said)
    if dated.told_weekday is not None:
        return None
    if named.told_weekday is None:
        is_near = dated.kind == "relative" and named.kind in ("nth", "monthday", "date")
        return named if is_near and named.first == dated.first else None
    if dated.kind == "weekday":
        return None
    in_weeks = dated.size is not None and dated.size.unit in ("week", "fortnight", "month", "year")
    if dated.kind == "relative" and dated.size and in_weeks and not named.is_told:
        return one(_weekday_near(dated.first, dated.size, named.told_weekday))
    if dated.first.weekday() == named.told_weekday:
        if named.is_told and named.first != dated.first:
            return None  # "next Tuesday, the 4th of each month"
        return replace(dated, is_weak=False)
    if named.is_told:
        return None
    if dated.kind == "nth":
        first = dated.first
        for _ in range(48):
            first = months_after(first.replace(day=1), 1)
            try:
                day = first.replace(day=dated.first.day)
            except ValueError:  # no such day in that month
                continue
            if day.weekday() == named.told_weekday:
                return replace(dated, first=day, last=day, is_weak=False)
    name = dated.first.strftime("%A")
    return replace(
        dated, note=f"{spelled(dated.first)} is a {name}: the date is meant", is_weak=False
    )


def _weekday_near(day: date, size: Length, weekday: int) -> date:
    """ "Monday, two weeks from now" is in that week; "Tuesday, in two months" is the next then."""
    if size.months:
        return day + timedelta(days=(weekday - day.weekday()) % 7)
    return day + timedelta(days=weekday - day.weekday())


def weeks_in(span: Days) -> list[date]:
    """The Mondays of the weeks of a stretch: a week belongs where its Thursday is (ISO 8601)."""
    days = ((span.first + timedelta(days=n)) for n in range((span.last - span.first).days + 1))
    return [day - timedelta(days=3) for day in days if day.weekday() == 3]


def counted(span: Days, unit: str, first: int, last: int) -> Days:
    """From one unit of a stretch to another, by their places: the first is 0, the last -1.

    Raises `ValueError` where it has not so many.
    """
    if unit == "week":
        mondays = weeks_in(span)
        begin, end = _places(first, last, len(mondays))
        return Days(mondays[begin], mondays[end] + timedelta(days=6), "week")
    if unit == "day":
        begin, end = _places(first, last, (span.last - span.first).days + 1)
        return Days(span.first + timedelta(days=begin), span.first + timedelta(days=end), "day")
    size = {"month": 1, "quarter": 3}[unit]
    of_span = (span.last.year - span.first.year) * 12 + span.last.month - span.first.month + 1
    begin, end = _places(first, last, of_span // size)
    grain: Grain = "month" if unit == "month" else "quarter"
    return Days(
        months_after(span.first, begin * size),
        months_after(span.first, (end + 1) * size) - _DAY,
        grain,
    )


def _places(first: int, last: int, count: int) -> tuple[int, int]:
    if not (-count <= first < count and -count <= last < count):
        raise ValueError(f"there are only {count!r}")
    return first % count, last % count


def half_of(span: Days, side: str, today: date) -> Days:
    """ "later this week": its second half, or from today; "earlier": its first, or until today."""
    size = (span.last - span.first).days + 1
    middle = span.first + timedelta(days=size // 2)
    if span.grain == "year":
        middle = months_after(span.first, 6)
    if side == "later":
        first = max(middle, today) if span.first <= today <= span.last else middle
        return Days(first, span.last, "day")
    last = min(middle, today) if span.first <= today <= span.last else middle
    return Days(span.first, max(last - _DAY, span.first), "day")
