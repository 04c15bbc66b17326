"""Checks of the file itself, whatever is in it. Each capability adds its own to these.

A finding is one line for a person: what disagrees with what. No finding means that all agree.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

Check = Callable[[sqlite3.Connection], list[str]]


def file_is_sound(connection: sqlite3.Connection) -> list[str]:
    """SQLite's own check of pages, indexes and constraints."""
    rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
    return [f"integrity: {row[0]}" for row in rows if row[0] != "ok"]


def references_resolve(connection: sqlite3.Connection) -> list[str]:
    """Every foreign key names a row that is there."""
    return [
        f"{row[0]}: row {row[1]} refers to a row of {row[2]} that isn't there"
        for row in connection.execute("PRAGMA foreign_key_check")
    ]


CHECKS: list[Check] = [file_is_sound, references_resolve]
