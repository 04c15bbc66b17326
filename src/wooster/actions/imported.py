"""What was taken in from elsewhere, and how that is taken back: the SQL of it, and nothing else.

Writing functions run in the caller's transaction: they take a connection and begin none.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wooster.actions import log_store
from wooster.core.clock import from_ms, to_ms

_FORGOTTEN = "…"


@dataclass(frozen=True, slots=True)
class Import:
    """One moving in; `ended` None where it was broken off."""

    id: int
    place: str
    began: datetime
    ended: datetime | None
    undone: datetime | None
    items: int


@dataclass(frozen=True, slots=True)
class Item:
    """What takes back one thing that was taken in: a name and its arguments."""

    mark: str
    kind: str
    undo_name: str
    undo_given: dict[str, Any]


def mark(kind: str, identity: str) -> str:
    """By which the same thing is known again: a digest, from which it can't be read."""
    return hashlib.sha256(f"{kind}\0{identity}".encode("utf-8", "surrogateescape")).hexdigest()[:40]


def begin(connection: sqlite3.Connection, place: str, now: datetime) -> int:
    cursor = connection.execute(
        "INSERT INTO imports (place, began_ms) VALUES (?, ?)", (place, to_ms(now))
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def end(connection: sqlite3.Connection, import_id: int, now: datetime) -> None:
    """One that took nothing in leaves no row."""
    connection.execute("UPDATE imports SET ended_ms = ? WHERE id = ?", (to_ms(now), import_id))
    connection.execute(
        "DELETE FROM imports WHERE id = ? AND undone_ms IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM import_items WHERE import_id = imports.id)",
        (import_id,),
    )


def put(
    connection: sqlite3.Connection,
    import_id: int,
    kind: str,
    marks: Iterable[str],
    undo: tuple[str, dict[str, Any]] | None,
) -> None:
    """Note that things were taken in; of several that were stored as one, the first says how that
    is taken back."""
    name, given = undo or ("", {})
    for each in marks:
        connection.execute(
            "INSERT INTO import_items (mark, import_id, kind, undo_name, undo_given)"
            " VALUES (?, ?, ?, ?, ?)",
            (each, import_id, kind, name, json.dumps(given)),
        )
        name, given = "", {}


def known(connection: sqlite3.Connection, marks: Collection[str]) -> set[str]:
    """Those of them that were taken in."""
    rows = connection.execute(
        "SELECT mark FROM import_items WHERE mark IN (SELECT value FROM json_each(?))",
        (json.dumps(list(marks)),),
    )
    return {row[0] for row in rows}


def listed(connection: sqlite3.Connection) -> list[Import]:
    """The oldest first."""
    rows = connection.execute(
        "SELECT id, place, began_ms, ended_ms, undone_ms,"
        " (SELECT count(*) FROM import_items WHERE import_id = imports.id) AS items"
        " FROM imports ORDER BY id"
    )
    return [
        Import(
            row["id"],
            row["place"],
            from_ms(row["began_ms"]),
            None if row["ended_ms"] is None else from_ms(row["ended_ms"]),
            None if row["undone_ms"] is None else from_ms(row["undone_ms"]),
            row["items"],
        )
        for row in rows
    ]


def to_undo(connection: sqlite3.Connection, import_id: int) -> list[Item]:
    """What takes an import back, in the order in which that is to be done: the last first."""
    rows = connection.execute(
        "SELECT mark, kind, undo_name, undo_given FROM import_items"
        " WHERE import_id = ? AND undo_name <> '' ORDER BY seq DESC",
        (import_id,),
    )
    return [
        Item(row["mark"], row["kind"], row["undo_name"], json.loads(row["undo_given"]))
        for row in rows
    ]


def taken_back(connection: sqlite3.Connection, mark: str) -> None:
    """One thing is gone again, with all that was stored with it and may be taken in again; a taking
    back that is broken off goes on with the next."""
    row = connection.execute("SELECT import_id, seq FROM import_items WHERE mark = ?", (mark,))
    import_id, begin = row.fetchone()
    next_one = connection.execute(
        "SELECT min(seq) FROM import_items WHERE import_id = ? AND seq > ? AND undo_name <> ''",
        (import_id, begin),
    )
    connection.execute(
        "DELETE FROM import_items WHERE import_id = ? AND seq >= ? AND seq < coalesce(?, 2 << 60)",
        (import_id, begin, next_one.fetchone()[0]),
    )


def forget(connection: sqlite3.Connection, stands_in: Callable[[str], bool]) -> None:
    """Remove what says how something is taken back, where a text of it says what must go: that it
    was taken in stays known, so that it isn't again."""
    rows = connection.execute("SELECT seq, undo_given FROM import_items WHERE undo_name <> ''")
    gone = [
        (row["seq"],)
        for row in rows
        if stands_in("\n".join(log_store.strings(json.loads(row["undo_given"]))))
    ]
    connection.executemany(
        "UPDATE import_items SET undo_name = '', undo_given = '{}' WHERE seq = ?", gone
    )


def places(connection: sqlite3.Connection, says: Callable[[str], bool]) -> list[str]:
    """From where something was moved in, where that says something; in words for a person."""
    found = (each for each in listed(connection) if says(each.place))
    return [f"the place of the import {each.id}" for each in found]


def clear_places(connection: sqlite3.Connection, says: Callable[[str], bool]) -> None:
    """That something was moved in stays known, and not from where."""
    gone = [(_FORGOTTEN, each.id) for each in listed(connection) if says(each.place)]
    connection.executemany("UPDATE imports SET place = ? WHERE id = ?", gone)


def undone(connection: sqlite3.Connection, import_id: int, now: datetime) -> None:
    """All of it was taken back: it may be taken in again."""
    connection.execute("DELETE FROM import_items WHERE import_id = ?", (import_id,))
    connection.execute("UPDATE imports SET undone_ms = ? WHERE id = ?", (to_ms(now), import_id))
