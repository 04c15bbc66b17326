"""The SQL of jobs and occurrences, and nothing else.

Writing functions run in the caller's transaction: they take a connection and begin none. What fires
when, and what is tried again, is decided elsewhere.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from wooster.core.clock import from_ms, to_ms
from wooster.schedule import rows
from wooster.schedule.model import (
    Due,
    Job,
    JobState,
    Kind,
    Label,
    Occurrence,
    State,
)
from wooster.schedule.planning import Fired

_THOSE = (
    "state IN (SELECT value FROM json_each(?1))"
    " AND (?2 IS NULL OR kind IN (SELECT value FROM json_each(?2)))"
)


# --- jobs -------------------------------------------------------------------------------------


def put_job(connection: sqlite3.Connection, job: Job) -> Job:
    """Store a job, or store it anew; without an id (0) it gets one."""
    times = job.times
    values = (
        job.id or None,
        job.kind,
        job.text,
        rows.ms(times.at),
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
        rows.ms(job.next_at),
        rows.wall(job.next_wall),
        to_ms(job.created),
    )
    marks = ", ".join("?" * len(values))
    columns = [each.strip() for each in rows.JOB.split(",")]
    updates = ", ".join(f"{each} = excluded.{each}" for each in columns[1:])
    cursor = connection.execute(
        f"INSERT INTO jobs ({rows.JOB}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {updates}",
        values,
    )
    return replace(job, id=job.id or cursor.lastrowid or 0)


def job(connection: sqlite3.Connection, job_id: int) -> Job | None:
    row = connection.execute(f"SELECT {rows.JOB} FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return None if row is None else rows.job(row)


def jobs(
    connection: sqlite3.Connection,
    states: Iterable[JobState],
    kinds: Iterable[Kind] | None = None,
    limit: int | None = None,
    until: datetime | None = None,
) -> list[Job]:
    """Those in these states, the next one first; of some kinds, the first few, and with a next time
    until an instant, where it is said."""
    found = connection.execute(
        f"SELECT {rows.JOB} FROM jobs WHERE {_THOSE} AND (?4 IS NULL OR next_ms <= ?4)"
        " ORDER BY next_ms IS NULL, next_ms, id LIMIT ?3",
        (*_sought(states, kinds), -1 if limit is None else limit, rows.ms(until)),
    )
    return [rows.job(row) for row in found]


def labels(
    connection: sqlite3.Connection, states: Iterable[JobState], kinds: Iterable[Kind] | None
) -> list[Label]:
    """What is needed to choose one of them, in the order of `jobs`."""
    found = connection.execute(
        f"SELECT id, text, rrule <> '' FROM jobs WHERE {_THOSE}"
        " ORDER BY next_ms IS NULL, next_ms, id",
        _sought(states, kinds),
    )
    return [Label(number, text, bool(repeats)) for number, text, repeats in found]


def count(
    connection: sqlite3.Connection, states: Iterable[JobState], kinds: Iterable[Kind] | None
) -> int:
    """How many `jobs` would find."""
    found = connection.execute(
        f"SELECT count(*) FROM jobs WHERE {_THOSE}", _sought(states, kinds)
    ).fetchone()
    return int(found[0])


def _sought(states: Iterable[JobState], kinds: Iterable[Kind] | None) -> tuple[str, str | None]:
    return json.dumps(list(states)), None if kinds is None else json.dumps(list(kinds))


def jobs_come(connection: sqlite3.Connection, now: datetime, limit: int) -> list[Job]:
    """Active jobs whose next time has come, the oldest time first."""
    found = connection.execute(
        f"SELECT {rows.JOB} FROM jobs"
        " WHERE state = 'active' AND next_ms IS NOT NULL AND next_ms <= ?"
        " ORDER BY next_ms, id LIMIT ?",
        (to_ms(now), limit),
    )
    return [rows.job(row) for row in found]


def floating(connection: sqlite3.Connection) -> list[Job]:
    """Active recurring jobs that move with the person's clock."""
    found = connection.execute(
        f"SELECT {rows.JOB} FROM jobs WHERE state = 'active' AND rrule <> '' AND zone = ''"
    )
    return [rows.job(row) for row in found]


