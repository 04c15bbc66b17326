"""What was forgotten, as digests: enough to know it again, and nothing to read.

Each row has a salt of its own, so that no table of digests made elsewhere tells what it was. A
fact is known again by its subject, key and value, and by its whole statement. Beyond its SQL, it
refuses to know what forgetting is.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from wooster.core.clock import to_ms
from wooster.memory.facts.likeness import folded

_SALT_BYTES = 16


def bury(
    connection: sqlite3.Connection,
    subject: str,
    key: str,
    value: str,
    now: datetime,
    statement: str = "",
) -> None:
    """See to it that this isn't learned again, nor, if given, anything with that statement."""
    for told in forms(subject, key, value, statement):
        if not _rows(connection, [told]):
            salt = secrets.token_bytes(_SALT_BYTES)
            connection.execute(
                "INSERT INTO tombstones (salt, digest, at_ms) VALUES (?, ?, ?)",
                (salt, digest(salt, told), to_ms(now)),
            )


def is_buried(
    connection: sqlite3.Connection, subject: str, key: str, value: str, statement: str = ""
) -> bool:
    """Whether this was forgotten, by what it is or by its statement."""
    return bool(_rows(connection, forms(subject, key, value, statement)))


def unbury(
    connection: sqlite3.Connection, subject: str, key: str, value: str, statement: str = ""
) -> list[tuple[int, bytes, bytes, int]]:
    """Let it be learned again: the person said to remember it. Returns the rows that this took:
    number, salt, digest, and when in milliseconds."""
    gone = []
    for each in _rows(connection, forms(subject, key, value, statement)):
        row = connection.execute(
            "DELETE FROM tombstones WHERE id = ? RETURNING id, salt, digest, at_ms", (each,)
        ).fetchone()
        gone.append((int(row[0]), bytes(row[1]), bytes(row[2]), int(row[3])))
    return gone


def forms(subject: str, key: str, value: str, statement: str) -> list[str]:
    """The texts by which a fact is known again."""
    told = ["\n".join(map(folded, (subject, key, value)))]
    return [*told, folded(statement)] if statement else told


def _rows(connection: sqlite3.Connection, told: list[str]) -> list[int]:
    return list(_found(connection, told))


def _found(connection: sqlite3.Connection, told: list[str]) -> Iterator[int]:
    for row in connection.execute("SELECT id, salt, digest FROM tombstones"):
        if any(digest(row["salt"], each) == row["digest"] for each in told):
            yield int(row["id"])


def digest(salt: bytes, told: str) -> bytes:
    """What is kept of such a text."""
    return sha256(salt + told.encode("utf-8", "surrogatepass")).digest()
