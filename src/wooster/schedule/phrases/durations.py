"""How long: "2 hours", "an hour and a half", "3 weeks and 2 days", "1h30", as a number of months,
days and seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from wooster.core.patterns import Pattern
from wooster.schedule.phrases import vocabulary as v
from wooster.schedule.zones import instant_of, wall_of

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7, "fortnight": 14, "workday": 1}
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_MONTH_DAYS = 30
_YEAR_DAYS = 365
_SIZES = "decade year quarter month fortnight week day hour minute second".split()  # noqa: SIM905
_FRACTIONS = {
    "half": 0.5, "quarter": 0.25, "three quarters": 0.75, "½": 0.5, "¼": 0.25, "¾": 0.75,
}  # fmt: skip
_DAY = timedelta(days=1)

_FRACTION = r"(?:a\s+)?(?P<fraction>half|quarter|three\s+quarters|[½¼¾])(?:\s+of)?(?:[\s-]+an?)?"
_COUNT = rf"(?P<count>\d+(?:\.\d+)?|{v.COUNT})(?P<plus>\s+and\s+(?:a\s+)?(?:half|quarter))?"
_ONE = Pattern(
    r"(?:(?:about|around|at\s+least|at\s+most|up\s+to|more\s+than|less\s+than|over"
    r"|under|only)\s+)?"
    rf"(?:{_FRACTION}|{_COUNT}|(?P<another>another)|(?P<whole>(?:the\s+|an?\s+)?"
    r"(?:all|full|whole|entire)(?:\s+the)?))"
    rf"[\s-]*(?:more\s+)?(?P<unit>{v.UNIT})\.?(?P<more>\s+and\s+(?:a\s+)?(?:half|quarter)\b)?"
)
_SHORT = Pattern(r"(?P<count>\d+(?:\.\d+)?)(?P<unit>\s?(?:min|h)|[msdwy]|mo)(?![a-z])")
_HOURS_MINUTES = Pattern(r"(?P<hours>\d+)\s?h\s?(?P<minutes>[0-5]?\d)(?:\s?m(?:in)?)?(?![\w])")
_JOINT = Pattern(r"\s*,?\s*(?:and\s+)?")
_LETTERS = {
    "h": "hour",
    "m": "minute",
    "min": "minute",
    "s": "second",
    "d": "day",
    "w": "week",
    "y": "year",
    "mo": "month",
}


@dataclass(frozen=True, slots=True)
class Length:
    """So many months, then days, then working days, then seconds."""

    months: int = 0
    days: int = 0
    seconds: float = 0
    workdays: int = 0
    unit: str = ""

    def __add__(self, other: Length) -> Length:
        return Length(
            self.months + other.months,
            self.days + other.days,
            self.seconds + other.seconds,
            self.workdays + other.workdays,
            other.unit,
        )

    @property
    def is_of_days(self) -> bool:
        """No part of a day in it."""
        return not self.seconds

    def as_timedelta(self) -> timedelta:
        """Where a month is 30 days and a year 365."""
        years, months = divmod(self.months, 12)
        if self.unit == "year":  # half a year
            return timedelta(days=self.months * _YEAR_DAYS / 12 + self.days, seconds=self.seconds)
        days = self.days + self.workdays + years * _YEAR_DAYS + months * _MONTH_DAYS
        return timedelta(days=days, seconds=self.seconds)

    def after(self, day: date, sign: int = 1) -> date:
        """The date so long after `day`, or before it; a month's last day where there is no such."""
        moved = months_after(day, sign * self.months) + sign * timedelta(days=self.days)
        return workdays_after(moved, sign * self.workdays) if self.workdays else moved

    def after_wall(self, wall: datetime, zone: tzinfo | None, sign: int = 1) -> datetime:
        """The same for a wall clock (naive, with a fold) in `zone`: days are counted by it, the
        rest elapses."""
        moved = self.after(wall.date(), sign)
        begin = wall if moved == wall.date() else datetime.combine(moved, wall.time())
        elapsed = instant_of(begin, zone) + sign * timedelta(seconds=self.seconds)
        return wall_of(elapsed, zone)


def months_after(day: date, months: int) -> date:
    """`day` moved by whole months; to the month's last day where its own doesn't exist."""
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (index + 1) // 12, (index + 1) % 12 + 1, 1)
    return date(year, index + 1, min(day.day, (following - _DAY).day))


def workdays_after(day: date, count: int) -> date:
    """`day` moved by so many days from Monday to Friday."""
    step = _DAY if count > 0 else -_DAY
    while count:
        day += step
        if day.weekday() < 5:
            count += -1 if count > 0 else 1
    return day


def length(text: str, start: int) -> tuple[Length, int] | None:
    """The longest length at `start` of `text`: of one unit, or of several that get smaller."""
    found = _single(text, start)
    if found is None:
        return None
    total, end = found
    while joint := _JOINT.match(text, end):
        following = _single(text, joint.end())
        if following is None or not _is_smaller(following[0], total):
            break
        total, end = total + following[0], following[1]
    return total, end


def _is_smaller(one: Length, than: Length) -> bool:
    return _SIZES.index(one.unit) > _SIZES.index(than.unit)


def _single(text: str, start: int) -> tuple[Length, int] | None:
    if match := _HOURS_MINUTES.match(text, start):
        seconds = int(match["hours"]) * 3600 + int(match["minutes"]) * 60
        return Length(seconds=seconds, unit="minute"), match.end()
    if match := _SHORT.match(text, start):
        return _of(float(match["count"]), _LETTERS[match["unit"].strip()]), match.end()
    match = _ONE.match(text, start)
    if match is None or v.unit(match["unit"]) == "weekend":
        return None
    if match["whole"] and match["unit"].endswith("s"):
        return None
    plus = (match["plus"] or match["more"] or "").strip()
    amount = _amount(match) + (0.5 if plus.endswith("half") else 0.25 if plus else 0)
    return _of(amount, v.unit(match["unit"])), match.end()


def _amount(match: re.Match[str]) -> float:
    if match["whole"] or match["another"]:
        return 1
    if match["fraction"]:
        return _FRACTIONS[" ".join(match["fraction"].split())]
    return float(match["count"]) if "." in match["count"] else v.number(match["count"])


def _of(amount: float, unit: str) -> Length:
    if unit in _SECONDS:
        return Length(seconds=amount * _SECONDS[unit], unit=unit)
    if unit == "workday":
        return Length(workdays=round(amount), unit="day")
    if unit in _DAYS:
        days = amount * _DAYS[unit]
        return Length(days=int(days), seconds=(days - int(days)) * 86400, unit=unit)
    months = amount * _MONTHS[unit]
    return Length(months=int(months), days=round((months - int(months)) * _MONTH_DAYS), unit=unit)
