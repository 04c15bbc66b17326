"""A home with all capabilities over a database of its own, in Berlin, and its briefings."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wooster.actions.action import Nothing
from wooster.actions.registry import Registry
from wooster.bootstrap.briefing import Briefing
from wooster.bootstrap.living import Living
from wooster.briefing.ports import Phrased
from wooster.calendars import store as calendar_store
from wooster.calendars.model import Object, Source
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import ManualClock, to_ms
from wooster.memory.episodes.model import Followup
from wooster.storage import Database
from wooster.wire.requests import ActionResult

# The first model that is built looks for pydantic's plugins on the disk: not on a test's loop.
Nothing.model_rebuild()

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=BERLIN)


class Home:
    """Somebody's home: what they type, and what they are told."""

    def __init__(self, paths: Paths, settings: Settings, database: Database) -> None:
        self.paths, self.settings, self.database = paths, settings, database
        self.clock = ManualClock(berlin("2026-11-25T20:00"), BERLIN)
        self.followups: list[Followup] = []
        self.live()

    def live(self) -> None:
        """Begin anew over the same home, as a daemon does."""
        self.living = Living(self.paths, self.settings, self.database, self.clock)
        self.briefing = Briefing(self.settings, self.database, self.clock, self.living)
        self.briefing.followups = self._open
        self.registry = Registry()
        for action in (*self.living.actions, *self.briefing.actions):
            self.registry.add(action)

    def sets(self, **briefing: object) -> None:
        """Change settings of briefings; the daemon begins anew."""
        changed = self.settings.briefing.model_copy(update=briefing)
        self.settings = self.settings.model_copy(update={"briefing": changed})
        self.live()

    async def _open(self) -> Sequence[Followup]:
        return self.followups

    def at(self, local: str, zone: ZoneInfo = BERLIN) -> None:
        """Wait, or go back, until the wall clock shows this."""
        moment = datetime.fromisoformat(local).replace(tzinfo=zone)
        self.clock.advance((moment - self.clock.now()).total_seconds())

    async def types(self, *lines: str) -> ActionResult:
        result = None
        for line in lines:
            parsed = await self.registry.parse(line)
            assert parsed is not None, f"{line!r} is no command"
            result = await self.registry.run(*parsed)
        assert result is not None
        return result

    async def says(self, line: str) -> str:
        return (await self.types(line)).text

    async def has_event(self, title: str, begins: str, minutes: int = 60) -> None:
        """An event is stored as a calendar's reader stores it."""
        starts = berlin(begins)
        ends = starts.astimezone(UTC) + timedelta(minutes=minutes)
        row = {
            "uid": title,
            "original": "",
            "repeats": 0,
            "kind": "timed",
            "starts_ms": to_ms(starts),
            "ends_ms": to_ms(ends),
            "zone": "Europe/Berlin",
            "summary": title,
            "location": "",
            "status": "confirmed",
            "is_free": 0,
        }

        def write(connection: sqlite3.Connection) -> None:
            there = calendar_store.sources(connection)
            source = Source(0, "file", "Work", "/work.ics")
            number = (
                there[0].id
                if there
                else calendar_store.add_source(connection, source, self.clock.now())
            )
            told = Object(f"{title}{begins}", "", "")
            calendar_store.put_object(connection, number, told, [row])

        await self.database.write(write)

    def promised(self, text: str) -> None:
        """Somebody said in a conversation that they would do this."""
        number = len(self.followups) + 1
        self.followups.append(Followup(number, 1, 1, text, "open", self.clock.now()))


@pytest.fixture
async def home(paths: Paths, database: Database) -> Home:
    settings = await asyncio.to_thread(load_settings, paths, {})
    return Home(paths, settings, database)


class Talker:
    """A model that says just this; `hangs` until it is given up."""

    def __init__(self, text: str, *, hangs: bool = False) -> None:
        self.text, self.hangs = text, hangs
        self.asked: list[str] = []

    async def say(self, prompt: str, max_tokens: int) -> Phrased:
        self.asked.append(prompt)
        if self.hangs:
            await asyncio.Event().wait()
        return Phrased(self.text, "talker") if self.text else Phrased("", "", "nobody is up")
