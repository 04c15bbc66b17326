"""What becomes of a job's times once they have come: pure, and the whole of it.

A time that has just come is due. Times that passed while nothing ran (the machine slept, or the
program was down) go by the job's policy, and none of them goes without a row.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from wooster.schedule.model import Job, State, Times
from wooster.schedule.rules import Rule, counts_elapsed, next_after
from wooster.schedule.zones import instant_of

GRACE = timedelta(minutes=2)
"""What comes no later than this isn't late: a busy machine, and the wait between two looks."""

MOST_COUNTED = 1000
"""Missed times that are counted one by one; a rule of minutes has many in a year."""

_FIRST_RETRY = timedelta(seconds=15)
_LONGEST_RETRY = timedelta(minutes=30)
MOST_TRIES = 100
"""How often a delivery that fails is tried: about two days of a machine that is awake. Hours aren't
counted: a machine that slept three nights may have no network in its first minutes."""
MOST_REPEATS = 20
"""How often something is said again that nobody acknowledges."""

# The windows in which the last time before an instant is looked for, the shortest first.
_WINDOWS = [timedelta(minutes=1)] + [timedelta(days=n) for n in (1 / 24, 1, 8, 32, 370, 1500)]


@dataclass(frozen=True, slots=True)
class Fired:
    """A row to be made: `due`, or `missed` for `times` of them from `due` until `until`."""

    due: datetime
    state: State
    is_late: bool = False
    times: int = 1
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """What a job's times give at an instant, and the next one that is yet to come."""

    fired: tuple[Fired, ...]
    next_at: datetime | None


def rule_of(times: Times, local: tzinfo | None) -> Rule:
    """The rule of recurring times; `local` is the zone of those that move with the person."""
    assert times.start is not None
    zone = ZoneInfo(times.zone) if times.zone else local
    # Rows keep milliseconds: with less than that an instant would come after its own row again.
    return Rule(times.rrule, times.start.replace(microsecond=0), zone, times.except_days)


def first_at(
    times: Times, since: datetime, local: tzinfo | None, had: Collection[datetime] = ()
) -> datetime | None:
    """The first of the times after `since`, or the one that there is; None where none is left.

    Those that the job `had` come no more: they lie ahead again where the clock was set back.
    """
    if times.at is not None:
        return None if times.at in had else times.at
    return _next(rule_of(times, local), since, had)


def _next(rule: Rule, since: datetime, had: Collection[datetime]) -> datetime | None:
    found = next_after(rule, since)
    while found is not None and found in had:
        found = next_after(rule, found)
    return found


def wall_of(times: Times, next_at: datetime | None, local: tzinfo | None) -> datetime | None:
    """What the person's clock shows at `next_at`, for times that move with it; None for others.

    An instant of a wall-clock rule is found again from it wherever the person goes. What counts
    elapsed hours has instants only.
    """
    if next_at is None or times.at is not None or times.zone or counts_elapsed(times.rrule):
        return None
    return next_at.astimezone(local).replace(tzinfo=None, fold=0)


def fire(job: Job, now: datetime, local: tzinfo | None, had: Collection[datetime] = ()) -> Firing:
    """What becomes of `job`, whose `next_at` has come. The times that it `had` are left out."""
    first = job.next_at
    if first is not None and first in had:
        first = None if job.times.at else _next(rule_of(job.times, local), first, had)
    if first is None or first > now:
        return Firing((), first)
    if job.times.at is not None:
        return Firing(_passed(job, [first], now), None)
    rule = rule_of(job.times, local)
    passed = [first]
    while len(passed) < MOST_COUNTED:
        following = _next(rule, passed[-1], had)
        if following is None or following > now:
            return Firing(_passed(job, passed, now), following)
        passed.append(following)
    last = _last_before(rule, now)
    if last is not None and last > passed[-1] and last not in had:
        passed.append(last)
    return Firing(_passed(job, passed, now), _next(rule, max(passed[-1], last or passed[-1]), had))


def _passed(job: Job, passed: Sequence[datetime], now: datetime) -> tuple[Fired, ...]:
    """The last of them by itself where it is still wanted, those before it as one that was
    missed."""
    lateness = now - passed[-1]
    if lateness <= GRACE:
        return (*_missed(passed[:-1]), Fired(passed[-1], "due"))
    too_late = job.missed.policy == "within" and lateness > job.missed.within
    if job.missed.policy == "skip" or too_late:
        return _missed(passed)
    return (*_missed(passed[:-1]), Fired(passed[-1], "due", is_late=True))


def _missed(passed: Sequence[datetime]) -> tuple[Fired, ...]:
    if not passed:
        return ()
    until = passed[-1] if len(passed) > 1 else None
    return (Fired(passed[0], "missed", True, len(passed), until),)


def _last_before(rule: Rule, now: datetime) -> datetime | None:
    for window in _WINDOWS:
        found = next_after(rule, now - window)
        if found is not None and found <= now:
            while (following := next_after(rule, found)) is not None and following <= now:
                found = following
            return found
    return None


def retry_at(attempts: int, now: datetime) -> datetime:
    """When a delivery that failed for the `attempts`th time is tried again: 15 s later, then twice
    as late each time, at most half an hour."""
    return now + min(_FIRST_RETRY * (1 << min(attempts - 1, 16)), _LONGEST_RETRY)


# --- quiet hours ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` to `end` of the person's clock, perhaps over midnight."""

    begin: time
    end: time

    def over_at(self, now: datetime, local: tzinfo | None) -> datetime | None:
        """When they are over, for an instant within them; None for one that isn't."""
        wall = now.astimezone(local)
        is_in = (
            self.begin <= wall.time() < self.end
            if self.begin < self.end
            else wall.time() >= self.begin or wall.time() < self.end
        )
        if not is_in:
            return None
        day = wall.date()
        if wall.time() >= self.end:
            day += timedelta(days=1)
        return instant_of(datetime.combine(day, self.end), local)


_TIMED_BY_PERSON = ("reminder", "prompt", "habit", "goal", "briefing", "review")


def held_until(
    job: Job, quiet: QuietHours | None, now: datetime, local: tzinfo | None
) -> datetime | None:
    """When something that is due may go out; None for now. What the person set the time of goes out
    at that time: they knew the hour."""
    if quiet is None or job.priority == "high" or job.kind in _TIMED_BY_PERSON:
        return None
    return quiet.over_at(now, local)
