"""Whether a database has all that its migrations made: tables, indexes and triggers.

What they make is seen by making it, in memory. It reads only, and knows nothing of rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing

from wooster.storage import migrations

_RECORD = "_sqlite_migrations"


def lacking(connection: sqlite3.Connection) -> list[str]:
    """What isn't there, by kind and name. A database without anything in it lacks nothing."""
    there = _named(connection)
    if not there:
        return []
    if ("table", _RECORD, _RECORD) not in there:
        return [f"table {_RECORD}"]
    rows = connection.execute(
        f"SELECT name FROM {_RECORD} WHERE migration_set = ?", (migrations.MIGRATION_SET,)
    )
    gone = _made_by({str(name) for (name,) in rows}) - there
    tables = {name for kind, name, _ in gone if kind == "table"}
    # What stands on a table goes with it.
    return [f"{kind} {name}" for kind, name, on in sorted(gone) if name == on or on not in tables]


def is_whole(connection: sqlite3.Connection) -> list[str]:
    """The same as a check of `verify`."""
    return [f"schema: {each} isn't there" for each in lacking(connection)]


def _made_by(applied: Collection[str]) -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        for name, file in migrations.known().items():
            if name in applied:
                for statement in migrations.statements(file.read_text("utf-8")):
                    connection.execute(statement)
        return _named(connection)


def _named(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Kind, name, and the table that it stands on; without what SQLite makes for itself."""
    rows = connection.execute("SELECT type, name, tbl_name FROM sqlite_master")
    return {tuple(map(str, row)) for row in rows if not row[1].startswith("sqlite_")}  # type: ignore[misc]
