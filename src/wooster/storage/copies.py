"""The copies that there are: their names, how sound each is, and which have had their time.

What is kept is decided from names alone, so that it can be told before anything is made.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from wooster.storage import bundle, verify

DAILY, ASKED, DAMAGED = "daily", "asked", "damaged"
BEFORE_FIX, BEFORE_RESTORE = "before-fix", "before-restore"
FILES = ".files.tar.gz"
_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}Z)-(.+)\.db")
_STAMP = "%Y-%m-%dT%H%M%SZ"
# Of those that no calendar rules, so many of each kind are kept.
_KEPT_ASKED, _KEPT_OTHERS = 10, 3
# What is counted where it is there: a copy may be of an older version.
_COUNTED = ("turns", "facts", "habits", "goals", "jobs", "documents")

State = Literal["sound", "damaged"]


@dataclass(frozen=True, slots=True)
class Keep:
    """The newest copy of each of so many days, weeks and months."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 6


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy: the database, and the bundle of files beside it where it has one."""

    path: Path
    made: datetime
    why: str

    @property
    def files(self) -> Path:
        return self.path.with_name(self.path.stem + FILES)

    @property
    def size_bytes(self) -> int:
        there = (each for each in (self.path, self.files) if each.exists())
        return sum(each.stat().st_size for each in there)


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test restore found. `files` is how many; None where it is the database only."""

    counts: dict[str, int]
    files: int | None
    left_out: tuple[str, ...] = ()


def new(folder: Path, now: datetime, why: str) -> Copy:
    """One that isn't there yet: a second copy of a second takes the next, so that none is written
    over and the newest stays the newest. Blocking."""
    while True:
        stamp = f"{now.astimezone(UTC):{_STAMP}}"
        if not any(folder.glob(f"{stamp}-*")):  # of whatever kind: by names alone they'd be as new
            return Copy(folder / f"{stamp}-{why}.db", now, why)
        now += timedelta(seconds=1)


def copy_at(path: Path) -> Copy | None:
    """The copy of that file; None for a file that isn't called as copies are."""
    told = _NAME.fullmatch(path.name)
    if told is None:
        return None
    made = datetime.strptime(told[1], _STAMP).replace(tzinfo=UTC)
    return Copy(path, made, told[2])


def listed(folder: Path) -> list[Copy]:
    """All in a folder, the newest first. Blocking."""
    found = [copy_at(path) for path in folder.glob("*.db")] if folder.is_dir() else []
    return sorted((each for each in found if each), key=lambda c: (c.made, c.why), reverse=True)


def newest(folder: Path) -> Copy | None:
    """The one that is gone back to where none is named. Blocking."""
    aside = (BEFORE_RESTORE, DAMAGED)
    return next((each for each in listed(folder) if each.why not in aside), None)


# --- how sound one is -------------------------------------------------------------------------


def test(copy: Copy) -> Tested:
    """Read all of a copy as a restore would, each page and file, and see whether it is what was
    written. Raises `DatabaseDamaged`. Blocking."""
    about = bundle.read_about(copy.files) if copy.files.exists() else None
    if about is not None and about.database != bundle.digest(copy.path):
        raise bundle.damaged(copy.path, "it isn't what was written")
    counts = sound(copy.path)
    if about is None:
        return Tested(counts, None)
    return Tested(counts, sum(1 for _ in bundle.contents(copy.files)), about.left_out)


def sound(path: Path) -> dict[str, int]:
    """Check a database that nobody writes, page by page; returns how much it has of what. Raises
    `DatabaseDamaged`. Blocking."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            # What refers to nothing is `verify`'s to find: it is no reason to have no copy.
            if found := verify.file_is_sound(connection):
                raise bundle.damaged(path, found[0])
            return _counts(connection)
    except sqlite3.Error as error:
        raise bundle.damaged(path, str(error)) from error


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    return {
        each: int(connection.execute(f"SELECT count(*) FROM {each}").fetchone()[0])
        for each in _COUNTED
        if each in tables
    }


# --- which have had their time ----------------------------------------------------------------


def outlived(copies: Iterable[Copy], keep: Keep) -> list[Copy]:
    """Those that aren't kept any more. Pure."""
    kinds: dict[str, list[Copy]] = {}
    for each in sorted(copies, key=lambda c: c.made, reverse=True):
        kinds.setdefault("after" if each.why.startswith("after-") else each.why, []).append(each)
    gone: list[Copy] = []
    for kind, newest_first in kinds.items():
        if kind == DAILY:
            stay = _by_calendar(newest_first, keep)
        else:
            stay = newest_first[: _KEPT_ASKED if kind == ASKED else _KEPT_OTHERS]
        gone += [each for each in newest_first if each not in stay]
    return gone


def _by_calendar(newest_first: Sequence[Copy], keep: Keep) -> Collection[Copy]:
    periods: list[tuple[int, Callable[[datetime], Hashable]]] = [
        (keep.daily, lambda at: at.date()),
        (keep.weekly, lambda at: at.isocalendar()[:2]),
        (keep.monthly, lambda at: (at.year, at.month)),
    ]
    stay: set[Copy] = set()
    for count, period in periods:
        newest: dict[Hashable, Copy] = {}
        for each in newest_first:
            newest.setdefault(period(each.made), each)
        stay |= set(list(newest.values())[:count])
    return stay
