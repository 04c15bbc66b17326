"""Running the checks of a list, one after the other, and mending what may be mended.

A check that can't look says so as a finding of its own; the others are run all the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace

from wooster.core.errors import WoosterError
from wooster.doctor.model import Case, Check, Finding, Fix, Looked, Report, Seen
from wooster.storage import migrations, schema
from wooster.storage.backup import back_up, prune
from wooster.storage.copies import BEFORE_FIX
from wooster.storage.errors import explained

_BUSY_S = 5.0


def examine(checks: Sequence[Check], case: Case) -> Report:
    """Look at everything. Blocking; it changes nothing."""
    with _reading(case) as open_case:
        return Report(tuple(Looked(each.name, _look(each, open_case)) for each in checks))


def mend(checks: Sequence[Check], begin: Callable[[], Case]) -> Report:
    """Look, do what is safe, and look again. The database is copied before anything is done; where
    it can't be, nothing is written to it. Blocking."""
    case = begin()
    found = examine(checks, case)
    fixes = [each.fix for look in found.looked for each in look.seen.findings if each.fix]
    if not fixes:
        return found
    copied, told = _copy(case)
    done = [_run(fix) for fix in fixes if copied or not fix.writes]
    return replace(examine(checks, begin()), mended=tuple(filter(None, (told, *done))))


@contextmanager
def _reading(case: Case) -> Iterator[Case]:
    """The case with its database open, where there is one that opens."""
    path = case.paths.database
    if not path.exists():
        yield case
        return
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_S)
        connection.row_factory = sqlite3.Row
    except sqlite3.Error:
        yield case  # the check of the database says what is wrong with it
        return
    with closing(connection):
        lacking = _lacking(connection)
        if lacking or not _is_readable(connection):
            yield replace(case, lacking=lacking)
            return
        yield replace(case, database=connection, waiting=_waiting(case))


def _is_readable(connection: sqlite3.Connection) -> bool:
    """Whether it has our tables: without, no check of what is in them can look."""
    try:
        found = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'turns'")
        return bool(found.fetchone()[0])
    except sqlite3.Error:
        return False


def _lacking(connection: sqlite3.Connection) -> list[str]:
    """What isn't there of its tables. What else is wrong with it is said by its own check."""
    try:
        return schema.lacking(connection)
    except sqlite3.Error:
        return []


def _waiting(case: Case) -> list[str]:
    """The changes that it lacks. What is wrong with it is said by its own check."""
    try:
        return migrations.pending(case.paths.database, case.paths.backups)
    except WoosterError:
        return []


def _look(check: Check, case: Case) -> Seen:
    if check.needs in ("settings", "both") and case.settings is None:
        return Seen("not looked at: the settings have to be right first")
    if check.needs in ("database", "both") and case.database is None:
        there = case.paths.database.exists()
        return Seen("not looked at: the database can't be read" if there else "nothing yet")
    if check.needs in ("database", "both") and case.waiting:
        return Seen("not looked at: the database is of an older version")
    try:
        with explained(case.paths.database, case.paths.backups):
            return check.look(case)
    except WoosterError as error:
        return Seen("can't be looked at", (Finding(error.message, _UNSEEN, error.hint),))
    except OSError as error:
        told = f"{error.filename or check.name}: {error.strerror or error}"
        return Seen("can't be looked at", (Finding(told, _UNSEEN, _READABLE),))


_UNSEEN = "What can't be looked at may be wrong too."
_READABLE = "Make it readable for you, and run `wooster doctor` again."


def _copy(case: Case) -> tuple[bool, str]:
    """Whether all that there is was copied, and what is to be said of it."""
    path, backups = case.paths.database, case.paths.backups
    if not path.exists() or not path.stat().st_size:
        return True, ""
    try:
        made = back_up(path, backups, case.clock.now(), BEFORE_FIX)
        if case.wired.keep is not None:
            prune(backups, case.wired.keep)
    except (WoosterError, OSError) as error:
        why = error.message if isinstance(error, WoosterError) else str(error)
        return False, f"Nothing was written to the database, since it can't be copied: {why}"
    return True, f"The database was copied to {made}."


def _run(fix: Fix) -> str:
    try:
        fix.run()
    except WoosterError as error:
        return f"Not done: {fix.did} {error.message}"
    except (OSError, sqlite3.Error) as error:
        return f"Not done: {fix.did} {error}"
    return fix.did
