"""Goals that were kept elsewhere, taken in with what was measured of them and their milestones."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from wooster.core.names import folded, free
from wooster.goals import choosing, store
from wooster.goals.model import Goal, Milestone, Value
from wooster.storage import Database
from wooster.storage.along import Along, nothing

Undo = tuple[str, dict[str, Any]]

_AGAIN = "{} ({})"


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone as it was kept elsewhere."""

    name: str
    due: date | None = None
    done: date | None = None


@dataclass(frozen=True, slots=True)
class PastGoal:
    """`goal` and `values` have no numbers yet."""

    goal: Goal
    values: tuple[Value, ...] = ()
    steps: tuple[Step, ...] = ()


class PastGoals:
    """Takes goals in, into one home."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_in(self, past: PastGoal, along: Along[Undo] = nothing) -> int:
        """Store a goal as it was; where an open one has its name, it gets a number behind its own.
        Returns its number. Raises `UsageError` for a name that can't be one."""

        def change(connection: sqlite3.Connection) -> int:
            there = store.listed(connection) if past.goal.is_open else []
            name = choosing.a_name(_free(past.goal.name, there), there)
            goal = store.put_goal(connection, replace(past.goal, id=0, name=name))
            for each in past.values:
                store.put_value(connection, replace(each, id=0, goal_id=goal.id))
            for step in _named_apart(past.steps):
                store.put_milestone(
                    connection, Milestone(0, goal.id, step.name, step.due, step.done)
                )
            along(connection, ("goals_delete", {"goal": f"#{goal.id}"}))
            return goal.id

        return await self._database.write(change)


def _free(name: str, there: Sequence[Goal]) -> str:
    taken = {folded(each.name) for each in choosing.open_ones(there)}
    return free(name, lambda each: folded(each) in taken, _AGAIN)


def _named_apart(steps: Sequence[Step]) -> list[Step]:
    """Milestones of one goal have names of their own."""
    found: dict[str, Step] = {}
    for each in steps:
        name = " ".join(each.name.split())
        named = free(name, lambda it: folded(it) in found, _AGAIN)
        found[folded(named)] = replace(each, name=named)
    return list(found.values())
