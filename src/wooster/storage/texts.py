"""Every text that stands in a database, whatever table it is in. It knows SQL and no meaning."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any


def every_text(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Each with the name of its table; texts in JSON as they were said. Full-text indexes are left
    out: what stands in them stands elsewhere, or `terms` tells of it."""
    for table in _tables(connection):
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                if isinstance(value, str) and value:
                    for text in _said(value):
                        yield table, text


def terms(connection: sqlite3.Connection, index: str) -> Iterator[str]:
    """The words that a full-text index has, also those of what was deleted and not merged away."""
    view = f"{index}_terms"
    connection.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{view} USING fts5vocab('main', '{index}', 'row')"
    )
    for row in connection.execute(f"SELECT term FROM temp.{view}"):
        yield row[0]


def indexes(connection: sqlite3.Connection) -> list[str]:
    """The full-text indexes."""
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'"
    )
    return [row[0] for row in rows]


def _tables(connection: sqlite3.Connection) -> list[str]:
    kept = tuple(f"{each}_" for each in indexes(connection))
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL TABLE%'"
    )
    return [row[0] for row in rows if not row[0].startswith(kept or (" ",))]


def _said(value: str) -> Iterator[str]:
    if value[0] in "{[":
        try:
            yield from _strings(json.loads(value))
        except ValueError:
            pass  # a text that begins so
        else:
            return
    yield value


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, each in value.items():
                yield from (key, *_strings(each))
        case list():
            for each in value:
                yield from _strings(each)
