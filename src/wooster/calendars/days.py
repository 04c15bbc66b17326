"""How events fall on a person's days, and what is free between them: pure functions.

A day is what lies between two midnights of the person's clock, 23 to 25 hours. What is stored are
instants and dates, so that travel moves appointments and leaves holidays where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from wooster.calendars.model import Appointment, Day, Gap, Instance, Spot
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
        starts = at(starts.date(), starts.time(), zone).astimezone(UTC)
        ends = max(starts, at(ends.date(), ends.time(), zone).astimezone(UTC))
    # What ends at midnight isn't on the day that begins then. Compared and counted in UTC: times of
    # one zone are compared as the clock on the wall has them, which has an hour twice in autumn.
    last = ends if ends == starts else ends - timedelta(microseconds=1)
    begin, end = starts.astimezone(zone), ends.astimezone(zone)
    return _appointment(instance, begin.date(), last.astimezone(zone).date(), begin, end)


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
    found: list[list[Appointment]] = [[] for _ in range((last - first).days + 1)]
    for each in sorted(appointments, key=order):
        begin, end = max(each.first_day, first), min(each.last_day, last)
        for number in range((begin - first).days, (end - first).days + 1):
            found[number].append(each)
    return [Day(first + number * _DAY, tuple(each)) for number, each in enumerate(found)]


def order(each: Appointment) -> tuple[bool, float, float, str, str]:
    """Whole days first, then by the clock."""
    if each.starts is None or each.ends is None:
        return False, each.first_day.toordinal(), each.last_day.toordinal(), each.summary, ""
    starts, ends = each.starts.timestamp(), each.ends.timestamp()
    return True, starts, ends, each.summary, each.calendar


def order_of(spot: Spot, zone: tzinfo | None) -> tuple[bool, float, float, str, str]:
    """The same of what isn't placed yet."""
    if spot.kind == "timed":
        return True, spot.starts_ms / 1000, spot.ends_ms / 1000, spot.summary, spot.calendar
    starts, ends = from_ms(spot.starts_ms), from_ms(spot.ends_ms)
    if spot.kind == "day":
        first, last = starts.date(), max(starts, ends - _DAY).date()
        return False, first.toordinal(), last.toordinal(), spot.summary, ""
    begin, end = (at(each.date(), each.time(), zone).timestamp() for each in (starts, ends))
    return True, begin, max(begin, end), spot.summary, spot.calendar


def free(
    appointments: Sequence[Appointment], starts: datetime, ends: datetime, least: timedelta
) -> list[Gap]:
    """The gaps of at least `least` between two instants, none where the second isn't later. What
    lasts whole days, or no time, and what doesn't keep one busy, leaves time free."""
    zone = starts.tzinfo
    found: list[tuple[datetime, datetime]] = []
    begin, end = starts.astimezone(UTC), ends.astimezone(UTC)
    for each in sorted(filter(is_busy, appointments), key=order):
        assert each.starts is not None
        assert each.ends is not None
        busy_from, busy_to = each.starts.astimezone(UTC), each.ends.astimezone(UTC)
        if busy_to <= begin or busy_to == busy_from:
            continue
        if busy_from >= end:
            break
        found.append((begin, busy_from))
        begin = max(begin, busy_to)
    found.append((begin, end))
    least = max(least, timedelta(microseconds=1))
    return [Gap(a.astimezone(zone), b.astimezone(zone)) for a, b in found if b - a >= least]


def is_busy(each: Appointment) -> bool:
    """Whether nothing else can be done meanwhile."""
    return each.is_on and not each.is_free and not each.is_all_day
