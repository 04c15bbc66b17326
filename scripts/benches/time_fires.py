"""How each program fires a rule within a stretch of time: ours by the rule and as the engine drives
it, croniter and APScheduler's cron trigger where they can say the rule at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from scripts.benches.time_rules import Case

from wooster.schedule import planning
from wooster.schedule.model import Job, Times
from wooster.schedule.rules import Rule, next_after
from wooster.schedule.zones import instant_of

Fires = Callable[[datetime, datetime], list[int]]
"""The seconds at which it fires after one instant and until another."""

_MOST = 3000
_LATE_S = (0, 0, 0, 0.4, 1, 30, 100)
_ASLEEP_S = (0, 1, 3 * 3600, 30 * 3600)


def by_rule(case: Case, zone: ZoneInfo) -> Fires:
    """`schedule.rules.next_after`, one after the other."""
    rule = Rule(case.rrule, case.start, zone, case.except_days)

    def fires(begin: datetime, end: datetime) -> list[int]:
        found: list[int] = []
        at = begin
        while len(found) < _MOST and (after := next_after(rule, at)) and after <= end:
            found.append(int(after.timestamp()))
            at = after
        return found

    return fires


def by_engine(case: Case, zone: ZoneInfo, seed: str) -> Fires:
    """`schedule.planning.fire`, looked at in time, late, and after sleep; every second rule moves
    with the person's clock, and is set to it anew before each look, as the engine does. What was
    missed counts as fired as often as its row says."""
    chance = Random(seed)
    floats = chance.random() < 0.5
    times = Times(None, case.rrule, case.start, "" if floats else zone.key, case.except_days)
    rule = Rule(case.rrule, case.start, zone, case.except_days)
    lateness = _LATE_S if chance.random() < 0.7 else _ASLEEP_S

    def fires(begin: datetime, end: datetime) -> list[int]:
        first = planning.first_at(times, begin, zone)
        job = Job(1, "reminder", "", times, begin, next_at=first)
        found: list[int] = []
        while job.next_at is not None and job.next_at <= end and len(found) < _MOST:
            wall = planning.wall_of(times, job.next_at, zone)
            at = job.next_at if wall is None else instant_of(wall, zone)
            now = min(at + timedelta(seconds=chance.choice(lateness)), max(end, at))
            firing = planning.fire(_at(job, at), now, zone)
            for fired in firing.fired:
                found += _seconds(rule, fired)
            job = _at(job, firing.next_at)
        return found

    return fires


def _at(job: Job, at: datetime | None) -> Job:
    return Job(job.id, job.kind, job.text, job.times, job.created, next_at=at)


def _seconds(rule: Rule, fired: planning.Fired) -> list[int]:
    """A row's times: its first, and as many more as it says, the last of them its end."""
    found = [int(fired.due.timestamp())]
    at = fired.due
    for _ in range(fired.times - 2):
        after = next_after(rule, at)
        if after is None:
            break
        at = after
        found.append(int(at.timestamp()))
    if fired.until is not None:
        found.append(int(fired.until.timestamp()))
    return found


# --- others -----------------------------------------------------------------------------------


def by_croniter(case: Case, zone: ZoneInfo) -> Fires | None:
    """None where a line of cron can't say the rule."""
    line = _cron(case, "{0[BYDAY]}#{1}", "L{0[BYDAY]}", "L")
    if line is None:
        return None
    from croniter import croniter  # type: ignore[import-untyped]

    minute, hour, day, month, weekday = line
    for number, name in enumerate((*_CRON_DAYS[-1:], *_CRON_DAYS[:-1])):
        weekday = weekday.replace(name, str(number))
    text = f"{minute} {hour} {day} {month} {weekday}"

    def fires(begin: datetime, end: datetime) -> list[int]:
        walk: Any = croniter(text, begin.astimezone(zone))
        return _until(iter(lambda: walk.get_next(datetime), None), end)

    return fires


def by_apscheduler(case: Case, zone: ZoneInfo) -> Fires | None:
    line = _cron(case, "{2} {0[BYDAY]}", "last {0[BYDAY]}", "last")
    if line is None:
        return None
    from apscheduler.triggers.cron import CronTrigger

    minute, hour, day, month, weekday = line
    if " " in weekday:
        day, weekday = weekday, "*"
    trigger: Any = CronTrigger(
        minute=minute,
        hour=hour,
        day=day,
        month=month,
        day_of_week=weekday.lower(),
        timezone=zone,
    )

    def walk(begin: datetime) -> Iterator[datetime]:
        previous, at = None, begin.astimezone(zone) + timedelta(microseconds=1)
        while (found := trigger.get_next_fire_time(previous, at)) is not None:
            yield found
            previous = at = found

    return lambda begin, end: _until(walk(begin), end)


def _until(steps: Iterator[datetime], end: datetime) -> list[int]:
    found = []
    for at in islice(steps, _MOST):
        second = int(at.astimezone(UTC).timestamp())
        if second > end.timestamp():
            break
        found.append(second)
    return found


_NTH = {"1": "1st", "2": "2nd", "3": "3rd", "4": "4th", "5": "5th"}


def _cron(
    case: Case, nth_day: str, last_day: str, last_of_month: str
) -> tuple[str, str, str, str, str] | None:
    """Minute, hour, day, month and weekday; None for what cron has no words for."""
    parts = dict(part.split("=") for part in case.rrule.split(";"))
    frequency = parts.pop("FREQ")
    known = {"BYHOUR", "BYMINUTE", "BYDAY", "BYMONTH", "BYMONTHDAY"}
    if parts.keys() - known or case.except_days or case.start.second or "LY" not in frequency:
        return None
    if frequency not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        return None
    minute = parts.get("BYMINUTE", str(case.start.minute))
    hour = parts.get("BYHOUR", str(case.start.hour))
    day, month, weekday = parts.get("BYMONTHDAY", "*"), parts.get("BYMONTH", "*"), "*"
    if (day != "*" and "BYDAY" in parts) or (frequency == "YEARLY" and month == "*"):
        return None
    if frequency in ("MONTHLY", "YEARLY") and day == "*" and "BYDAY" not in parts:
        return None
    if "BYDAY" in parts:
        days = parts["BYDAY"]
        if days[0] in "-12345":
            if "," in days or days.startswith("-2"):
                return None
            name = {"BYDAY": days[-2:]}
            weekday = (
                last_day.format(name)
                if days.startswith("-1")
                else nth_day.format(name, days[0], _NTH[days[0]])
            )
        elif frequency == "WEEKLY":
            weekday = days
        else:
            return None
    elif frequency == "WEEKLY":
        return None
    if day == "-1":
        day = last_of_month
    elif "-" in day:
        return None
    for full in _CRON_DAYS:
        weekday = weekday.replace(full[:2].upper(), full)
    return minute, hour, day, month, weekday


_CRON_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
