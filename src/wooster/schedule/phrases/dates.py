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
from wooster.schedule.phrases import holidays, stretches
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.durations import months_after
from wooster.schedule.phrases.model import Context
from wooster.schedule.phrases.stretches import Days, one, spelled

_DAY = timedelta(days=1)
_ON = r"(?:(?:on|for|around|about|due(?:\s+on)?)\s+)?"
_NOT_CLOCK = r"(?![\d:]|/(?!\s?[a-z])|\.\d|\s?(?:[ap]\.?m\b|o'?\s?clock))"
_D = rf"(?:\d{{1,2}}(?:\s?(?:st|nd|rd|th)\b)?{_NOT_CLOCK}|{v.ORDINAL})"
_SPOKEN_D = rf"(?:{_D}|{v.WORD_NUMBER})"
_OF_YEAR = (
    rf"(?:(?:\s*,?\s*(?:of\s+|in\s+)?|[-/])(?P<year>{v.YEAR})\b|\s*(?:'|of\s+'?(?=[3-9]))(?P<short>\d\d)\b"
    rf"|,?\s+(?P<spoken>{v.SPOKEN_YEAR}))?"
)

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
        falling = _falling_on(weekday, (day, month), _year(year), context)
        if falling is None and year is None and match["sep"] != "/":
            return None  # Monday 11-4 is from 11 to 4
        day, month = falling or (day, month)
    elif day <= 12 and day != month and match["sep"] != ".":
        note = f"{first}/{second} is read as {day} {spelled(month)}"
    is_said = match["sep"] == "/" or match["dot"] or match["weekday"]
    if year is None and not is_said:
        return None
    return replace(_dated(day, month, _year(year), context), note=note, is_weak=year is None)


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
    return _dated(day, v.month(match["month"]), _said_year(match), context)


def _year_month(match: re.Match[str], context: Context) -> Days:
    first = date(int(match["year"]), int(match["month"]), 1)
    return Days(first, months_after(first, 1) - _DAY, "month", "month", is_told=True)


def _month_alone(match: re.Match[str], context: Context) -> Days | None:
    month, year = v.month(match["month"]), _said_year(match)
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
    is_told = _said_year(match) is not None
    is_weak = not match["in"] and not is_told and not {"next", "last"} & set(which)
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


def _weekday_numbered(match: re.Match[str], context: Context) -> Days | None:
    """ "Friday 31": the next month whose 31st is a Friday; smaller numbers are hours there."""
    weekday, number = v.weekday(match["weekday"]), int(match["day"])
    for moved in range(48):
        first = months_after(context.today.replace(day=1), moved)
        try:
            found = first.replace(day=number)
        except ValueError:  # no such day in that month
            continue
        if found >= context.today and found.weekday() == weekday:
            return one(found, "nth")
    return None


def _weekdays_from(match: re.Match[str], context: Context) -> Days:
    """ "two Fridays from now"."""
    today, weekday, count = context.today, v.weekday(match["weekday"]), v.number(match["count"])
    if match["side"].startswith("ago"):
        back = (today.weekday() - weekday) % 7 or 7
        return one(today - timedelta(days=back + 7 * (count - 1)), "weekday")
    ahead = (weekday - today.weekday()) % 7 or 7
    return one(today + timedelta(days=ahead + 7 * (count - 1)), "weekday")


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


def _said_year(match: re.Match[str]) -> int | None:
    if match["spoken"]:
        return v.spoken_year(match["spoken"])
    return _year(match["year"] or match["short"])


def _year(word: str | None) -> int | None:
    if not word:
        return None
    return int(word) if len(word) > 2 else 2000 + int(word) - (100 if int(word) >= 70 else 0)


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


def _weekday(match: re.Match[str], context: Context) -> Days | None:
    which = match["which"] or ""
    if not which and re.fullmatch(v.PLURAL_WEEKDAY, match["weekday"]):
        return None
    is_short = not match["on"] and not which and len(match["weekday"].rstrip(".")) <= 3
    found = _this_weekday(v.weekday(match["weekday"]), which, match["weekday"], context)
    return replace(found, is_weak=is_short, is_told=bool(which))


def _this_weekday(weekday: int, which: str, word: str, context: Context) -> Days:
    today = context.today
    ahead = (weekday - today.weekday()) % 7
    day, note = today + timedelta(days=ahead), ""
    monday = today - timedelta(days=today.weekday())
    if re.fullmatch(v.LAST, which):
        day = today - timedelta(days=(today.weekday() - weekday) % 7 or 7)
    elif "next" in which or "following" in which:
        day = monday + timedelta(days=7 + weekday)
        if (day - today).days > 7:
            note = f"next {day:%A} is read as the one of next week, {spelled(day)}"
    elif "coming" in which:
        day = today + timedelta(days=ahead or 7)
    elif "current" in which or "same" in which:
        day = monday + timedelta(days=weekday)
    elif not ahead and not which:
        note = "today is meant"
    return replace(one(day, "weekday"), note=note, told_weekday=weekday)


