"""Days by their weekdays: "next Tuesday", "Friday week", "the second Saturday of May".

What is said without a week is the next such day from today on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import holidays, stretches
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.phrases.durations import months_after
from wooster.schedule.phrases.model import Context
from wooster.schedule.phrases.stretches import Days, one, spelled

Meaning = Callable[[re.Match[str], Context], Days | None]


def weekday(match: re.Match[str], context: Context) -> Days | None:
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


def _nth_weekday(match: re.Match[str], context: Context) -> Days | None:
    nth, weekday = stretches.place(match["nth"]), v.weekday(match["weekday"])
    if match["month"]:
        month, year = v.month(match["month"]), v.said_year(match)
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


WHICH_WEEK = (
    r"(?:of\s+)?(?P<week>(?:the\s+)?(?:next|this|last|coming|following|past"
    r"|previous)\s+(?:week|wk)"
    r"|the\s+week\s+after\s+next|in\s+(?:two|2|three|3)\s+weeks)"
)


def _p(text: str) -> Pattern:
    return Pattern(rf"(?:{text})(?![\w])")


_WEEKDAY = (
    _p(
        rf"(?P<on>(?:on|by)\s+)?(?:(?P<which>{v.NEXT}|{v.THIS}|{v.LAST})\s+)?"
        rf"(?P<weekday>{v.WEEKDAY})"
    ),
    weekday,
)
MEANINGS: tuple[tuple[Pattern, Meaning], ...] = (
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
            rf"(?![\d:/.h]|-\d|\s?(?:[ap]\.?m\b|o'?\s?clock|uhr|{v.MONTH})|{v.THING})"
        ),
        _weekday_numbered,
    ),
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
            rf"{v.ON}(?:the\s+)?(?P<the>)(?P<nth>{v.ORDINAL}|last|penultimate|(?:second|2nd)"
            rf"\s+to\s+(?:the\s+)?last)\s+(?P<weekday>{v.WEEKDAY})\s+(?:of|in)\s+"
            rf"(?:(?P<month>{v.MONTH}){v.OF_YEAR}|(?P<which>(?:the|this|next|last)\s+month))"
        ),
        _nth_weekday,
    ),
)
