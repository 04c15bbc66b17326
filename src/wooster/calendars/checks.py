"""Checks of what is stored of calendars: only reads."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def verify(connection: sqlite3.Connection) -> list[str]:
    """Each source's window is one, its lists are lists, and each instance is in it and in a zone
    that there is or was written."""
    return [*_sources(connection), *_instances(connection)]


def _sources(connection: sqlite3.Connection) -> Iterator[str]:
    for row in connection.execute("SELECT * FROM calendar_sources"):
        called = f"calendar {row['id']}"
        for column in ("addresses", "findings"):
            try:
                is_list = isinstance(json.loads(row[column]), list)
            except ValueError:
                is_list = False
            if not is_list:
                yield f"{called}: its {column} are no list"
        try:
            days = [date.fromisoformat(row[c]) for c in ("first_day", "end_day") if row[c]]
        except ValueError:
            yield f"{called}: its window has no dates"
            continue
        if len(days) == 2 and days[0] >= days[1]:
            yield f"{called}: its window is empty"
        if (row["kind"] in ("address", "caldav")) != bool(row["credential"]):
            yield f"{called}: it has an address where it should have none, or none"


def _instances(connection: sqlite3.Connection) -> Iterator[str]:
    for (zone,) in connection.execute("SELECT DISTINCT zone FROM calendar_instances"):
        if zone.count("/") != 1 or " " in zone:
            continue  # a zone of the calendar's own
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield f"calendars: there is no zone {zone!r}"
    days = connection.execute(
        "SELECT count(*) FROM calendar_instances WHERE kind = 'day'"
        " AND (starts_ms % 86400000 <> 0 OR ends_ms % 86400000 <> 0)"
    ).fetchone()[0]
    if days:
        yield f"calendars: {days} whole days don't begin or end at midnight"
