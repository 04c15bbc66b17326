"""The log of what was changed, and taking it back.

An entry is written once its action is done: who did it, what it was given, what it told, and the
action that takes it back. Taking back runs that action and is an entry too, so that it can be taken
back itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, replace
from functools import partial

from wooster.actions import log_store
from wooster.actions.action import nobody_listens, spoken
from wooster.actions.log_store import Entry
from wooster.actions.registry import By, Call, Kind, Registry, Written
from wooster.core.clock import Clock
from wooster.core.errors import NotFound, StorageError, UsageError
from wooster.core.text import clip
from wooster.storage import Database
from wooster.wire.requests import ActionResult

log = logging.getLogger(__name__)

OWN = frozenset({"undo", "redo"})
"""The actions of the log itself: what they run is recorded, and not they."""

_TOLD_CHARACTERS = 300
_DONE: tuple[Kind, ...] = ("do", "redo")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An entry that was taken back or done again, what that gave, and the entry of what was first
    done, which it may itself have taken back or done again."""

    entry: Entry
    result: ActionResult
    first: Entry


class ActionLog:
    """The log of one home, over the actions of one registry."""

    def __init__(self, registry: Registry, database: Database, clock: Clock) -> None:
        self._registry = registry
        self._database = database
        self._clock = clock
        # Two at once would take the same back twice.
        self._taking_back = asyncio.Lock()
        registry.record = self.record

    async def record(self, written: Written) -> ActionResult:
        """Keep what was written. What can't be kept was done all the same, and its result says
        that it can't be taken back."""
        if written.name in OWN:
            return written.result
        result, by = written.result, written.by
        told = clip(" ".join(result.text.split()), _TOLD_CHARACTERS)
        entry = Entry(
            0,
            self._clock.now(),
            by.who,
            by.kind,
            written.name,
            json.loads(json.dumps(written.arguments, default=str)),
            told,
            result.undo,
            by.of,
        )
        try:
            await self._database.write(lambda connection: log_store.add(connection, entry))
        except StorageError as error:
            log.error("log.not_written", extra={"fields": {"name": written.name}})
            said = f"{result.text}\n\nThis was done, but `undo` doesn't know of it: {error.message}"
            return replace(result, text=said, undo=None)
        return result

    async def newest(self, words: str, limit: int) -> list[Entry]:
        """The newest entries with all of `words`, the newest first."""
        return await self._database.read(
            lambda connection: log_store.newest(connection, words.split(), limit)
        )

    async def entry(self, seq: int) -> Entry:
        """Raises `NotFound`."""
        found = await self._database.read(lambda connection: log_store.one(connection, seq))
        if found is None:
            raise NotFound(f"There is no entry {seq} in the log.", hint="`log` has the numbers.")
        return found

    async def undoable(self, seq: int | None) -> Entry:
        """The entry with this number, or the newest that is not taken back yet.

        Raises `NotFound` for none, and `UsageError` for one that can't be taken back.
        """
        if seq is not None:
            found = await self.entry(seq)
        else:
            found = await self._open(_DONE, "There is nothing to undo.")
        return _can_be_taken_back(found)

    async def redoable(self) -> Entry:
        """The newest that was taken back and can be done again. Raises `NotFound`."""
        return _can_be_taken_back(await self._open(("undo",), "There is nothing to do again."))

    async def question(self, entry: Entry) -> str:
        """What taking it back asks first, "" for nothing: it may leave the machine."""
        return await self._call(entry).question()

    async def undo(self, seq: int | None) -> TakenBack:
        """Take back an entry, or the newest. Raises as `undoable`, and what taking back raises."""
        async with self._taking_back:
            return await self._taken_back(await self.undoable(seq))

    async def redo(self) -> TakenBack:
        """Do again what was taken back last. Raises as `redoable`, and what doing it raises."""
        async with self._taking_back:
            return await self._taken_back(await self.redoable())

    async def _taken_back(self, entry: Entry) -> TakenBack:
        first = entry
        while first.of is not None:
            first = await self.entry(first.of)
        return TakenBack(entry, await self._call(entry).run(nobody_listens), first)

    def _call(self, entry: Entry) -> Call:
        assert entry.undo is not None
        kind: Kind = "redo" if entry.kind == "undo" else "undo"
        return self._registry.prepare(*entry.undo, By("person", kind, entry.seq))

    async def _open(self, kinds: tuple[Kind, ...], otherwise: str) -> Entry:
        found = await self._database.read(partial(log_store.newest_open, kinds=kinds))
        if found is None:
            raise NotFound(otherwise, hint="`log` shows what was changed.")
        return found


def _can_be_taken_back(entry: Entry) -> Entry:
    what = f"{entry.seq} ({spoken(entry.name)})"
    if entry.undone_by is not None:
        raise UsageError(
            f"Entry {what} was taken back already.",
            hint="`redo` does it again, if it was the last.",
        )
    if entry.undo is None:
        raise UsageError(
            f"Entry {what} can't be taken back.",
            hint="`undo N` takes back another; `log` has the numbers.",
        )
    return entry
