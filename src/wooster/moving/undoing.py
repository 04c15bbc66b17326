"""Taking an import back: each thing as its capability takes it back.

What was changed since stays, and is told. Habits and goals go to the archive, as when a person
removes them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wooster.actions import imported
from wooster.core.errors import NotFound, UsageError, WoosterError
from wooster.moving.filing import Filing
from wooster.moving.rooms import Rooms

if TYPE_CHECKING:
    from wooster.moving.service import TakenBack


class Undoing:
    """In one home."""

    def __init__(self, rooms: Rooms, filing: Filing) -> None:
        self._rooms = rooms
        self._filing = filing
        self._problems: list[str] = []

    async def take_back(self, import_id: int) -> TakenBack:
        """All of an import, conversations last and at once."""
        from wooster.moving.service import TakenBack

        items = await self._rooms.database.read(lambda c: imported.to_undo(c, import_id))
        sessions = [str(e.undo_given["id"]) for e in items if e.undo_name == "session"]
        count = len(sessions)
        for item in items:
            if item.undo_name != "session":
                count += await self._one(item)
                await self._rooms.database.write(partial(imported.taken_back, mark=item.mark))
        if sessions:
            await self._rooms.leaves().take_out(sessions)
        now = self._rooms.clock.now()
        await self._rooms.database.write(lambda c: imported.undone(c, import_id, now))
        return TakenBack(count, tuple(self._problems))

    async def _one(self, item: imported.Item) -> int:
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
            self._problems.append(f"a {item.kind} couldn't be taken back: {error.message}")
            return 0
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

    async def _health(self, raw: str, at_byte: int, **more: Any) -> None:
        await self._rooms.health.remove_raw(raw, at_byte, began=bool(more.get("began")))

    async def _job(self, id: int) -> None:  # noqa: A002 (as it is noted)
        await self._rooms.schedule.end(id)

    async def _calendar(self, id: int, path: str) -> None:  # noqa: A002 (as it is noted)
        if self._rooms.dates is not None:
            await self._rooms.dates.adding.remove("", [id])
        await asyncio.to_thread(Path(path).unlink, missing_ok=True)

    async def _settings(self, keys: list[list[str]], chain: list[str], secrets: list[str]) -> None:
        await asyncio.to_thread(self._filing.remove_settings, keys, chain, secrets)
