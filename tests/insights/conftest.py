"""A person's whole home, in Berlin, and lines as they are typed."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wooster.actions.action import Nothing
from wooster.actions.registry import Registry
from wooster.bootstrap import living
from wooster.bootstrap.living import Living
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.storage import Database
from wooster.wire.requests import ActionResult

# The first model that is built looks for pydantic's plugins on the disk: not on a test's loop.
Nothing.model_rebuild()

BERLIN = ZoneInfo("Europe/Berlin")
TABLES = ("insights", "area_members", "area_suggestions", "habits", "habit_rules", "goals")


class Person:
    """Somebody who types commands, and takes back what they did."""

    def __init__(self, home: Living, database: Database, clock: ManualClock) -> None:
        self.home, self.database, self.clock = home, database, clock
        self.registry = Registry()
        self.actions = {each.name: each for each in home.actions}
        for action in self.actions.values():
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

    async def contents(self) -> dict[str, set[tuple[Any, ...]]]:
        """All rows, which agree with themselves."""

        def read(connection: sqlite3.Connection) -> dict[str, set[tuple[Any, ...]]]:
            assert [line for check in living.CHECKS for line in check(connection)] == []
            return {
                table: {tuple(row) for row in connection.execute(f"SELECT * FROM {table}")}
                for table in TABLES
            }

        return await self.database.read(read)

    async def does_mondays(self, task: str, count: int = 12) -> None:
        """A task that was done at seven in the evening of the last Mondays."""
        begun = self.clock.local().replace(tzinfo=None)
        monday = (begun - timedelta(days=begun.weekday())).replace(hour=19, minute=5)
        for week in range(count, 0, -1):
            self.at((monday - timedelta(weeks=week)).isoformat())
            await self.types(f"/tasks add {task}")
            await self.types(f"/tasks done {task}")
        self.at(begun.isoformat())


@pytest.fixture
def person(paths: Paths, database: Database, tmp_path: Path) -> Person:
    """A person on a Thursday evening in November."""
    now = datetime(2026, 11, 26, 20, 30, tzinfo=BERLIN)
    clock = ManualClock(now, BERLIN)
    return Person(Living(paths, load_settings(paths), database, clock), database, clock)
