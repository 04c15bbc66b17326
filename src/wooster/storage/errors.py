"""SQLite's result codes as errors for people.

The codes are the primary ones of https://sqlite.org/rescode.html; an extended code keeps its
primary one in its low byte.
"""

from __future__ import annotations

import shlex
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wooster.core.errors import DatabaseDamaged, DatabaseLost, DiskFull, StorageError
from wooster.storage import copies


@contextmanager
def explained(path: Path, backups: Path) -> Iterator[None]:
    """Turns `sqlite3.Error` inside the block into a `StorageError`."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # a mistake of ours, not of the machine: let it be seen as it is
    except sqlite3.Error as error:
        raise _explain(error, path, backups) from error


def _explain(error: sqlite3.Error, path: Path, backups: Path) -> StorageError:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseDamaged(
            f"The database {path} is damaged ({error}). It is left as it is.",
            hint=restore_hint(path, backups),
        )
    # With hardly a page left, SQLite's own files can't grow, which it tells as an I/O error.
    no_room = primary == sqlite3.SQLITE_IOERR and shutil.disk_usage(path.parent).free < 1 << 20
    if primary == sqlite3.SQLITE_FULL or no_room:
        return DiskFull(
            "The disk is full; nothing could be stored.",
            hint=f"Make room on the disk that holds {path.parent} and send it again.",
        )
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StorageError(
            f"The database {path} can't be written ({error}).",
            hint="Give yourself the right to write it and its folder.",
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StorageError(
            f"Another program holds the database {path}.", hint="Close it and try again."
        )
    return StorageError(
        f"The database {path} failed: {error}.",
        hint="`wooster doctor` looks what is wrong with it.",
    )


def lost(path: Path, backups: Path) -> DatabaseLost | None:
    """Why no new database may be made at `path`: there was one, of which there are backups. An
    empty one in its place would look as if nothing had ever been stored."""
    is_there = path.exists()
    if is_there and path.stat().st_size:
        return None
    copy = copies.newest(backups)
    if copy is None:
        return None
    what = "is empty" if is_there else "isn't there any more"
    return DatabaseLost(
        f"The database {path} {what}, and there are backups of it.",
        hint=f"`wooster restore` goes back to {copy.path.name}. To begin anew instead, move "
        f"{backups} to another place.",
    )


def restore_hint(path: Path, backups: Path) -> str:
    """How to get a damaged database back, with the newest backup named where there is one."""
    backup = copies.newest(backups)
    here, kept = shlex.quote(str(path)), shlex.quote(str(path.with_name("damaged")))
    # The -wal file holds the newest writes; beside another database it would damage that one too.
    aside = f"mkdir -p {kept} && mv {here}* {kept}/"
    if backup is None:
        return (
            "There is no backup yet. `wooster stop`, then put it aside to begin anew, and keep it: "
            f"what can still be read of it can be recovered.\n{aside}"
        )
    return (
        f"`wooster restore` goes back to {backup.path.name}, and keeps the damaged one beside it."
        f" By hand, after `wooster stop`:\n{aside} && cp {shlex.quote(str(backup.path))} {here}"
    )
