"""The full-text index of turns, made anew from the turns: it is a cache, and they are the truth."""

from __future__ import annotations

import sqlite3

from wooster.core.text import search_form


def renew_words(connection: sqlite3.Connection) -> None:
    """Runs in the caller's transaction."""
    connection.execute("DELETE FROM turns_search")
    turns = connection.execute("SELECT seq, question, answer FROM turns").fetchall()
    connection.executemany(
        "INSERT INTO turns_search (rowid, question, answer) VALUES (?, ?, ?)",
        ((seq, search_form(question), search_form(answer)) for seq, question, answer in turns),
    )
