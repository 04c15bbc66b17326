"""Days on which nothing is asked: one skipped, a vacation of one habit or all, a pause.

Each change is one transaction and returns what takes it back. A streak passes over such days.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from wooster.core import names
from wooster.core.days import LocalDays
from wooster.core.errors import NotFound, UsageError
from wooster.habits import choosing, counting, store
from wooster.habits.model import Break, Habit
from wooster.habits.periods import Grid
from wooster.storage import Database

_ONE = timedelta(days=1)
OVER = ("over", "off", "end", "ended", "is over")


@dataclass(frozen=True, slots=True)
class Rested:
    """What became of breaks: those that there are now, and those that were there before. `habit`
    None is all habits. `undo` None when nothing was changed."""

    habit: Habit | None
    made: tuple[Break, ...]
    gone: tuple[Break, ...]
    undo: tuple[str, dict[str, Any]] | None


class Breaks:
    """The breaks of one home's habits."""

    def __init__(self, database: Database, days: LocalDays) -> None:
        self._database = database
        self._days = days

    async def skip(self, words: str, day: str = "") -> Rested:
        """Ask nothing of a habit on a day that `words` may say, too: today without any.

        Raises `NotFound`, `UsageError`, also where nothing is asked on that day anyway.
        """
        today = self._days.today()

        def change(connection: sqlite3.Connection) -> Rested:
            which = choosing.chosen(words, store.listed(connection))
            habit = which.habit
            on = choosing.a_day(day or which.day, today, ahead=True)
            there = tuple(each for each in habit.breaks if each.holds(on))
            if there:
                return Rested(habit, there, there, None)
            due = Grid(counting.rule_on(habit, on)).next_due(on.toordinal())
            if due not in (None, on.toordinal()):
                following = date.fromordinal(due or 0)
                raise UsageError(
                    f"“{habit.name}” isn't due on {on:%A}, {on.isoformat()}.",
                    hint=f"Next is {following:%A}: `skip {habit.name} {following.isoformat()}`.",
                )
            return _exchanged(connection, habit, [Break(0, habit.id, "skip", on, on)], [])

        return await self._database.write(change)

    async def unskip(self, words: str, day: str = "") -> Rested:
        """Ask for a day again that was skipped. Raises `NotFound`, `UsageError`."""
        today = self._days.today()

        def change(connection: sqlite3.Connection) -> Rested:
            which = choosing.chosen(words, store.listed(connection))
            habit = which.habit
            on = choosing.a_day(day or which.day, today, ahead=True)
            gone = [each for each in habit.breaks if each.kind == "skip" and each.holds(on)]
            if not gone:
                other = habit.break_on(on)
                hint = f"It rests by a {other.kind}." if other else "`habits` shows what is due."
                raise NotFound(f"“{habit.name}” isn't skipped on {on.isoformat()}.", hint=hint)
            return _exchanged(connection, habit, [], gone)

        return await self._database.write(change)

    async def vacation(self, words: str) -> Rested:
        """Ask nothing from a day to a day ("until Friday", "from 1 Dec to 10 Dec"), of all habits
        or of one that is named first; "over" ends it. Raises `NotFound`, `UsageError`."""
        if words.strip().casefold().rstrip(".!") in OVER:
            return await self._end("vacation", lambda _: None)
        span = choosing.a_span(words, self._days.today())

        def change(connection: sqlite3.Connection) -> Rested:
            habits = store.listed(connection)
            is_all = names.folded(span.words) in ("", "all", "all habits", "everything")
            habit = None if is_all else choosing.living(span.words, habits)
            made = Break(0, habit.id if habit else None, "vacation", span.first, span.last)
            return _exchanged(connection, habit, [made], [])

        return await self._database.write(change)

    async def pause(self, words: str) -> Rested:
        """Ask nothing of a habit from today on, until it is resumed.

        Raises `NotFound`, `UsageError`.
        """
        today = self._days.today()

        def change(connection: sqlite3.Connection) -> Rested:
            habit = choosing.living(words, store.listed(connection))
            there = tuple(e for e in habit.breaks if e.kind == "pause" and e.holds(today))
            if there:
                return Rested(habit, there, there, None)
            return _exchanged(connection, habit, [Break(0, habit.id, "pause", today, None)], [])

        return await self._database.write(change)

    async def resume(self, words: str) -> Rested:
        """End a habit's pause: today is asked for again. Raises `NotFound`, `UsageError`."""
        return await self._end(
            "pause", lambda connection: choosing.living(words, store.listed(connection))
        )

    async def exchange(self, put: Sequence[Break], drop: Sequence[int]) -> Rested:
        """Put breaks in the place of others, as they were: takes back another change."""

        def change(connection: sqlite3.Connection) -> Rested:
            gone = [each for each in store.breaks(connection) if each.id in drop]
            return _exchanged(connection, None, put, gone)

        return await self._database.write(change)

    async def _end(self, kind: str, of: Callable[[sqlite3.Connection], Habit | None]) -> Rested:
        """End the breaks of a kind that hold today: of one habit, or those of all."""
        today = self._days.today()

        def change(connection: sqlite3.Connection) -> Rested:
            habit = of(connection)
            gone = [
                each
                for each in (store.breaks(connection) if habit is None else habit.breaks)
                if each.kind == kind and each.holds(today)
            ]
            if not gone:
                whose = f"“{habit.name}” isn't paused" if habit else "There is no vacation today"
                raise NotFound(f"{whose}.", hint="`habits` shows what is due.")
            shorter = [
                replace(each, last=today - _ONE) for each in gone if each.first <= today - _ONE
            ]
            return _exchanged(connection, habit, shorter, gone)

        return await self._database.write(change)


def _exchanged(
    connection: sqlite3.Connection, habit: Habit | None, put: Sequence[Break], gone: Sequence[Break]
) -> Rested:
    """Store `put` in the place of `gone`; a break that is only changed keeps its number."""
    store.drop_breaks(connection, [each.id for each in [*gone, *put] if each.id])
    made = tuple(store.put_break(connection, each) for each in put)
    undo = {"put": [_row(each) for each in gone], "drop": [each.id for each in made]}
    return Rested(habit, made, tuple(gone), ("habits_unskip", undo))


def _row(made: Break) -> dict[str, Any]:
    """A break as an action takes it back."""
    return {
        "id": made.id,
        "habit_id": made.habit_id,
        "kind": made.kind,
        "first": made.first.isoformat(),
        "last": made.last.isoformat() if made.last else None,
    }
