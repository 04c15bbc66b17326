"""The days of the year that people call by a name, in English.

Pure. It refuses to know what is celebrated where: those that most of its readers know.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta


def easter(year: int) -> date:
    """Easter Sunday (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The third Monday of a month; -1 is the last. Raises `ValueError` where there is none."""
    if nth > 0:
        first = date(year, month, 1)
        found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    else:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        found = last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-nth - 1))
    if found.month != month:
        raise ValueError(f"there is no weekday {weekday!r} number {nth!r} in {year!r}-{month!r}")
    return found


_In = Callable[[int], date]


def _fixed(month: int, day: int) -> _In:
    return lambda year: date(year, month, day)


def _weekday(month: int, weekday: int, nth: int, moved: int = 0) -> _In:
    return lambda year: nth_weekday(year, month, weekday, nth) + timedelta(days=moved)


def _from_easter(days: int) -> _In:
    return lambda year: easter(year) + timedelta(days=days)


# The longer names first: "christmas eve" before "christmas".
_DAYS: tuple[tuple[str, _In], ...] = (
    (r"christmas\s+eve|xmas\s+eve", _fixed(12, 24)),
    (r"(?:christmas|xmas)(?:\s+day)?", _fixed(12, 25)),
    (r"boxing\s+day|st\.?\s+stephen'?s\s+day", _fixed(12, 26)),
    (r"new\s+year'?s?\s+eve", _fixed(12, 31)),
    (r"new\s+year(?:'?s)?(?:\s+day)|new\s+year'?s|the\s+new\s+year", _fixed(1, 1)),
    (r"(?:st\.?\s+|saint\s+)?valentine'?s?(?:\s+day)", _fixed(2, 14)),
    (r"(?:st\.?\s+|saint\s+)patrick'?s?(?:\s+day)?", _fixed(3, 17)),
    (r"april\s+fools?'?(?:\s+day)?", _fixed(4, 1)),
    (r"earth\s+day", _fixed(4, 22)),
    (r"may\s+day|labour\s+day|international\s+workers'?\s+day", _fixed(5, 1)),
    (r"(?:international\s+)?women'?s\s+day", _fixed(3, 8)),
    (r"juneteenth", _fixed(6, 19)),
    (r"independence\s+day", _fixed(7, 4)),
    (r"hallowe'?en", _fixed(10, 31)),
    (r"all\s+saints'?(?:\s+day)?", _fixed(11, 1)),
    (r"veterans'?\s+day|armistice\s+day", _fixed(11, 11)),
    (r"martin\s+luther\s+king(?:,?\s+jr\.?)?(?:'s)?\s+day|mlk\s+day", _weekday(1, 0, 3)),
    (r"presidents?'?s?\s+day|washington'?s\s+birthday", _weekday(2, 0, 3)),
    (r"mother'?s?'?\s+day", _weekday(5, 6, 2)),
    (r"father'?s?'?\s+day", _weekday(6, 6, 3)),
    (r"memorial\s+day", _weekday(5, 0, -1)),
    (r"labor\s+day", _weekday(9, 0, 1)),
    (r"columbus\s+day|indigenous\s+peoples?'?s?\s+day", _weekday(10, 0, 2)),
    (r"thanks\s?giving(?:\s+day)?", _weekday(11, 3, 4)),
    (r"black\s+friday", _weekday(11, 3, 4, 1)),
    (r"cyber\s+monday", _weekday(11, 3, 4, 4)),
    (r"ash\s+wednesday", _from_easter(-46)),
    (r"palm\s+sunday", _from_easter(-7)),
    (r"maundy\s+thursday", _from_easter(-3)),
    (r"good\s+friday", _from_easter(-2)),
    (r"easter\s+monday", _from_easter(1)),
    (r"easter(?:\s+(?:sun)?day)?", _from_easter(0)),
    (r"whit\s+monday", _from_easter(50)),
    (r"pentecost|whit\s?sun(?:day)?", _from_easter(49)),
    (r"leap\s+day", _fixed(2, 29)),
)
NAMES = "(?:" + "|".join(f"(?:{names})" for names, _ in _DAYS) + r")(?![a-z'])"


def in_year(name: str, year: int) -> date:
    """The day that `name`, lower case and one of `NAMES`, is in `year`."""
    for names, day in _DAYS:
        if re.fullmatch(names, name.strip()):
            return day(year)
    raise AssertionError(f"no holiday is called {name!r}")


def is_fixed(name: str) -> bool:
    """Whether it is on the same date each year."""
    return in_year(name, 2023).timetuple()[1:3] == in_year(name, 2030).timetuple()[1:3]
