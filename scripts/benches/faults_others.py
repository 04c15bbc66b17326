"""What a simple program would keep its notes in, under the faults of `faults`."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.fault.points import FAULTS, Fault, Faults, in_a_process

_NOTES = 200
_NEW = "the new note"
_FAR = 1 << 40


@dataclass
class Outcome:
    """`unreadable` homes are those that are damaged, or disagree with themselves."""

    points: int = 0
    lost: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class Store:
    """`read` gives the notes; it raises where they can't be read, or don't agree."""

    prepare: Callable[[Path], None]
    add: Callable[[Path], None]
    read: Callable[[Path], list[str]]


def tried(folder: Path, name: str, most: int) -> Outcome:
    """A note is added, with every fault at every call."""
    store, outcome = STORES[name], Outcome()
    prepared, home = folder / name, folder / "now"
    prepared.mkdir()
    store.prepare(prepared)
    for fault in FAULTS:
        shutil.copytree(prepared, home)
        in_a_process(partial(_life, store, home, fault, _FAR))
        calls = int((folder / "seen").read_text())
        shutil.rmtree(home)
        for at in range(1, calls + 1, max(1, -(-calls // most))):
            shutil.copytree(prepared, home)
            (folder / "acknowledged").unlink(missing_ok=True)
            in_a_process(partial(_life, store, home, fault, at))
            _judge(store, home, outcome)
            shutil.rmtree(home)
    return outcome


def _life(store: Store, home: Path, fault: Fault, at: int) -> int:
    faults = Faults(home)
    faults.arm(fault, at)
    try:
        store.add(home)
        (home.parent / "acknowledged").touch()
    except (OSError, sqlite3.Error):
        pass  # it was said that it can't be stored
    (home.parent / "seen").write_text(str(faults.disarm()))
    return 0


def _judge(store: Store, home: Path, outcome: Outcome) -> None:
    outcome.points += 1
    try:
        notes = store.read(home)
    except (OSError, ValueError, sqlite3.Error):
        outcome.unreadable += 1
        notes = []
    wanted = [f"note {n}" for n in range(_NOTES)]
    wanted += [_NEW] if (home.parent / "acknowledged").exists() else []
    outcome.lost += not set(wanted) <= set(notes)


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
        connection.executemany("INSERT INTO notes VALUES (?)", [(f"note {n}",) for n in range(200)])
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
