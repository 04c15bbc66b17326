"""Jobs and occurrences as rows of their tables, and back."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime, timedelta
from typing import Any

from wooster.core.clock import from_ms, to_ms
from wooster.schedule.model import Job, Missed, Occurrence, Times

JOB = (
    "id, kind, text, at_ms, rrule, start_wall, zone, except_days, missed, within_s, channels,"
    " priority, repeat_s, payload, who, state, next_ms, next_wall, created_ms"
)
OCCURRENCE = (
    "id, job_id, due_ms, state, try_ms, attempts, ended_ms, acknowledged_ms, channel, error,"
    " is_late, maybe_twice, times, until_ms, snoozed_from"
)


def job(row: sqlite3.Row) -> Job:
    start = datetime.fromisoformat(row["start_wall"]) if row["start_wall"] else None
    times = Times(
        _instant(row["at_ms"]),
        row["rrule"],
        start,
        row["zone"],
        tuple(date.fromisoformat(each) for each in _listed(row["except_days"])),
    )
    payload: dict[str, Any] = {} if row["payload"] == "{}" else json.loads(row["payload"])
    return Job(
        row["id"],
        row["kind"],
        row["text"],
        times,
        from_ms(row["created_ms"]),
        Missed(row["missed"], timedelta(seconds=row["within_s"])),
        tuple(_listed(row["channels"])),
        row["priority"],
        timedelta(seconds=row["repeat_s"]),
        payload,
        row["who"],
        row["state"],
        _instant(row["next_ms"]),
        datetime.fromisoformat(row["next_wall"]) if row["next_wall"] else None,
    )


def _listed(stored: str) -> list[str]:
    """Most lists are empty, and reading JSON takes its time."""
    found: list[str] = [] if stored == "[]" else json.loads(stored)
    return found


def occurrence(row: sqlite3.Row) -> Occurrence:
    return Occurrence(
        row["id"],
        row["job_id"],
        from_ms(row["due_ms"]),
        row["state"],
        _instant(row["try_ms"]),
        row["attempts"],
        _instant(row["ended_ms"]),
        _instant(row["acknowledged_ms"]),
        row["channel"],
        row["error"],
        bool(row["is_late"]),
        bool(row["maybe_twice"]),
        row["times"],
        _instant(row["until_ms"]),
        row["snoozed_from"],
    )


def ms(instant: datetime | None) -> int | None:
    return None if instant is None else to_ms(instant)


def wall(wall: datetime | None) -> str:
    return "" if wall is None else wall.isoformat()


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
