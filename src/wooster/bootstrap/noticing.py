"""New patterns, looked for once a week by a job of the schedule, and told once.

The job finds them and says nothing by itself: the morning's briefing of that day and the review of
the week tell those that were found since, and the review of a day one of all.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta

from wooster.bootstrap.time import Words
from wooster.briefing.model import Edition, Moment
from wooster.core.clock import Clock
from wooster.core.errors import StorageError
from wooster.insights.model import Insight
from wooster.insights.service import Insights
from wooster.insights.showing import sentence
from wooster.schedule.model import Due, Job, Missed, Times
from wooster.schedule.service import Schedule, resumed

log = logging.getLogger(__name__)

_DOES = {"does": "patterns"}
_MONDAY, _AT = 0, time(5)
_WEEK = timedelta(weeks=1)
_MOST_NEW = 5
_NOTED = "`insights` lists them, with what can be made of each."

Composer = Callable[[Due], Awaitable[Words | None]]


class Noticing:
    """`others` composes the maintenance that isn't this."""

    def __init__(
        self, schedule: Schedule, clock: Clock, insights: Insights, others: Composer, is_on: bool
    ) -> None:
        self._schedule, self._clock, self._insights = schedule, clock, insights
        self._others, self._is_on = others, is_on

    async def begin(self) -> None:
        """Have the job, once, or none where patterns are switched off. One that the person
        cancelled stays so."""
        try:
            made = await self._schedule.jobs(("active", "paused", "ended", "cancelled"))
            ours = [job for job in made if job.payload == _DOES]
            if self._is_on and not ours:
                await self._schedule.add(self._job())
            for job in ours:
                if not self._is_on and job.state == "active":
                    await self._schedule.end(job.id, "paused")
                elif self._is_on and job.state == "paused":
                    await self._schedule.change(job.id, resumed)
        except StorageError as error:
            log.error("noticing.storage", extra={"fields": {"error": error.message}})

    async def compose(self, due: Due) -> Words | None:
        """Nothing to be told; what was found is kept. Other maintenance is composed by others."""
        if due.job.payload != _DOES:
            return await self._others(due)
        found = await self._insights.shown()
        log.info("noticing.found", extra={"fields": {"patterns": len(found)}})
        return None

    async def told(self, edition: Edition, moment: Moment) -> str:
        """What an edition tells of patterns; "" for nothing."""
        if edition == "morning" and moment.day.weekday() != _MONDAY:
            return ""
        shown = await self._insights.shown()
        if edition == "day":
            # Another each evening, and the same however often it is asked for.
            return _line(shown[moment.day.toordinal() % len(shown)]) if shown else ""
        new = [each for each in shown if moment.day - _WEEK < each.row.found <= moment.day]
        lines = [f"- {_line(each)}" for each in new[:_MOST_NEW]]
        return "\n".join([*lines, "", _NOTED]) if lines else ""

    def _job(self) -> Job:
        today = self._clock.local().date()
        monday = today - timedelta(days=today.weekday() - _MONDAY)
        return Job(
            0,
            "maintenance",
            "look for new patterns",
            Times(rrule="FREQ=WEEKLY;BYDAY=MO", start=datetime.combine(monday, _AT)),
            self._clock.now(),
            Missed("once"),
            payload=dict(_DOES),
            who="schedule",
        )


def _line(insight: Insight) -> str:
    return sentence(insight.finding.tested)
