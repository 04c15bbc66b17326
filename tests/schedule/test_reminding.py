"""Habits that remind, and goals that ask: at their times, where there is something to say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from wooster.actions.action import Nothing
from wooster.actions.registry import Registry
from wooster.bootstrap.reminding import HabitReminders
from wooster.core.days import LocalDays
from wooster.core.errors import NotFound, UsageError
from wooster.goals import actions as goal_actions
from wooster.goals import check_ins
from wooster.goals.check_ins import CheckIns
from wooster.goals.ports import NoHabits
from wooster.goals.service import Goals
from wooster.goals.steps import Steps
from wooster.habits import actions as habit_actions
from wooster.habits.breaks import Breaks
from wooster.habits.service import Habits
from wooster.reminders import setting
from wooster.reminders.setting import Reminders
from wooster.schedule.carrying import Parcel
from wooster.schedule.model import Due
from wooster.schedule.phrases import Context
from wooster.storage import Database
from wooster.wire.requests import ActionResult

from .conftest import Post, Time

# The first model that is built looks for pydantic's plugins on the disk: not on a test's loop.
Nothing.model_rebuild()

QUARTER = timedelta(minutes=15)


class Composed(Post):
    """A carrier that says what habits and goals say."""

    home: Home

    async def compose(self, due: Due) -> Parcel | None:
        by_kind = {"habit": self.home.habits.compose, "goal": self.home.goals.compose}
        text = await by_kind[due.job.kind](due)
        return None if text is None else Parcel(str(due.occurrence.id), "", text, due)


class Home:
    """Somebody's habits and goals, and the time in which they live."""

    def __init__(self, database: Database) -> None:
        self.time = Time(database)
        clock, schedule = self.time.clock, self.time.schedule
        days = LocalDays(clock)
        habits = Habits(database, days)
        self.habits = HabitReminders(habits, schedule, clock, days)

        def context() -> Context:
            return Context(clock.local())

        goals, steps = Goals(database, days, context, NoHabits()), Steps(database, days, NoHabits())
        self.goals = CheckIns(goals, schedule, clock, context)
        self.registry = Registry()
        for action in [
            *self.habits.keeping(habit_actions.actions(habits, Breaks(database, days), days)),
            *goal_actions.actions(goals, steps),
            *check_ins.actions(self.goals),
            *setting.actions(Reminders(schedule, clock, context)),
        ]:
            self.registry.add(action)
        post = Composed()
        post.home = self
        self.time.post = post
        self.time.restart()

    async def types(self, line: str) -> ActionResult:
        parsed = await self.registry.parse(line)
        assert parsed is not None, line
        return await self.registry.run(*parsed)

    async def undoes(self, result: ActionResult) -> ActionResult:
        assert result.undo is not None
        return await self.registry.run(*result.undo)

    async def until(self, local: str) -> list[str]:
        return await self.time.pass_by(local, QUARTER)


@pytest.fixture
def home(database: Database) -> Home:
    return Home(database)


async def test_a_habit_reminds_at_its_time_unless_it_is_done_or_skipped(home: Home) -> None:
    """With its streak; not on a day on which nothing is left to do."""
    await home.types("add habit run every day, remind at 18:00")
    assert await home.until("2026-11-26T20:00") == ["26 18:00 run: not done yet today."]
    await home.types("check in run")
    home.time.at("2026-11-27T09:00")
    await home.types("check in run")
    assert await home.until("2026-11-27T20:00") == []
    assert await home.until("2026-11-28T20:00") == [
        "28 18:00 run: not done yet today, a streak of 2 days."
    ]
    home.time.at("2026-11-29T09:00")
    await home.types("skip run today")
    assert await home.until("2026-11-29T20:00") == []


async def test_a_change_of_a_habit_is_a_change_of_its_job_and_undo_too(home: Home) -> None:
    """Another time, other days, off, in the archive, back: one job, and never two."""
    await home.types("add habit run every day, remind at 18:00")
    changed = await home.types("edit habit run: remind at 17:00")
    (job,) = await home.time.schedule.jobs()
    assert job.times.start is not None and job.times.start.hour == 17
    await home.undoes(changed)
    (job,) = await home.time.schedule.jobs()
    assert job.times.start is not None and job.times.start.hour == 18
    await home.types("edit habit run: on Mondays and Fridays")
    (job,) = await home.time.schedule.jobs()
    assert job.times.rrule == "FREQ=WEEKLY;BYDAY=MO,FR"
    deleted = await home.types("delete habit run")
    assert await home.time.schedule.jobs() == []
    await home.undoes(deleted)
    assert len(await home.time.schedule.jobs()) == 1
    await home.habits.keep()
    assert len(await home.time.schedule.jobs()) == 1
    await home.types("edit habit run: no reminder")
    assert await home.time.schedule.jobs() == []


async def test_a_habit_of_a_day_that_is_over_is_not_said_the_next_morning(home: Home) -> None:
    """Slept from the evening to the morning: yesterday's is a row, and silent."""
    await home.types("add habit run every day, remind at 22:00")
    home.time.at("2026-11-27T07:00")
    assert await home.time.look() == []
    assert await home.time.states() == ["skipped"]


async def test_a_goal_asks_when_it_was_told_to_and_until_it_is_closed(home: Home) -> None:
    """With how far it is; off ends it, and undo brings it back."""
    await home.types("set goal read 24 books by 31 December 2027")
    told = await home.types("/goals remind read every Sunday at 18:00")
    assert "every Sunday at 18:00; first on Sunday 29 November at 18:00" in told.text
    (asked,) = await home.until("2026-11-30T08:00")
    assert asked.startswith("29 18:00 How far is “read")
    off = await home.types("/goals remind read off")
    assert await home.until("2026-12-07T08:00") == []
    await home.undoes(off)
    assert len(await home.until("2026-12-14T08:00")) == 1
    moved = await home.types("/goals remind read each day at 9:00")
    assert len(await home.time.schedule.jobs()) == 1
    await home.undoes(moved)
    await home.types("close goal read")
    assert await home.until("2026-12-21T08:00") == []


async def test_what_is_no_time_and_what_is_no_reminder_is_said(home: Home) -> None:
    """Nothing is guessed."""
    await home.types("set goal read 24 books by 31 December 2027")
    with pytest.raises(UsageError, match="when to ask"):
        await home.types("/goals remind read tomorrow")
    with pytest.raises(NotFound, match="Nobody asks"):
        await home.types("/goals remind read off")
