"""What leads to a goal: its milestones, and the habits that serve it.

Each change is one transaction and returns what takes it back.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date

from wooster.core.days import LocalDays
from wooster.goals import choosing, store
from wooster.goals.applied import Changed, applied, briefly
from wooster.goals.changes import Change
from wooster.goals.model import Milestone
from wooster.goals.ports import Habit, HabitPort
from wooster.storage import Database


class Steps:
    """The milestones and linked habits of the goals of one home."""

    def __init__(self, database: Database, days: LocalDays, habits: HabitPort) -> None:
        self._database = database
        self._days = days
        self._habits = habits

    async def add_milestone(self, words: str, name: str, due: date | None) -> Changed:
        """Raises `NotFound`, `UsageError` for a name that is taken."""

        def change(connection: sqlite3.Connection) -> Changed:
            goal = choosing.open_one(words, store.listed(connection))
            called = choosing.a_milestone_name(name, goal)
            made = Milestone(0, goal.id, called, due)
            return applied(connection, goal, Change(milestones=(made,)), self._days.today())

        return await self._database.write(change)

    async def finish_milestone(self, words: str, *, is_done: bool, day: str = "") -> Changed:
        """Say that a milestone was done, today or on a day, or that it wasn't."""
        done = choosing.a_past_day(day, self._days.today()) if is_done else None

        def change(connection: sqlite3.Connection) -> Changed:
            goal, found = choosing.milestone(words, store.listed(connection))
            new = replace(found, done=done)
            made = () if is_done == (found.done is not None) else (new,)
            return applied(connection, goal, Change(milestones=made), self._days.today(), found.id)

        return await self._database.write(change)

    async def remove_milestone(self, words: str) -> Changed:
        def change(connection: sqlite3.Connection) -> Changed:
            goal, found = choosing.milestone(words, store.listed(connection))
            changed = applied(
                connection, goal, Change(no_milestones=(found.id,)), self._days.today()
            )
            return replace(changed, milestone=found)

        return await self._database.write(change)

    async def link(self, words: str, habit: str) -> tuple[Changed, Habit]:
        """Have a habit serve a goal. Raises `NotFound`, `UsageError`."""
        return await self._linking(words, habit, "goals_unlink", is_link=True)

    async def unlink(self, words: str, habit: str) -> tuple[Changed, Habit]:
        """Have a habit serve a goal no more. Raises `NotFound`, `UsageError`."""
        return await self._linking(words, habit, "goals_link", is_link=False)

    async def _linking(
        self, words: str, habit: str, inverse: str, *, is_link: bool
    ) -> tuple[Changed, Habit]:
        today = self._days.today()
        found = await self._habits.find(habit)

        def change(connection: sqlite3.Connection) -> Changed:
            goal = choosing.kept(words, store.listed(connection))
            (now,) = briefly(connection, [goal], today)
            if (found.id in goal.habits) == is_link:
                return Changed(now, now, None)
            (store.link if is_link else store.unlink)(connection, goal.id, found.id)
            after = next(each for each in store.listed(connection) if each.id == goal.id)
            now = replace(now, goal=after)
            undo = (inverse, {"goal": f"#{goal.id}", "habit": f"#{found.id}"})
            return Changed(now, now, undo)

        return await self._database.write(change), found
