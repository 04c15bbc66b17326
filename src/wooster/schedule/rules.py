"""Recurring times: when a rule fires next.

A rule of days is a wall-clock rule: it keeps its hour when the clocks change. A time that doesn't
exist then fires at the first instant after the gap, one that exists twice fires once, the first
time. A rule of hours, minutes or seconds counts what elapses. Pure; the calendar's arithmetic is
python-dateutil's, on naive times and from near the instant asked about. A rule that has no day
within a hundred years never comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice

from wooster.schedule.coming import comes
from wooster.schedule.zones import instant_of

_ELAPSING = ("HOURLY", "MINUTELY", "SECONDLY")
_SECONDS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
_DAY = timedelta(days=1)
_LATEST = 9990
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Rule:
    """An RFC 5545 recurrence, its first wall-clock time, and the zone (None: the machine's).

    A date as its UNTIL is a local day that is in.
    """

    rrule: str
    start: datetime
    zone: tzinfo | None
    except_days: tuple[date, ...] = ()


def next_after(rule: Rule, instant: datetime) -> datetime | None:
    """The first instant, in UTC, at which `rule` fires after `instant` (aware); None for never."""
    parts = parsed(rule.rrule)
    if parts["FREQ"] in _ELAPSING:
        return _next_elapsed(rule, parts, instant)
    since = _wall(instant, rule.zone) - _DAY
    rrule = rule.rrule
    if (until := parts.get("UNTIL", "")).endswith("Z"):
        last = _wall(_utc(until), rule.zone)
        rrule = rrule.upper().replace(f"UNTIL={until}", f"UNTIL={last:%Y%m%dT%H%M%S}")
    for wall in walls(rrule, rule.start, since):
        if wall.date() in rule.except_days:
            continue
        fires = instant_of(wall, rule.zone)
        if fires > instant:
            return fires
    return None


def following(rule: Rule, instant: datetime, count: int) -> list[datetime]:
    """The next `count` instants after `instant`, fewer where the rule ends."""
    found: list[datetime] = []
    while len(found) < count and (fires := next_after(rule, found[-1] if found else instant)):
        found.append(fires)
    return found


def parsed(rrule: str) -> dict[str, str]:
    """The parts of a recurrence by their names. Raises `ValueError` for what is none."""
    parts = dict(part.split("=", 1) for part in rrule.upper().split(";") if part)
    if "FREQ" not in parts:
        raise ValueError(f"{rrule!r} has no FREQ")
    return parts


def counts_elapsed(rrule: str) -> bool:
    """Whether it is a rule of what elapses, and not of the wall clock."""
    return parsed(rrule)["FREQ"] in _ELAPSING


def walls(rrule: str, start: datetime, since: datetime | None = None) -> Iterator[datetime]:
    """The wall-clock times of a rule that begins at `start` (naive), those before `since` left out.

    Every rule but one with a COUNT is stepped from near `since`, however long ago it began.
    """
    parts = parsed(rrule)
    since = max(since or start, start)
    first = start if "COUNT" in parts else _near(parts, start, since)
    if not comes(_explicit(parts, start), first.date()):
        return
    for wall in _stepped(parts, first):
        if wall >= since:
            yield wall


def _stepped(parts: dict[str, str], start: datetime) -> Iterator[datetime]:
    from dateutil.rrule import rrulestr  # 20 ms, and most runs never need it

    until = parts.get("UNTIL", "")
    if len(until) == 8:
        parts = {**parts, "UNTIL": f"{until}T235959"}
    return iter(rrulestr(";".join(f"{k}={v}" for k, v in parts.items()), dtstart=start))


def _near(parts: dict[str, str], start: datetime, since: datetime) -> datetime:
    """A start a whole number of intervals later, before `since`; its parts are made explicit."""
    if since <= start:
        return start
    interval = int(parts.get("INTERVAL", "1"))
    frequency = parts["FREQ"]
    if frequency in ("DAILY", "WEEKLY"):
        if frequency == "WEEKLY":
            parts.setdefault("BYDAY", _WEEKDAYS[start.weekday()])
        step = timedelta(days=interval * (7 if frequency == "WEEKLY" else 1))
        return start + max((since - start) // step - 1, 0) * step
    if frequency == "YEARLY":
        _say_day_of_year(parts, start)
    elif not {"BYMONTHDAY", "BYDAY"} & parts.keys():
        parts["BYMONTHDAY"] = str(start.day)
    months = interval * (12 if frequency == "YEARLY" else 1)
    passed = (since.year - start.year) * 12 + since.month - start.month
    steps = max(passed // months - 1, 0)
    if not steps:
        return start
    year, index = divmod(start.year * 12 + start.month - 1 + steps * months, 12)
    return start.replace(year=year, month=index + 1, day=1)


def _explicit(parts: dict[str, str], start: datetime) -> dict[str, str]:
    """With what the rule takes from its start."""
    said = dict(parts)
    if parts["FREQ"] == "WEEKLY":
        said.setdefault("BYDAY", _WEEKDAYS[start.weekday()])
    elif parts["FREQ"] == "YEARLY":
        _say_day_of_year(said, start)
    elif parts["FREQ"] == "MONTHLY" and not {"BYMONTHDAY", "BYDAY"} & parts.keys():
        said["BYMONTHDAY"] = str(start.day)
    return said


def _say_day_of_year(parts: dict[str, str], start: datetime) -> None:
    """What a yearly rule takes from its start, as RFC 5545 has it."""
    if {"BYWEEKNO", "BYYEARDAY"} & parts.keys():
        if "BYWEEKNO" in parts:
            parts.setdefault("BYDAY", _WEEKDAYS[start.weekday()])
        return
    if not {"BYMONTHDAY", "BYDAY"} & parts.keys():
        parts.setdefault("BYMONTH", str(start.month))
        parts["BYMONTHDAY"] = str(start.day)


# --- what elapses -----------------------------------------------------------------------------


def _next_elapsed(rule: Rule, parts: dict[str, str], instant: datetime) -> datetime | None:
    """Every so many hours, minutes or seconds, at the days and hours that the rule allows."""
    step = timedelta(seconds=_SECONDS[parts["FREQ"]] * int(parts.get("INTERVAL", "1")))
    start = instant_of(rule.start, rule.zone)
    count = max((instant - start) // step + 1, 0)
    most = int(parts["COUNT"]) if "COUNT" in parts else None
    while most is None or count < most:
        fires = start + count * step
        wall = _wall(fires, rule.zone)
        if wall.year >= _LATEST or _is_over(parts, wall, fires):
            return None
        if skipped := _skipped(parts, rule, wall):
            later = instant_of(skipped, rule.zone)
            if later.astimezone(rule.zone).utcoffset() != fires.astimezone(rule.zone).utcoffset():
                count += 1  # clocks change meanwhile: an hour that is allowed may come again
                continue
            count = max(-(-(later - start) // step), count + 1)
            continue
        return fires
    return None


def _is_over(parts: dict[str, str], wall: datetime, fires: datetime) -> bool:
    until = parts.get("UNTIL", "")
    if not until:
        return False
    if until.endswith("Z"):
        return fires > _utc(until)
    if len(until) == 8:
        return wall.date() > datetime.strptime(until, "%Y%m%d").date()  # noqa: DTZ007
    return wall > datetime.strptime(until, "%Y%m%dT%H%M%S")  # noqa: DTZ007


def _skipped(parts: dict[str, str], rule: Rule, wall: datetime) -> datetime | None:
    """The wall-clock time before which nothing fires, where `wall` isn't allowed."""
    hours = {int(hour) for hour in parts.get("BYHOUR", "").split(",") if hour}
    midnight = datetime.combine(wall.date() + _DAY, time())
    if wall.date() in rule.except_days:
        return midnight
    by_day = parts.get("BYDAY", "")
    if by_day and _WEEKDAYS[wall.weekday()] not in by_day.split(","):
        return midnight
    months = parts.get("BYMONTH", "")
    if months and str(wall.month) not in months.split(","):
        return midnight
    if hours and wall.hour not in hours:
        return wall.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return None


def first_walls(rrule: str, start: datetime, count: int) -> list[datetime]:
    """The first `count` wall-clock times of a rule of days."""
    return list(islice(walls(rrule, start, start), count))


def _utc(until: str) -> datetime:
    return datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _wall(instant: datetime, zone: tzinfo | None) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
