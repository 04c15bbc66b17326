"""The SQL of jobs and occurrences, and nothing else.

Writing functions run in the caller's transaction: they take a connection and begin none. What fires
when, and what is tried again, is decided elsewhere.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from wooster.core.clock import from_ms, to_ms
from wooster.schedule.model import Due, Job, JobState, Missed, Occurrence, State, Times
from wooster.schedule.planning import Fired

_JOB = (
    "id, kind, text, at_ms, rrule, start_wall, zone, except_days, missed, within_s, channels,"
    " priority, repeat_s, payload, who, state, next_ms, next_wall, created_ms"
)
_OCCURRENCE = (
    "id, job_id, due_ms, state, try_ms, attempts, ended_ms, acknowledged_ms, channel, error,"
    " is_late, maybe_twice, times, until_ms, snoozed_from"
)
_THOSE = "state IN (SELECT value FROM json_each(?1)) AND kind = ifnull(?2, kind)"


# --- jobs -------------------------------------------------------------------------------------


def put_job(connection: sqlite3.Connection, job: Job) -> Job:
    """Store a job, or store it anew; without an id (0) it gets one."""
    times = job.times
    values = (
        job.id or None,
        job.kind,
        job.text,
        _ms(times.at),
        times.rrule,
        times.start.isoformat() if times.start and times.rrule else "",
        times.zone,
        json.dumps([each.isoformat() for each in times.except_days]),
        job.missed.policy,
        int(job.missed.within.total_seconds()),
        json.dumps(list(job.channels)),
        job.priority,
        int(job.repeat.total_seconds()),
        json.dumps(dict(job.payload), ensure_ascii=False),
        job.who,
        job.state,
        _ms(job.next_at),
        _wall(job.next_wall),
        to_ms(job.created),
    )
    marks = ", ".join("?" * len(values))
    columns = [each.strip() for each in _JOB.split(",")]
    updates = ", ".join(f"{each} = excluded.{each}" for each in columns[1:])
    cursor = connection.execute(
        f"INSERT INTO jobs ({_JOB}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {updates}",
        values,
    )
    return replace(job, id=job.id or cursor.lastrowid or 0)


def job(connection: sqlite3.Connection, job_id: int) -> Job | None:
    row = connection.execute(f"SELECT {_JOB} FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return None if row is None else _job(row)


def jobs(
    connection: sqlite3.Connection,
    states: Iterable[JobState],
    kind: str | None = None,
    limit: int | None = None,
) -> list[Job]:
    """Those in these states, the next one first; of one kind, and the first few, where it is
    said."""
    rows = connection.execute(
        f"SELECT {_JOB} FROM jobs WHERE {_THOSE} ORDER BY next_ms IS NULL, next_ms, id LIMIT ?3",
        (json.dumps(list(states)), kind, -1 if limit is None else limit),
    )
    return [_job(row) for row in rows]


def count(connection: sqlite3.Connection, states: Iterable[JobState], kind: str) -> int:
    """How many of one kind are in these states."""
    (number,) = connection.execute(
        f"SELECT count(*) FROM jobs WHERE {_THOSE}", (json.dumps(list(states)), kind)
    ).fetchone()
    return int(number)


def jobs_come(connection: sqlite3.Connection, now: datetime, limit: int) -> list[Job]:
    """Active jobs whose next time has come, the oldest time first."""
    rows = connection.execute(
        f"SELECT {_JOB} FROM jobs WHERE state = 'active' AND next_ms IS NOT NULL AND next_ms <= ?"
        " ORDER BY next_ms, id LIMIT ?",
        (to_ms(now), limit),
    )
    return [_job(row) for row in rows]


def floating(connection: sqlite3.Connection) -> list[Job]:
    """Active recurring jobs that move with the person's clock."""
    rows = connection.execute(
        f"SELECT {_JOB} FROM jobs WHERE state = 'active' AND rrule <> '' AND zone = ''"
    )
    return [_job(row) for row in rows]


def set_next(
    connection: sqlite3.Connection,
    job_id: int,
    next_at: datetime | None,
    next_wall: datetime | None,
) -> None:
    connection.execute(
        "UPDATE jobs SET next_ms = ?, next_wall = ? WHERE id = ?",
        (_ms(next_at), _wall(next_wall), job_id),
    )


def set_state(connection: sqlite3.Connection, job_id: int, state: JobState) -> None:
    connection.execute("UPDATE jobs SET state = ? WHERE id = ?", (state, job_id))


