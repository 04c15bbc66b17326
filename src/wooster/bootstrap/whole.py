"""The rooms that a start doesn't wait for: a person's days, time, plain sentences, and tools.

They take about as long to load as all the rest, and the first answer needs none of them: it goes
out, they are loaded in a thread, and what a client asks meanwhile waits for them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wooster.bootstrap import calendars, tooling
from wooster.bootstrap.briefing import Briefing
from wooster.bootstrap.doctoring import doctor
from wooster.bootstrap.leaving import Leaving
from wooster.bootstrap.living import CHECKS, Living
from wooster.bootstrap.moving import moving
from wooster.bootstrap.noticing import Noticing
from wooster.bootstrap.prompting import Prompting
from wooster.bootstrap.sentences import Sentences
from wooster.bootstrap.suggesting import suggesting
from wooster.bootstrap.time import Time, titled
from wooster.bootstrap.warming import warm
from wooster.bootstrap.weather import Foretelling
from wooster.briefing.sources.weather import WeatherItems
from wooster.exporting import actions as export_actions
from wooster.exporting.service import Exporting
from wooster.safekeeping import actions as backup_actions
from wooster.safekeeping.owned import OwnedFiles
from wooster.safekeeping.service import Backups
from wooster.storage.copies import Keep

if TYPE_CHECKING:
    from wooster.bootstrap.ground import Ground


class Whole:
    """The rest of a running daemon."""

    def __init__(self, ground: Ground) -> None:
        paths, settings, environ = ground.paths, ground.settings, ground.environ
        database, clock, registry = ground.database, ground.clock, ground.registry
        way_out = (ground.client, ground.gate)
        self.dates = calendars.room(paths, settings, database, clock, way_out, environ)
        self.days = Living(paths, settings, database, clock, self.dates)
        out = Leaving(ground.gate, ground.ledger, ground.client)
        self.time = Time(ground, self.days.schedule, out)
        self.time.composers["habit"] = titled("Habit", self.days.habit_reminders.compose)
        self.time.composers["goal"] = titled("Goal", self.days.goal_check_ins.compose)
        self.telling = Briefing(settings, database, clock, self.days, ground.router)
        self.telling.meet(self.time, ground.memory)
        weather = Foretelling(ground, self.days.context)
        self.telling.weather = WeatherItems(weather.weather, clock)
        self.suggesting = suggesting(settings, self.days, clock)
        self.noticing = Noticing(
            self.days.schedule,
            clock,
            self.days.insights,
            self.suggesting.compose,
            settings.insights.enabled and settings.services.scheduling.enabled,
        )
        self.time.composers["maintenance"] = self.noticing.compose
        self.time.composers["prompt"] = Prompting.of(ground.router).compose
        self.telling.patterns = self.noticing.told if settings.insights.enabled else None
        owned, keep = OwnedFiles(paths, settings), settings.backup
        chosen = Keep(keep.daily, keep.weekly, keep.monthly)
        self.backups = Backups(database, clock, owned.there, chosen)
        exporting = Exporting(
            database, clock, ground.memory.overview, owned.there, self.days.tasks.folder
        )
        registry.fill(backup_actions.actions(self.backups, clock))
        registry.fill(export_actions.actions(exporting))
        ground.checks.extend(CHECKS)
        registry.fill([*self.days.actions, *self.time.actions, *self.telling.actions])
        registry.fill(weather.actions)
        registry.fill(moving(ground, self.days))
        registry.fill([doctor(paths, environ)])
        registry.build()
        self.sentences = Sentences(registry, ground.embedder, paths)
        self.toolbox = tooling.toolbox(registry, settings.turn)
        self._clock = clock
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`; what is being handed over then has a moment to be finished."""
        await self.days.begin()
        await self.telling.keep_in_step()
        async with asyncio.TaskGroup() as tasks:
            refreshing = tasks.create_task(self.dates.refreshing.run())
            learning = tasks.create_task(self.sentences.nearest.run())
            await self.suggesting.begin()
            await self.noticing.begin()
            tasks.create_task(self.time.run())
            warming = tasks.create_task(warm(self.days, self._clock.now(), self._clock.zone))
            await self._stopping.wait()
            warming.cancel()
            self.time.stop()
            learning.cancel()
            self.dates.refreshing.stop()
            refreshing.cancel()  # what it was fetching is fetched the next time

    def stop(self) -> None:
        """Begin nothing more, and let clients go."""
        self._stopping.set()