def set_next(
    connection: sqlite3.Connection,
    job_id: int,
    next_at: datetime | None,
    next_wall: datetime | None,
) -> None:
    connection.execute(
        "UPDATE jobs SET next_ms = ?, next_wall = ? WHERE id = ?",
        (rows.ms(next_at), rows.wall(next_wall), job_id),
    )


def set_state(connection: sqlite3.Connection, job_id: int, state: JobState) -> None:
    connection.execute("UPDATE jobs SET state = ? WHERE id = ?", (state, job_id))


# --- occurrences ------------------------------------------------------------------------------


def add_fired(connection: sqlite3.Connection, job_id: int, fired: Fired, now: datetime) -> None:
    """Make a row, unless that time has one. A snoozed one that has its place makes way."""
    is_due = fired.state == "due"
    connection.execute(
        "UPDATE occurrences SET due_ms = ?3 WHERE job_id = ?1 AND due_ms = ?2"
        " AND snoozed_from IS NOT NULL",
        (job_id, to_ms(fired.due), _free(connection, job_id, to_ms(fired.due))),
    )
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
            rows.ms(fired.until),
        ),
    )


def add_broken(connection: sqlite3.Connection, job: Job, error: str, now: datetime) -> None:
    """The time that has come of a job whose rule can't be worked out, as failed."""
    connection.execute(
        "INSERT INTO occurrences (job_id, due_ms, state, ended_ms, error) VALUES (?, ?, 'failed',"
        " ?, ?) ON CONFLICT (job_id, due_ms) DO NOTHING",
        (job.id, rows.ms(job.next_at), to_ms(now), error),
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
    due_ms = _free(connection, of.job_id, to_ms(due))
    cursor = connection.execute(
        "INSERT INTO occurrences (job_id, due_ms, state, try_ms, snoozed_from)"
        " VALUES (?, ?, 'due', ?, ?)",
        (of.job_id, due_ms, due_ms, of.id),
    )
    found = occurrence(connection, cursor.lastrowid or 0)
    assert found is not None
    return found


def _free(connection: sqlite3.Connection, job_id: int, due_ms: int) -> int:
    taken = "SELECT 1 FROM occurrences WHERE job_id = ? AND due_ms = ?"
    while connection.execute(taken, (job_id, due_ms)).fetchone():
        due_ms += 1
    return due_ms


def had(connection: sqlite3.Connection, job_id: int, since: datetime | None) -> set[datetime]:
    """The times of a job from `since` on that have a row; there are none, but for a clock that was
    set back."""
    found = connection.execute(
        "SELECT due_ms FROM occurrences WHERE job_id = ? AND due_ms >= ? AND snoozed_from IS NULL",
        (job_id, rows.ms(since)),
    )
    return {from_ms(due_ms) for (due_ms,) in found}


def missed_ahead(connection: sqlite3.Connection, now: datetime) -> list[Due]:
    """What was missed by a clock that was ahead, as far as it is yet to come; with its job."""
    found = connection.execute(
        f"SELECT {rows.OCCURRENCE} FROM occurrences WHERE ended_ms > ?1 AND state = 'missed'"
        " AND coalesce(until_ms, due_ms) > ?1 AND acknowledged_ms IS NULL ORDER BY due_ms",
        (to_ms(now),),
    ).fetchall()
    return _with_jobs(connection, [rows.occurrence(row) for row in found])


def keep_missed(
    connection: sqlite3.Connection, occurrence_id: int, times: int, until: datetime | None
) -> None:
    """Let a row stand for the first `times` of what it stood for; for none of it, it goes."""
    if times:
        connection.execute(
            "UPDATE occurrences SET times = ?, until_ms = ? WHERE id = ?",
            (times, rows.ms(until), occurrence_id),
        )
    else:
        connection.execute("DELETE FROM occurrences WHERE id = ?", (occurrence_id,))


def occurrence(connection: sqlite3.Connection, occurrence_id: int) -> Occurrence | None:
    row = connection.execute(
        f"SELECT {rows.OCCURRENCE} FROM occurrences WHERE id = ?", (occurrence_id,)
    ).fetchone()
    return None if row is None else rows.occurrence(row)


def put_occurrence(connection: sqlite3.Connection, row: Occurrence) -> None:
    """Store how it stands."""
    connection.execute(
        "UPDATE occurrences SET state = ?, try_ms = ?, attempts = ?, ended_ms = ?,"
        " acknowledged_ms = ?, channel = ?, error = ?, maybe_twice = ? WHERE id = ?",
        (
            row.state,
            rows.ms(row.try_at),
            row.attempts,
            rows.ms(row.ended),
            rows.ms(row.acknowledged),
            row.channel,
            row.error,
            row.maybe_twice,
            row.id,
        ),
    )


def ready(connection: sqlite3.Connection, now: datetime, limit: int) -> list[Due]:
    """Due ones that are to be tried now, the most urgent first, with their jobs."""
    found = connection.execute(
        f"SELECT {rows.OCCURRENCE} FROM occurrences WHERE state = 'due' AND try_ms <= ?"
        " ORDER BY try_ms, id LIMIT ?",
        (to_ms(now), limit),
    ).fetchall()
    return _with_jobs(connection, [rows.occurrence(row) for row in found])


def claimed(connection: sqlite3.Connection) -> list[Due]:
    """Those that are being handed over; at a start, those that a crash left so."""
    found = connection.execute(
        f"SELECT {rows.OCCURRENCE} FROM occurrences WHERE state = 'claimed' ORDER BY id"
    ).fetchall()
    return _with_jobs(connection, [rows.occurrence(row) for row in found])


def of_job(
    connection: sqlite3.Connection, job_id: int, states: Iterable[State]
) -> list[Occurrence]:
    found = connection.execute(
        f"SELECT {rows.OCCURRENCE} FROM occurrences WHERE job_id = ?"
        " AND state IN (SELECT value FROM json_each(?)) ORDER BY due_ms",
        (job_id, json.dumps(list(states))),
    )
    return [rows.occurrence(row) for row in found]


def newest(
    connection: sqlite3.Connection, states: Iterable[State], limit: int, since_ms: int = 0
) -> list[Due]:
    """Those in these states that ended last, the newest first, with their jobs."""
    found = connection.execute(
        f"SELECT {rows.OCCURRENCE} FROM occurrences WHERE ended_ms >= ?"
        " AND state IN (SELECT value FROM json_each(?)) ORDER BY ended_ms DESC, id DESC LIMIT ?",
        (since_ms, json.dumps(list(states)), limit),
    ).fetchall()
    return _with_jobs(connection, [rows.occurrence(row) for row in found])


def unseen(connection: sqlite3.Connection, limit: int) -> list[Due]:
    """What failed or was missed and nobody was told of yet, the oldest first."""
    found = connection.execute(
        f"SELECT {rows.OCCURRENCE} FROM occurrences WHERE state IN ('failed', 'missed')"
        " AND seen_ms IS NULL ORDER BY due_ms LIMIT ?",
        (limit,),
    ).fetchall()
    return _with_jobs(connection, [rows.occurrence(row) for row in found])


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
    stored = connection.execute(
        f"SELECT {rows.JOB} FROM jobs WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted({each.job_id for each in found})),),
    )
    for row in stored:
        by_id[row["id"]] = rows.job(row)
    return [Due(by_id[each.job_id], each) for each in found]
