"""The SQL of deliveries: each time that an occurrence is handed to a channel, written before it is
sent. Functions run in the caller's transaction."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from wooster.core.clock import to_ms


def begin(connection: sqlite3.Connection, occurrence_id: int, channel: str, now: datetime) -> int:
    """That it is handed to a channel now; returns the delivery's number."""
    cursor = connection.execute(
        "INSERT INTO deliveries (occurrence_id, channel, state, at_ms) VALUES (?, ?, 'sending', ?)",
        (occurrence_id, channel, to_ms(now)),
    )
    return cursor.lastrowid or 0


def sent_count(connection: sqlite3.Connection, occurrence_id: int) -> int:
    """How often a channel took it."""
    query = "SELECT count(*) FROM deliveries WHERE occurrence_id = ? AND state = 'sent'"
    (count,) = connection.execute(query, (occurrence_id,)).fetchone()
    return int(count)


def end(connection: sqlite3.Connection, delivery_id: int, state: str, error: str = "") -> None:
    connection.execute(
        "UPDATE deliveries SET state = ?, error = ? WHERE id = ?", (state, error, delivery_id)
    )


def left_sending(connection: sqlite3.Connection, occurrence_id: int) -> list[str]:
    """The channels to which it was being handed when something ended; they are `unknown` now."""
    rows = connection.execute(
        "UPDATE deliveries SET state = 'unknown' WHERE occurrence_id = ? AND state = 'sending'"
        " RETURNING channel",
        (occurrence_id,),
    ).fetchall()
    return [row[0] for row in rows]
