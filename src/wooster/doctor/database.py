"""The database, the copies of it, and the index beside it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from wooster.core.errors import DatabaseDamaged, StorageError
from wooster.core.text import clip, counted, number
from wooster.daemon import update
from wooster.doctor.model import Case, Check, Finding, Fix, Level, Renewal, Seen
from wooster.storage import copies as stored
from wooster.storage import migrations
from wooster.storage.backup import back_up
from wooster.storage.errors import explained, lost, restore_hint
from wooster.storage.verify import file_is_sound, references_resolve
from wooster.vectors import index_file, keeper, sets
from wooster.vectors.index import EXACT_LIMIT
from wooster.vectors.index_file import UnusableIndex
from wooster.vectors.sets import VectorSet

_SHOWN = 5
_BUSY_S = 10.0
_OLD = timedelta(days=3)
_FIRST_S = 3600.0  # the first copy is made in the background
_DAMAGED = "What was stored may be lost; what isn't damaged can still be read."
_GONE = "What was stored isn't here any more; while it is gone, the daemon does nothing."
_OPEN = "The file went from under the daemon: what is said now is stored nowhere."
_LOST = "Something that was stored may be lost, or shown wrongly."


def database(case: Case) -> Seen:
    """SQLite's own check, and whether all that is stored agrees with itself."""
    path = case.paths.database
    if gone := _gone(case):
        return Seen("it is gone", (gone,))
    if not path.exists():
        return Seen("nothing yet: it is made at the first start")
    if damage := _damage(case):
        return Seen("it can't be used", (damage,))
    if case.database is None:
        return Seen("empty: it is made at the next start")
    if case.waiting:
        return Seen("of an older version", (_older(case),))
    checks = case.wired.verified
    findings = tuple(_disagreements(case))
    told = f"{_mb(path)} MB, sound; {counted(len(checks), 'check')} of what is in it"
    return Seen(told if findings else f"{told} agree", findings)


def _damage(case: Case) -> Finding | None:
    """What SQLite itself finds, or stumbles over; a database of another program, or a newer one."""
    path, backups = case.paths.database, case.paths.backups
    try:
        with explained(path, backups):
            migrations.pending(path, backups)
            if case.lacking:
                return _incomplete(case)
            if case.database is None:
                return None
            found = [*file_is_sound(case.rows), *references_resolve(case.rows)]
    except DatabaseDamaged as error:
        return Finding(error.message, _DAMAGED, error.hint)
    except StorageError as error:
        return Finding(error.message, "The daemon doesn't start with it.", error.hint)
    return Finding(_listed(found), _DAMAGED, restore_hint(path, backups)) if found else None


def _gone(case: Case) -> Finding | None:
    """There was one: there are copies of it, or a daemon has it open."""
    path = case.paths.database
    why = _OPEN if case.daemon.works else _GONE
    if problem := lost(path, case.paths.backups):
        return Finding(problem.message, why, problem.hint)
    if not case.daemon.works:
        return None
    if path.exists() and path.stat().st_size:
        said = case.daemon.status.get("database", {}).get("lost", "")
        return _replaced(said) if said else None
    what = "is empty" if path.exists() else "isn't there any more"
    return Finding(
        f"The database {path} {what}, and a daemon runs that has it open.",
        why,
        "Put it back, if you have it; then `wooster restart`.",
        commands=(),
    )


def _replaced(said: str) -> Finding:
    return Finding(
        f"{said}.",
        "The daemon stores nothing until it is started again; then it takes what is there.",
        "`wooster restart`, if that file is yours; else put yours back first.",
        commands=(),
    )


def _incomplete(case: Case) -> Finding:
    path, backups = case.paths.database, case.paths.backups
    lacks = _listed(f"the {each}" for each in case.lacking)
    return Finding(f"The database lacks {lacks}", _DAMAGED, restore_hint(path, backups))


def _older(case: Case) -> Finding:
    waiting = case.waiting
    return Finding(
        f"The database is of an older version: it lacks {counted(len(waiting), 'change')} "
        f"({', '.join(waiting[:_SHOWN])}).",
        "It is brought up to date when the daemon starts next, which is tried and copied first.",
        f"{update.again(case.paths)}.",
        "note",
    )


def _disagreements(case: Case) -> Iterator[Finding]:
    """What can be made anew is one finding, and the rest another."""
    by_renewal: dict[Renewal | None, list[str]] = defaultdict(list)
    for each in case.wired.verified:
        if found := each.check(case.rows):
            by_renewal[each.renew] += found
    for renew, found in by_renewal.items():
        yield _renewable(case, renew, found) if renew else _wrong(case, found)


