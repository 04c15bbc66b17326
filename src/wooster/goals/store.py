"""The SQL of goals, their milestones, values and habits, and nothing else.

Writing functions run in the caller's transaction: they take a connection and begin none. Rows are
put as they are given, so that a change can be taken back.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import cast, get_args

from wooster.core.clock import from_ms, to_ms
from wooster.core.names import folded
from wooster.goals.model import Goal, Measure, Milestone, Value, ValueKind

Entry = tuple[date, ValueKind, int]

_KINDS: dict[str, ValueKind] = {each: each for each in get_args(ValueKind)}
_VALUE = "id, goal_id, day, at_ms, kind, value, note"


# --- reading ----------------------------------------------------------------------------------


def listed(connection: sqlite3.Connection) -> list[Goal]:
    """All of them, also those that are closed or in the archive, in the order of their making."""
    milestones: dict[int, list[Milestone]] = {}
    for row in connection.execute("SELECT * FROM goal_milestones ORDER BY id"):
        milestones.setdefault(row["goal_id"], []).append(
            Milestone(
                row["id"],
                row["goal_id"],
                row["name"],
                _day(row["due_day"]),
                _day(row["done_day"]),
            )
        )
    habits: dict[int, list[int]] = {}
    for row in connection.execute("SELECT * FROM goal_habits ORDER BY goal_id, habit_id"):
        habits.setdefault(row["goal_id"], []).append(row["habit_id"])
    return [
        Goal(
            row["id"],
            row["name"],
            date.fromisoformat(row["created_day"]),
            from_ms(row["created_ms"]),
            row["category"],
            _day(row["deadline"]),
            Measure(row["start"], row["target"], row["unit"])
            if row["target"] is not None
            else None,
            _day(row["closed_day"]),
            row["outcome"],
            _day(row["reopened_day"]),
            _day(row["archived_day"]),
            tuple(milestones.get(row["id"], ())),
            tuple(habits.get(row["id"], ())),
        )
        for row in connection.execute("SELECT * FROM goals ORDER BY id")
    ]


def entries(connection: sqlite3.Connection, goal_ids: Collection[int]) -> dict[int, list[Entry]]:
    """What was measured of each of these goals, by day and then in the order of its making."""
    # One row a goal: to fetch each of many rows takes longer, and so does to call `char(10)`.
    query = (
        "SELECT group_concat(day, '\n'), group_concat(kind, '\n'), group_concat(value, '\n')"
        " FROM (SELECT day, kind, value FROM goal_values WHERE goal_id = ? ORDER BY day, id)"
    )
    cursor = _plain(connection)
    return {each: _entries(*cursor.execute(query, (each,)).fetchone()) for each in goal_ids}


def _entries(days: str | None, kinds: str, values: str) -> list[Entry]:
    if days is None:
        return []
    told = map(date.fromisoformat, days.split("\n"))
    how = map(_KINDS.__getitem__, kinds.split("\n"))
    return list(zip(told, how, map(int, values.split("\n")), strict=True))


def days_since(connection: sqlite3.Connection, day: date) -> dict[int, list[date]]:
    """Of each goal, the days since `day` of which something was measured, in order."""
    rows = _plain(connection).execute(
        "SELECT DISTINCT goal_id, day FROM goal_values WHERE day >= ? ORDER BY goal_id, day",
        (day.isoformat(),),
    )
    found: dict[int, list[date]] = {}
    for goal_id, text in rows:
        found.setdefault(goal_id, []).append(date.fromisoformat(text))
    return found


def ends(connection: sqlite3.Connection, goal_id: int) -> list[Entry]:
    """A few entries with the same values as all of a goal's on its first and on its last day."""
    cursor = _plain(connection)
    first, last = cursor.execute(
        "SELECT min(day), max(day) FROM goal_values WHERE goal_id = ?", (goal_id,)
    ).fetchone()
    if first is None:
        return []
    found: list[Entry] = [
        (date.fromisoformat(first), kind, value)
        for kind, value in cursor.execute(
            "SELECT kind, value FROM goal_values WHERE goal_id = ? AND day = ? ORDER BY id",
            (goal_id, first),
        )
    ]
    measured = cursor.execute(
        "SELECT day, id, value FROM goal_values WHERE goal_id = ? AND day > ? AND kind = 'at'"
        " ORDER BY day DESC, id DESC LIMIT 1",
        (goal_id, first),
    ).fetchone()
    if measured is not None:
        found.append((date.fromisoformat(measured[0]), "at", measured[2]))
    since = measured[:2] if measured else (first, 2**62)
    (more,) = cursor.execute(
        "SELECT total(value) FROM goal_values WHERE goal_id = ? AND (day, id) > (?, ?)"
        " AND kind = 'more'",
        (goal_id, *since),
    ).fetchone()
    if last > first:
        found.append((date.fromisoformat(last), "more", int(more)))
    return found


