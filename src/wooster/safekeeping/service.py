"""Backups of one home: made when the person asks and once a day, tested, and so many kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wooster.core.clock import Clock
from wooster.core.errors import StorageError, UsageError
from wooster.storage import Database, backup, copies
from wooster.storage.backup import Files
from wooster.storage.copies import ASKED, Copy, Keep, Tested

log = logging.getLogger(__name__)

_LOOK_S = 3600.0


@dataclass(frozen=True, slots=True)
class Made:
    """A backup, what its test restore found, and where else it was put."""

    copy: Copy
    tested: Tested
    elsewhere: Copy | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A backup and how a test restore of it went: `tested`, or the `problem`."""

    copy: Copy
    tested: Tested | None = None
    problem: str = ""


class Backups:
    """Those of one home."""

    def __init__(self, database: Database, clock: Clock, files: Files, keep: Keep) -> None:
        self._database = database
        self._clock = clock
        self._files = files
        self._keep = keep

    async def run(self) -> None:
        """One each day that this runs, until it is cancelled."""
        while True:
            try:
                await asyncio.to_thread(self._daily, self._clock.now())
            except (StorageError, OSError) as error:
                log.error("backup.failed", extra={"fields": {"error": str(error)}})
            await asyncio.sleep(_LOOK_S)

    def _daily(self, now: datetime) -> None:
        database = self._database
        backup.back_up_daily(database.path, database.backups, now, self._keep, self._files)

    async def make(self, elsewhere: str, told: Callable[[str], None]) -> Made:
        """One now, put into the folder `elsewhere` too, "" for none. Raises `UsageError` and
        `StorageError`."""
        folder = _folder(elsewhere)
        told("copying the database and files")
        now = self._clock.now()
        copy = await asyncio.to_thread(self._make, now)
        told("reading it back")
        tested = await asyncio.to_thread(copies.test, copy)
        if folder is None:
            return Made(copy, tested)
        told("copying it to the other folder")
        return Made(copy, tested, await asyncio.to_thread(_put, copy, folder))

    def _make(self, now: datetime) -> Copy:
        database = self._database
        made = backup.back_up(database.path, database.backups, now, ASKED, self._files)
        backup.prune(database.backups, self._keep)
        copy = copies.copy_at(made)
        assert copy is not None
        return copy

    async def looked_at(self) -> list[Looked]:
        """All, the newest first, each restored as a test."""
        return await asyncio.to_thread(looked_at, self._database.backups)


def looked_at(folder: Path) -> list[Looked]:
    """All backups in a folder, the newest first, each restored as a test. Blocking."""
    return [_looked(each) for each in copies.listed(folder)]


def _looked(copy: Copy) -> Looked:
    try:
        return Looked(copy, copies.test(copy))
    except StorageError as error:
        return Looked(copy, problem=error.message)
    except OSError as error:
        return Looked(copy, problem=f"It can't be read: {error.strerror}.")


def _folder(named: str) -> Path | None:
    if not named.strip():
        return None
    path = Path(named.strip()).expanduser()
    if not path.is_absolute():
        raise UsageError(f"{named!r} is no full path.", hint="Give it from the root, or from `~`.")
    return path


def _put(copy: Copy, folder: Path) -> Copy:
    try:
        return backup.copy_elsewhere(copy, folder)
    except OSError as error:
        raise UsageError(
            f"{folder} can't be written: {error.strerror}.",
            hint=f"The backup itself was made: {copy.path}.",
        ) from error