def _renewable(case: Case, renew: Renewal, found: list[str]) -> Finding:
    path, backups = case.paths.database, case.paths.backups
    return Finding(
        _listed(found),
        "What was said or stands in documents may not be found, though it is there.",
        "`wooster verify` lists all",
        fix=Fix(
            f"Made anew from what is stored: {clip(found[0], 80)}.",
            lambda: _write(path, backups, renew),
            writes=True,
        ),
        commands=("wooster doctor --fix",),
    )


def _wrong(case: Case, found: list[str]) -> Finding:
    hint = restore_hint(case.paths.database, case.paths.backups)
    return Finding(_listed(found), _LOST, f"`wooster verify` lists all. {hint}")


def _write(path: Path, backups: Path, change: Renewal) -> None:
    """In one transaction, beside a daemon that may run."""
    with explained(path, backups), closing(_connect(path, "rw")) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("BEGIN IMMEDIATE")
        change(connection)
        connection.execute("COMMIT")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _listed(found: Iterable[str]) -> str:
    lines = list(found)
    more = len(lines) - _SHOWN
    text = "; ".join(lines[:_SHOWN])
    return f"{text}." if more <= 0 else f"{text}; and {number(more)} more."


def _mb(path: Path) -> str:
    return number(round(path.stat().st_size / 1e6))


# --- copies -----------------------------------------------------------------------------------


def copies(case: Case) -> Seen:
    """There is a copy, it isn't old, and it could be gone back to."""
    newest = stored.newest(case.paths.backups)
    if newest is None:
        if not case.paths.database.exists():
            return Seen("nothing yet")
        has_just_begun = case.daemon.works and case.daemon.uptime_s < _FIRST_S
        level: Level = "note" if has_just_begun else "wrong"
        return Seen("none", (_no_copy(case, "There is no copy of the database.", level),))
    try:
        stored.test(newest)
    except StorageError as error:
        return Seen("the newest is damaged", (_no_copy(case, error.message),))
    told = f"{newest.path.name} can be gone back to"
    age = case.clock.now() - newest.made
    if age < _OLD:
        return Seen(told)
    what = f"The newest copy, {newest.path.name}, is {counted(age.days, 'day')} old."
    return Seen(told, (_no_copy(case, what, "note"),))


def _no_copy(case: Case, what: str, level: Level = "wrong") -> Finding:
    path, backups = case.paths.database, case.paths.backups
    return Finding(
        what,
        "A copy is what there is to go back to when the disk fails or something is deleted.",
        "`wooster backup`; while the daemon runs, it makes one each day.",
        level,
        Fix(
            "A copy was made.",
            lambda: back_up(path, backups, case.clock.now(), stored.DAILY, case.wired.files),
        ),
    )


# --- the index --------------------------------------------------------------------------------


def index(case: Case) -> Seen:
    """The index is of this state of the database, whole, and lacks nothing."""
    current = sets.all_sets(case.rows).get("current")
    if current is None:
        return Seen("no vectors yet: search is by words")
    count = sets.count(case.rows, current)
    waiting = sets.waiting_count(case.rows, current)
    told = f"{number(count)} vectors of {current.maker.model}"
    told += f", {number(waiting)} wait for theirs" if waiting else ""
    if count <= EXACT_LIMIT:
        return Seen(f"{told}; so few are compared one by one")
    path = keeper.path_of(case.paths.cache / "vectors", current)
    wrong = _unusable(case, current, path)
    if not wrong:
        return Seen(f"{told}, and the index agrees")
    finding = Finding(
        f"The index of vectors can't be used: {wrong}.",
        "Searches are right, and slower, until it has been made anew.",
        "`wooster restart`: the next daemon makes it.",
        "note",
        Fix(f"{path.name} was removed: it is made anew.", lambda: index_file.remove(path)),
    )
    return Seen(told, (finding,))


def _unusable(case: Case, current: VectorSet, path: Path) -> str:
    """Why it can't be used; "" where it can, or where it is just being made."""
    dimensions = case.set.vectors.index_dimensions
    try:
        held, mark = index_file.look(keeper.contents_of(current, dimensions), path)
    except UnusableIndex as error:
        there = path.exists() or path.with_suffix(".json").exists()
        return str(error) if there else ""
    if mark.token != sets.index_token(case.rows, current):
        return "it is of another state of the database"
    query = "SELECT count(*) FROM vectors WHERE set_id = ? AND id <= ?"
    (stored,) = case.rows.execute(query, (current.id, mark.label)).fetchone()
    lacking = stored - held
    return f"it lacks {counted(lacking, 'vector')}" if lacking > 0 else ""


CHECKS = (
    Check("database", database),
    Check("copies", copies),
    Check("index", index, "both"),
)