def _plain(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """A cursor whose rows are tuples, which are made faster."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor


def on_day(connection: sqlite3.Connection, goal_id: int, day: date) -> list[Value]:
    """What was measured on a day, in the order of its making."""
    rows = connection.execute(
        f"SELECT {_VALUE} FROM goal_values WHERE goal_id = ? AND day = ? ORDER BY id",
        (goal_id, day.isoformat()),
    )
    return [_value(row) for row in rows]


def latest(connection: sqlite3.Connection, goal_id: int, count: int) -> list[Value]:
    """The newest by their days, the newest first."""
    rows = connection.execute(
        f"SELECT {_VALUE} FROM goal_values WHERE goal_id = ? ORDER BY day DESC, id DESC LIMIT ?",
        (goal_id, count),
    )
    return [_value(row) for row in rows]


def all_values(connection: sqlite3.Connection, goal_id: int) -> list[Value]:
    """All that was measured of a goal, in the order of its making."""
    rows = connection.execute(
        f"SELECT {_VALUE} FROM goal_values WHERE goal_id = ? ORDER BY id", (goal_id,)
    )
    return [_value(row) for row in rows]


def values(connection: sqlite3.Connection, ids: Collection[int]) -> list[Value]:
    rows = connection.execute(
        f"SELECT {_VALUE} FROM goal_values WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return [_value(row) for row in rows]


def _value(row: sqlite3.Row) -> Value:
    return Value(
        row["id"],
        row["goal_id"],
        date.fromisoformat(row["day"]),
        from_ms(row["at_ms"]),
        cast(ValueKind, row["kind"]),
        row["value"],
        row["note"],
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


# --- writing ----------------------------------------------------------------------------------


def put_goal(connection: sqlite3.Connection, goal: Goal) -> Goal:
    """Store a goal without its milestones and habits. Without a number (0) it gets a new one."""
    measure = goal.measure
    cursor = connection.execute(
        "INSERT INTO goals (id, name, folded, category, created_ms, created_day, deadline, start,"
        " target, unit, closed_day, outcome, reopened_day, archived_day)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        # Not REPLACE: that would delete what hangs on it.
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded,"
        " category = excluded.category, created_ms = excluded.created_ms,"
        " created_day = excluded.created_day, deadline = excluded.deadline,"
        " start = excluded.start, target = excluded.target, unit = excluded.unit,"
        " closed_day = excluded.closed_day, outcome = excluded.outcome,"
        " reopened_day = excluded.reopened_day, archived_day = excluded.archived_day",
        (
            goal.id or None,
            goal.name,
            folded(goal.name),
            goal.category,
            to_ms(goal.created_at),
            goal.created.isoformat(),
            _text(goal.deadline),
            measure.start if measure else None,
            measure.target if measure else None,
            measure.unit if measure else "",
            _text(goal.closed),
            goal.outcome,
            _text(goal.reopened),
            _text(goal.archived),
        ),
    )
    return replace(goal, id=goal.id or cursor.lastrowid or 0)


def link(connection: sqlite3.Connection, goal_id: int, habit_id: int) -> None:
    connection.execute(
        "INSERT INTO goal_habits (goal_id, habit_id) VALUES (?, ?)", (goal_id, habit_id)
    )


def unlink(connection: sqlite3.Connection, goal_id: int, habit_id: int) -> None:
    connection.execute(
        "DELETE FROM goal_habits WHERE goal_id = ? AND habit_id = ?", (goal_id, habit_id)
    )


def put_milestone(connection: sqlite3.Connection, made: Milestone) -> Milestone:
    """Store one; without a number (0) it gets a new one."""
    cursor = connection.execute(
        "INSERT OR REPLACE INTO goal_milestones (id, goal_id, name, due_day, done_day)"
        " VALUES (?, ?, ?, ?, ?)",
        (made.id or None, made.goal_id, made.name, _text(made.due), _text(made.done)),
    )
    return replace(made, id=cursor.lastrowid or 0)


def put_value(connection: sqlite3.Connection, made: Value) -> Value:
    """Store one; without a number (0) it gets a new one."""
    cursor = connection.execute(
        f"INSERT OR REPLACE INTO goal_values ({_VALUE}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            made.id or None,
            made.goal_id,
            made.day.isoformat(),
            to_ms(made.at),
            made.kind,
            made.value,
            made.note,
        ),
    )
    return replace(made, id=cursor.lastrowid or 0)


def drop_milestones(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    connection.executemany("DELETE FROM goal_milestones WHERE id = ?", [(e,) for e in ids])


def drop_values(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    connection.executemany("DELETE FROM goal_values WHERE id = ?", [(e,) for e in ids])


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
