"""Habits that were kept elsewhere, taken in with the days on which they were done.

What they did there is history: its days are the person's local days of the instants at which it was
said, and streaks are counted from them as from any others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from wooster.core.days import LocalDays
from wooster.core.names import folded
from wooster.habits import choosing, store
from wooster.habits.model import CheckIn, DatedRule, Habit, Rule
from wooster.storage import Database
from wooster.storage.along import Along, nothing

Undo = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Done:
    """That it was done, at an instant."""

    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class PastHabit:
    """A habit as it was kept elsewhere, since `begun`. One that `is_over` goes to the archive."""

    name: str
    rule: Rule
    begun: datetime
    remind_at: time | None = None
    is_over: bool = False
    done: tuple[Done, ...] = ()


class PastHabits:
    """Takes habits in, into one home."""

    def __init__(self, database: Database, days: LocalDays) -> None:
        self._database = database
        self._days = days

    async def take_in(self, past: PastHabit, along: Along[Undo | None] = nothing) -> int:
        """Store a habit with its days; to one that there is by that name its days are added, where
        it wasn't done yet. Returns its number. Raises `UsageError` for a name that can't be one."""

        def change(connection: sqlite3.Connection) -> int:
            there = store.listed(connection)
            own = [each for each in choosing.live(there) if _same(each, past)]
            number = own[0].id if own and not past.is_over else self._begun(connection, past, there)
            made = [
                store.put_check_in(connection, each).id
                for each in self._check_ins(past, number)
                if not store.on_day(connection, number, each.day)
            ]
            if past.is_over:
                last = max([past.begun, *(each.at for each in past.done)])
                store.archive(connection, number, self._days.of(last))
            merged = bool(own) and number == own[0].id
            along(connection, _undo(past, number, made if merged else None))
            return number

        return await self._database.write(change)

    def _begun(
        self, connection: sqlite3.Connection, past: PastHabit, there: Sequence[Habit]
    ) -> int:
        name = choosing.a_name(past.name, [] if past.is_over else there)
        rule = DatedRule(self._days.of(past.begun), past.rule)
        return store.add(connection, name, rule, past.remind_at, past.begun)

    def _check_ins(self, past: PastHabit, number: int) -> list[CheckIn]:
        """One a day, in their order, with all that was noted on it."""
        zone = self._days.zone_name()
        found: dict[Any, CheckIn] = {}
        for each in sorted(past.done, key=lambda done: done.at):
            day = self._days.of(each.at)
            notes = [found[day].note] if day in found else []
            note = "; ".join(filter(None, [*notes, each.note]))
            at = found[day].at if day in found else each.at
            found[day] = CheckIn(0, number, day, at, zone, None, note)
        return list(found.values())


def _undo(past: PastHabit, number: int, added: Sequence[int] | None) -> Undo | None:
    """What takes it back: one that is in the archive is where it would be put."""
    told: dict[str, Any] = {"habit": f"#{number}"}
    if added is not None:
        return ("habits_uncheck", {**told, "check_ins": list(added)}) if added else None
    return None if past.is_over else ("habits_delete", told)


def _same(habit: Habit, past: PastHabit) -> bool:
    return folded(habit.name) == folded(past.name)
