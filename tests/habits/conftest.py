"""Habits over a database of their own, in Berlin, and lines as they are typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wooster.actions.action import Nothing
from wooster.actions.registry import Registry
from wooster.core.clock import ManualClock
from wooster.core.days import LocalDays
from wooster.habits.actions import actions
from wooster.habits.breaks import Breaks
from wooster.habits.service import Habits
from wooster.storage import Database
from wooster.wire.requests import ActionResult

# The first model that is built looks for pydantic's plugins on the disk: not on a test's loop.
Nothing.model_rebuild()

BERLIN = ZoneInfo("Europe/Berlin")


class Person:
    """Somebody who types commands, travels, and takes back what they did."""

    def __init__(self, database: Database, clock: ManualClock, day_ends_h: int) -> None:
        self.database = database
        self.clock = clock
        self.day_ends_h = day_ends_h
        self.move(clock.zone if isinstance(clock.zone, ZoneInfo) else BERLIN)

    def move(self, zone: ZoneInfo) -> None:
        """Go on in another zone, at the same instant."""
        self.clock = ManualClock(self.clock.now(), zone)
        days = LocalDays(self.clock, self.day_ends_h)
        self.habits = Habits(self.database, days)
        self.breaks = Breaks(self.database, days)
        self.registry = Registry()
        for action in actions(self.habits, self.breaks, days):
            self.registry.add(action)

    def at(self, local: str) -> None:
        """Wait, or go back, until the wall clock shows this."""
        zone = self.clock.zone
        moment = datetime.fromisoformat(local).replace(tzinfo=zone)
        self.clock.advance((moment - self.clock.now()).total_seconds())

    async def types(self, line: str) -> ActionResult:
        parsed = await self.registry.parse(line)
        assert parsed is not None, f"{line!r} is no command"
        return await self.registry.run(*parsed)

    async def says(self, line: str) -> str:
        return (await self.types(line)).text

    async def undoes(self, result: ActionResult) -> ActionResult:
        assert result.undo is not None
        return await self.registry.run(*result.undo)

    async def streak(self, name: str) -> int:
        (found,) = await self.habits.figures(name)
        return found.summary.current


@pytest.fixture
def someone(database: Database) -> Callable[..., Person]:
    """A person in a zone, on a Thursday evening in November."""

    def make(zone: str = "Europe/Berlin", now: str = "2026-11-26T20:30", ends: int = 0) -> Person:
        there = ZoneInfo(zone)
        clock = ManualClock(datetime.fromisoformat(now).replace(tzinfo=there), there)
        return Person(database, clock, ends)

    return make


@pytest.fixture
def person(someone: Callable[..., Person]) -> Person:
    return someone()
