"""Weeks, weekends, months, quarters, halves, years, decades, seasons by their names and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.durations import Length, months_after, workdays_after
from wooster.schedule.phrases.model import Context
from wooster.schedule.phrases.stretches import Days, Hit, one, steps_of, whole, year_of

_DAY = timedelta(days=1)


def unit_here(text: str, start: int, context: Context) -> Hit | None:
    """ "the month", "the week", "day", "2027" after "the end of"."""
    match = _HERE.match(text, start)
    if match is None:
        return None
    if match["year"]:
        return whole("year", date(int(match["year"]), 1, 1)), match.end()
    return whole(v.unit(match["unit"]), context.today), match.end()


def _which_unit(match: re.Match[str], context: Context) -> Days:
    unit = v.unit(match["unit"])
    steps = steps_of(match["which"])
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


def _some_weekend(match: re.Match[str], context: Context) -> Days:
    return replace(whole("weekend", context.today), is_weak=True)


def _next_units(match: re.Match[str], context: Context) -> Days:
    count, unit, today = v.number(match["count"]), v.unit(match["unit"]), context.today
    is_past = re.match(v.LAST, match["which"]) is not None
    if unit in ("quarter", "decade"):  # those of the calendar
        near, far = (-1, -count) if is_past else (1, count)
        ends = whole(unit, today, near), whole(unit, today, far)
        return Days(min(e.first for e in ends), max(e.last for e in ends), ends[0].grain)
    if unit == "workday":
        days = workdays_after(today, -count if is_past else count)
        return Days(days, today - _DAY) if is_past else Days(today + _DAY, days)
    length = Length(
        months={"month": 1, "year": 12}.get(unit, 0) * count,
        days={"day": 1, "night": 1, "week": 7, "fortnight": 14}.get(unit, 0) * count,
    )
    if is_past:
        return Days(length.after(today, -1), today - _DAY)
    if match[0].startswith("within"):
        return Days(today, length.after(today))
    first = today + _DAY
    return Days(first, length.after(first) - _DAY)


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


def _quarter_of(match: re.Match[str], context: Context) -> Days:
    nth = 4 if match["nth"] == "last" else v.ordinal(match["nth"])
    return _in_quarter(year_of(match["rel"], context), nth)


def _year_quarter(match: re.Match[str], context: Context) -> Days:
    year = int(match["year"] or match["year_after"])
    short = match["short"] or match["short_first"]
    return _in_quarter(year, int(short) if short else v.ordinal(match["nth"]))


def _in_quarter(year: int, nth: int) -> Days:
    if not 1 <= nth <= 4:
        raise ValueError(f"there is no quarter {nth!r}")
    first = date(year, 3 * nth - 2, 1)
    return Days(first, months_after(first, 3) - _DAY, "quarter")


def _half_year(match: re.Match[str], context: Context) -> Days:
    first = date(int(match["year"]), 6 * int(match["short"]) - 5, 1)
    return Days(first, months_after(first, 6) - _DAY, "month")


def _year(match: re.Match[str], context: Context) -> Days:
    return replace(whole("year", date(int(match["year"]), 1, 1)), is_weak=not match["in"])


def _spoken_year(match: re.Match[str], context: Context) -> Days:
    year = v.spoken_year(match["spoken"])
    return replace(whole("year", date(year, 1, 1)), is_weak=not match["in"])


def _calendar_year(match: re.Match[str], context: Context) -> Days:
    said = match["year"]
    return whole("year", date(int(said) if len(said) > 2 else 2000 + int(said), 1, 1))


def _century(match: re.Match[str], context: Context) -> Days:
    first = date(100 * (v.ordinal(match["nth"]) - 1), 1, 1)
    return Days(first, date(first.year + 99, 12, 31), "year", is_weak=True)


_DECADES = (
    "twenties",
    "thirties",
    "forties",
    "fifties",
    "sixties",
    "seventies",
    "eighties",
    "nineties",
)


def _spoken_decade(match: re.Match[str], context: Context) -> Days:
    """The nineties: those that have begun last."""
    said = match["word"]
    tens = 10 * (_DECADES.index(said) + 2) if said else int(match["digits"])
    year = 2000 + tens if 2000 + tens <= context.today.year else 1900 + tens
    return replace(whole("decade", date(year, 1, 1)), is_weak=True)


def _to_date(match: re.Match[str], context: Context) -> Days:
    return Days(whole(v.unit(match["unit"]), context.today).first, context.today, "day")


def _week_number(match: re.Match[str], context: Context) -> Days:
    number = int(match["number"])
    year = int(match["year"]) if match["year"] else context.today.isocalendar().year
    if match["rel"]:
        year = year_of(match["rel"], context)
    monday = date.fromisocalendar(year, number, 1)
    if not (match["year"] or match["rel"]) and monday + timedelta(days=6) < context.today:
        monday = date.fromisocalendar(year + 1, number, 1)
    return Days(
        monday, monday + timedelta(days=6), "week", is_weak=not (match["year"] or match["rel"])
    )


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
    r"(?:weekend|work\s?week|working\s+week|business\s+week|(?:calendar\s+)?week|wk|fortnight"
    r"|(?:calendar\s+)?month|quarter|(?:calendar\s+)?year|yr|day|decade)"
)
_NO_COUNT = (
    r"(?![\w])(?!\s+(?!\w+days\b|was\b|has\b|is\b|this\b|always\b)(?:[a-z]+\s+)?[a-z]{2,}[^s\W]s\b)"
)
"""Years are no counts: "in 2000 words", "2000 small steps"."""
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
    (_p(r"the\s+weekend"), _this_weekend),
    (Pattern(r"weekend(?!\w)"), _some_weekend),
    (_p(rf"(?P<unit>{_UNITS})\s+to\s+date"), _to_date),
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
        _p(
            rf"(?P<year>{v.YEAR})[\s-]*(?:q(?P<short>[1-4])|(?P<nth>{v.ORDINAL})\s+quarter)"
            rf"|q(?P<short_first>[1-4])-(?P<year_after>{v.YEAR})"
        ),
        _year_quarter,
    ),
    (
        _p(rf"(?P<rel>(?:the|this|next|last)\s+year)'?s\s+(?P<nth>{v.ORDINAL}|last)\s+quarter"),
        _quarter_of,
    ),
    (_p(rf"(?:(?P<year>{v.YEAR})[\s-]*h(?P<short>[12]))"), _half_year),
    (_p(rf"h(?P<short>[12])[\s-]*(?P<year>{v.YEAR})"), _half_year),
    (
        Pattern(
            r"(?P<in>(?:in|during|by|of|for)\s+(?:the\s+year\s+)?|(?:the\s+)?year"
            rf"\s+)?(?P<year>{v.YEAR}|1[5-8]\d\d(?![\d:]|\s?[ap]\.?m)){_NO_COUNT}"
        ),
        _year,
    ),
    (
        Pattern(
            r"(?P<in>(?:in|during|by|of)\s+(?:the\s+year\s+)?|(?:the\s+)?year\s+)?"
            rf"(?P<spoken>{v.SPOKEN_YEAR})(?!\s*(?:-|hundred|thousand|and)|[a-z]){_NO_COUNT}"
        ),
        _spoken_year,
    ),
    (_p(rf"(?:the\s+)?(?:calendar\s+year|cy)\s*(?P<year>{v.YEAR}|\d\d)"), _calendar_year),
    (_p(rf"(?:the\s+)?(?P<nth>{v.ORDINAL})\s+century"), _century),
    (
        _p(rf"(?:the\s+)?(?:(?P<word>{'|'.join(_DECADES)})|'?(?P<digits>[2-9]0)'?\s?s)"),
        _spoken_decade,
    ),
    (
        _p(
            r"(?:calendar\s+)?week\s+(?:number\s+|no\.?\s+)?(?P<number>\d\d?)(?:"
            rf"\s*,?\s*(?:of\s+|in\s+)?(?:(?P<year>{v.YEAR})|(?P<rel>(?:the|this|next|last)\s+year)))?"
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
