"""What there is in a life, for its areas: habits, goals, tasks, reminders, events, a health log."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, timedelta

from wooster.bootstrap.observing import Seen
from wooster.core import names
from wooster.goals import store as goal_store
from wooster.habits import store as habit_store
from wooster.health.service import HealthLog
from wooster.insights.areas import Thing
from wooster.reminders.setting import Reminders

_LATELY = timedelta(days=30)
_GOAL_LATELY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class _Named:
    """A thing as names are looked up."""

    id: int
    name: str
    thing: Thing


class TakingStock:
    """`insights.ports.Things` over the capabilities of one home."""

    def __init__(self, seen: Seen, health: HealthLog, reminders: Reminders) -> None:
        self._seen, self._health, self._reminders = seen, health, reminders

    async def version(self) -> Hashable:
        return await self._seen.version(), await self._health.version()

    async def things(self) -> list[Thing]:
        seen, today = self._seen, self._seen.days.today()
        found = await self._members()
        open_tasks = await asyncio.to_thread(seen.lists.open_items)
        found += [
            Thing("task", 0, each.task.text, each.task.project, is_automatic=bool(each.task.every))
            for each in open_tasks
        ]
        reminders = await self._reminders.labels()
        found += [
            Thing("reminder", each.id, each.text, is_automatic=each.repeats) for each in reminders
        ]
        if seen.calendars is not None:
            agenda = await seen.calendars.between(today - _LATELY, today + _LATELY)
            titles = {each.summary for day in agenda.days for each in day.on}
            found += [Thing("event", 0, each) for each in sorted(titles)]
        newest = await self._health.newest()
        if newest is not None and newest.day >= (today - _LATELY).isoformat():
            found.append(Thing("log", 0, "health log", "health", is_measured=True))
        return found

    async def find(self, words: str) -> list[Thing]:
        """By their names; "habit run" and "goal run" tell one from the other."""
        kind, _, rest = words.strip().partition(" ")
        members = [_Named(each.number, each.name, each) for each in await self._members()]
        if kind.lower() in ("habit", "goal") and rest.strip():
            of_kind = [each for each in members if each.thing.kind == kind.lower()]
            if found := names.meant(rest, of_kind):
                return [each.thing for each in found]
        return [each.thing for each in names.meant(words, members)]

    async def _members(self) -> list[Thing]:
        seen, today = self._seen, self._seen.days.today()
        found: list[Thing] = []
        if seen.has_habits:
            found += await seen.database.read(lambda each: _habits(each, today))
        if seen.has_goals:
            found += await seen.database.read(lambda each: _goals(each, today))
        return found


def _habits(connection: sqlite3.Connection, today: date) -> list[Thing]:
    lately = {row[1] for row in habit_store.since(connection, today - _LATELY)}
    return [
        Thing(
            "habit",
            each.id,
            each.name,
            is_measured=each.id in lately,
            is_automatic=each.remind_at is not None,
        )
        for each in habit_store.listed(connection)
        if each.archived is None
    ]


def _goals(connection: sqlite3.Connection, today: date) -> list[Thing]:
    goals = [each for each in goal_store.listed(connection) if each.is_open]
    return [
        Thing("goal", each.id, each.name, each.category, _is_recent(connection, each.id, today))
        for each in goals
    ]


def _is_recent(connection: sqlite3.Connection, goal_id: int, today: date) -> bool:
    newest = goal_store.latest(connection, goal_id, 1)
    return bool(newest) and newest[0].day >= today - _GOAL_LATELY
