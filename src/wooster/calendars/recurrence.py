"""Recurrence rules of RFC 5545 (RRULE), expanded: a pure function of a rule and its first time.

dateutil, on which `recurring-ical-events` stands, reads some rules otherwise than the RFC: week
numbers without a weekday, weeks that reach into another year, negative days of February, hourly
rules with sets of positions. And it walks from the first time on, so that a rule by the second
would never arrive. Times are wall-clock times without a zone; it refuses to know zones.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Final

from wooster.calendars.rules import Rule

_SECONDS: Final = {"DAILY": 86400, "HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
STEPS: Final = 200_000
"""How many periods are looked into: a rule that never comes true must come to an end."""
_DAY = timedelta(days=1)
EVER: Final = datetime(1, 1, 1)  # noqa: DTZ001 (times here are on a clock without a zone)
NEVER: Final = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001


# --- expanding --------------------------------------------------------------------------------


def expand(
    rule: Rule,
    first: datetime,
    *,
    is_date: bool = False,
    since: datetime = EVER,
    until: datetime = NEVER,
    steps: int = STEPS,
) -> Iterator[datetime]:
    """The times of `rule` from `since` to `until`, both in, in their order.

    `first` is the event's own time; one that the rule doesn't name isn't among them. `is_date`: it
    is a day, and hours mean nothing. `rule.until` is on the same clock as `first`. At most `steps`
    periods are looked into; where that wasn't enough, `Endless` is raised after what was found.
    """
    if is_date and rule.frequency in ("HOURLY", "MINUTELY", "SECONDLY"):
        raise ValueError("it repeats by the hour, and has no hour")
    end = min(until, rule.until.at if rule.until else NEVER)
    # A rule that counts has to be counted from its begin.
    sought = first if rule.count is not None else max(first, since)
    left = rule.count
    for found in _times(_Walk(rule, first, is_date, sought, end, steps)):
        if found < first:
            continue
        if found > end:
            return
        if left is not None:
            left -= 1
        if found >= since:
            yield found
        if left == 0:
            return


class Endless(Exception):
    """A rule for which more would have to be looked into than is worth it."""


@dataclass(frozen=True, slots=True)
class _Walk:
    rule: Rule
    first: datetime
    is_date: bool
    since: datetime
    end: datetime
    steps: int


def _times(walk: _Walk) -> Iterator[datetime]:
    """All times of the periods, from the one that `since` is in, before the positions are counted
    off by `first`."""
    periods = _sub_daily(walk) if walk.rule.frequency in _SECONDS else _by_days(walk)
    if walk.rule.frequency == "DAILY":
        periods = _daily(walk)
    for times in periods:
        yield from _positioned(times, walk.rule.positions)


def _positioned(times: list[datetime], positions: Sequence[int]) -> list[datetime]:
    if not positions:
        return times
    size = len(times)
    chosen = {each - 1 if each > 0 else size + each for each in positions}
    return [times[index] for index in sorted(chosen) if 0 <= index < size]


def _by_days(walk: _Walk) -> Iterator[list[datetime]]:
    """Years, months and weeks: their days, each at all times of the day."""
    rule = walk.rule
    clock_times = _clock_times(rule, walk.first, walk.is_date)
    days_of: Callable[[int], Iterable[date]]
    if rule.frequency == "WEEKLY":
        begin = _week_begin(walk.first.date(), rule.week_start)
        days_of = lambda index: _week_days(rule, walk.first, begin, index)  # noqa: E731
        passed = (walk.since.date() - begin).days // 7
    elif rule.frequency == "MONTHLY":
        start = walk.first.year * 12 + walk.first.month - 1
        days_of = lambda index: _month_days(rule, walk.first, start + index)  # noqa: E731
        passed = walk.since.year * 12 + walk.since.month - 1 - start
    else:
        year = _first_year(rule, walk.first)
        days_of = lambda index: _year_days(rule, walk.first, year + index)  # noqa: E731
        # The days of a year's weeks may lie in the years beside it.
        passed = walk.since.year - year - (1 if rule.by_week else 0)
    index = max(0, passed) // rule.interval * rule.interval
    for _ in range(walk.steps):
        try:
            days = sorted(set(days_of(index)))
        except (ValueError, OverflowError):  # after the year 9999
            return
        yield [datetime.combine(day, clock) for day in days for clock in clock_times]
        if _begin_of(walk, index) > walk.end:
            return
        index += rule.interval
    raise Endless


def _begin_of(walk: _Walk, index: int) -> datetime:
    """Before or at the first time of a period."""
    rule, first = walk.rule, walk.first
    try:
        if rule.frequency == "WEEKLY":
            week = _week_begin(first.date(), rule.week_start) + timedelta(weeks=index)
            return datetime.combine(week, time.min)
        if rule.frequency == "MONTHLY":
            year, month = divmod(first.year * 12 + first.month - 1 + index, 12)
            return datetime.combine(date(year, month + 1, 1), time.min)
        return datetime.combine(date(_first_year(rule, first) + index, 1, 1), time.min) - 7 * _DAY
    except (ValueError, OverflowError):
        return NEVER


def _first_year(rule: Rule, first: datetime) -> int:
    """The year that years are counted from: of weeks, the one that the first time's week is in. One
    that has none of the rule's days left is no beginning, as libical reads it."""
    if not rule.by_week:
        return first.year
    year = week_of(first.date(), rule.week_start)[0]
    if year < first.year and all(day < first.date() for day in _year_days(rule, first, year)):
        return first.year
    return year


