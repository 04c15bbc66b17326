"""Goals over a database of their own, in Berlin, and lines as they are typed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wooster.actions.action import Nothing
from wooster.actions.registry import Registry
from wooster.bootstrap.serving import ServingHabits
from wooster.core.clock import ManualClock
from wooster.core.days import LocalDays
from wooster.goals import actions as goal_actions
from wooster.goals.service import Goals
from wooster.goals.steps import Steps
from wooster.habits import actions as habit_actions
from wooster.habits.breaks import Breaks
from wooster.habits.service import Habits
from wooster.schedule.phrases import Context
from wooster.storage import Database
from wooster.wire.requests import ActionResult

# The first model that is built looks for pydantic's plugins on the disk: not on a test's loop.
Nothing.model_rebuild()

BERLIN = ZoneInfo("Europe/Berlin")


class Person:
    """Somebody who types commands about goals and habits, and takes back what they did."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database = database
        self.clock = clock
        days = LocalDays(clock)
        habits = Habits(database, days)
        serving = ServingHabits(habits)
        self.goals = Goals(database, days, lambda: Context(clock.local()), serving)
        steps = Steps(database, days, serving)
        self.registry = Registry()
        self.actions = {each.name: each for each in goal_actions.actions(self.goals, steps)}
        for action in self.actions.values():
            self.registry.add(action)
        for action in habit_actions.actions(habits, Breaks(database, days), days):
            self.registry.add(action)

    def at(self, local: str) -> None:
        """Wait, or go back, until the wall clock shows this."""
        moment = datetime.fromisoformat(local).replace(tzinfo=BERLIN)
        self.clock.advance((moment - self.clock.now()).total_seconds())

    async def types(self, line: str) -> ActionResult:
        parsed = await self.registry.parse(line)
        assert parsed is not None, f"{line!r} is no command"
        return await self.registry.run(*parsed)

    async def says(self, line: str) -> str:
        return (await self.types(line)).text

    async def undoes(self, result: ActionResult) -> ActionResult:
        assert result.undo is not None
        name, arguments = result.undo
        return await self.registry.run(name, json.loads(json.dumps(arguments)))

    async def reads(self, sentence: str) -> dict[str, Any] | None:
        """What a plain sentence is for `goals_progress`."""
        reads = self.actions["goals_progress"].reads
        assert reads is not None
        return await reads(sentence)

    async def fits(self, action: str, words: str) -> bool:
        fits = self.actions[action].fits
        assert fits is not None
        return await fits(words)


@pytest.fixture
def person(database: Database) -> Person:
    """A person on a Thursday evening in November."""
    now = datetime(2026, 11, 26, 20, 30, tzinfo=BERLIN)
    return Person(database, ManualClock(now, BERLIN))
