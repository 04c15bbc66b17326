"""The original's SQLite files: which tables they have, and every row of them.

A copy of the file and of its log is opened, because even looking would write beside the original.
What a row means is said by `days` (habits, goals), `jobs` and `papers`. Blocking.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wooster.moving.model import Aside, Event, Total, Unread
from wooster.moving.texts import CantRead

Row = dict[str, Any]
Rows = Callable[[str], list[Row]]
"""All rows of a table, none where there is no such table."""

_COPIES = "import-"
_OWN = ("sqlite_", "fts_blocks_")
_NO_DATA = {
    "blocks": "pieces of documents, which are read anew",
    "links": "links between documents, which are read anew",
    "tags": "tags of documents, which are read anew",
    "fts_blocks": "an index, which is made anew",
    "traces": "a search's own records",
    "eval_runs": "a search's own records",
    "task_execution_log": "records of jobs that ran",
    "vectors": "vectors, which are made anew",
}


def sweep(cache: Path) -> None:
    """Remove the copies that were left by who was killed meanwhile. Raises `OSError`."""
    for left in cache.glob(f"{_COPIES}*"):
        shutil.rmtree(left)


@contextmanager
def opened(path: Path, cache: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a copy. Raises `CantRead`."""
    with tempfile.TemporaryDirectory(prefix=_COPIES, dir=cache) as folder:
        copy = Path(folder) / "copy.sqlite3"
        try:
            shutil.copyfile(path, copy)
            log = path.with_name(f"{path.name}-wal")
            if log.is_file():
                shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
            # Its rows are fetched by one thread after another.
            connection = sqlite3.connect(copy, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise CantRead(f"it can't be copied: {error}") from error
        try:
            connection.row_factory = sqlite3.Row
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            yield connection
        except sqlite3.DatabaseError as error:
            raise CantRead(f"it is no SQLite file that can be read: {error}") from error
        finally:
            connection.close()


def tables(connection: sqlite3.Connection) -> list[str]:
    """The names of its tables, without what an index keeps for itself."""
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")
    return [row[0] for row in rows if not row[0].startswith(_OWN)]


def rows(connection: sqlite3.Connection, table: str) -> list[Row]:
    """All of them; `table` is one of its own."""
    quoted = table.replace('"', '""')
    return [dict(row) for row in connection.execute(f'SELECT * FROM "{quoted}"')]


def count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return int(connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])


Reads = Callable[[Rows], Iterator[Event]]


def read(
    path: Path, cache: Path, readers: dict[str, tuple[tuple[str, ...], Reads]]
) -> Iterator[Event]:
    """Every row of a file. A reader is of a table, and of the `tables` that belong to it, and tells
    of all of their rows. Raises `CantRead`."""
    with opened(path, cache) as connection:
        there = tables(connection)
        taken: set[str] = set()
        for name, (others, reads) in readers.items():
            if name not in there:
                continue
            own = [each for each in (name, *others) if each in there]
            taken.update(own)
            yield Total(sum(count(connection, each) for each in own))
            yield from reads(lambda table: rows(connection, table) if table in there else [])
        for name in there:
            if name in taken:
                continue
            number = count(connection, name)
            if not number:
                continue
            yield Total(number)
            if what := _NO_DATA.get(name):
                yield Aside(what, number)
            else:
                yield Unread(f"nothing is known of the table {name}", number)
