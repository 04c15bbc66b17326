"""What is made of passages, made anew from them: their words, and which vectors they wait for.

Everything here runs in the caller's transaction.
"""

from __future__ import annotations

import sqlite3

from wooster.core.text import search_form


def renew_words(connection: sqlite3.Connection) -> None:
    """Both full-text indexes: words, and parts of words, which reads the texts of the first."""
    connection.execute("DELETE FROM passages_words")
    rows = connection.execute("SELECT id, title, text, known_as FROM passages").fetchall()
    connection.executemany(
        "INSERT INTO passages_words (rowid, title, text, known_as) VALUES (?, ?, ?, ?)",
        ((row[0], *map(search_form, row[1:])) for row in map(tuple, rows)),
    )
    connection.execute("INSERT INTO passages_parts (passages_parts) VALUES ('rebuild')")


def renew_queues(connection: sqlite3.Connection) -> None:
    """Texts that have no vector wait for one; vectors of no text, or of another length, go."""
    for row in connection.execute("SELECT * FROM vector_sets WHERE state <> 'leaving'").fetchall():
        size_bytes = row["dimensions"] * (2 if row["precision"] == "float16" else 4)
        connection.execute(
            "DELETE FROM vectors WHERE set_id = ? AND (length(vector) <> ? OR NOT EXISTS"
            " (SELECT 1 FROM passages WHERE passages.text_hash = vectors.text_hash))",
            (row["id"], size_bytes),
        )
        connection.execute(
            "INSERT OR IGNORE INTO vector_queue (set_id, text_hash) SELECT DISTINCT ?1, text_hash"
            " FROM passages AS p WHERE NOT EXISTS"
            " (SELECT 1 FROM vectors WHERE set_id = ?1 AND text_hash = p.text_hash)",
            (row["id"],),
        )