# --- occurrences ------------------------------------------------------------------------------


def add_fired(connection: sqlite3.Connection, job_id: int, fired: Fired, now: datetime) -> None:
    """Make a row, unless that time has one."""
    is_due = fired.state == "due"
    connection.execute(
        "INSERT INTO occurrences (job_id, due_ms, state, try_ms, ended_ms, is_late, times,"
        " until_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_id, due_ms) DO NOTHING",
        (
            job_id,
            to_ms(fired.due),
            fired.state,
            to_ms(fired.due) if is_due else None,
            None if is_due else to_ms(now),
            fired.is_late,
            fired.times,
            _ms(fired.until),
        ),
    )


def add_broken(connection: sqlite3.Connection, job: Job, error: str, now: datetime) -> None:
    """The time that has come of a job whose rule can't be worked out, as failed."""
    connection.execute(
        "INSERT INTO occurrences (job_id, due_ms, state, ended_ms, error) VALUES (?, ?, 'failed',"
        " ?, ?) ON CONFLICT (job_id, due_ms) DO NOTHING",
        (job.id, _ms(job.next_at), to_ms(now), error),
    )


def move_tries(connection: sqlite3.Connection, now: datetime, by: timedelta) -> None:
    """Move the next try of what was tried before, as far as it is yet to come, by `by` (< 0)."""
    shift_ms = round(by.total_seconds() * 1000)
    connection.execute(
        "UPDATE occurrences SET try_ms = max(try_ms + ?, ?) WHERE state = 'due' AND try_ms > ?"
        " AND attempts > 0",
        (shift_ms, to_ms(now), to_ms(now)),
    )


def add_snoozed(connection: sqlite3.Connection, of: Occurrence, due: datetime) -> Occurrence:
    """A later time of the same job. Its due instant is moved by milliseconds until it is free."""
    due_ms = to_ms(due)
    taken = "SELECT 1 FROM occurrences WHERE job_id = ? AND due_ms = ?"
    while connection.execute(taken, (of.job_id, due_ms)).fetchone():
        due_ms += 1
    cursor = connection.execute(
        "INSERT INTO occurrences (job_id, due_ms, state, try_ms, snoozed_from)"
        " VALUES (?, ?, 'due', ?, ?)",
        (of.job_id, due_ms, due_ms, of.id),
    )
    found = occurrence(connection, cursor.lastrowid or 0)
    assert found is not None
    return found


def occurrence(connection: sqlite3.Connection, occurrence_id: int) -> Occurrence | None:
    row = connection.execute(
        f"SELECT {_OCCURRENCE} FROM occurrences WHERE id = ?", (occurrence_id,)
    ).fetchone()
    return None if row is None else _occurrence(row)


def put_occurrence(connection: sqlite3.Connection, row: Occurrence) -> None:
    """Store how it stands."""
    connection.execute(
        "UPDATE occurrences SET state = ?, try_ms = ?, attempts = ?, ended_ms = ?,"
        " acknowledged_ms = ?, channel = ?, error = ?, maybe_twice = ? WHERE id = ?",
        (
            row.state,
            _ms(row.try_at),
            row.attempts,
            _ms(row.ended),
            _ms(row.acknowledged),
            row.channel,
            row.error,
            row.maybe_twice,
            row.id,
        ),
    )


def ready(connection: sqlite3.Connection, now: datetime, limit: int) -> list[Due]:
    """Due ones that are to be tried now, the most urgent first, with their jobs."""
    rows = connection.execute(
        f"SELECT {_OCCURRENCE} FROM occurrences WHERE state = 'due' AND try_ms <= ?"
        " ORDER BY try_ms, id LIMIT ?",
        (to_ms(now), limit),
    ).fetchall()
    return _with_jobs(connection, [_occurrence(row) for row in rows])


def claimed(connection: sqlite3.Connection) -> list[Due]:
    """Those that are being handed over; at a start, those that a crash left so."""
    rows = connection.execute(
        f"SELECT {_OCCURRENCE} FROM occurrences WHERE state = 'claimed' ORDER BY id"
    ).fetchall()
    return _with_jobs(connection, [_occurrence(row) for row in rows])


