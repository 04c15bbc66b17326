"""A change of a goal, made inside a transaction, and how the goal stands before and after it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wooster.goals import changes, store
from wooster.goals.changes import Change, Undo
from wooster.goals.model import Goal, Milestone
from wooster.goals.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class Changed:
    """How a goal stands after a change, and how it stood before; `was` None for a new one. `undo`
    is None when nothing was changed."""

    now: Standing
    was: Standing | None
    undo: Undo | None
    milestone: Milestone | None = None


def standings(connection: sqlite3.Connection, goals: Sequence[Goal], today: date) -> list[Standing]:
    """How each of these goals stands, with all of its points."""
    entries = store.entries(connection, [each.id for each in goals])
    return [standing(each, entries[each.id], today) for each in goals]


def briefly(connection: sqlite3.Connection, goals: Sequence[Goal], today: date) -> list[Standing]:
    """The same with only the first and the last point, where those say all."""
    found = []
    for each in goals:
        brief = standing(each, store.ends(connection, each.id), today)
        # Since when it is reached is told by what lies between.
        found += standings(connection, [each], today) if brief.is_reached else [brief]
    return found


def applied(
    connection: sqlite3.Connection, goal: Goal, change: Change, today: date, milestone: int = 0
) -> Changed:
    """Make a change of `goal`. The milestone that is told is the one with that number, else the one
    that is new. Raises what `changes.apply` does."""
    (was,) = briefly(connection, [goal], today)
    back = changes.apply(connection, change)
    after = next(each for each in store.listed(connection) if each.id == goal.id)
    (now,) = briefly(connection, [after], today)
    number = milestone or (back.no_milestones or (0,))[0]
    found = next((each for each in after.milestones if each.id == number), None)
    return Changed(now, was, back.undo if back != Change() else None, found)
