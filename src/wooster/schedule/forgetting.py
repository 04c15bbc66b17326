"""Which jobs say something, and removing them for good, with when they came and were told."""

from __future__ import annotations

import sqlite3

from wooster.core.text import Says


def saying(connection: sqlite3.Connection, says: Says) -> list[str]:
    """The reminders by their words."""
    rows = connection.execute("SELECT text, payload FROM jobs ORDER BY id")
    return [f"the reminder “{row[0]}”" for row in rows if says("\n".join(row))]


def clear(connection: sqlite3.Connection, says: Says) -> None:
    for number, *texts in connection.execute("SELECT id, text, payload FROM jobs").fetchall():
        if says("\n".join(texts)):
            connection.execute("DELETE FROM jobs WHERE id = ?", (number,))
    rows = connection.execute("SELECT id, error FROM occurrences WHERE error <> ''").fetchall()
    for number, error in rows:
        if says(error):
            connection.execute("UPDATE occurrences SET error = '' WHERE id = ?", (number,))