def of_job(
    connection: sqlite3.Connection, job_id: int, states: Iterable[State]
) -> list[Occurrence]:
    rows = connection.execute(
        f"SELECT {_OCCURRENCE} FROM occurrences WHERE job_id = ?"
        " AND state IN (SELECT value FROM json_each(?)) ORDER BY due_ms",
        (job_id, json.dumps(list(states))),
    )
    return [_occurrence(row) for row in rows]


def newest(
    connection: sqlite3.Connection, states: Iterable[State], limit: int, since_ms: int = 0
) -> list[Due]:
    """Those in these states that ended last, the newest first, with their jobs."""
    rows = connection.execute(
        f"SELECT {_OCCURRENCE} FROM occurrences WHERE ended_ms >= ?"
        " AND state IN (SELECT value FROM json_each(?)) ORDER BY ended_ms DESC, id DESC LIMIT ?",
        (since_ms, json.dumps(list(states)), limit),
    ).fetchall()
    return _with_jobs(connection, [_occurrence(row) for row in rows])


def unseen(connection: sqlite3.Connection, limit: int) -> list[Due]:
    """What failed or was missed and nobody was told of yet, the oldest first."""
    rows = connection.execute(
        f"SELECT {_OCCURRENCE} FROM occurrences WHERE state IN ('failed', 'missed')"
        " AND seen_ms IS NULL ORDER BY due_ms LIMIT ?",
        (limit,),
    ).fetchall()
    return _with_jobs(connection, [_occurrence(row) for row in rows])


def mark_seen(connection: sqlite3.Connection, ids: Sequence[int], now: datetime) -> None:
    connection.execute(
        "UPDATE occurrences SET seen_ms = ? WHERE id IN (SELECT value FROM json_each(?))",
        (to_ms(now), json.dumps(list(ids))),
    )


def try_again(connection: sqlite3.Connection, now: datetime) -> None:
    """Those whose delivery failed and that wait are tried at `now`. What waits to be said again, or
    for the end of quiet hours, goes on waiting."""
    connection.execute(
        "UPDATE occurrences SET try_ms = ? WHERE state = 'due' AND attempts > 0"
        " AND ended_ms IS NULL AND error <> '' AND try_ms > ?",
        (to_ms(now), to_ms(now)),
    )


def next_wake(connection: sqlite3.Connection) -> datetime | None:
    """When something is to be looked at next; None where nothing is."""
    (job_ms,) = connection.execute(
        "SELECT min(next_ms) FROM jobs WHERE state = 'active' AND next_ms IS NOT NULL"
    ).fetchone()
    (try_ms,) = connection.execute(
        "SELECT min(try_ms) FROM occurrences WHERE state = 'due'"
    ).fetchone()
    found = [each for each in (job_ms, try_ms) if each is not None]
    return from_ms(min(found)) if found else None


# --- checks -----------------------------------------------------------------------------------


def verify(connection: sqlite3.Connection) -> list[str]:
    """What disagrees, one line each."""
    found = []
    for row in connection.execute(
        "SELECT id FROM occurrences WHERE (state = 'due') <> (try_ms IS NOT NULL)"
    ):
        found.append(f"occurrence {row[0]}: its next try doesn't go with its state")
    for row in connection.execute(
        "SELECT occurrences.id FROM occurrences WHERE state = 'delivered' AND NOT EXISTS"
        " (SELECT 1 FROM deliveries WHERE occurrence_id = occurrences.id AND state = 'sent')"
    ):
        found.append(f"occurrence {row[0]}: it is delivered, and no channel took it")
    for row in connection.execute(
        "SELECT id FROM jobs WHERE state = 'active' AND next_ms IS NULL AND at_ms IS NULL"
    ):
        found.append(f"job {row[0]}: it is active, and has no next time")
    return found


# --- rows -------------------------------------------------------------------------------------


def _with_jobs(connection: sqlite3.Connection, found: Sequence[Occurrence]) -> list[Due]:
    by_id: dict[int, Job] = {}
    rows = connection.execute(
        f"SELECT {_JOB} FROM jobs WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted({each.job_id for each in found})),),
    )
    for row in rows:
        by_id[row["id"]] = _job(row)
    return [Due(by_id[each.job_id], each) for each in found]


def _job(row: sqlite3.Row) -> Job:
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


def _occurrence(row: sqlite3.Row) -> Occurrence:
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


def _ms(instant: datetime | None) -> int | None:
    return None if instant is None else to_ms(instant)


def _wall(wall: datetime | None) -> str:
    return "" if wall is None else wall.isoformat()


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
