"""The schema's steps: which are known, which are applied, and applying what is missing.

`pending` only reads. `apply` runs in a child process (`python -m wooster.storage.migrations`),
because sqlite-utils imports NumPy and pandas wherever they are installed: 80 MB and half a second
that a daemon with nothing to migrate must not pay.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from wooster.config import resources
from wooster.core.clock import SystemClock
from wooster.core.errors import DatabaseDamaged, DiskFull, SchemaTooNew, StorageError, WoosterError
from wooster.storage.backup import back_up
from wooster.storage.errors import explained, lost

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlite_utils

MIGRATION_SET = "wooster"
APPLICATION_ID = 0x574F4F53  # "WOOS": tells our file from any other SQLite database


def known() -> dict[str, Path]:
    """Every migration this version has: name to SQL file, in order."""
    return {path.stem: path for path in sorted(resources.MIGRATIONS.glob("[0-9]*.sql"))}


def pending(path: Path, backups: Path) -> list[str]:
    """The migrations that the database at `path` lacks; all of them when there is none.

    Reads only. Raises `SchemaTooNew`, `DatabaseDamaged`, `StorageError`.
    """
    if not path.exists() or path.stat().st_size == 0:
        return list(known())
    with explained(path, backups), closing(_open_read_only(path)) as connection:
        applied = _applied(connection, path)
    unknown = [name for name in applied if name not in known()]
    if unknown:
        raise SchemaTooNew(
            f"The database {path} was written by a newer Wooster (it has {unknown[-1]!r}, which "
            "this version doesn't know). It is left untouched.",
            hint="Update Wooster, go back to a copy from before the update (`wooster backup list` "
            "tells which can be used), or set WOOSTER_HOME to another folder.",
        )
    return [name for name in known() if name not in applied]


def bring_up_to_date(path: Path, backups: Path) -> None:
    """Apply what is missing, in a child process. Raises as `pending` does, `DiskFull`, and
    `DatabaseLost` instead of making a new one where there was one."""
    if problem := lost(path, backups):
        raise problem
    if not pending(path, backups):
        return
    child = subprocess.run(
        [sys.executable, "-m", "wooster.storage.migrations", str(path), str(backups)],
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode == 0:
        return
    try:
        told = json.loads(child.stdout)
        kinds: list[type[WoosterError]] = [DatabaseDamaged, DiskFull, SchemaTooNew]
        kind = next((kind for kind in kinds if kind.code == told["code"]), StorageError)
        raise kind(told["message"], hint=told["hint"])
    except (json.JSONDecodeError, KeyError):
        raise StorageError(
            f"The database {path} could not be brought up to date: {child.stderr.strip()[-500:]}",
            hint="It is unchanged. See `wooster logs`.",
        ) from None


def _open_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _applied(connection: sqlite3.Connection, path: Path) -> list[str]:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if tables and application_id != APPLICATION_ID:
        raise StorageError(
            f"{path} is a database of another program. It is left untouched.",
            hint="Move it away, or set WOOSTER_HOME to another folder.",
        )
    if "_sqlite_migrations" not in tables:
        return []
    rows = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY rowid",
        (MIGRATION_SET,),
    )
    return [name for (name,) in rows]


# --- in the child process ---------------------------------------------------------------------


def apply(path: Path, backups: Path) -> None:
    """Back up what is there, then apply each missing migration in a transaction of its own."""
    import sqlite_utils

    with explained(path, backups):
        if path.exists() and path.stat().st_size > 0:
            with closing(_open_read_only(path)) as connection:
                applied = _applied(connection, path)
            back_up(path, backups, SystemClock().now(), f"after-{applied[-1] if applied else '0'}")
        path.touch(mode=0o600)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrations = sqlite_utils.Migrations(MIGRATION_SET)
            for name, file in known().items():
                migrations(name=name)(_step(file))
            migrations.apply(sqlite_utils.Database(connection))


def _step(file: Path) -> Callable[[sqlite_utils.Database], None]:
    def run(database: sqlite_utils.Database) -> None:
        for statement in statements(file.read_text("utf-8")):
            database.conn.execute(statement)

    return run


def statements(script: str) -> list[str]:
    """The single statements of `script`.

    `executescript` would commit the transaction that the migration and its record share.
    """
    found, current = [], ""
    *pieces, rest = script.split(";")
    for piece in pieces:
        current += piece + ";"
        if sqlite3.complete_statement(current):
            found.append(current.strip())
            current = ""
    # What is left has no semicolon: comments and white space, or a mistake in the file.
    lines = (current + rest).splitlines()
    rest = "\n".join(line for line in lines if not line.strip().startswith("--"))
    if rest.strip():
        raise ValueError(f"unfinished statement in a migration: {rest[:80]!r}")
    return found


def _main() -> int:
    path, backups = (Path(argument) for argument in sys.argv[1:3])
    try:
        apply(path, backups)
    except WoosterError as error:
        told = {"code": error.code, "message": error.message, "hint": error.hint}
        sys.stdout.write(json.dumps(told))
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(_main())
