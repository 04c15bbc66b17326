"""What was forgotten, kept so that nothing can be read from it, and known again in a backup that is
gone back to: exchanges by their ids, facts and words by salted digests.

What was said after it was forgotten stays: a backup made since has the same rows, and only what it
lacks is applied to it.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from wooster.core.clock import to_ms
from wooster.memory.facts import tombstones
from wooster.memory.forgetting import wording
from wooster.memory.forgetting.model import Doomed
from wooster.memory.forgetting.wording import Wording
from wooster.storage.texts import every_text

_SALT_BYTES = 16
_TABLES: Mapping[str, tuple[str, ...]] = {
    "tombstones": ("salt", "digest", "at_ms"),
    "forgotten_turns": ("turn_id", "at_ms"),
    "forgotten_words": ("batch", "salt", "digest", "runs", "everywhere", "at_ms"),
    "forgotten_documents": ("salt", "digest", "at_ms"),
}

Rows = dict[str, list[tuple[Any, ...]]]
"""Of each table, its rows without their numbers."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a database has of what was forgotten. The first of `words` are to go from everywhere."""

    facts: tuple[int, ...]
    turn_ids: tuple[str, ...]
    words: tuple[tuple[Wording, bool], ...]

    @property
    def is_empty(self) -> bool:
        return not (self.facts or self.turn_ids or self.words)


def bury(connection: sqlite3.Connection, doomed: Doomed, now: datetime) -> None:
    """Keep of what goes what is needed to know it again."""
    at_ms = to_ms(now)
    connection.executemany(
        "INSERT OR REPLACE INTO forgotten_turns (turn_id, at_ms) VALUES (?, ?)",
        [(turn.id, at_ms) for turn in doomed.turns],
    )
    for each in doomed.words:
        batch = secrets.token_hex(8)
        for chunk in each.chunks:
            told, runs = wording.known_as(chunk)
            salt = secrets.token_bytes(_SALT_BYTES)
            connection.execute(
                "INSERT INTO forgotten_words (batch, salt, digest, runs, everywhere, at_ms)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (batch, salt, _digest(salt, told), runs, doomed.everywhere, at_ms),
            )


def bury_document(connection: sqlite3.Connection, path: str, now: datetime) -> None:
    """See to it that a file isn't read again."""
    salt = secrets.token_bytes(_SALT_BYTES)
    connection.execute(
        "INSERT INTO forgotten_documents (salt, digest, at_ms) VALUES (?, ?, ?)",
        (salt, _digest(salt, path), to_ms(now)),
    )


def rows(connection: sqlite3.Connection) -> Rows:
    """All of it; nothing of a table that an older version hasn't."""
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    return {
        table: [
            tuple(row) for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
        ]
        for table, columns in _TABLES.items()
        if table in there
    }


def lacking(connection: sqlite3.Connection, wanted: Rows) -> Rows:
    """Those of `wanted` that a database hasn't."""
    there = rows(connection)
    return {
        table: [each for each in found if each not in set(there.get(table, []))]
        for table, found in wanted.items()
    }


def put(connection: sqlite3.Connection, wanted: Rows) -> None:
    for table, found in wanted.items():
        columns = _TABLES[table]
        connection.executemany(
            f"INSERT OR IGNORE INTO {table} ({', '.join(columns)})"
            f" VALUES ({', '.join('?' * len(columns))})",
            found,
        )


def found(connection: sqlite3.Connection, wanted: Rows, besides: Iterable[str]) -> Known:
    """What a database, or one of the texts `besides`, has of what `wanted` knows."""
    ids = [row[0] for row in wanted.get("forgotten_turns", [])]
    turns = [
        each
        for each in ids
        if connection.execute("SELECT 1 FROM turns WHERE id = ?", (each,)).fetchone()
    ]
    words = _words(connection, wanted.get("forgotten_words", []), besides)
    return Known(tuple(_facts(connection, wanted.get("tombstones", []))), tuple(turns), words)


def _facts(connection: sqlite3.Connection, wanted: Collection[tuple[Any, ...]]) -> list[int]:
    told = connection.execute("SELECT id, subject, key, value, statement FROM facts").fetchall()
    return [
        int(row[0])
        for row in told
        if any(
            tombstones.digest(salt, form) == digest
            for form in tombstones.forms(*row[1:])
            for salt, digest, _ in wanted
        )
    ]


def _words(
    connection: sqlite3.Connection, wanted: Collection[tuple[Any, ...]], besides: Iterable[str]
) -> tuple[tuple[Wording, bool], ...]:
    """The words themselves, from where they stand: their digests say only which they are."""
    if not wanted:
        return ()
    lengths = {row[3] for row in wanted}
    said: dict[int, set[str]] = {each: set() for each in lengths}
    for text in (*besides, *(text for _, text in every_text(connection))):
        for length in lengths:
            said[length].update(wording.stretches(text, length))
    batches: dict[str, list[str | None]] = {}
    reach: dict[str, bool] = {}
    for batch, salt, digest, length, everywhere, _ in wanted:
        known = next((each for each in said[length] if _digest(salt, each) == digest), None)
        batches.setdefault(batch, []).append(known)
        reach[batch] = bool(everywhere)
    return tuple(
        (meant, reach[batch])
        for batch, chunks in batches.items()
        if (meant := wording.of_chunks([each for each in chunks if each is not None])) is not None
        and None not in chunks
    )


def _digest(salt: bytes, told: str) -> bytes:
    return sha256(salt + told.encode("utf-8", "surrogatepass")).digest()
