"""How events fall on a person's days, and what is free between them: pure functions.

A day is what lies between two midnights of the person's clock, 23 to 25 hours. What is stored are
instants and dates, so that travel moves appointments and leaves holidays where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from wooster.calendars.model import Appointment, Day, Gap, Instance
from wooster.core.clock import from_ms, to_ms

_DAY = timedelta(days=1)


def at(day: date, clock: time, zone: tzinfo | None) -> datetime:
    """A time of the person's clock. One that a change of the clock leaves out is the moment of the
    change; of one that comes twice, the first is meant."""
    wall = datetime.combine(day, clock)
    aware = wall.astimezone() if zone is None else wall.replace(tzinfo=zone)
    # Through UTC, which is what a time that was never on the clock really is.
    return aware.astimezone(UTC).astimezone(zone)


def bounds_ms(first: date, last: date, zone: tzinfo | None) -> tuple[int, int]:
    """From when to before when the days from `first` to `last` are."""
    return to_ms(at(first, time.min, zone)), to_ms(at(last + _DAY, time.min, zone))


def wall_bounds_ms(first: date, last: date) -> tuple[int, int]:
    """The same on a clock that is in no zone."""
    return bounds_ms(first, last, UTC)


def placed(instance: Instance, zone: tzinfo | None) -> Appointment:
    """An instance on the person's clock."""
    starts, ends = from_ms(instance.starts_ms), from_ms(instance.ends_ms)
    if instance.kind == "day":
        return _appointment(instance, starts.date(), (ends - _DAY).date(), None, None)
    if instance.kind == "floating":
        begin, end = at(starts.date(), starts.time(), zone), at(ends.date(), ends.time(), zone)
        begin, end = begin, max(begin, end)
    else:
        begin, end = starts.astimezone(zone), ends.astimezone(zone)
    # What ends at midnight isn't on the day that begins then.
    last = end if end == begin else end - timedelta(microseconds=1)
    return _appointment(instance, begin.date(), max(last.date(), begin.date()), begin, end)


def _appointment(
    instance: Instance, first: date, last: date, starts: datetime | None, ends: datetime | None
) -> Appointment:
    return Appointment(
        instance.summary,
        instance.calendar,
        first,
        max(first, last),
        starts,
        ends,
        instance.location,
        instance.status,
        instance.is_free,
        instance.repeats,
        instance,
    )


def by_day(appointments: Iterable[Appointment], first: date, last: date) -> list[Day]:
    """Each day from `first` to `last` with what falls on it, also what began before it."""
    ordered = sorted(appointments, key=_order)
    days = [first + number * _DAY for number in range((last - first).days + 1)]
    return [Day(day, tuple(each for each in ordered if each.is_within(day))) for day in days]


def _order(each: Appointment) -> tuple[bool, float, float, str, str]:
    if each.starts is None or each.ends is None:
        return False, each.first_day.toordinal(), each.last_day.toordinal(), each.summary, ""
    starts, ends = each.starts.timestamp(), each.ends.timestamp()
    return True, starts, ends, each.summary, each.calendar


def free(
    appointments: Sequence[Appointment], starts: datetime, ends: datetime, least: timedelta
) -> list[Gap]:
    """The gaps of at least `least` between two instants. What lasts whole days, and what doesn't
    keep one busy, leaves time free."""
    gaps: list[Gap] = []
    begin = starts
    for each in sorted(filter(is_busy, appointments), key=_order):
        assert each.starts is not None
        assert each.ends is not None
        if each.ends <= begin:
            continue
        if each.starts >= ends:
            break
        if each.starts > begin:
            gaps.append(Gap(begin, each.starts))
        begin = max(begin, each.ends)
    if begin < ends:
        gaps.append(Gap(begin, ends))
    return [each for each in gaps if each.length >= least and each.length > timedelta()]


def is_busy(each: Appointment) -> bool:
    """Whether nothing else can be done meanwhile."""
    return each.is_on and not each.is_free and not each.is_all_day
