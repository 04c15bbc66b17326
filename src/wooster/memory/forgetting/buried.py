"""What was forgotten, kept so that nothing can be read from it, and known again in a backup that is
gone back to: exchanges by their ids, facts and words by salted digests.

What was said after it was forgotten stays: a backup made since has the same rows, and only what it
lacks is applied to it.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import chain, islice
from typing import Any

from wooster.core.clock import to_ms
from wooster.memory.facts import tombstones
from wooster.memory.forgetting import wording
from wooster.memory.forgetting.model import Doomed
from wooster.memory.forgetting.wording import Wording
from wooster.storage.texts import every_text

_SALT_BYTES = 16
# So many texts are looked through at a time: rows of runs are many, and mostly different.
_AT_ONCE = 2000
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
                (batch, salt, tombstones.digest(salt, told), runs, doomed.everywhere, at_ms),
            )


def bury_document(connection: sqlite3.Connection, path: str, now: datetime) -> None:
    """See to it that a file isn't read again."""
    salt = secrets.token_bytes(_SALT_BYTES)
    connection.execute(
        "INSERT INTO forgotten_documents (salt, digest, at_ms) VALUES (?, ?, ?)",
        (salt, tombstones.digest(salt, path), to_ms(now)),
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
    there = {table: set(found) for table, found in rows(connection).items()}
    return {
        table: [each for each in found if each not in there.get(table, ())]
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
    known: dict[bytes, str] = {}
    texts = chain(besides, (text for _, text in every_text(connection)))
    singles: set[tuple[str, ...]] = set()
    while some := list(islice(texts, _AT_ONCE)):
        for length in {row[3] for row in wanted}:
            rows = set().union(*(wording.windows(text, length) for text in some))
            if length == 1:  # there are few different ones, and they come again and again
                rows -= singles
                singles |= rows
            _recognise([row for row in wanted if row[3] == length], rows, known)
    batches: dict[str, list[str]] = {}
    for batch, _, digest, _, _, _ in wanted:
        batches.setdefault(batch, []).append(known.get(digest, ""))
    reach = {row[0]: bool(row[4]) for row in wanted}
    return tuple(
        (meant, reach[batch])
        for batch, chunks in batches.items()
        if all(chunks) and (meant := wording.of_chunks(chunks)) is not None
    )


def _recognise(
    wanted: Sequence[tuple[Any, ...]], rows: Iterable[Sequence[str]], known: dict[bytes, str]
) -> None:
    """Note which of these rows of runs are `wanted`, by their digests."""
    said = {
        each.encode("utf-8", "surrogatepass") for row in rows for each in wording.stretches(row)
    }
    for _, salt, digest, _, _, _ in wanted:
        if digest not in known:
            found = next((each for each in said if sha256(salt + each).digest() == digest), None)
            if found is not None:
                known[digest] = found.decode("utf-8", "surrogatepass")
