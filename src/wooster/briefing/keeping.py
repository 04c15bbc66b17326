"""The jobs that send briefings, kept in step with the settings when the daemon starts.

A job is made once. What the person did to it since (moved, paused, cancelled) stays, until they
change the setting itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from wooster.briefing.model import Edition
from wooster.core.clock import Clock
from wooster.schedule.model import Job, Kind, Missed, Times
from wooster.schedule.service import Schedule

_LATE = Missed("within", timedelta(hours=4))
_MAKER = "briefing"


@dataclass(frozen=True, slots=True)
class _Going:
    kind: Kind
    text: str
    rrule: str


_GOING: dict[Edition, _Going] = {
    "morning": _Going("briefing", "Morning briefing", "FREQ=DAILY"),
    "day": _Going("review", "Review of the day", "FREQ=DAILY"),
    "week": _Going("review", "Review of the week", "FREQ=WEEKLY;BYDAY=SU"),
}


def edition_of(job: Job) -> Edition:
    """What a job sends."""
    found = job.payload.get("edition")
    for edition in _GOING:
        if edition == found:
            return edition
    return "morning" if job.kind == "briefing" else "day"


async def keep_in_step(schedule: Schedule, clock: Clock, at: Mapping[Edition, str | None]) -> None:
    """One job for each edition that has a time, and none that is active for one that has none."""
    found = await schedule.jobs(("active", "paused", "ended", "cancelled"), ("briefing", "review"))
    for edition, going in _GOING.items():
        ours = [job for job in found if job.kind == going.kind and edition_of(job) == edition]
        setting = at.get(edition)
        if not ours:
            if setting is not None:
                await schedule.add(_made(edition, setting, clock))
            continue
        job = min(ours, key=lambda each: each.id)
        if job.payload.get("at") != setting:
            await _change(schedule, job, _made(edition, setting, clock) if setting else None)


async def _change(schedule: Schedule, job: Job, wanted: Job | None) -> None:
    """Give it the time of a setting that was changed, or end it where there is none any more."""
    if wanted is not None:
        await schedule.change(
            job.id,
            lambda old: replace(old, times=wanted.times, payload=wanted.payload, state="active"),
        )
        return
    off = {**job.payload, "at": None}
    await schedule.change(job.id, lambda old: replace(old, payload=off))
    await schedule.end(job.id)


def _made(edition: Edition, at: str, clock: Clock) -> Job:
    going = _GOING[edition]
    # From yesterday on, so that today's is still to come where its time is.
    day = clock.local().date() - timedelta(days=1)
    start = datetime.combine(day, time.fromisoformat(at))
    return Job(
        id=0,
        kind=going.kind,
        text=going.text,
        times=Times(rrule=going.rrule, start=start),
        created=clock.now(),
        missed=_LATE,
        payload={"edition": edition, "at": at},
        who=_MAKER,
    )
