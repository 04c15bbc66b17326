"""Whether a rule comes at all: 30 February never does, and stepping to it would never end.

Pure. It knows which days a rule allows and nothing of its times of day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

YEARS = 100
"""How far ahead is looked. A rule that comes more rarely is taken for one that never does."""

_DAY = timedelta(days=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAYS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS")
_NTH = re.compile(r"([+-]?\d*)([A-Z]{2})")


def comes(parts: Mapping[str, str], start: date) -> bool:
    """Whether a rule of these parts (explicit, of days) has a day within `YEARS` of `start`."""
    days = {name: parts[name] for name in _BY_DAYS if name in parts}
    if not days:
        return True
    interval = int(parts.get("INTERVAL", "1"))
    return _comes(parts["FREQ"], interval, tuple(sorted(days.items())), start, _times(parts))


def _times(parts: Mapping[str, str]) -> int:
    """How many times a day, for BYSETPOS counts them."""
    return (parts.get("BYHOUR", "").count(",") + 1) * (parts.get("BYMINUTE", "").count(",") + 1)


@lru_cache(maxsize=256)
def _comes(
    frequency: str, interval: int, days: tuple[tuple[str, str], ...], start: date, times: int
) -> bool:
    wanted = dict(days)
    positions = _numbers(wanted.get("BYSETPOS", ""))
    for period in _periods(frequency, interval, start):
        found = sum(1 for day in period if _fits(wanted, frequency, day))
        if positions and found:
            found = sum(1 for place in positions if 0 < abs(place) <= found * times)
        if found:
            return True
    return False


def _periods(frequency: str, interval: int, start: date) -> Iterator[list[date]]:
    """The days of each period of the rule, from the one that `start` is in."""
    last = date(min(start.year + YEARS, 9998), 12, 31)
    if frequency in ("DAILY", "WEEKLY"):
        size = 7 if frequency == "WEEKLY" else 1
        first = start - timedelta(days=start.weekday()) if size == 7 else start
        while first <= last:
            yield [day for n in range(size) if (day := first + timedelta(days=n)) >= start]
            first += timedelta(days=size * interval)
        return
    size = 12 if frequency == "YEARLY" else 1
    month = start.year * 12 + (0 if size == 12 else start.month - 1)
    while month // 12 <= last.year:
        first, end = _first(month), _first(month + size)
        yield [day for n in range((end - first).days) if (day := first + n * _DAY) >= start]
        month += size * interval


def _first(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _fits(wanted: Mapping[str, str], frequency: str, day: date) -> bool:
    """Whether the rule allows `day`."""
    if "BYMONTH" in wanted and day.month not in _numbers(wanted["BYMONTH"]):
        return False
    in_month = _first(day.year * 12 + day.month) - _DAY
    if "BYMONTHDAY" in wanted and not _counted(wanted["BYMONTHDAY"], day.day, in_month.day):
        return False
    of_year, in_year = day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday
    if "BYYEARDAY" in wanted and not _counted(wanted["BYYEARDAY"], of_year, in_year):
        return False
    if "BYWEEKNO" in wanted:
        iso = day.isocalendar()
        weeks = date(iso.year, 12, 28).isocalendar().week
        if not _counted(wanted["BYWEEKNO"], iso.week, weeks):
            return False
    if "BYDAY" not in wanted:
        return True
    is_yearly = frequency == "YEARLY" and "BYMONTH" not in wanted
    place, size = (of_year, in_year) if is_yearly else (day.day, in_month.day)
    return any(
        name == _WEEKDAYS[day.weekday()]
        and (not nth or int(nth) in ((place - 1) // 7 + 1, -((size - place) // 7) - 1))
        for nth, name in _NTH.findall(wanted["BYDAY"])
    )


def _counted(said: str, place: int, size: int) -> bool:
    """Whether `place` of `size` is one of those said; -1 is the last."""
    return not {place, place - size - 1}.isdisjoint(_numbers(said))


@lru_cache(maxsize=256)
def _numbers(said: str) -> frozenset[int]:
    return frozenset(int(number) for number in said.split(",") if number)
