"""Stretches of days: weeks, weekends, months, quarters, years, "the next 3 days"; their parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from wooster.core.patterns import Pattern
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
    `part` is the part of the day that its words hold ("tonight"), `size` its distance from today.
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
    return monday + timedelta(days=7 * _steps(words))


def month_of(words: str, context: Context) -> date:
    """The first of "next month", "this month", "the month"."""
    return months_after(context.today.replace(day=1), _steps(words))


def year_of(words: str, context: Context) -> int:
    return context.today.year + _steps(words)


def _steps(words: str) -> int:
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


def unit_here(text: str, start: int, context: Context) -> Hit | None:
    """ "the month", "the week", "day", "2027" after "the end of"."""
    match = _HERE.match(text, start)
    if match is None:
        return None
    if match["year"]:
        return whole("year", date(int(match["year"]), 1, 1)), match.end()
    return whole(v.unit(match["unit"]), context.today), match.end()


def portion(days: Days, which: str) -> Days:
    """The end of a month is its last day; early, mid and late are a third of it."""
    if which == "end":
        return one(days.last)
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


_WEEK_WITHIN = Pattern(
    rf"(?:(?:in|on|during)\s+)?(?:the\s+)?(?P<nth>{v.ORDINAL}|last)\s+week\s+(?:of|in)\s+"
    rf"(?:(?P<month>{v.MONTH})(?:\s*,?\s*(?P<year>{v.YEAR}))?|(?P<which>(?:the|this"
    r"|next|last)\s+(?:month|year))"
    rf"|(?P<only>{v.YEAR}))(?!\w)"
)


def week_within(text: str, start: int, context: Context) -> Hit | None:
    """ "the last week of May": a week belongs where its Thursday is, as ISO 8601 has it."""
    match = _WEEK_WITHIN.match(text, start)
    if match is None:
        return None
    nth, today = place(match["nth"]), context.today
    if match["month"]:
        year = int(match["year"]) if match["year"] else today.year
        span = whole("month", date(year, v.month(match["month"]), 1))
        if not match["year"] and span.last < today:
            span = whole("month", months_after(span.first, 12))
    elif match["only"]:
        span = whole("year", date(int(match["only"]), 1, 1))
    else:
        unit = match["which"].split()[-1]
        span = whole(unit, today, _steps(match["which"]))
    thursdays = [
        day
        for day in (
            span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)
        )
        if day.weekday() == 3
    ]
    thursday = thursdays[nth - 1 if nth > 0 else nth]
    return Days(thursday - timedelta(days=3), thursday + timedelta(days=3), "week"), match.end()


# --- meanings ---------------------------------------------------------------------------------


def _which_unit(match: re.Match[str], context: Context) -> Days:
    unit = v.unit(match["unit"])
    steps = _steps(match["which"])
    if unit == "weekend" and steps == 0 and context.today.weekday() == 6:
        return Days(context.today, context.today, "day", "weekend")
    return whole(unit, context.today, steps)


def _the_unit(match: re.Match[str], context: Context) -> Days:
    return replace(whole(match["unit"], context.today), is_weak=True)


def _decade(match: re.Match[str], context: Context) -> Days:
    return whole("decade", date(int(match["decade"]), 1, 1))


def _unit_after(match: re.Match[str], context: Context) -> Days:
    return whole(v.unit(match["unit"]), context.today, 2 if "next" in match[0] else -2)


def _this_weekend(match: re.Match[str], context: Context) -> Days:
    return whole("weekend", context.today)


def _next_units(match: re.Match[str], context: Context) -> Days:
    count, unit, today = v.number(match["count"]), v.unit(match["unit"]), context.today
    length = Length(
        months={"month": 1, "quarter": 3, "year": 12, "decade": 120}.get(unit, 0) * count,
        days={"day": 1, "week": 7, "fortnight": 14}.get(unit, 0) * count,
        workdays=count if unit == "workday" else 0,
    )
    grain: Grain = "day"
    if re.match(v.LAST, match["which"]):
        return Days(length.after(today, -1), today - _DAY, grain)
    first = today + _DAY
    return Days(first, length.after(first) - _DAY, grain)


def _quarter(match: re.Match[str], context: Context) -> Days:
    said = match["nth"] or match["short"]
    nth = 4 if said == "last" else int(said) if said.isdigit() else v.ordinal(said)
    if not 1 <= nth <= 4:
        raise ValueError(f"there is no quarter {nth!r}")
    year = int(match["year"]) if match["year"] else context.today.year
    if match["rel"]:
        year = year_of(match["rel"], context)
    first = date(year, 3 * nth - 2, 1)
    if not match["year"] and not match["rel"] and months_after(first, 3) <= context.today:
        first = first.replace(year=year + 1)
    return Days(first, months_after(first, 3) - _DAY, "quarter", is_weak=False)


def _year(match: re.Match[str], context: Context) -> Days:
    return replace(whole("year", date(int(match["year"]), 1, 1)), is_weak=not match["in"])


def _week_number(match: re.Match[str], context: Context) -> Days:
    number = int(match["number"])
    year = int(match["year"]) if match["year"] else context.today.isocalendar().year
    monday = date.fromisocalendar(year, number, 1)
    if not match["year"] and monday + timedelta(days=6) < context.today:
        monday = date.fromisocalendar(year + 1, number, 1)
    return Days(monday, monday + timedelta(days=6), "week", is_weak=not match["year"])


def _rest_of(match: re.Match[str], context: Context) -> Days:
    unit = whole(v.unit(match["unit"]), context.today)
    return Days(context.today, unit.last, "day")


_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


def _season(match: re.Match[str], context: Context) -> Days:
    month, today = _SEASONS[match["season"]], context.today
    year = int(match["year"]) if match["year"] else today.year
    first = date(year, month, 1)
    if not match["year"]:
        if "last" in (match["which"] or ""):
            while months_after(first, 3) > today:
                first = months_after(first, -12)
        elif "next" in (match["which"] or ""):
            while first <= today:
                first = months_after(first, 12)
        elif months_after(first, 3) <= today:
            first = months_after(first, 12)
    return Days(
        first,
        months_after(first, 3) - _DAY,
        "quarter",
        is_weak=not (match["which"] or match["year"]),
    )


def _year_day(match: re.Match[str], context: Context) -> Days:
    year = int(match["year"]) if match["year"] else context.today.year
    day = date(year, 1, 1) + timedelta(days=v.ordinal(match["nth"]) - 1)
    return replace(one(day), is_told=True)


_UNITS = (
    r"(?:weekend|work\s?week|working\s+week|business\s+week|week|wk|fortnight|month"
    r"|quarter|year|yr|day|decade)"
)
_HERE = Pattern(rf"(?:the\s+|this\s+)?(?:(?P<unit>{_UNITS})|(?P<year>{v.YEAR}))(?![\w])")


def _p(text: str) -> Pattern:
    return Pattern(rf"(?:(?:in|on|for|during|over|at|by|within)\s+)?(?:{text})(?![\w])")


MEANINGS: tuple[tuple[Pattern, Callable[[re.Match[str], Context], Days | None]], ...] = (
    (_p(rf"(?P<which>{v.NEXT}|{v.THIS}|{v.LAST})\s+(?P<unit>{_UNITS})"), _which_unit),
    (_p(rf"(?:the\s+)?(?P<unit>{_UNITS})\s+(?:after\s+next|before\s+last)"), _unit_after),
    (_p(r"the\s+(?P<unit>week|month|quarter|year)"), _the_unit),
    (
        _p(rf"(?P<count>{v.COUNT})\s+(?P<which>{v.NEXT}|{v.LAST})\s+(?P<unit>{v.DAY_UNIT})"),
        _next_units,
    ),
    (_p(r"(?:the\s+)?(?P<decade>(?:19|20)\d0)'?s"), _decade),
    (_p(r"(?:on|at|over)\s+the\s+weekend|the\s+weekend"), _this_weekend),
    (
        _p(rf"(?P<which>{v.NEXT}|{v.LAST})\s+(?P<count>{v.COUNT})\s+(?P<unit>{v.DAY_UNIT})"),
        _next_units,
    ),
    (
        _p(
            rf"(?:the\s+)?(?:(?P<nth>{v.ORDINAL}|last)\s+quarter|q(?P<short>[1-4]))"
            rf"(?:\s*,?\s*(?:of\s+|in\s+)?(?:(?P<year>{v.YEAR})|(?P<rel>(?:the|this"
            r"|next|last)\s+year)))?"
        ),
        _quarter,
    ),
    (
        Pattern(
            r"(?P<in>(?:in|during|by|of|for)\s+(?:the\s+year\s+)?|(?:the\s+)?year"
            rf"\s+)?(?P<year>{v.YEAR})(?![\w])"
        ),
        _year,
    ),
    (
        _p(
            r"(?:calendar\s+)?week\s+(?:number\s+|no\.?\s+)?(?P<number>\d\d?)(?:"
            rf"\s*,?\s*(?:of\s+|in\s+)?(?P<year>{v.YEAR}))?"
        ),
        _week_number,
    ),
    (
        _p(
            r"(?:the\s+)?(?:rest|remainder|remaining)\s+(?:of\s+)?(?:the|this)\s+"
            rf"(?P<unit>{_UNITS})"
        ),
        _rest_of,
    ),
    (
        _p(
            r"(?:the\s+)?(?:(?P<which>next|this|last)\s+)?(?P<season>spring|summer"
            rf"|autumn|fall|winter)(?:\s*,?\s*(?:of\s+)?(?P<year>{v.YEAR}))?"
        ),
        _season,
    ),
    (
        _p(
            rf"(?:the\s+)?(?P<nth>{v.ORDINAL})\s+day\s+(?:of|in)\s+(?:the\s+year\s+)?"
            rf"(?P<year>{v.YEAR})"
        ),
        _year_day,
    ),
)
