"""What of habits says something, and removing that for good: with a habit all its history."""

from __future__ import annotations

import sqlite3

from wooster.core.text import Says


def saying(connection: sqlite3.Connection, says: Says) -> list[str]:
    """The habits by their names, and the notes of others."""
    names = [row[0] for row in connection.execute("SELECT name FROM habits") if says(row[0])]
    notes = [row[1] for row in _notes(connection) if says(row[1])]
    return [f"the habit “{each}”" for each in names] + [f"the note “{each}”" for each in notes]


def clear(connection: sqlite3.Connection, says: Says) -> None:
    for number, name in connection.execute("SELECT id, name FROM habits").fetchall():
        if says(name):
            connection.execute("DELETE FROM habits WHERE id = ?", (number,))
    for number, note in _notes(connection):
        if says(note):
            connection.execute("UPDATE check_ins SET note = '' WHERE id = ?", (number,))


def _notes(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    return connection.execute("SELECT id, note FROM check_ins WHERE note <> ''").fetchall()
