"""Recurrence rules of RFC 5545 (RRULE) as values: read from their text, with what is wrong in it.

It refuses to know which times a rule gives: that is `recurrence`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final

from wooster.core.patterns import Pattern

_WEEKDAYS: Final = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_FREQUENCIES: Final = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
_NTH = Pattern(r"([+-]?\d{1,3})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = Pattern(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?")
_BOUNDS: Final = {
    "BYMONTH": (1, 12),
    "BYWEEKNO": (1, 53),
    "BYYEARDAY": (1, 366),
    "BYMONTHDAY": (1, 31),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 60),
    "BYSETPOS": (1, 366),
}
_SIGNED: Final = {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS"}


@dataclass(frozen=True, slots=True)
class Until:
    """The last moment of a rule, as it is written: `is_utc`, or on the clock that the rule has. One
    that is a date lasts to that day's end."""

    at: datetime
    is_utc: bool
    is_date: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's parts. `by_day` has weekdays (0 is Monday), each with its number or 0 for every."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: Until | None = None
    by_month: tuple[int, ...] = ()
    by_week: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_second: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


# --- reading ----------------------------------------------------------------------------------


def parse(text: str) -> Rule:
    """The rule that is the value of an RRULE. Raises `ValueError`, which says what is wrong."""
    parts = dict(_part(each) for each in text.strip().strip(";").split(";") if each.strip())
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise ValueError(f"its frequency is {frequency!r}")
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        raise ValueError(f"it counts in the calendar {parts['RSCALE']!r}")
    # Some programs write -1 where they mean no end.
    count = _number(parts.get("COUNT", "-1"), -(10**9), 10**9)
    return Rule(
        frequency,
        _number(parts.get("INTERVAL", "1"), 1, 10**6),
        count if count > 0 else None,
        _until(parts["UNTIL"]) if parts.get("UNTIL") else None,
        by_month=_numbers(parts, "BYMONTH"),
        by_week=_numbers(parts, "BYWEEKNO"),
        by_year_day=_numbers(parts, "BYYEARDAY"),
        by_month_day=_numbers(parts, "BYMONTHDAY"),
        by_day=tuple(_weekday(each) for each in _listed(parts.get("BYDAY", ""))),
        by_hour=_numbers(parts, "BYHOUR"),
        by_minute=_numbers(parts, "BYMINUTE"),
        by_second=tuple(min(each, 59) for each in _numbers(parts, "BYSECOND")),
        positions=_numbers(parts, "BYSETPOS"),
        week_start=_WEEKDAYS.get(parts.get("WKST", "MO"), 0),
    )


def _part(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().upper(), value.strip().upper()


def _listed(value: str) -> list[str]:
    return [each.strip() for each in value.split(",") if each.strip()]


def _number(text: str, least: int, most: int) -> int:
    try:
        value = int(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None
    if not least <= value <= most:
        raise ValueError(f"{text!r} isn't from {least} to {most}")
    return value


def _numbers(parts: dict[str, str], name: str) -> tuple[int, ...]:
    least, most = _BOUNDS[name]
    found = tuple(_number(each, -most, most) for each in _listed(parts.get(name, "")))
    for each in found:
        if abs(each) < least or (each < 0 and name not in _SIGNED):
            raise ValueError(f"{name} has {each}")
    return found


def _weekday(text: str) -> tuple[int, int]:
    match = _NTH.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no day of the week")
    return _WEEKDAYS[match[2]], int(match[1] or 0)


def _until(text: str) -> Until:
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError(f"its end {text!r} is no time")
    day = date(int(match[1]), int(match[2]), int(match[3]))
    if match[4] is None:
        return Until(datetime.combine(day, time.max), False, True)
    clock = time(int(match[4]), int(match[5]), min(int(match[6]), 59))
    return Until(datetime.combine(day, clock), match[7] is not None, False)


def ending(rule: Rule, last: datetime) -> Rule:
    """The rule with another last moment, on its own clock."""
    return replace(rule, until=Until(last, False, False))
