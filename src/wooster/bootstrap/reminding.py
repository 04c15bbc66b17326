"""Reminders of habits: one job for each habit that has a time of its own, kept in step with it.

The job knows only when to ask; whether there is anything to say is asked of the habit when it is
due, so that one that is done, skipped or paused is silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from wooster.actions.action import Action, Parameters
from wooster.core.clock import Clock
from wooster.core.days import LocalDays
from wooster.habits.model import Habit
from wooster.habits.service import Habits
from wooster.habits.showing import streak_text
from wooster.schedule.model import Due, Job, Missed, Times
from wooster.schedule.service import Schedule
from wooster.wire.requests import ActionResult

P = TypeVar("P", bound=Parameters)

_LATE = Missed("within", timedelta(hours=12))
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class HabitReminders:
    """The jobs of kind "habit" of one home."""

    def __init__(self, habits: Habits, schedule: Schedule, clock: Clock, days: LocalDays) -> None:
        self._habits, self._schedule, self._clock, self._days = habits, schedule, clock, days

    async def keep(self) -> None:
        """Make, change and end jobs so that they are what the habits ask for now. At a start, and
        after each change of a habit."""
        wanted = {
            each.id: each
            for each in await self._habits.all()
            if each.archived is None and each.remind_at is not None
        }
        kept = set[int]()
        for job in await self._schedule.jobs(("active", "paused"), ("habit",)):
            habit = wanted.get(job.payload["habit"])
            if habit is None or habit.id in kept:
                await self._schedule.end(job.id)
                continue
            kept.add(habit.id)
            if not _is_of(job, habit):
                await self._schedule.change(job.id, partial(self._as, habit))
        for habit in wanted.values():
            if habit.id not in kept:
                await self._schedule.add(self._job(habit))

    async def compose(self, due: Due) -> str | None:
        """What is told of a habit that is due; None where nothing is asked of it any more: it is
        done, skipped or gone, or its day is over."""
        day = self._days.of(due.occurrence.due)
        for each in await self._habits.today():
            if each.habit.id == due.job.payload["habit"]:
                if each.day != day or not each.standing.is_asked:
                    return None
                streak = streak_text(each.habit.rule, each.streak) if each.streak else ""
                told = f", a streak of {streak}" if streak else ""
                return f"{each.habit.name}: not done yet today{told}."
        return None

    def keeping(self, actions: Sequence[Action[Any]]) -> list[Action[Any]]:
        """The actions on habits, after each of which that changes something jobs are kept."""
        return [self._kept(each) if each.effect != "read" else each for each in actions]

    def _kept(self, action: Action[P]) -> Action[P]:
        async def handle(given: P) -> ActionResult:
            result = await action.handler(given)
            await self.keep()
            return result

        return replace(action, handler=handle)

    def _job(self, habit: Habit) -> Job:
        now, times = self._clock.now(), self._times(habit)
        return Job(0, "habit", habit.name, times, now, _LATE, payload={"habit": habit.id})

    def _as(self, habit: Habit, job: Job) -> Job:
        return replace(job, text=habit.name, times=self._times(habit), state="active")

    def _times(self, habit: Habit) -> Times:
        assert habit.remind_at is not None
        start = datetime.combine(self._clock.local().date(), habit.remind_at)
        return Times(rrule=_rrule(habit), start=start)


def _rrule(habit: Habit) -> str:
    """Each day, or the weekdays of its rule: on others nothing is ever asked."""
    rule = habit.rule
    if rule.period != "week" or not rule.days:
        return "FREQ=DAILY"
    return f"FREQ=WEEKLY;BYDAY={','.join(_WEEKDAYS[day - 1] for day in rule.days)}"


def _is_of(job: Job, habit: Habit) -> bool:
    start = job.times.start
    return (job.state, job.text, job.times.rrule, start and start.time()) == (
        "active",
        habit.name,
        _rrule(habit),
        habit.remind_at,
    )
