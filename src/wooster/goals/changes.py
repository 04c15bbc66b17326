"""Changes of what is stored of goals, and the changes that take them back.

A change says only what differs, so that taking it back leaves alone what was changed since. It
refuses to know why something changes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from wooster.core.errors import NotFound
from wooster.goals import choosing, store
from wooster.goals.model import Goal, Measure, Milestone, Value

Undo = tuple[str, dict[str, Any]]
"""The name of an action that takes a change back, and its arguments."""
ACTION = "goals_revert"

_HANGING = ("id", "milestones", "habits")


@dataclass(frozen=True, slots=True)
class Change:
    """Of goals by their number, the fields that get other values; milestones and values that are
    put as they are given, and the numbers of those that are removed."""

    goals: tuple[tuple[int, dict[str, Any]], ...] = ()
    milestones: tuple[Milestone, ...] = ()
    values: tuple[Value, ...] = ()
    no_milestones: tuple[int, ...] = ()
    no_values: tuple[int, ...] = ()

    @property
    def undo(self) -> Undo:
        """As an action's arguments, in JSON."""
        told: dict[str, Any] = {
            "goals": [
                {"id": number, **{key: _json(value) for key, value in new.items()}}
                for number, new in self.goals
            ],
            "milestones": [_row(each) for each in self.milestones],
            "values": [_row(each) for each in self.values],
            "no_milestones": list(self.no_milestones),
            "no_values": list(self.no_values),
        }
        return ACTION, {key: value for key, value in told.items() if value}


def between(before: Goal, after: Goal) -> Change:
    """What has to change for `before` to be `after`."""
    names = [each.name for each in fields(Goal) if each.name not in _HANGING]
    new = {
        name: getattr(after, name)
        for name in names
        if getattr(before, name) != getattr(after, name)
    }
    return Change(goals=((before.id, new),) if new else ())


def apply(connection: sqlite3.Connection, change: Change) -> Change:
    """Make a change; returns the one that takes it back.

    Raises `NotFound` for a goal that isn't there, `UsageError` for a name that is taken.
    """
    goals = store.listed(connection)
    back = [_apply_goal(connection, goals, number, new) for number, new in change.goals]
    milestones = {each.id: each for goal in goals for each in goal.milestones}
    old_milestones = _there(
        milestones, [*(each.id for each in change.milestones), *change.no_milestones]
    )
    store.drop_milestones(connection, change.no_milestones)
    made_milestones = [store.put_milestone(connection, each) for each in change.milestones]
    touched = [*(each.id for each in change.values), *change.no_values]
    old_values = store.values(connection, touched)
    store.drop_values(connection, change.no_values)
    made_values = [store.put_value(connection, each) for each in change.values]
    return Change(
        tuple(back),
        tuple(old_milestones),
        tuple(old_values),
        _new(made_milestones, old_milestones),
        _new(made_values, old_values),
    )


def _apply_goal(
    connection: sqlite3.Connection, goals: Sequence[Goal], number: int, new: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    goal = next((each for each in goals if each.id == number), None)
    if goal is None:
        raise NotFound(f"There is no goal #{number}.", hint="`goals list` shows all of them.")
    changed = replace(goal, **new)
    if changed.is_open and (not goal.is_open or changed.name != goal.name):
        choosing.a_name(changed.name, goals, goal)
    store.put_goal(connection, changed)
    return number, {key: getattr(goal, key) for key in new}


def _there(found: dict[int, Milestone], ids: Iterable[int]) -> list[Milestone]:
    return [found[each] for each in ids if each in found]


def _new(
    made: Sequence[Milestone] | Sequence[Value], old: Sequence[Milestone] | Sequence[Value]
) -> tuple[int, ...]:
    there = {each.id for each in old}
    return tuple(each.id for each in made if each.id not in there)


# --- as JSON ----------------------------------------------------------------------------------


def _row(made: Milestone | Value) -> dict[str, Any]:
    return {each.name: _json(getattr(made, each.name)) for each in fields(made)}


def _json(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Measure):
        return [value.start, value.target, value.unit]
    return value
