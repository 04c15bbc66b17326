"""Bringing a copy of the database up to date, to know whether the database itself can be.

The daemon that runs goes on with the database meanwhile; what is tried here leaves nothing behind.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from wooster.core.clock import Clock
from wooster.core.errors import DatabaseDamaged, DiskFull, StorageError
from wooster.storage.backup import back_up
from wooster.storage.errors import explained, lost
from wooster.storage.migrations import bring_up_to_date, pending

# The copy, the copy that each migration makes of what it finds, and room to work.
_TIMES = 3


def rehearse(path: Path, backups: Path, scratch: Path, clock: Clock) -> list[str]:
    """Try the migrations that the database lacks on a copy in `scratch`; returns their names.

    Blocking. Raises what they would raise, and `DiskFull` where there is no room to try.
    """
    if problem := lost(path, backups):
        raise problem
    waiting = pending(path, backups)
    if not waiting or not path.exists() or path.stat().st_size == 0:
        return []
    _check_space(path, scratch)
    with TemporaryDirectory(prefix="rehearsal-", dir=scratch) as folder:
        copy = back_up(path, Path(folder), clock.now(), "copy")
        try:
            bring_up_to_date(copy, Path(folder) / "before")
            _check(copy)
        except StorageError as error:
            told = error.message.replace(str(copy), str(path))
            raise type(error)(
                f"{told} This was tried on a copy ({', '.join(waiting)}).",
                hint="The database is as it was.",
            ) from error
    return waiting


def _check_space(path: Path, scratch: Path) -> None:
    needed, free = _TIMES * path.stat().st_size, shutil.disk_usage(scratch).free
    if free < needed:
        raise DiskFull(
            f"To try the new version on a copy of the database takes {needed / 1e6:.0f} MB in "
            f"{scratch}; {free / 1e6:.0f} MB are free.",
            hint="Make room there.",
        )


def _check(copy: Path) -> None:
    with explained(copy, copy.parent), closing(sqlite3.connect(copy)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
    if found != "ok" or orphan:
        what = found if found != "ok" else f"a row of {orphan[0]!r} points nowhere"
        raise DatabaseDamaged(f"After the migrations the database isn't whole: {what}.")
