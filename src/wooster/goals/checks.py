"""Checks of what is stored of goals: that dates are dates and goals are found. Only reads."""

from __future__ import annotations

import sqlite3
from datetime import date

from wooster.core.names import folded

_DATES = (
    ("goals", "created_day"),
    ("goals", "deadline"),
    ("goals", "closed_day"),
    ("goals", "reopened_day"),
    ("goals", "archived_day"),
    ("goal_milestones", "due_day"),
    ("goal_milestones", "done_day"),
    ("goal_values", "day"),
)


def verify(connection: sqlite3.Connection) -> list[str]:
    """Each date is one, and each goal is found by its name."""
    findings = [
        f"{table} {number}: {column} {value!r} is no date"
        for table, column in _DATES
        for number, value in connection.execute(
            f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL"
        )
        if not _is_date(value)
    ]
    findings += [
        f"goal {number}: it can't be found by its name"
        for number, name, stored in connection.execute("SELECT id, name, folded FROM goals")
        if stored != folded(name)
    ]
    return findings


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
