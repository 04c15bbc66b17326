"""Goals, what is measured of them and how they stand: one call for each thing that a person does.

Each change is one transaction and returns what takes it back: the name of an action and its
arguments. It refuses to know how anything is shown.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from wooster.core.days import LocalDays
from wooster.core.errors import NotFound, UsageError
from wooster.goals import changes, choosing, deadlines, phrases, store
from wooster.goals.applied import Changed, applied, briefly, standings
from wooster.goals.changes import Change
from wooster.goals.converting import converted, keeps_values, remeasured
from wooster.goals.model import AS_PERCENT, Goal, Measure, Outcome, Value, ValueKind
from wooster.goals.phrases import ReadDays, Said, Update
from wooster.goals.ports import Habit, HabitPort
from wooster.goals.progress import start_of
from wooster.goals.standing import Standing, standing
from wooster.schedule.phrases import Context
from wooster.storage import Database

_LATEST = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is known of a goal: `latest` are its newest values, the newest first."""

    standing: Standing
    habits: Sequence[Habit]
    latest: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a goal gets; None for what stays. A deadline of "" is none, and so is a category."""

    name: str | None = None
    category: str | None = None
    deadline: date | Literal[""] | None = None
    measure: Measure | None = None


class Goals:
    """The goals of one home."""

    def __init__(
        self,
        database: Database,
        days: LocalDays,
        context: Callable[[], Context],
        habits: HabitPort,
    ) -> None:
        self._database = database
        self.days = days
        self.context = context
        self._habits = habits

    def reads_days(self) -> ReadDays:
        """What reads words for days to come, as of now."""
        return deadlines.reader(self.context())

    # --- how they stand -----------------------------------------------------------------------

    async def open(self, *, with_points: bool = False) -> list[Standing]:
        """How each open goal stands, in the order of their making; with all of its points."""
        return await self._read(choosing.open_ones, standings if with_points else briefly)

    async def review(self) -> tuple[list[Standing], dict[int, Habit]]:
        """The same, and how the habits go that serve them, by their numbers."""
        found = await self.open(with_points=True)
        ids = {number for each in found for number in each.goal.habits}
        return found, {each.id: each for each in await self._habits.look(ids)}

    async def all(self) -> list[Standing]:
        """Also those that are closed or in the archive."""
        return await self._read(lambda goals: goals, briefly)

    async def names(self) -> list[Goal]:
        """All goals, without what was measured."""
        return await self._database.read(store.listed)

    async def show(self, words: str) -> Shown:
        """Raises `NotFound`, `UsageError`."""
        today = self.days.today()

        def read(connection: sqlite3.Connection) -> tuple[Standing, list[Value]]:
            goal = choosing.one(words, store.listed(connection))
            (found,) = standings(connection, [goal], today)
            return found, store.latest(connection, goal.id, _LATEST)

        found, latest = await self._database.read(read)
        return Shown(found, await self._habits.look(found.goal.habits), latest)

    async def _read(
        self,
        which: Callable[[list[Goal]], list[Goal]],
        how: Callable[[sqlite3.Connection, Sequence[Goal], date], list[Standing]],
    ) -> list[Standing]:
        today = self.days.today()

        def read(connection: sqlite3.Connection) -> list[Standing]:
            return how(connection, which(store.listed(connection)), today)

        return await self._database.read(read)

    # --- the goals themselves -----------------------------------------------------------------

    async def add(self, said: Said) -> Changed:
        """Set a goal today. Raises `UsageError` for a name that is taken, a day that is over."""
        today, now = self.days.today(), self.days.now()
        _must_come(said.deadline, today)

        def change(connection: sqlite3.Connection) -> Changed:
            name = choosing.a_name(said.name, store.listed(connection))
            goal = store.put_goal(
                connection,
                Goal(0, name, today, now, said.category, said.deadline, said.measure),
            )
            undo = ("goals_delete", {"goal": f"#{goal.id}"})
            return Changed(standing(goal, (), today), None, undo)

        return await self._database.write(change)

    async def edit(self, words: str, edit: Edit) -> Changed:
        """Give the goal that `words` mean another name, measure, deadline or category. A name that
        says its target says the new one. Raises `NotFound`, `UsageError`."""
        today = self.days.today()
        if isinstance(edit.deadline, date):
            _must_come(edit.deadline, today)

        def change(connection: sqlite3.Connection) -> Changed:
            goal = choosing.kept(words, store.listed(connection))
            changed = _edited(goal, edit)
            values: tuple[Value, ...] = ()
            if changed.measure is not None and not keeps_values(goal, changed.measure):
                there = store.all_values(connection, goal.id)
                values = converted(there, goal, changed.measure)
            new = replace(changes.between(goal, changed), values=values)
            return applied(connection, goal, new, today)

        return await self._database.write(change)

    async def close(self, words: str, outcome: Outcome | None = None) -> Changed:
        """Close a goal: as it stands, unless it is said. One that can't be measured is reached when
        a person closes it. Raises `NotFound`, `UsageError`."""
        today = self.days.today()

        def change(connection: sqlite3.Connection) -> Changed:
            goal = choosing.open_one(words, store.listed(connection))
            (was,) = briefly(connection, [goal], today)
            how = outcome or ("reached" if was.way is None or was.is_reached else "dropped")
            closed = replace(goal, closed=today, outcome=how)
            return applied(connection, goal, changes.between(goal, closed), self.days.today())

        return await self._database.write(change)

    async def reopen(self, words: str) -> Changed:
        """Open a closed goal again. Raises `NotFound`, `UsageError`."""
        today = self.days.today()

        def which(words: str, goals: Sequence[Goal]) -> Goal:
            closed = [each for each in goals if each.closed is not None and each.archived is None]
            goal = choosing.one(words, closed) if closed else choosing.kept(words, goals)
            if goal.closed is None:
                raise UsageError(f"“{goal.name}” is open.", hint="`goals` shows how it stands.")
            return goal

        def change(goal: Goal) -> Change:
            return changes.between(goal, replace(goal, closed=None, outcome=None, reopened=today))

        return await self._change(words, which, change)

    async def archive(self, words: str) -> Changed:
        """Put a goal with all that is known of it into the archive."""
        today = self.days.today()
        changed = await self._change(
            words, choosing.kept, lambda goal: changes.between(goal, replace(goal, archived=today))
        )
        return replace(changed, undo=("goals_restore", {"goal": f"#{changed.now.goal.id}"}))

    async def restore(self, words: str) -> Changed:
        """Bring a goal back from the archive."""

        def which(words: str, goals: Sequence[Goal]) -> Goal:
            goal = choosing.one(words, [each for each in goals if each.archived is not None])
            return goal

        return await self._change(
            words, which, lambda goal: changes.between(goal, replace(goal, archived=None))
        )

    # --- what is measured ---------------------------------------------------------------------

    async def update(self, words: str, update: Update, note: str = "") -> Changed:
        """Store what `update` says of the goal that `words` mean. Raises `NotFound`, `UsageError`.

        What is closed must be opened first: what it was is history.
        """
        today, now = self.days.today(), self.days.now()
        day = choosing.a_past_day(update.day, today)

        def change(connection: sqlite3.Connection) -> Changed:
            goal = choosing.open_one(words, store.listed(connection))
            (was,) = briefly(connection, [goal], today)
            measure = was.measure or AS_PERCENT
            start = start_of(measure, was.points)
            if update.is_more and start is None:
                raise UsageError(
                    f"It isn't known what “{goal.name}” began with.",
                    hint=f"Say what it is at: `update progress {goal.name} 185`.",
                )
            value = choosing.a_value(update, measure, start, goal)
            kind: ValueKind = "more" if update.is_more else "at"
            made = Value(0, goal.id, day, now, kind, value, note)
            return applied(connection, goal, Change(values=(made,)), self.days.today())

        return await self._database.write(change)

    async def forget(self, words: str, day: str = "") -> Changed:
        """Remove what was measured of a goal on a day; on its newest one without words for a day.

        Raises `NotFound`, `UsageError`.
        """
        today = self.days.today()
        on = choosing.a_past_day(day, today) if day.strip() else None

        def change(connection: sqlite3.Connection) -> Changed:
            goal = choosing.kept(words, store.listed(connection))
            found = store.latest(connection, goal.id, 1)
            found = store.on_day(connection, goal.id, on) if on else found
            if not found:
                raise NotFound(
                    f"Nothing was measured of “{goal.name}”" + (f" on {on}." if on else "."),
                    hint=f"`goals show {goal.name}` shows what was.",
                )
            gone = Change(no_values=tuple(each.id for each in found))
            return applied(connection, goal, gone, self.days.today())

        return await self._database.write(change)

    # --- changes ------------------------------------------------------------------------------

    async def revert(self, change: Change) -> Changed:
        """Make a change as it is said: that takes another back. Raises `NotFound`, `UsageError`."""

        def run(connection: sqlite3.Connection) -> Changed:
            goal = _of_change(connection, change)
            return applied(connection, goal, change, self.days.today())

        return await self._database.write(run)

    async def _change(
        self,
        words: str,
        which: Callable[[str, Sequence[Goal]], Goal],
        change: Callable[[Goal], Change],
    ) -> Changed:
        def run(connection: sqlite3.Connection) -> Changed:
            goal = which(words, store.listed(connection))
            return applied(connection, goal, change(goal), self.days.today())

        return await self._database.write(run)


# --- over a connection ------------------------------------------------------------------------


def _of_change(connection: sqlite3.Connection, change: Change) -> Goal:
    """The goal that a change is of; raises `NotFound` where there is none."""
    goals = store.listed(connection)
    ids = [number for number, _ in change.goals]
    ids += [each.goal_id for each in change.milestones] + [each.goal_id for each in change.values]
    ids += [
        goal.id for goal in goals for each in goal.milestones if each.id in change.no_milestones
    ]
    ids += [each.goal_id for each in store.values(connection, change.no_values)]
    found = next((each for each in goals if each.id in ids), None)
    if found is None:
        raise NotFound("There is nothing left of that to take back.", hint="`goals` shows them.")
    return found


# --- pure parts -------------------------------------------------------------------------------


def _must_come(deadline: date | None, today: date) -> None:
    if deadline is not None and deadline < today:
        raise UsageError(
            f"{deadline.isoformat()} is over already.", hint="Is the year right? As: by 2027-05-01."
        )


def _edited(goal: Goal, edit: Edit) -> Goal:
    """The goal with what it gets. Raises `UsageError` where that is nothing."""
    changed = goal
    if edit.measure is not None:
        measure = remeasured(edit.measure, goal)
        name = phrases.renamed(goal.name, goal.measure, measure)
        changed = replace(changed, measure=measure, name=name)
    if edit.name:
        changed = replace(changed, name=" ".join(edit.name.split()))
    if edit.deadline is not None:
        changed = replace(changed, deadline=edit.deadline or None)
    if edit.category is not None:
        changed = replace(changed, category=edit.category.casefold())
    if changed == goal:
        raise UsageError(
            f"What of “{goal.name}” is to be changed?",
            hint=f"`edit goal {goal.name}: by 31 December`, `… to 165 lb`, `… category X`.",
        )
    return changed