def _weekday_of_week(match: re.Match[str], context: Context) -> Days:
    monday = stretches.monday_of(match["week"], context)
    return one(monday + timedelta(days=v.weekday(match["weekday"])), "weekday")


def _weekday_and_weeks(match: re.Match[str], context: Context) -> Days:
    """Monday week; a week on Monday: the one after the coming one."""
    weeks = match["count"] if "count" in match.groupdict() else None
    count = v.number(weeks) if weeks else 1
    count *= 2 if "fortnight" in match[0] else 1
    ahead = (v.weekday(match["weekday"]) - context.today.weekday()) % 7 or 7
    return one(context.today + timedelta(days=ahead + 7 * count), "weekday")


def _nth_weekday(match: re.Match[str], context: Context) -> Days | None:
    nth, weekday = stretches.place(match["nth"]), v.weekday(match["weekday"])
    if match["month"]:
        month, year = v.month(match["month"]), _said_year(match)
        for candidate in (year,) if year else range(context.today.year, context.today.year + 9):
            try:
                found = holidays.nth_weekday(candidate, month, weekday, nth)
            except ValueError:  # no fifth Monday
                continue
            if year or found >= context.today:
                return one(found)
        return None
    if not match["which"]:
        return _coming_nth(weekday, nth, is_weak=not match["the"], context=context)
    first = stretches.month_of(match["which"], context)
    return one(holidays.nth_weekday(first.year, first.month, weekday, nth))


def _coming_nth(weekday: int, nth: int, *, is_weak: bool, context: Context) -> Days | None:
    """ "the second Saturday" of this month, or of the next one."""
    for moved in range(12):
        first = months_after(context.today.replace(day=1), moved)
        try:
            found = holidays.nth_weekday(first.year, first.month, weekday, nth)
        except ValueError:  # no fifth one
            continue
        if found >= context.today:
            return replace(one(found), is_weak=is_weak, nth_weekday=(nth, weekday))
    return None


def _holiday(match: re.Match[str], context: Context) -> Days:
    name, year, which = match["name"], _said_year(match), match["which"] or ""
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

WHICH_WEEK = (
    r"(?:of\s+)?(?P<week>(?:the\s+)?(?:next|this|last|coming|following|past"
    r"|previous)\s+(?:week|wk)"
    r"|the\s+week\s+after\s+next|in\s+(?:two|2|three|3)\s+weeks)"
)


def _p(text: str) -> Pattern:
    return Pattern(rf"(?:{text})(?![\w])")


