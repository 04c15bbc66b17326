"""The SQL of what was decided of patterns and areas, and nothing else.

Writing functions run in the caller's transaction: they take a connection and begin none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from wooster.core.clock import to_ms
from wooster.core.errors import NotFound
from wooster.insights.areas import Coverage, MemberKind, Suggested
from wooster.insights.model import Row

_ROW = "id, kind, salt, mark, state, found_day, until_day"
Member = tuple[MemberKind, int]


# --- patterns ---------------------------------------------------------------------------------


def rows(connection: sqlite3.Connection) -> list[Row]:
    """All of them, in the order of their numbers."""
    return [
        Row(
            row["id"],
            row["kind"],
            row["salt"],
            row["mark"],
            row["state"],
            date.fromisoformat(row["found_day"]),
            None if row["until_day"] is None else date.fromisoformat(row["until_day"]),
        )
        for row in connection.execute(f"SELECT {_ROW} FROM insights ORDER BY id")
    ]


def put(connection: sqlite3.Connection, row: Row) -> Row:
    """Store one as it is given; without a number (0) it gets a new one."""
    cursor = connection.execute(
        f"INSERT OR REPLACE INTO insights ({_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            row.id or None,
            row.kind,
            row.salt,
            row.mark,
            row.state,
            row.found.isoformat(),
            None if row.until is None else row.until.isoformat(),
        ),
    )
    return replace(row, id=cursor.lastrowid or 0)


def drop(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    connection.executemany("DELETE FROM insights WHERE id = ?", [(each,) for each in ids])


# --- areas ------------------------------------------------------------------------------------


def members(connection: sqlite3.Connection) -> dict[Member, str]:
    """The areas that habits and goals were put into."""
    return {
        (row["kind"], row["number"]): row["area"]
        for row in connection.execute("SELECT kind, number, area FROM area_members")
    }


def put_member(connection: sqlite3.Connection, member: Member, area: str) -> str:
    """Put a habit or a goal into an area, "" for none; returns where it was. Raises `NotFound`."""
    kind, number = member
    table = {"habit": "habits", "goal": "goals"}[kind]
    there = connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (number,)).fetchone()
    if area and there is None:
        raise NotFound(f"There is no {kind} {number}.", hint=f"`{table} list` lists them all.")
    (was,) = connection.execute(
        "SELECT max(area) FROM area_members WHERE kind = ? AND number = ?", (kind, number)
    ).fetchone()
    connection.execute("DELETE FROM area_members WHERE kind = ? AND number = ?", (kind, number))
    if area:
        connection.execute("INSERT INTO area_members VALUES (?, ?, ?)", (kind, number, area))
    return was or ""


def suggested(connection: sqlite3.Connection) -> list[Suggested]:
    """What was suggested, by days."""
    found = connection.execute("SELECT day, area, coverage FROM area_suggestions ORDER BY day")
    return [
        Suggested(date.fromisoformat(row["day"]), row["area"], row["coverage"]) for row in found
    ]


def put_suggested(
    connection: sqlite3.Connection, day: date, step: tuple[str, Coverage], now: datetime
) -> bool:
    """Keep that a step was suggested on `day`, unless something was already; tells whether it is
    kept."""
    cursor = connection.execute(
        "INSERT OR IGNORE INTO area_suggestions (day, area, coverage, at_ms) VALUES (?, ?, ?, ?)",
        (day.isoformat(), *step, to_ms(now)),
    )
    return cursor.rowcount == 1
