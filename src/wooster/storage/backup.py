"""Copies of the database: consistent while it is in use, private, and only so many of them.

It knows the file and its name; when a copy is due is decided by whoever calls.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path

from wooster.storage.errors import explained

_DAILY = "daily"
_KEPT = 3
_ENDINGS = (".db", ".unfinished", ".db-wal", ".db-shm", ".db-journal", ".unfinished-journal")
# A copy that was begun before something was removed must be there, to be replaced, before that is
# done: one at a time.
_copying = threading.RLock()


def back_up(path: Path, backups: Path, now: datetime, why: str) -> Path:
    """Copy the database at `path` into `backups`; returns the copy. Blocking.

    The copy is whole or not there. A damaged database raises `DatabaseDamaged` and leaves the
    copies that there are.
    """
    with _copying:
        return _copied(path, backups, now, why)


def _copied(path: Path, backups: Path, now: datetime, why: str) -> Path:
    backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = backups / f"{now:%Y-%m-%dT%H%M%SZ}-{why}.db"
    unfinished = target.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    address = f"{path.absolute().as_uri()}?mode=ro"
    with explained(path, backups), closing(sqlite3.connect(address, uri=True)) as connection:
        connection.execute("VACUUM INTO ?", (str(unfinished),))
    unfinished.chmod(0o600)
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.rename(target)
    return target


def replace_copies(path: Path, backups: Path, now: datetime) -> int:
    """Make a copy and remove all that were made before, since they have what must not be kept;
    returns how many went. Where no copy can be made, they stay. Blocking."""
    with _copying:
        new = back_up(path, backups, now, _DAILY)
        old = [
            each
            for each in backups.iterdir()
            if each.is_file() and each != new and each.name.endswith(_ENDINGS)
        ]
        for each in old:
            each.unlink()
    return len(old)


def back_up_daily(path: Path, backups: Path, now: datetime) -> bool:
    """Make today's copy if there is none, and remove all but the newest three such. Blocking."""
    if any(backups.glob(f"{now:%Y-%m-%d}T*-{_DAILY}.db")):
        return False
    back_up(path, backups, now, _DAILY)
    for old in sorted(backups.glob(f"*-{_DAILY}.db"))[:-_KEPT]:
        old.unlink()
    return True
