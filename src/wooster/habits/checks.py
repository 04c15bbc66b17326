"""Checks of what is stored of habits: that dates are dates and rules are rules. Only reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

from wooster.core.names import folded
from wooster.habits import store

_DATES = (
    ("habits", "id", "created_day"),
    ("habits", "id", "archived_day"),
    ("habit_rules", "habit_id", "since"),
    ("check_ins", "id", "day"),
    ("habit_breaks", "id", "first_day"),
    ("habit_breaks", "id", "last_day"),
)


def verify(connection: sqlite3.Connection) -> list[str]:
    """Each date is one, each habit has a rule from its first day on and is found by its name."""
    findings = [
        f"{table} {number}: {column} {value!r} is no date"
        for table, key, column in _DATES
        for number, value in connection.execute(
            f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL"
        )
        if not _is_date(value)
    ]
    findings += [
        f"habit {row[0]}: it has no rule"
        for row in connection.execute(
            "SELECT id FROM habits WHERE id NOT IN (SELECT habit_id FROM habit_rules)"
        )
    ]
    # What can't be read can't be looked at more closely.
    return findings or list(_wrong(connection))


def _wrong(connection: sqlite3.Connection) -> Iterator[str]:
    stored = dict(connection.execute("SELECT id, folded FROM habits").fetchall())
    try:
        habits = store.listed(connection)
    except (AssertionError, ValueError) as error:
        yield f"habits: a rule can't be read ({error})"
        return
    for habit in habits:
        if habit.rules[0].since != habit.created:
            yield f"habit {habit.id}: its first rule doesn't begin with it"
        if stored[habit.id] != folded(habit.name):
            yield f"habit {habit.id}: it can't be found by its name"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
