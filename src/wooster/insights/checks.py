"""Checks of what is stored of insights: that dates are dates, and members are found. Only reads."""

from __future__ import annotations

import sqlite3
from datetime import date

_DATES = (("insights", "id", "found_day"), ("insights", "id", "until_day"))
_MEMBERS = (("habit", "habits"), ("goal", "goals"))


def verify(connection: sqlite3.Connection) -> list[str]:
    """Each date is one, and what was put into an area is there."""
    findings = [
        f"{table} {number}: {column} {value!r} is no date"
        for table, key, column in (*_DATES, ("area_suggestions", "day", "day"))
        for number, value in connection.execute(
            f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL"
        )
        if not _is_date(value)
    ]
    findings += [
        f"area_members: there is no {kind} {number}"
        for kind, table in _MEMBERS
        for (number,) in connection.execute(
            f"SELECT number FROM area_members WHERE kind = ?"
            f" AND number NOT IN (SELECT id FROM {table})",
            (kind,),
        )
    ]
    return findings


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