def _daily(walk: _Walk) -> Iterator[list[datetime]]:
    rule, first = walk.rule, walk.first
    clock_times = _clock_times(rule, first, walk.is_date)
    step = timedelta(days=rule.interval)
    passed = max(0, (walk.since.date() - first.date()).days) // rule.interval
    day = first.date() + passed * step
    for _ in range(walk.steps):
        if datetime.combine(day, time.min) > walk.end:
            return
        if _is_day(rule, day):
            yield [datetime.combine(day, clock) for clock in clock_times]
        try:
            day += step
        except OverflowError:
            return
    raise Endless


def _sub_daily(walk: _Walk) -> Iterator[list[datetime]]:
    """Hours, minutes and seconds. What can't be passes over in one step: a day, an hour."""
    rule = walk.rule
    unit = _SECONDS[rule.frequency]
    origin = walk.first.replace(microsecond=0)
    origin -= timedelta(seconds=(origin.minute * 60 + origin.second) % unit)
    stride = timedelta(seconds=unit * rule.interval)
    now = origin + max(0, (walk.since - origin) // stride) * stride
    for _ in range(walk.steps):
        if now > walk.end:
            return
        try:
            ahead = _next_possible(rule, now)
            if ahead is None:
                yield _within(rule, walk.first, now)
                now += stride
            else:
                now = origin + -((origin - ahead) // stride) * stride
        except OverflowError:
            return
    raise Endless


def _next_possible(rule: Rule, now: datetime) -> datetime | None:
    """The begin of the next day, hour or minute where nothing can be in this one."""
    if not _is_day(rule, now.date()):
        return datetime.combine(now.date(), time.min) + _DAY
    if rule.by_hour and now.hour not in rule.by_hour:
        return now.replace(minute=0, second=0) + timedelta(hours=1)
    if rule.frequency != "HOURLY" and rule.by_minute and now.minute not in rule.by_minute:
        return now.replace(second=0) + timedelta(minutes=1)
    if rule.frequency == "SECONDLY" and rule.by_second and now.second not in rule.by_second:
        return now + timedelta(seconds=1)
    return None


def _within(rule: Rule, first: datetime, now: datetime) -> list[datetime]:
    """The times of one hour, minute or second."""
    if rule.frequency == "SECONDLY":
        return [now]
    seconds = sorted(set(rule.by_second or (first.second,)))
    if rule.frequency == "MINUTELY":
        return [now.replace(second=second) for second in seconds]
    minutes = sorted(set(rule.by_minute or (first.minute,)))
    return [now.replace(minute=m, second=s) for m, s in product(minutes, seconds)]


def _clock_times(rule: Rule, first: datetime, is_date: bool) -> list[time]:
    if is_date:
        return [time.min]
    hours = sorted(set(rule.by_hour or (first.hour,)))
    minutes = sorted(set(rule.by_minute or (first.minute,)))
    seconds = sorted(set(rule.by_second or (first.second,)))
    return [time(*each) for each in product(hours, minutes, seconds)]


# --- days -------------------------------------------------------------------------------------


def _is_day(rule: Rule, day: date) -> bool:
    """Whether the parts that limit days let this one be."""
    return (
        (not rule.by_month or day.month in rule.by_month)
        and _is_week(rule, day)
        and _is_year_day(rule, day)
        and _is_month_day(rule, day)
        and (not rule.by_day or any(day.weekday() == each for each, _ in rule.by_day))
    )


def _is_year_day(rule: Rule, day: date) -> bool:
    if not rule.by_year_day:
        return True
    number = day.timetuple().tm_yday
    size = 366 if calendar.isleap(day.year) else 365
    return number in rule.by_year_day or number - size - 1 in rule.by_year_day


def _is_month_day(rule: Rule, day: date) -> bool:
    if not rule.by_month_day:
        return True
    size = calendar.monthrange(day.year, day.month)[1]
    return day.day in rule.by_month_day or day.day - size - 1 in rule.by_month_day


def _is_week(rule: Rule, day: date) -> bool:
    if not rule.by_week:
        return True
    year, week = week_of(day, rule.week_start)
    return week in rule.by_week or week - weeks_in(year, rule.week_start) - 1 in rule.by_week


def _week_days(rule: Rule, first: datetime, begin: date, index: int) -> Iterator[date]:
    weekdays = {each for each, _ in rule.by_day} or {first.weekday()}
    monday = begin + timedelta(weeks=index)
    for number in range(7):
        day = monday + number * _DAY
        if day.weekday() in weekdays and (not rule.by_month or day.month in rule.by_month):
            yield day


def _month_days(rule: Rule, first: datetime, index: int) -> Iterator[date]:
    year, month = index // 12, index % 12 + 1
    if rule.by_month and month not in rule.by_month:
        return
    is_by_first = not (rule.by_month_day or rule.by_day or rule.by_year_day or rule.by_week)
    for number in range(1, calendar.monthrange(year, month)[1] + 1):
        day = date(year, month, number)
        if is_by_first and number != first.day:
            continue
        if (
            _is_month_day(rule, day)
            and _is_nth(rule, day, in_month=True)
            and _is_year_day(rule, day)
            and _is_week(rule, day)
        ):
            yield day


def _year_days(rule: Rule, first: datetime, year: int) -> Iterator[date]:
    has_days = bool(rule.by_year_day or rule.by_month_day or rule.by_day)
    # Days of a month alone are those of the event's own month, as libical reads it.
    is_bare = rule.by_month_day and not (rule.by_year_day or rule.by_day or rule.by_week)
    months = rule.by_month or ((first.month,) if is_bare else ())
    for day in _days_of_year(rule, year):
        if months and day.month not in months:
            continue
        if not has_days and rule.by_week and day.weekday() != first.weekday():
            continue
        if not has_days and not rule.by_week:
            if day.day != first.day or (not rule.by_month and day.month != first.month):
                continue
        elif not (
            _is_year_day(rule, day)
            and _is_month_day(rule, day)
            and _is_nth(rule, day, in_month=bool(rule.by_month))
        ):
            continue
        yield day


def _days_of_year(rule: Rule, year: int) -> Iterator[date]:
    """Of the calendar, or of the year's weeks that are asked for."""
    if not rule.by_week:
        day = date(year, 1, 1)
        yield from (day + number * _DAY for number in range(366 if calendar.isleap(year) else 365))
        return
    begin, size = _first_week(year, rule.week_start), weeks_in(year, rule.week_start)
    for week in sorted({each if each > 0 else size + 1 + each for each in rule.by_week}):
        if 1 <= week <= size:
            yield from (begin + (week - 1) * 7 * _DAY + number * _DAY for number in range(7))


def _is_nth(rule: Rule, day: date, *, in_month: bool) -> bool:
    """Whether it is one of the weekdays, by their number in the month or the year."""
    if not rule.by_day:
        return True
    if in_month:
        place, size = day.day, calendar.monthrange(day.year, day.month)[1]
    else:
        place, size = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
    numbers = (0, (place - 1) // 7 + 1, -((size - place) // 7 + 1))
    return any(
        day.weekday() == weekday and (nth in numbers or bool(rule.by_week))
        for weekday, nth in rule.by_day
    )


def _week_begin(day: date, week_start: int) -> date:
    return day - (day.weekday() - week_start) % 7 * _DAY


def _first_week(year: int, week_start: int) -> date:
    """The begin of the first week that has four days in the year."""
    return _week_begin(date(year, 1, 4), week_start)


def weeks_in(year: int, week_start: int) -> int:
    """52 or 53."""
    return (_first_week(year + 1, week_start) - _first_week(year, week_start)).days // 7


def week_of(day: date, week_start: int) -> tuple[int, int]:
    """The year and the number of the week that a day is in."""
    for year in (day.year + 1, day.year, day.year - 1):
        begin = _first_week(year, week_start)
        if day >= begin:
            return year, (day - begin).days // 7 + 1
    raise AssertionError("a day is in its year's weeks or in those of the year before")
