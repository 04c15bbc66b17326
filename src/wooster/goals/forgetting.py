"""What of goals says something, and removing that for good: with a goal all that was measured."""

from __future__ import annotations

import sqlite3

from wooster.core.text import Says


def saying(connection: sqlite3.Connection, says: Says) -> list[str]:
    """The goals and milestones by their names, and the notes of others."""
    goals = connection.execute("SELECT name, category FROM goals").fetchall()
    found = [f"the goal “{row[0]}”" for row in goals if says("\n".join(row))]
    for table, column, noun in (
        ("goal_milestones", "name", "milestone"),
        ("goal_values", "note", "note"),
    ):
        rows = connection.execute(f"SELECT {column} FROM {table}")
        found += [f"the {noun} “{row[0]}”" for row in rows if says(row[0])]
    return found


def clear(connection: sqlite3.Connection, says: Says) -> None:
    for number, *texts in connection.execute("SELECT id, name, category FROM goals").fetchall():
        if says("\n".join(texts)):
            connection.execute("DELETE FROM goals WHERE id = ?", (number,))
    for number, name in connection.execute("SELECT id, name FROM goal_milestones").fetchall():
        if says(name):
            connection.execute("DELETE FROM goal_milestones WHERE id = ?", (number,))
    for number, note in connection.execute("SELECT id, note FROM goal_values").fetchall():
        if says(note):
            connection.execute("UPDATE goal_values SET note = '' WHERE id = ?", (number,))
