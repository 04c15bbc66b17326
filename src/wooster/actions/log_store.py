"""The SQL of the log of actions, and nothing else. It knows no action."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wooster.core.clock import from_ms, to_ms

_COLUMNS = (
    "seq, at_ms, who, kind, of_seq, name, arguments, told, undo_name, undo_arguments, undone_by"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One action that changed something. `undo` takes it back; None for what can't be taken back.
    `undone_by` is the entry that did, `of` the entry that this one took back or did again."""

    seq: int
    at: datetime
    who: str
    kind: str
    name: str
    arguments: dict[str, Any]
    told: str
    undo: tuple[str, dict[str, Any]] | None = None
    of: int | None = None
    undone_by: int | None = None


def add(connection: sqlite3.Connection, entry: Entry) -> int:
    """Store one, whose `seq` is given here; the entry that it takes back or does again is marked
    so."""
    undo_name, undo_arguments = entry.undo or (None, None)
    cursor = connection.execute(
        "INSERT INTO action_log (at_ms, who, kind, of_seq, name, arguments, told, undo_name,"
        " undo_arguments) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            to_ms(entry.at),
            entry.who,
            entry.kind,
            entry.of,
            entry.name,
            _dumped(entry.arguments),
            entry.told,
            undo_name,
            None if undo_arguments is None else _dumped(undo_arguments),
        ),
    )
    seq = cursor.lastrowid
    assert seq is not None
    if entry.of is not None:
        connection.execute("UPDATE action_log SET undone_by = ? WHERE seq = ?", (seq, entry.of))
    return seq


def one(connection: sqlite3.Connection, seq: int) -> Entry | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM action_log WHERE seq = ?", (seq,)).fetchone()
    return None if row is None else _entry(row)


def newest_open(connection: sqlite3.Connection, kinds: Iterable[str]) -> Entry | None:
    """The newest of these kinds that wasn't taken back."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM action_log WHERE undone_by IS NULL"
        " AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq DESC LIMIT 1",
        (json.dumps(list(kinds)),),
    ).fetchone()
    return None if row is None else _entry(row)


def newest(connection: sqlite3.Connection, words: Iterable[str], limit: int) -> list[Entry]:
    """The newest with all these words, the newest first."""
    shown = list(words)
    where = " AND ".join(
        ["1"] + ["(instr(lower(told), ?) OR instr(replace(name, '_', ' '), ?))" for _ in shown]
    )
    values = [value for word in shown for value in (word.lower(), word.lower())]
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM action_log WHERE {where} ORDER BY seq DESC LIMIT ?",
        (*values, limit),
    )
    return [_entry(row) for row in rows]


def forget(connection: sqlite3.Connection, stands_in: Callable[[str], bool]) -> None:
    """Remove the entries of which a text says what must go: what was told, given, or there
    before."""
    rows = connection.execute("SELECT seq, told, arguments, undo_arguments FROM action_log")
    gone = [(row[0],) for row in rows if stands_in("\n".join(_texts(row)))]
    connection.executemany("DELETE FROM action_log WHERE seq = ?", gone)


def _texts(row: sqlite3.Row) -> Iterator[str]:
    """What an entry says, as it was said: JSON writes some signs otherwise."""
    yield row["told"]
    for written in (row["arguments"], row["undo_arguments"]):
        if written is not None:
            yield from strings(json.loads(written))


def strings(value: Any) -> Iterator[str]:
    """The texts in what was JSON."""
    match value:
        case str():
            yield value
        case dict():
            for key, each in value.items():
                yield from (key, *strings(each))
        case list():
            for each in value:
                yield from strings(each)


def _dumped(value: Any) -> str:
    return json.dumps(value)  # in ASCII: a path may hold bytes that are no text


def _entry(row: sqlite3.Row) -> Entry:
    undo = None
    if row["undo_name"] is not None:
        undo = (row["undo_name"], json.loads(row["undo_arguments"]))
    return Entry(
        row["seq"],
        from_ms(row["at_ms"]),
        row["who"],
        row["kind"],
        row["name"],
        json.loads(row["arguments"]),
        row["told"],
        undo,
        row["of_seq"],
        row["undone_by"],
    )
