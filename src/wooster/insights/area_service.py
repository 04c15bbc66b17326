"""The areas of one home: how far they are covered, what was put into them, what is suggested."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Hashable, Sequence
from datetime import time
from functools import partial

from wooster.core import caches
from wooster.core.clock import Clock
from wooster.core.days import LocalDays
from wooster.core.errors import NotFound, UsageError
from wooster.insights import area_words, areas, store
from wooster.insights.area_words import OwnArea
from wooster.insights.areas import Area, Covered, Thing
from wooster.insights.ports import Things
from wooster.insights.store import Member
from wooster.storage import Database


class Areas:
    """What is covered is worked out from what there is, and not stored."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        days: LocalDays,
        things: Things,
        own: Sequence[OwnArea] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._days = days
        self.things = things
        self._own = own
        self._last: tuple[Hashable, list[Covered]] | None = None
        caches.known(self._let_go)

    def _let_go(self) -> None:
        self._last = None

    async def all(self) -> list[Area]:
        return await asyncio.to_thread(area_words.areas, self._own)

    async def covered(self) -> list[Covered]:
        """How far each is covered; worked out again only where something has changed since."""
        of = await self.things.version()
        if self._last is None or self._last[0] != of:
            every, things = await self.all(), await self.things.things()
            members = await self._database.read(store.members)
            self._last = (of, await asyncio.to_thread(areas.covered, every, things, members))
        return self._last[1]

    async def next(self) -> Covered | None:
        """The area in which the next step is, and today's from now on; None for none."""
        found, past = await self.covered(), await self._database.read(store.suggested)
        step = areas.next_step(found, past, self._days.today())
        if step is not None:
            await self._keep(step)
        return step

    async def unasked(self, quiet: tuple[time, time] | None) -> Covered | None:
        """The next step, where one may be told without being asked: None in quiet hours, where
        something was suggested today, and where nothing is left. It counts as suggested then."""
        past = await self._database.read(store.suggested)
        today = self._days.today()
        is_first = all(each.day != today for each in past)
        days = [each.day for each in past]
        if not is_first or not areas.may_speak(self._clock.local(), days, quiet):
            return None
        step = areas.next_step(await self.covered(), past, today)
        return step if step is not None and await self._keep(step) else None

    async def put(self, member: Member, area: str) -> str:
        """Put a habit or a goal into the area of this id, "" for none; returns where it was."""
        return await self._database.write(partial(store.put_member, member=member, area=area))

    async def find(self, words: str) -> Area:
        """The area that `words` mean. Raises `NotFound`, `UsageError`."""
        every = await self.all()
        found = areas.named(words, every)
        if len(found) == 1:
            return found[0]
        names = ", ".join(f"“{each.id}”" for each in found or every)
        if found:
            raise UsageError(f"“{words}” may be {names}.", hint="Say more of its name.")
        raise NotFound(f"There is no area “{words}”.", hint=f"There are: {names}.")

    async def member(self, words: str) -> Thing:
        """The habit or goal that `words` mean. Raises `NotFound`, `UsageError`."""
        found = await self.things.find(words)
        if len(found) == 1:
            return found[0]
        if found:
            told = ", ".join(f"the {each.kind} “{each.name}”" for each in found)
            raise UsageError(
                f"“{words}” may be {told}.", hint="`area set goal NAME to AREA` says which."
            )
        raise NotFound(
            f"There is no habit or goal “{words}”.", hint="`habits` and `goals` do list."
        )

    async def _keep(self, step: Covered) -> bool:
        today, now = self._days.today(), self._clock.now()

        def change(connection: sqlite3.Connection) -> bool:
            told = (step.area.id, step.coverage)
            return store.put_suggested(connection, today, told, now)

        return await self._database.write(change)
