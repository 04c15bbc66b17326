"""A daemon's parts in this process, and what can be done with them while everything fails."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.fault.killed_schedule import Letters
from tests.schedule.conftest import Still

from wooster.actions.action import nobody_listens
from wooster.bootstrap.daemon import _complete, _open, _Running
from wooster.bootstrap.forgetting import clearable
from wooster.config import resources
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock, SystemClock
from wooster.core.errors import WoosterError
from wooster.memory.distilling.requests import Prompts
from wooster.memory.distilling.routed import RoutedChat
from wooster.memory.distilling.service import Distiller
from wooster.safekeeping.going_back import GoingBack
from wooster.safekeeping.owned import OwnedFiles
from wooster.schedule.engine import Engine
from wooster.storage import restoring
from wooster.storage.backup import back_up
from wooster.vectors.filling import Filling
from wooster.wire.events import Done, Token
from wooster.wire.requests import TurnRequest

_UNTIL_ROOM_S = 3.0


@dataclass(slots=True)
class Life:
    """A daemon's parts in this process. `world` is a folder outside its home: what was told to the
    person stands there, and what was delivered."""

    made: _Running
    home: Path
    world: Path
    unclosed: sqlite3.Connection | None = None

    def told(self, what: str) -> None:
        """The person has seen it, whatever happens now."""
        with (self.world / "told").open("ab", buffering=0) as file:
            file.write(f"{what}\n".encode())

    async def types(self, line: str) -> None:
        """A command; it is acknowledged when it returns."""
        parsed = await self.made.services.registry.parse(line)
        assert parsed is not None, line
        await self.runs(*parsed)

    async def runs(self, name: str, arguments: dict[str, Any]) -> None:
        """As if the person had agreed to whatever it asks. What it says it couldn't do isn't
        acknowledged."""
        result = await self.made.services.registry.prepare(name, arguments).run(nobody_listens)
        if result.exit_code:
            raise WoosterError(result.text)

    async def says(self, text: str) -> None:
        """A message to the model; each word of the answer is told as it is shown."""
        made = self.made
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(made.models.router.run())
            tasks.create_task(made.assistant.run())
            await asyncio.sleep(0)
            try:
                running = await made.assistant.begin(TurnRequest(text, "bench", as_message=True))
                while (event := await running.events.get()) is not None:
                    if isinstance(event, Token):
                        self.told(f"shown {event.text}")
                    elif isinstance(event, Done) and event.state == "done":
                        self.told("done")
            finally:
                made.assistant.stop()
                made.models.router.stop()

    async def reads(self, folder: str) -> None:
        """A folder is added to the library, which looks into it."""
        library = self.made.searching.library
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(library.run())
            try:
                await self.runs("library_add", {"path": str(self.world / folder)})
            finally:
                library.stop()

    async def delivers(self) -> None:
        """What is due by the day after tomorrow goes out, to a file in the world."""
        letters = Letters(self.world / "letters", remembers=True, at=lambda _: None)
        clock = ManualClock(datetime.now(UTC) + timedelta(days=2))
        engine = Engine(self.made.database, clock, letters, Still())
        await engine.recover()
        # What was sent and can't be written down is waited for, until there is room.
        async with asyncio.timeout(_UNTIL_ROOM_S):
            while found := await engine.tick():
                for due in found:
                    await engine.hand_over(due)

    async def embeds(self) -> None:
        """All that waits for a vector gets one."""
        made, ground = self.made, self.made.ground
        filling = Filling(
            made.database,
            made.searching.embedder,
            ground.settings.vectors.precision,
            ground.clock,
            lambda *_: None,
        )
        await filling.once(made.searching.embedder, _nothing)

    async def distils(self, later_h: float) -> None:
        """What was said is summed up, some hours later; a model is asked."""
        made, settings = self.made, self.made.ground.settings
        clock = ManualClock(datetime.now(UTC) + timedelta(hours=later_h))
        prompts = Prompts(resources.prompt("episode_summary"), resources.prompt("fact_extraction"))
        chat = RoutedChat(made.models.router)
        distiller = Distiller(made.database, chat, clock, settings.memory, prompts, lambda: None)
        await distiller.catch_up()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(made.models.router.run())
            await asyncio.sleep(0)
            try:
                await distiller.improve()
            finally:
                made.models.router.stop()
        if await made.database.read(_waits_for_a_model):
            raise WoosterError("The model failed; it is asked again later.")

    async def copies(self, why: str) -> None:
        """A backup, with files."""
        database, owned = self.made.database, self._owned()
        now = datetime.now(UTC)
        await asyncio.to_thread(back_up, database.path, database.backups, now, why, owned.there)

    async def goes_back(self) -> None:
        """To the newest backup, as after a kill -9: a part of what there is stands in the -wal file
        still, because nobody closed the database."""
        await self.types("/remember my aunt Rose lives in Bergen")
        self.unclosed = sqlite3.connect(self.made.database.path, check_same_thread=False)
        self.unclosed.execute("SELECT count(*) FROM turns").fetchone()
        await self.made.searching.close()
        await self.made.database.close()
        paths, settings = self.made.ground.paths, self.made.ground.settings
        elsewhere = clearable(paths, settings)
        going = GoingBack(paths, self._owned(), SystemClock(), elsewhere)
        await going.restore(await asyncio.to_thread(going.choose, ""), lambda _: None)

    def _owned(self) -> OwnedFiles:
        return OwnedFiles(self.made.ground.paths, self.made.ground.settings)


async def _nothing() -> None:
    pass


def _waits_for_a_model(rows: sqlite3.Connection) -> bool:
    return rows.execute("SELECT 1 FROM distillations WHERE state <> 'done'").fetchone() is not None


@asynccontextmanager
async def living(home: Path, world: Path, environ: Mapping[str, str]) -> AsyncIterator[Life]:
    """All that a daemon loads, and nothing that it does by itself."""
    paths = Paths(home)
    paths.prepare()
    restoring.finish(home)  # as a daemon does before it opens anything
    settings = load_settings(paths, environ)
    made = await _open(paths, settings, environ, asyncio.Event())
    await _complete(made)
    try:
        yield Life(made, home, world)
    finally:
        await made.searching.close()
        await made.models.client.close()
        await made.database.close()


def told(world: Path) -> list[str]:
    """What the person has seen."""
    path = world / "told"
    return path.read_text().splitlines() if path.exists() else []


def note(path: Path, text: str) -> None:
    """Beyond what can fail: the world outside."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, text.encode())
    os.close(descriptor)
