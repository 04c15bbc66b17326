"""Handing over what was found to the capability whose it is, and noting that it was taken in.

Where a capability stores in the database, the note is in the same transaction; what is a file is
looked at first, so that a crash between the two takes nothing in twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wooster.actions import imported
from wooster.core.errors import UsageError, WoosterError
from wooster.goals.past import PastGoal
from wooster.habits.past import PastHabit
from wooster.memory.facts.store import Learned
from wooster.moving.filing import Filing
from wooster.moving.model import (
    BigCopy,
    Calendar,
    Copy,
    Found,
    HealthEntries,
    Known,
    Listed,
    Project,
    Settings,
    Talk,
    Value,
)
from wooster.moving.rooms import Rooms
from wooster.schedule.model import Job
from wooster.tasks.changes import AlreadyThere

Undo = tuple[str, dict[str, Any]]
Fate = Mapping[int, str]
"""Of the parts of what was found that weren't stored: why not, "" for one that is there already."""

_THERE = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """What is to be stored: the parts `fresh` of `found`, whose marks are `marks`."""

    import_id: int
    found: Found
    fresh: Sequence[int]
    marks: Sequence[str]

    @property
    def is_whole(self) -> bool:
        return len(self.fresh) == len(self.found.ids)

    def note(self, connection: sqlite3.Connection, undo: Undo | None) -> None:
        own = [self.marks[each] for each in self.fresh]
        imported.put(connection, self.import_id, self.found.kind, own, undo)


class Storing:
    """Stores in one home."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self.filing = Filing(rooms)

    async def store(self, handed: Handed) -> Fate:
        """Store what is fresh; tells what of it wasn't, and why."""
        try:
            return await self._by_kind(handed)
        except UsageError as error:
            return dict.fromkeys(handed.fresh, told(error))

    async def _by_kind(self, handed: Handed) -> Fate:
        for kind, run in self._kinds.items():
            if isinstance(handed.found.value, kind):
                return await run(handed, handed.found.value)
        raise AssertionError(f"nothing stores a {type(handed.found.value).__name__}")

    @property
    def _kinds(self) -> dict[Any, Callable[[Handed, Any], Awaitable[Fate]]]:
        return {
            Talk: self._talk,
            Known: self._known,
            PastHabit: self._habit,
            PastGoal: self._goal,
            Job: self._job,
            HealthEntries: self._health,
            Project: self._project,
            Calendar: self._calendar,
            Listed: self._filed,
            Copy: self._filed,
            BigCopy: self._filed,
            Settings: self._filed,
        }

    # --- what is in the database --------------------------------------------------------------

    async def _talk(self, handed: Handed, talk: Talk) -> Fate:
        lines = [talk.lines[each] for each in handed.fresh]
        await self._rooms.conversations.take_in(
            lines, talk.client, lambda c, session: handed.note(c, ("session", {"id": session}))
        )
        return {}

    async def _known(self, handed: Handed, known: Known) -> Fate:
        observed = [known.observed[each] for each in handed.fresh]
        learned = await self._rooms.facts.take_in(observed, handed.note)
        return {
            part: _why_not(told)
            for part, told in zip(handed.fresh, learned, strict=True)
            if told.kind in ("mention", "refused")
        }

    async def _habit(self, handed: Handed, past: PastHabit) -> Fate:
        done = tuple(past.done[each - 1] for each in handed.fresh if each)
        await self._rooms.habits.take_in(replace(past, done=done), handed.note)
        return {}

    async def _goal(self, handed: Handed, past: PastGoal) -> Fate:
        if 0 not in handed.fresh:
            raise UsageError(
                f"The goal “{past.goal.name}” was taken in before this was said of it.",
                hint="`update progress` and `milestone add` say it here.",
            )
        await self._rooms.goals.take_in(past, handed.note)
        return {}

    async def _job(self, handed: Handed, job: Job) -> Fate:
        def along(connection: sqlite3.Connection, stored: Job) -> None:
            handed.note(connection, ("job", {"id": stored.id}))

        await self._rooms.schedule.add(job, along)
        return {}

    # --- what is in files ---------------------------------------------------------------------

    async def _health(self, handed: Handed, told: HealthEntries) -> Fate:
        past = [told.entries[each] for each in handed.fresh]
        logged, is_new = await self._rooms.health.take_in(past)
        await self._note(handed, ("health", logged.undo[1]) if logged else None)
        parts = zip(handed.fresh, is_new, strict=True)
        return {part: _THERE for part, was_added in parts if not was_added}

    async def _project(self, handed: Handed, project: Project) -> Fate:
        try:
            changed = await self._rooms.projects.new(project.name)
        except AlreadyThere:
            await self._note(handed, None)
            return dict.fromkeys(handed.fresh, _THERE)
        await self._note(handed, changed.undo)
        return {}

    async def _calendar(self, handed: Handed, calendar: Calendar) -> Fate:
        if self._rooms.dates is None:
            raise UsageError(
                "Calendars are switched off.", hint="`services.calendars.enabled` switches them on."
            )
        await self._note(handed, await self.filing.calendar(calendar, self._rooms.dates))
        return {}

    async def _filed(self, handed: Handed, value: Value) -> Fate:
        undo = await self.filing.file(value, handed.fresh, is_whole=handed.is_whole)
        await self._note(handed, undo)
        return {}

    async def _note(self, handed: Handed, undo: Undo | None) -> None:
        await self._rooms.database.write(lambda c: handed.note(c, undo))


def _why_not(learned: Learned) -> str:
    return _THERE if learned.kind == "mention" else f"it isn't learned: {learned.reason}"


def told(error: WoosterError) -> str:
    """An error as a report has it."""
    return " ".join(f"{error.message} {error.hint}".split())
