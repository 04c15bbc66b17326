"""When a rule fires, told a second time and another way: no line of it is the program's.

A zone is a list of stretches with one offset each, found by stepping through UTC. python-dateutil
walks a rule's wall-clock times from its very first one, through the whole decade, and each is
placed into the first stretch that shows it. What elapses is counted in UTC, from its start.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from dateutil.rrule import rrulestr
from scripts.benches.time_rules import Case

Seconds = np.ndarray[Any, np.dtype[np.int64]]
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall-clock times are counted from it
_STEP_S = 6 * 3600
_ELAPSING = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Offsets:
    """A zone through a decade: from `begins` (UTC) on, clocks are `offsets` seconds ahead."""

    begins: tuple[int, ...]
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """The instants at which a rule fires, in order, and how long the gap is that each comes after
    (0 for none)."""

    instants: Seconds
    gaps: Seconds


def offsets_of(name: str, begin: datetime, end: datetime) -> Offsets:
    zone = ZoneInfo(name)

    def offset(second: int) -> int:
        found = datetime.fromtimestamp(second, zone).utcoffset()
        assert found is not None
        return round(found.total_seconds())

    at, last = int(begin.timestamp()), int(end.timestamp())
    begins, offsets = [at], [offset(at)]
    while at < last:
        if offset(at + _STEP_S) != offsets[-1]:
            low, high = at, at + _STEP_S
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
            begins.append(high)
            offsets.append(offset(high))
            at = high
        else:
            at += _STEP_S
    return Offsets(tuple(begins), tuple(offsets))


def walls(case: Case, end: datetime) -> Seconds:
    """The wall-clock times of a rule of days, in seconds; empty for one of what elapses."""
    if case.rrule.split(";")[0].removeprefix("FREQ=") in _ELAPSING:
        return np.array([], np.int64)
    parts = [f"{e}T235959" if e.startswith("UNTIL=") else e for e in case.rrule.split(";")]
    last = end.replace(tzinfo=None)
    steps = takewhile(lambda wall: wall < last, iter(rrulestr(";".join(parts), dtstart=case.start)))
    kept = [each for each in steps if each.date() not in case.except_days]
    return np.array([(each - _EPOCH) // timedelta(seconds=1) for each in kept], np.int64)


def expected(case: Case, of_days: Seconds, offsets: Offsets, end: datetime) -> Expected:
    """When `case` fires in a zone; `of_days` are its `walls`."""
    if len(of_days) or case.rrule.split(";")[0].removeprefix("FREQ=") not in _ELAPSING:
        return _placed(of_days, offsets)
    found = _elapsed(case, offsets, int(end.timestamp()))
    return Expected(found, np.zeros_like(found))


def shown(instants: Seconds, offsets: Offsets) -> Seconds:
    """What the clocks show at these instants."""
    which = np.searchsorted(np.array(offsets.begins), instants, "right") - 1
    shown: Seconds = instants + np.array(offsets.offsets)[np.maximum(which, 0)]
    return shown


def _placed(of_days: Seconds, offsets: Offsets) -> Expected:
    instants = np.full(len(of_days), -1, np.int64)
    gaps = np.zeros(len(of_days), np.int64)
    ends = (*offsets.begins[1:], 1 << 40)
    for begin, end, offset in zip(offsets.begins, ends, offsets.offsets, strict=True):
        here = (of_days >= begin + offset) & (of_days < end + offset) & (instants < 0)
        instants[here] = of_days[here] - offset
    for number, begin in enumerate(offsets.begins[1:], 1):
        before, after = offsets.offsets[number - 1], offsets.offsets[number]
        never = (of_days >= begin + before) & (of_days < begin + after) & (instants < 0)
        instants[never], gaps[never] = begin, after - before
    known = instants >= 0
    unique, first = np.unique(instants[known], return_index=True)
    return Expected(unique, gaps[known][first])


def _elapsed(case: Case, offsets: Offsets, end: int) -> Seconds:
    parts = dict(part.split("=") for part in case.rrule.split(";"))
    step = _ELAPSING[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))
    wall = np.array([(case.start - _EPOCH) // timedelta(seconds=1)], np.int64)
    start = int(_placed(wall, offsets).instants[0])
    found = np.arange(start, end, step, dtype=np.int64)
    if "COUNT" in parts:
        found = found[: int(parts["COUNT"])]
    local = shown(found, offsets)
    days, hours = local // 86400, local // 3600 % 24
    kept = np.ones(len(found), bool)
    if "BYHOUR" in parts:
        kept &= np.isin(hours, [int(each) for each in parts["BYHOUR"].split(",")])
    if "BYDAY" in parts:
        kept &= np.isin((days + 3) % 7, [_DAYS.index(each) for each in parts["BYDAY"].split(",")])
    if "BYMONTH" in parts:
        months = local.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12 + 1
        kept &= np.isin(months, [int(each) for each in parts["BYMONTH"].split(",")])
    if "UNTIL" in parts:
        until = datetime.strptime(parts["UNTIL"], "%Y%m%d") - _EPOCH  # noqa: DTZ007
        kept &= days <= until.days
    if case.except_days:
        kept &= ~np.isin(days, [(each - _EPOCH.date()).days for each in case.except_days])
    result: Seconds = found[kept]
    return result


def instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
