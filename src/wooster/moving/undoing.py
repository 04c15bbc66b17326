"""Taking an import back: each thing as its capability takes it back.

What was changed since stays, and is told. What couldn't be taken back stays noted, so that it can
be tried again. Habits and goals go to the archive, as when a person removes them.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wooster.actions import imported
from wooster.core.errors import NotFound, UsageError, WoosterError
from wooster.moving import in_place
from wooster.moving.filing import Filing, remove
from wooster.moving.rooms import Rooms
from wooster.moving.storing import told

if TYPE_CHECKING:
    from wooster.moving.service import TakenBack


class Undoing:
    """In one home."""

    def __init__(self, rooms: Rooms, filing: Filing) -> None:
        self._rooms = rooms
        self._filing = filing
        self._problems: list[str] = []

    async def take_back(self, import_id: int) -> TakenBack:
        """All of an import, conversations last and at once. It is over when nothing is left that
        couldn't be taken back."""
        from wooster.moving.service import TakenBack

        items = await self._rooms.database.read(lambda c: imported.to_undo(c, import_id))
        sessions = [each for each in items if each.undo_name == "session"]
        count, left = len(sessions), 0
        for item in items:
            if item.undo_name == "session":
                continue
            done = await self._one(item)
            if done is None:
                left += 1
                continue
            count += done
            await self._rooms.database.write(partial(imported.taken_back, mark=item.mark))
        if sessions:
            await self._rooms.leaves().take_out([str(e.undo_given["id"]) for e in sessions])
        now = self._rooms.clock.now()

        def over(connection: sqlite3.Connection) -> None:
            if not left:
                imported.undone(connection, import_id, now)
                return
            for each in sessions:
                imported.taken_back(connection, each.mark)

        await self._rooms.database.write(over)
        settings = [each.undo_given for each in items if each.undo_name == "settings"]
        is_in_place = any(in_place.is_set(each["keys"]) for each in settings)
        return TakenBack(count, tuple(self._problems), left, is_in_place)

    async def _one(self, item: imported.Item) -> int | None:
        """How many things are gone, None where it is to be tried again."""
        try:
            run = self._own.get(item.undo_name)
            if run is None:
                await self._rooms.act(item.undo_name, item.undo_given)
            else:
                await run(**item.undo_given)
        except (NotFound, UsageError) as error:
            self._problems.append(f"a {item.kind} was changed since: {error.message}")
            return 0
        except WoosterError as error:
            self._problems.append(f"a {item.kind} couldn't be taken back: {told(error)}")
            return None
        return 1

    @property
    def _own(self) -> dict[str, Callable[..., Awaitable[None]]]:
        return {
            "file": self._file,
            "health": self._health,
            "job": self._job,
            "calendar": self._calendar,
            "settings": self._settings,
        }

    async def _file(self, home: str, path: str, digest: str) -> None:
        if not await asyncio.to_thread(self._filing.remove_file, home, path, digest):
            raise NotFound(f"{path} isn't what it was, and stays.")

    async def _health(self, raw: str, at_byte: int, began: bool = False) -> None:
        await self._rooms.health.remove_raw(raw, at_byte, began=began)

    async def _job(self, id: int) -> None:  # noqa: A002 (as it is noted)
        await self._rooms.schedule.end(id)

    async def _calendar(self, id: int, path: str) -> None:  # noqa: A002 (as it is noted)
        if self._rooms.dates is not None:
            await self._rooms.dates.adding.remove("", [id])
        await asyncio.to_thread(remove, Path(path))

    async def _settings(self, keys: list[list[str]], chain: list[str], secrets: list[str]) -> None:
        await asyncio.to_thread(self._filing.remove_settings, keys, chain, secrets)
