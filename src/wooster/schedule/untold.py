"""Whether anything failed or was missed that nobody was told of: asked at every start, before the
rest of the engine is loaded."""

from __future__ import annotations

import sqlite3


def anything_untold(connection: sqlite3.Connection) -> bool:
    row = connection.execute(
        "SELECT 1 FROM occurrences WHERE state IN ('failed', 'missed') AND seen_ms IS NULL LIMIT 1"
    ).fetchone()
    return row is not None
