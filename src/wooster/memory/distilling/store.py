"""The SQL of what is distilled: how far each session is, and what waits for a model.

Each function takes a connection; the writing ones expect to run inside a transaction. The stretches
of a session follow each other without a gap, and every one has its row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wooster.core.clock import from_ms, to_ms
from wooster.memory.distilling.due import Mark
from wooster.memory.episodes.model import Stretch
from wooster.memory.model import Origin
from wooster.memory.store import around

State = Literal["plain", "done", "dead"]


@dataclass(frozen=True, slots=True)
class Open:
    """A session with turns that aren't distilled. `is_over`: its client has begun another."""

    session_id: str
    origin: Origin
    marks: tuple[Mark, ...]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch that is distilled, by rules at least."""

    session_id: str
    first_seq: int
    last_seq: int
    state: State
    made_by: str
    made: datetime
    attempts: int
    retry: datetime | None
    problem: str

    def is_of(self, stretch: Stretch) -> bool:
        """Whether the stretch has its first and its last turn still."""
        return (self.first_seq, self.last_seq) == (stretch.first_seq, stretch.last_seq)


# --- what isn't distilled ---------------------------------------------------------------------


def open_sessions(connection: sqlite3.Connection, since_seq: int) -> list[Open]:
    """The sessions with undistilled turns from `since_seq` on, in the order of those; what a
    schedule asked is no conversation."""
    rows = connection.execute(
        "SELECT s.id, s.client, s.origin, coalesce((SELECT last_seq FROM distillations"
        "  WHERE session_id = s.id ORDER BY first_seq DESC LIMIT 1), 0) AS done"
        " FROM sessions AS s WHERE s.origin <> 'job'"
        " AND s.id IN (SELECT session_id FROM turns WHERE seq >= ?)",
        (since_seq,),
    ).fetchall()
    found = []
    for row in rows:
        marks = tuple(
            Mark(each["seq"], None if each["ended_ms"] is None else from_ms(each["ended_ms"]))
            for each in connection.execute(
                "SELECT seq, ended_ms FROM turns WHERE session_id = ? AND seq > ? ORDER BY seq",
                (row["id"], row["done"]),
            )
        )
        if marks:
            is_over = row["origin"] == "import" or _began_another(
                connection, row["client"], marks[-1].seq
            )
            found.append(Open(row["id"], row["origin"], marks, is_over))
    return sorted(found, key=lambda each: each.marks[0].seq)


def _began_another(connection: sqlite3.Connection, client: str, after_seq: int) -> bool:
    """Whether a session of `client` began after a turn: by the order of turns, which no clock
    changes. Two that go on side by side are none."""
    row = connection.execute(
        "SELECT 1 FROM turns AS t JOIN sessions AS s ON s.id = t.session_id"
        " WHERE t.seq > ?1 AND s.client = ?2 AND NOT EXISTS"
        " (SELECT 1 FROM turns WHERE session_id = t.session_id AND seq < ?1) LIMIT 1",
        (after_seq, client),
    ).fetchone()
    return row is not None


def next_seq(connection: sqlite3.Connection) -> int:
    """What comes after the newest turn."""
    (newest,) = connection.execute("SELECT coalesce(max(seq), 0) FROM turns").fetchone()
    return int(newest) + 1


def stretch(
    connection: sqlite3.Connection, session_id: str, first_seq: int, last_seq: int
) -> Stretch | None:
    """The ended turns of a stretch as they are now; None when there are none."""
    row = connection.execute("SELECT origin FROM sessions WHERE id = ?", (session_id,)).fetchone()
    turns = around(connection, session_id, first_seq, last_seq, 0)
    return Stretch(session_id, row["origin"], tuple(turns)) if turns else None


def is_undistilled(connection: sqlite3.Connection, session_id: str, first_seq: int) -> bool:
    """Whether no stretch of the session reaches `first_seq` yet."""
    row = connection.execute(
        "SELECT 1 FROM distillations WHERE session_id = ? AND last_seq >= ?",
        (session_id, first_seq),
    ).fetchone()
    return row is None


# --- what is ----------------------------------------------------------------------------------


def _row(row: sqlite3.Row) -> Row:
    return Row(
        row["session_id"],
        row["first_seq"],
        row["last_seq"],
        row["state"],
        row["made_by"],
        from_ms(row["made_ms"]),
        row["attempts"],
        None if row["retry_ms"] is None else from_ms(row["retry_ms"]),
        row["problem"],
    )


def add(
    connection: sqlite3.Connection, told: Stretch, state: State, made_by: str, now: datetime
) -> None:
    """Record that a stretch is distilled."""
    connection.execute(
        "INSERT INTO distillations (session_id, first_seq, last_seq, state, made_by, made_ms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (told.session_id, told.first_seq, told.last_seq, state, made_by, to_ms(now)),
    )


def change(
    connection: sqlite3.Connection, row: Row, state: State, made_by: str, now: datetime
) -> None:
    """Record that it was distilled anew; what failed before is forgotten."""
    connection.execute(
        "UPDATE distillations SET state = ?, made_by = ?, made_ms = ?, attempts = 0,"
        " retry_ms = NULL, problem = '' WHERE session_id = ? AND first_seq = ?",
        (state, made_by, to_ms(now), row.session_id, row.first_seq),
    )


def fail(connection: sqlite3.Connection, row: Row, retry: datetime | None, problem: str) -> None:
    """Record an attempt that failed. `retry` None: there will be no other."""
    connection.execute(
        "UPDATE distillations SET attempts = attempts + 1, state = ?, retry_ms = ?, problem = ?"
        " WHERE session_id = ? AND first_seq = ? AND state = 'plain' AND attempts = ?",
        (
            "dead" if retry is None else "plain",
            None if retry is None else to_ms(retry),
            problem,
            row.session_id,
            row.first_seq,
            row.attempts,
        ),
    )


def revive(connection: sqlite3.Connection) -> int:
    """Let every dead one be tried again; returns how many."""
    return connection.execute(
        "UPDATE distillations SET state = 'plain', attempts = 0, retry_ms = NULL"
        " WHERE state = 'dead'"
    ).rowcount


def remove(connection: sqlite3.Connection, row: Row) -> None:
    connection.execute(
        "DELETE FROM distillations WHERE session_id = ? AND first_seq = ?",
        (row.session_id, row.first_seq),
    )


def by_state(connection: sqlite3.Connection, state: State) -> list[Row]:
    """Those in a state, in the order of their turns."""
    rows = connection.execute(
        "SELECT * FROM distillations WHERE state = ? ORDER BY first_seq", (state,)
    )
    return [_row(row) for row in rows]


def there(connection: sqlite3.Connection, row: Row) -> Row | None:
    """A row as it is now."""
    return of_stretch(connection, row.session_id, row.first_seq)


def of_stretch(connection: sqlite3.Connection, session_id: str, first_seq: int) -> Row | None:
    """The row of the stretch that begins there."""
    found = connection.execute(
        "SELECT * FROM distillations WHERE session_id = ? AND first_seq = ?",
        (session_id, first_seq),
    ).fetchone()
    return None if found is None else _row(found)


def with_turns(connection: sqlite3.Connection, seqs: Collection[int]) -> list[Row]:
    """The stretches in which these turns stand, which must be there still."""
    rows = connection.execute(
        "SELECT DISTINCT d.* FROM turns AS t JOIN distillations AS d"
        " ON d.session_id = t.session_id AND t.seq BETWEEN d.first_seq AND d.last_seq"
        " WHERE t.seq IN (SELECT value FROM json_each(?)) ORDER BY d.first_seq",
        (json.dumps(list(seqs)),),
    )
    return [_row(row) for row in rows]


# --- checks -----------------------------------------------------------------------------------


def verify(connection: sqlite3.Connection) -> list[str]:
    """The stretches of a session don't overlap and leave no ended turn out between them; an episode
    of a session is of one of its stretches."""
    findings = [
        f"session {row[0]}: turns {row[1]} and on are distilled twice"
        for row in connection.execute(
            "SELECT a.session_id, b.first_seq FROM distillations AS a JOIN distillations AS b"
            " ON b.session_id = a.session_id AND b.first_seq > a.first_seq"
            " AND b.first_seq <= a.last_seq"
        )
    ]
    findings += [
        f"turn {row[0]}: it was passed over when its session was distilled"
        for row in connection.execute(
            "SELECT seq FROM turns AS t JOIN (SELECT session_id, max(last_seq) AS done"
            " FROM distillations GROUP BY session_id) AS d ON d.session_id = t.session_id"
            " WHERE seq <= d.done AND NOT EXISTS (SELECT 1 FROM distillations"
            " WHERE session_id = t.session_id AND t.seq BETWEEN first_seq AND last_seq)"
        )
    ]
    findings += [
        f"episode {row[0]}: nothing was distilled that it tells of"
        for row in connection.execute(
            "SELECT id FROM episodes AS e WHERE kind = 'session' AND NOT EXISTS"
            " (SELECT 1 FROM distillations WHERE session_id = e.session_id"
            "  AND first_seq = e.first_seq AND last_seq = e.last_seq)"
        )
    ]
    return findings
