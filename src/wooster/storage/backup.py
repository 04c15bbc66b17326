"""Copies of the database: consistent while it is in use, private, and only so many of them.

It knows the file and its name; when a copy is due is decided by whoever calls.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from wooster.storage.errors import explained

_DAILY = "daily"
_KEPT = 3


def back_up(path: Path, backups: Path, now: datetime, why: str) -> Path:
    """Copy the database at `path` into `backups`; returns the copy. Blocking.

    The copy is whole or not there. A damaged database raises `DatabaseDamaged` and leaves the
    copies that there are.
    """
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


def back_up_daily(path: Path, backups: Path, now: datetime) -> bool:
    """Make today's copy if there is none, and remove all but the newest three such. Blocking."""
    if any(backups.glob(f"{now:%Y-%m-%d}T*-{_DAILY}.db")):
        return False
    back_up(path, backups, now, _DAILY)
    for old in sorted(backups.glob(f"*-{_DAILY}.db"))[:-_KEPT]:
        old.unlink()
    return True