_DAY_MONTH = (
    _p(
        rf"{_ON}(?:the\s+)?(?P<day>{_D})(?:\s+day)?\s*(?:of\s+|-|/)?\s*"
        rf"(?P<month>{v.MONTH}){_OF_YEAR}"
    ),
    _day_month,
)
_MONTH_DAY = (
    _p(rf"{_ON}(?P<month>{v.MONTH})\s*,?[\s/-]*(?:the\s+)?(?P<day>{_SPOKEN_D}){_OF_YEAR}"),
    _day_month,
)
_THING = (
    r"(?=(?P<thing>\s+(?!(?:of|at|in|on|to|from|until|till?|with|for|and|or|before|after|by|is|was"
    r"|i|we|you|the|my|our|it|if|when|please|this|next|every|each|around|about|between|through"
    rf"|thru|noon|midnight|{v.WEEKDAY}|{v.MONTH})\b)[a-z]+)?)"
)
_NTH = (
    _p(
        rf"(?P<on>(?:on|by|around)\s+)?(?P<the>the\s+)?(?P<day>(?P<digits>\d{{1,2}}\s?(?:st"
        rf"|nd|rd|th))\b|{v.ORDINAL})(?:\s+of\s+the\s+month)?{_THING}"
    ),
    _nth,
)
_WEEKDAY = (
    _p(
        rf"(?P<on>(?:on|by)\s+)?(?:(?P<which>{v.NEXT}|{v.THIS}|{v.LAST})\s+)?"
        rf"(?P<weekday>{v.WEEKDAY})"
    ),
    _weekday,
)
_NUMERIC = (
    _p(
        rf"{_ON}(?:(?P<weekday>{v.WEEKDAY}),?\s+)?(?P<first>\d{{1,2}})(?P<sep>[/.-])"
        r"(?P<second>\d{1,2})(?:(?P=sep)"
        rf"(?P<year>\d{{4}}|\d\d)(?!\d)|(?P<dot>\.)|(?![\d/.]|-\d(?!\d?/)|\s?[ap]m))"
    ),
    _numeric,
)
HOLIDAY: tuple[Pattern, Meaning] = (
    _p(
        rf"(?:(?:on|at|for|over|by)\s+)?(?:the\s+)?(?:(?P<which>{v.NEXT}|{v.THIS}"
        rf"|{v.LAST})\s+)?(?P<name>{holidays.NAMES}){_OF_YEAR}(?:\s+(?:of\s+)?"
        r"(?P<rel>(?:next|this|last)\s+year))?"
    ),
    _holiday,
)
_ISO = Pattern(
    rf"{_ON}(?P<year>\d{{4}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)"
    r"(?P<day>\d{1,2})(?=t\d|\b)"
)
MEANINGS: tuple[tuple[Pattern, Meaning], ...] = (
    (_ISO, _iso),
    _NUMERIC,
    _DAY_MONTH,
    _MONTH_DAY,
    (
        _p(
            rf"(?P<in>(?:in|for|during|of|by)\s+)?(?:(?P<which>{v.NEXT}|{v.THIS}"
            rf"|{v.LAST})\s+)?(?P<month>{v.MONTH}){_OF_YEAR}"
        ),
        _month_alone,
    ),
    (
        Pattern(
            rf"{_ON}(?P<year>(?P<short>)(?P<spoken>)\d{{4}})[-/ ]"
            rf"(?P<month>{v.MONTH})[-/ ](?P<day>\d\d?)"
            r"(?![\w])"
        ),
        _day_month,
    ),
    (
        _p(
            rf"(?P<in>in\s+)?(?P<which>)(?P<year>(?P<short>)(?P<spoken>){v.YEAR})[-/ ]?"
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
            rf"{_ON}(?:the\s+)?(?P<day>{v.ORDINAL}|last)(?:\s+day)?\s+(?:(?:of|in)\s+)?"
            r"(?P<which>(?:the|this|next|last|the\s+next|the\s+following)\s+month)"
        ),
        _nth_of_month,
    ),
    (
        _p(
            r"(?:(?:for|around|about|later(?:\s+in)?)\s+)?(?P<near>today|tonight|to-?night|tonite|tomorrow|tomorow|tommorow|tommorrow"
            r"|tmrw?|tmw|yesterday|last\s+night"
            r"|(?:the\s+)?day\s+(?:before\s+yesterday|after\s+tomorrow)|overmorrow)"
        ),
        _near,
    ),
    _WEEKDAY,
    (_p(rf"(?:on\s+)?(?P<weekday>{v.WEEKDAY})\s+{WHICH_WEEK}"), _weekday_of_week),
    (
        _p(rf"(?:on\s+)?{WHICH_WEEK}(?:,|\s+-)?\s+(?:on\s+)?(?P<weekday>{v.WEEKDAY})"),
        _weekday_of_week,
    ),
    (_p(rf"(?:on\s+)?(?P<weekday>{v.WEEKDAY})\s+(?:week|fortnight)"), _weekday_and_weeks),
    (
        _p(
            rf"(?:in\s+)?(?P<count>{v.COUNT})\s+(?P<weekday>{v.WEEKDAY})\s+"
            r"(?P<side>from\s+(?:now|today)|hence|ago)"
        ),
        _weekdays_from,
    ),
    (
        _p(
            rf"(?:on\s+)?(?P<weekday>{v.WEEKDAY}),?\s+(?P<day>1[3-9]|2\d|3[01])"
            rf"(?![\d:/.h]|-\d|\s?(?:[ap]\.?m\b|o'?\s?clock|uhr|{v.MONTH}))"
        ),
        _weekday_numbered,
    ),
    (_p(r"(?:on\s+)?the\s+(?P<day>[12]?\d|3[01])(?!\s?[:/.-]\d)"), _numbered),
    (
        _p(
            rf"(?P<the>(?:on\s+)?the\s+|on\s+)?(?P<nth>{v.ORDINAL_WORD}|last|final)\s+"
            rf"(?P<weekday>{v.WEEKDAY})(?P<month>)(?P<which>)"
        ),
        _nth_weekday,
    ),
    (
        _p(
            rf"(?:in\s+)?(?P<count>{v.COUNT})\s+(?:weeks?|fortnights?)\s+(?:on|from"
            rf"|after)\s+(?P<weekday>{v.WEEKDAY})"
        ),
        _weekday_and_weeks,
    ),
    (
        _p(
            rf"{_ON}(?:the\s+)?(?P<the>)(?P<nth>{v.ORDINAL}|last|penultimate|(?:second|2nd)"
            rf"\s+to\s+(?:the\s+)?last)\s+(?P<weekday>{v.WEEKDAY})\s+(?:of|in)\s+"
            rf"(?:(?P<month>{v.MONTH}){_OF_YEAR}|(?P<which>(?:the|this|next|last)\s+month))"
        ),
        _nth_weekday,
    ),
    HOLIDAY,
    *stretches.MEANINGS,
)
AGREEING: frozenset[Meaning] = frozenset({_day_month, _nth, _weekday, _numeric, _iso})
"""Those that a second word may agree with: the weekday of a date."""
