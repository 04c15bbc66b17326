"""The next step in one area, told unasked: a job of the schedule, where the settings name a time.

It is off unless they do. At most one is told a day, and none in quiet hours.
"""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta

from wooster.bootstrap.living import Living
from wooster.bootstrap.time import Words, quiet_hours
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.core.errors import StorageError
from wooster.insights import showing
from wooster.insights.area_service import Areas
from wooster.schedule.carrying import Undelivered
from wooster.schedule.model import Due, Job, Missed, Times
from wooster.schedule.planning import QuietHours
from wooster.schedule.service import Schedule

log = logging.getLogger(__name__)

_DOES = {"does": "areas"}
_MISSED = Missed("within", timedelta(hours=6))


def suggesting(settings: Settings, home: Living, clock: Clock) -> Suggesting:
    """As the settings have it."""
    is_on = settings.insights.enabled and settings.services.scheduling.enabled
    at = settings.insights.suggest_at if is_on else None
    quiet = quiet_hours(settings.schedule.quiet_hours)
    return Suggesting(home.schedule, clock, home.areas, at, quiet)


class Suggesting:
    """`at` is a time of the clock, None for never."""

    def __init__(
        self,
        schedule: Schedule,
        clock: Clock,
        areas: Areas,
        at: str | None,
        quiet: QuietHours | None,
    ) -> None:
        self._schedule, self._clock, self._areas = schedule, clock, areas
        self._at = None if at is None else time.fromisoformat(at)
        self._quiet = None if quiet is None else (quiet.begin, quiet.end)

    async def begin(self) -> None:
        """Set it up; without it, all else goes on."""
        try:
            await self.set_up()
        except StorageError as error:
            log.error("suggesting.storage", extra={"fields": {"error": error.message}})

    async def set_up(self) -> None:
        """Have one job at that time, and none where there is none."""
        jobs = await self._schedule.jobs(kinds=("maintenance",))
        there = [job for job in jobs if job.payload == _DOES]
        at = self._at
        kept = [job for job in there if job.times.start and job.times.start.time() == at]
        for job in there:
            if job not in kept[:1]:
                await self._schedule.end(job.id)
        if at is not None and not kept:
            await self._schedule.add(self._job(at))

    async def compose(self, due: Due) -> Words | None:
        """The step; None where nothing is to be said. Raises `Undelivered` for other jobs."""
        if due.job.payload != _DOES:
            raise Undelivered(f"nothing here does {due.job.text!r}", is_final=True)
        # One that no channel took is composed again: it was counted as suggested by then.
        is_again = due.occurrence.attempts > 1
        step = await (self._areas.next() if is_again else self._areas.unasked(self._quiet))
        return None if step is None else Words("A next step", showing.step_text(step))

    def _job(self, at: time) -> Job:
        now = self._clock.local()
        start = datetime.combine(now.date(), at)
        return Job(
            0,
            "maintenance",
            "suggest the next step in one area",
            Times(rrule="FREQ=DAILY", start=start),
            self._clock.now(),
            _MISSED,
            payload=dict(_DOES),
            who="schedule",
        )
