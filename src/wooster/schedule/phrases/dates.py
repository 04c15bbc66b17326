"""Single days in words, of the calendar and counted from today.

What is said without a year or a month is the next such day from today on. A name that could be an
ordinary word ("may", "sun") is `weak` where nothing else says that it is a day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import holidays, periods, stretches, weekdays
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.durations import months_after
from wooster.schedule.phrases.model import Context
from wooster.schedule.phrases.stretches import Days, one, spelled

_DAY = timedelta(days=1)
_NOT_CLOCK = r"(?![\d:]|/(?!\s?[a-z])|\.\d|\s?(?:[ap]\.?m\b|o'?\s?clock))"
_D = rf"(?:\d{{1,2}}(?:\s?(?:st|nd|rd|th)\b)?{_NOT_CLOCK}|{v.ORDINAL})"
_SPOKEN_D = rf"(?:{_D}|{v.WORD_NUMBER})"

Meaning = Callable[[re.Match[str], Context], Days | None]


# --- dates of the calendar --------------------------------------------------------------------


def _iso(match: re.Match[str], context: Context) -> Days:
    return replace(
        one(date(int(match["year"]), int(match["month"]), int(match["day"]))), is_told=True
    )


def _numeric(match: re.Match[str], context: Context) -> Days | None:
    first, second = int(match["first"]), int(match["second"])
    is_swapped = context.order == "mdy"
    note, year = "", match["year"]
    if match["sep"] == ".":
        is_swapped = False  # 5.11. is written where the day comes first
    day, month = (second, first) if is_swapped else (first, second)
    if month > 12 >= day:
        day, month = month, day
    elif match["weekday"]:
        weekday = v.weekday(match["weekday"])
        falling = _falling_on(weekday, (day, month), v.year(year), context)
        if falling is None and year is None and match["sep"] != "/":
            return None  # Monday 11-4 is from 11 to 4
        day, month = falling or (day, month)
    elif day <= 12 and day != month and match["sep"] != ".":
        note = f"{first}/{second} is read as {day} {spelled(month)}"
    is_said = match["sep"] == "/" or match["dot"] or match["weekday"]
    if year is None and not is_said:
        return None
    return replace(
        _dated(day, month, v.year(year), context),
        note=note,
        is_weak=year is None and not match["weekday"],
    )


def _falling_on(
    weekday: int, said: tuple[int, int], year: int | None, context: Context
) -> tuple[int, int] | None:
    """Of 7/6 and 6/7 the one that is on the weekday that was said."""
    for day, month in (said, said[::-1]):
        if day <= 31 and month <= 12:
            try:
                if _dated(day, month, year, context).first.weekday() == weekday:
                    return day, month
            except ValueError:  # 31 June
                continue
    return None


def _day_month(match: re.Match[str], context: Context) -> Days | None:
    word = match["day"]
    day = v.number(word) if re.fullmatch(rf"\d+|{v.WORD_NUMBER}", word) else v.ordinal(word)
    return _dated(day, v.month(match["month"]), v.said_year(match), context)


def _year_month(match: re.Match[str], context: Context) -> Days:
    first = date(int(match["year"]), int(match["month"]), 1)
    return Days(first, months_after(first, 1) - _DAY, "month", "month", is_told=True)


def _month_alone(match: re.Match[str], context: Context) -> Days | None:
    month, year = v.month(match["month"]), v.said_year(match)
    which = (match["which"] or "").split()
    today = context.today
    if year is None:
        year = today.year + (month < today.month)
        if "next" in which:
            year = today.year + (month <= today.month)
        elif "this" in which:
            year = today.year
        elif {"last", "past", "previous"} & set(which):
            year = today.year - (month >= today.month)
    is_told = v.said_year(match) is not None
    is_weak = not match["in"] and not is_told and not {"next", "last"} & set(which)
    is_weak = is_weak or (match["style"] is not None and not is_told)
    first = date(year, month, 1)
    last = months_after(first, 1) - _DAY
    return Days(first, last, "month", "month", is_weak=is_weak, is_told=is_told)


def _nth(match: re.Match[str], context: Context) -> Days | None:
    """The 3rd: of this month or the next that has one."""
    day = v.ordinal(match["day"])
    if not 1 <= day <= 31:
        return None
    is_bare = not (match["the"] or match["on"])
    is_thing = not match["on"] and match["thing"] is not None  # the 2nd floor
    found = _next_dated(day, None, context.today)
    return replace(one(found, "nth"), is_weak=is_bare or is_thing or not match["digits"])


def _numbered(match: re.Match[str], context: Context) -> Days | None:
    """ "the 17" is a day only beside something of time."""
    found = _next_dated(int(match["day"]), None, context.today)
    return replace(one(found, "nth"), is_weak=True)


def _nth_of_month(match: re.Match[str], context: Context) -> Days | None:
    word = match["day"]
    first = stretches.month_of(match["which"], context)
    if word == "last":
        return one(months_after(first, 1) - _DAY)
    return one(first.replace(day=v.ordinal(word)))


def _dated(day: int, month: int, year: int | None, context: Context) -> Days:
    if year is not None:
        return replace(one(date(year, month, day), "date"), is_told=True)
    return one(_next_dated(day, month, context.today), "monthday")


def _next_dated(day: int, month: int | None, today: date) -> date:
    """The next such date from today on; eight years hold each 29 February."""
    for moved in range(12 * 9):
        first = months_after(today.replace(day=1), moved)
        if month in (None, first.month):
            try:
                found = first.replace(day=day)
            except ValueError:  # no such day in that month
                continue
            if found >= today:
                return found
    raise ValueError(f"there is no day {day!r} of month {month!r}")


# --- days that count from today ---------------------------------------------------------------


def _near(match: re.Match[str], context: Context) -> Days:
    words = " ".join(match["near"].split())
    steps = {"day before yesterday": -2, "yesterday": -1, "day after tomorrow": 2}
    moved = next((step for name, step in steps.items() if words.endswith(name)), None)
    if moved is None:
        moved = 1 if words.startswith("tom") or words.startswith("tmr") else 0
        moved = -1 if words == "last night" else 2 if words.startswith("overm") else moved
    part = "night" if words.endswith(("night", "nite")) else ""
    return replace(one(context.today + timedelta(days=moved), "relative"), part=part)


def _holiday(match: re.Match[str], context: Context) -> Days:
    name, year, which = match["name"], v.said_year(match), match["which"] or ""
    today = context.today
    if match["rel"]:
        year = stretches.year_of(match["rel"], context)
    if year is None:
        year = today.year
        if re.fullmatch(v.LAST, which):
            year -= holidays.in_year(name, year) >= today
        elif "this" not in which or "coming" in which:
            while holidays.in_year(name, year) < today:
                year += 1
    return one(holidays.in_year(name, year), "holiday")


# --- their words ------------------------------------------------------------------------------


def _p(text: str) -> Pattern:
    return Pattern(rf"(?:{text})(?![\w])")


_DAY_MONTH = (
    _p(
        rf"{v.ON}(?:the\s+)?(?P<day>{_D})(?:\s+day)?\s*(?:of\s+|-|/)?\s*"
        rf"(?P<month>{v.MONTH}){v.OF_YEAR}"
    ),
    _day_month,
)
_SPOKEN_DAY_MONTH = (
    _p(
        rf"{v.ON}(?:the\s+)?(?P<day>{v.WORD_NUMBER})\s+(?:of\s+)?(?P<month>{v.MONTH})"
        rf"(?=\s*,?\s+(?:{v.YEAR}|{v.SPOKEN_YEAR})){v.OF_YEAR}"
    ),
    _day_month,
)
_MONTH_DAY = (
    _p(rf"{v.ON}(?P<month>{v.MONTH})\s*,?[\s/-]*(?:the\s+)?(?P<day>{_SPOKEN_D}){v.OF_YEAR}"),
    _day_month,
)
_THING = rf"(?=(?P<thing>{v.THING})?)"
_NTH = (
    _p(
        rf"(?P<on>(?:on|by|around)\s+)?(?P<the>the\s+)?(?P<day>(?P<digits>\d{{1,2}}\s?(?:st"
        rf"|nd|rd|th))\b|{v.ORDINAL})(?:\s+of\s+the\s+month)?{_THING}"
    ),
    _nth,
)
_NUMERIC = (
    _p(
        rf"{v.ON}(?:(?P<weekday>{v.WEEKDAY}),?\s+)?(?P<first>\d{{1,2}})(?P<sep>[/.-])"
        r"(?P<second>\d{1,2})(?:(?P=sep)"
        rf"(?P<year>\d{{4}}|\d\d)(?!\d)|(?P<dot>\.)|(?![\d/.]|-\d(?!\d?/)|\s?[ap]m))"
    ),
    _numeric,
)
HOLIDAY: tuple[Pattern, Meaning] = (
    _p(
        rf"(?:(?:on|at|for|over|by)\s+)?(?:the\s+)?(?:(?P<which>{v.NEXT}|{v.THIS}"
        rf"|{v.LAST})\s+)?(?P<name>{holidays.NAMES}){v.OF_YEAR}(?:\s+(?:of\s+)?"
        r"(?P<rel>(?:next|this|last)\s+year))?"
    ),
    _holiday,
)
_ISO = Pattern(
    rf"{v.ON}(?P<year>\d{{4}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)"
    r"(?P<day>\d{1,2})(?=t\d|\b)"
)
MEANINGS: tuple[tuple[Pattern, Meaning], ...] = (
    (_ISO, _iso),
    _NUMERIC,
    _DAY_MONTH,
    _SPOKEN_DAY_MONTH,
    _MONTH_DAY,
    (
        _p(
            rf"(?P<in>(?:in|for|during|of|by)\s+)?(?:(?P<which>{v.NEXT}|{v.THIS}"
            rf"|{v.LAST})\s+)?(?P<month>{v.MONTH}){v.OF_YEAR}(?=(?P<style>\s+(?:style|fashion|mode"
            r"|form|tempo|time|music|formation|mood|step|order)\b)?)"
        ),
        _month_alone,
    ),
    (
        Pattern(
            rf"{v.ON}(?P<year>(?P<short>)(?P<spoken>)\d{{4}})[-/ ]"
            rf"(?P<month>{v.MONTH})[-/ ](?P<day>\d\d?)"
            r"(?![\w])"
        ),
        _day_month,
    ),
    (
        _p(
            rf"(?P<in>in\s+)?(?P<which>)(?P<style>(?!))?"
            rf"(?P<year>(?P<short>)(?P<spoken>){v.YEAR})(?:\s*,|[-/ ])?"
            rf"\s*(?P<month>{v.MONTH})"
        ),
        _month_alone,
    ),
    (
        Pattern(rf"(?:in\s+)?(?P<year>{v.YEAR})\s?[-/]\s?(?P<month>1[0-2]|0?[1-9])(?![\w/.:-])"),
        _year_month,
    ),
    (
        Pattern(rf"(?:in\s+)?(?P<month>1[0-2]|0?[1-9])\s?[-/]\s?(?P<year>{v.YEAR})(?![\w/.:-])"),
        _year_month,
    ),
    (_p(r"(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)"), _iso),
    _NTH,
    (
        _p(
            rf"{v.ON}(?:the\s+)?(?P<day>{v.ORDINAL}|last)(?:\s+day)?\s+(?:(?:of|in)\s+)?"
            r"(?P<which>(?:the|this|next|last|the\s+next|the\s+following)\s+month)"
        ),
        _nth_of_month,
    ),
    (
        _p(
            r"(?:(?:for|around|about|later(?:\s+in)?)\s+)?(?P<near>today|tonight|to-?night|tonite|tomorrow"
            r"|tomorow|tommorow|tommorrow"
            r"|tmrw?|tmw|yesterday|last\s+night"
            r"|(?:the\s+)?day\s+(?:before\s+yesterday|after\s+tomorrow)|overmorrow)"
        ),
        _near,
    ),
    (_p(r"(?:on\s+)?the\s+(?P<day>[12]?\d|3[01])(?!\s?[:/.-]\d)"), _numbered),
    HOLIDAY,
    *weekdays.MEANINGS,
    *periods.MEANINGS,
)
AGREEING: frozenset[Meaning] = frozenset({_day_month, _nth, weekdays.weekday, _numeric, _iso})
"""Those that a second word may agree with: the weekday of a date."""
