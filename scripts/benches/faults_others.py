"""What a simple program would keep its notes in, under the faults of `faults`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.benches.faults_points import Count, Judged, Subject, Under, each_call, each_cut

_NOTES = 200
_NEW = "the new note"


@dataclass(frozen=True)
class Store:
    """`read` gives the notes; it raises where they can't be read, or don't agree."""

    prepare: Callable[[Path], None]
    add: Callable[[Path], None]
    read: Callable[[Path], list[str]]


def tried(folder: Path, name: str, most: int) -> Count:
    """A note is added, with every fault at every call."""
    store, count = STORES[name], Count()
    prepared = folder / name / "prepared"
    for each in ("home", "world"):
        (prepared / each).mkdir(parents=True)
    store.prepare(prepared / "home")
    subject = Subject(name, prepared, partial(_lives, store), partial(_judges, store))
    each_call(subject, most, count)
    each_cut(subject, most, count)
    return count


def _lives(store: Store, home: Path, world: Path, under: Under) -> None:
    under.wake()
    under.begin()
    try:
        store.add(home)
        (world / "acknowledged").write_text("yes")
    except (OSError, sqlite3.Error):
        pass  # it was said that it can't be stored
    finally:
        under.did()
    under.end()


def _judges(store: Store, home: Path, world: Path) -> Judged:
    wanted, wrong = [f"note {n}" for n in range(_NOTES)], []
    wanted += [_NEW] if (world / "acknowledged").exists() else []
    try:
        notes = store.read(home)
    except (OSError, ValueError, sqlite3.Error) as error:
        notes, wrong = [], [f"it can't be read: {error}"]
    lost = set(wanted) - set(notes)
    return ([f"{len(lost)} notes"] if lost else []), wrong


# --- a JSON file ------------------------------------------------------------------------------


def _write_json(home: Path, notes: list[str]) -> None:
    with (home / "notes.json").open("w") as file:
        json.dump(notes, file)


def _read_json(home: Path) -> list[str]:
    found: list[str] = json.loads((home / "notes.json").read_text())
    return found


# --- SQLite with Python's defaults ------------------------------------------------------------


def _prepare_sqlite(home: Path) -> None:
    with closing(sqlite3.connect(home / "notes.db")) as connection, connection:
        connection.execute("CREATE TABLE notes (text)")
        connection.execute("CREATE TABLE counted (number)")
        notes = [(f"note {n}",) for n in range(_NOTES)]
        connection.executemany("INSERT INTO notes VALUES (?)", notes)
        connection.execute("INSERT INTO counted VALUES (?)", (_NOTES,))


def _add_sqlite(home: Path) -> None:
    with closing(sqlite3.connect(home / "notes.db")) as connection, connection:
        connection.execute("INSERT INTO notes VALUES (?)", (_NEW,))
        connection.execute("UPDATE counted SET number = number + 1")


def _read_sqlite(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "notes.db")) as connection:
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
        notes = [row[0] for row in connection.execute("SELECT text FROM notes")]
        (number,) = connection.execute("SELECT number FROM counted").fetchone()
    if sound != "ok" or number != len(notes):
        raise ValueError("it disagrees with itself")
    return notes


STORES = {
    "sqlite_defaults": Store(_prepare_sqlite, _add_sqlite, _read_sqlite),
    "json_file": Store(
        lambda home: _write_json(home, [f"note {n}" for n in range(_NOTES)]),
        lambda home: _write_json(home, [*_read_json(home), _NEW]),
        _read_json,
    ),
}
