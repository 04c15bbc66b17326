"""Bringing what is stored of a source up to date: fetch, expand, store; one source after the other.

A source that can't be read keeps what is stored of it, with the reason and its age.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from wooster.calendars import blocks, plain, store
from wooster.calendars.editing import EMPTY
from wooster.calendars.fetching import Changes, Fetcher
from wooster.calendars.model import CalendarError, Object, Source
from wooster.calendars.reader import Expander, Reading, Unreadable
from wooster.core.clock import Clock
from wooster.core.errors import WoosterError
from wooster.storage import Database

log = logging.getLogger(__name__)

PAST: Final = timedelta(days=400)
AHEAD: Final = timedelta(days=800)
"""How much of the past and the future is kept expanded."""
_ROLL: Final = timedelta(days=30)
_KEPT: Final = timedelta(days=7)
_PATIENCE: Final = timedelta(minutes=10)
_LOOK_S: Final = 60.0
_FIRST_S: Final = 3.0
_MOST_FINDINGS: Final = 50
_TEXTS_AT_ONCE: Final = 400
OWN_UID: Final = "@wooster"
"""How the UID of an event ends that was made here."""
_SHORT: Final = 5000


@dataclass(frozen=True, slots=True)
class Outcome:
    """A source after it was looked at, and how many texts of it had changed."""

    source: Source
    changed: int


@dataclass(frozen=True, slots=True)
class Rules:
    """`every` is how often what is elsewhere is asked for; files are looked at each minute.
    `addresses` are the person's own. `forget` removes a credential that nobody needs any more."""

    every: timedelta = timedelta(minutes=15)
    addresses: tuple[str, ...] = ()
    forget: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class OneChange:
    """An object `now`, in which only the event `uid` was changed: its lines are `events`. `was` is
    the etag that the object had before; `is_new`: the event wasn't in it, `was_empty`: no event
    was."""

    now: Object
    uid: str
    events: str
    was: str
    is_new: bool = False
    was_empty: bool = False


class Refreshing:
    """Keeps the sources of one home up to date, in the background and when it is asked to."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        fetcher: Fetcher,
        expander: Expander,
        rules: Rules,
    ) -> None:
        self._database = database
        self._clock = clock
        self._fetcher = fetcher
        self._expander = expander
        self._rules = rules
        self._one = asyncio.Lock()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until it is stopped."""
        wait = _FIRST_S
        while not self._stopping.is_set():
            try:
                async with asyncio.timeout(wait):
                    await self._stopping.wait()
            except TimeoutError:
                await self._look()
            wait = _LOOK_S

    def stop(self) -> None:
        self._stopping.set()

    async def _look(self) -> None:
        try:
            for source in await self._database.read(store.sources):
                if self._is_due(source) and not self._stopping.is_set():
                    await self.refresh(source)
            await self._sweep()
        except WoosterError as error:
            log.error("calendars.failed", extra={"fields": {"error": error.message}})

    def _is_due(self, source: Source) -> bool:
        if source.tried is None:
            return True
        waited = self._clock.now() - source.tried
        if source.is_remote:
            return waited >= self._rules.every
        # One whose reading fails costs much, and says so already.
        return not source.problem or waited >= _PATIENCE

    async def _sweep(self) -> None:
        """What was removed a week ago goes for good, with its address."""
        removed = await self._database.read(partial(store.sources, removed=True))
        old = [e for e in removed if e.removed and self._clock.now() - e.removed >= _KEPT]
        for each in old:
            await self._database.write(partial(store.drop_source, source_id=each.id))
        if not old:
            return
        left = {each.credential for each in await self._database.read(store.sources)}
        left |= {each.credential for each in removed if each not in old}
        for name in {each.credential for each in old} - left - {""}:
            await asyncio.to_thread(self._rules.forget, name)

    async def refresh(self, source: Source) -> Outcome:
        """Look at one source now. What goes wrong stands in the outcome's source."""
        async with self._one:
            known = await self._database.read(partial(store.etags, source_id=source.id))
            now = self._clock.now()
            try:
                changes = await self._fetcher.fetch(source, known)
                return await self._take(replace(changes, source=replace(changes.source, tried=now)))
            except (CalendarError, Unreadable) as error:
                failed = replace(source, tried=now, problem=_problem(error))
                await self._database.write(partial(store.set_state, source=failed))
                told = {"calendar": source.id, "problem": failed.problem}
                log.warning("calendars.unread", extra={"fields": told})
                return Outcome(failed, 0)

    async def drop(self, source: Source) -> None:
        """Know nothing of a source any more."""
        async with self._one:
            await self._database.write(partial(store.drop_source, source_id=source.id))

    async def take(self, source: Source, one: OneChange) -> Outcome:
        """Store a change of one event that was just made here; the rest is known as it was. Where
        that isn't sure, all of the source is looked at."""
        async with self._one:
            known = await self._database.read(partial(store.etags, source_id=source.id))
            fresh = self._begun(source, one, known)
            if fresh is not None:
                assert fresh.first_day is not None
                assert fresh.end_day is not None
                rows = await self._rows_of(one, fresh.first_day, fresh.end_day, source.addresses)
                if rows is not None:
                    await self._database.write(partial(_put_one, fresh, one, rows))
                    return Outcome(fresh, 1)
        return await self.refresh(source)

    async def _rows_of(
        self, one: OneChange, first: date, end: date, addresses: Sequence[str]
    ) -> list[dict[str, Any]] | None:
        """The times of the event; None where something is wrong with it."""
        if not one.events:
            return []
        rows = await asyncio.to_thread(plain.rows, one.events, first, end)
        mine = (*addresses, *self._rules.addresses)
        if rows is None and one.uid.endswith(OWN_UID) and len(one.events) < _SHORT:
            rows = await asyncio.to_thread(_expanded, one.events, first, end, mine)
        if rows is None:  # somebody else's text isn't read in this process
            frame = await asyncio.to_thread(lambda: blocks.split(one.now.text).frame())
            text = blocks.framed(frame, one.events)
            reading = await self._expander.read([text], first, end, mine)
            rows = None if reading.told else [row for _, row in reading.rows]
        return rows

    def _begun(self, source: Source, one: OneChange, known: Mapping[str, str]) -> Source | None:
        """The source, if what is stored of it is how it was before the change; else None."""
        if not one.uid:
            return None
        today = self._clock.local().date()
        is_new = source.first_day is None and not known and one.was_empty
        if is_new:
            now = self._clock.now()
            first, end = today - PAST, today + AHEAD
            return replace(source, first_day=first, end_day=end, tried=now, read=now)
        first_day, end_day = source.first_day, source.end_day
        if first_day is None or end_day is None or not _fits(first_day, end_day, today):
            return None
        is_found = any(href == one.now.href for href, _ in source.findings)
        is_known = known.get(one.now.href) == one.was
        return source if is_known and not is_found and not source.problem else None

    async def _take(self, changes: Changes) -> Outcome:
        """Expand and store what was fetched; all of the source where its window has moved."""
        source = changes.source
        today = self._clock.local().date()
        objects, first, end = changes.objects, source.first_day, source.end_day
        is_moved = first is None or end is None or not _fits(first, end, today)
        if is_moved:
            first, end = today - PAST, today + AHEAD
            stored = await self._database.read(partial(store.objects, source_id=source.id))
            fresh = {each.href for each in objects} | changes.gone
            objects = [*objects, *(each for each in stored if each.href not in fresh)]
        assert first is not None
        assert end is not None
        reading = await self._read(objects, first, end, (*source.addresses, *self._rules.addresses))
        findings = _findings(source, objects, changes.gone, reading)
        now = replace(
            source, first_day=first, end_day=end, problem="", findings=findings, read=source.tried
        )
        await self._store(now, objects, changes.gone, reading)
        return Outcome(now, len(objects) + len(changes.gone))

    async def _read(
        self, objects: Sequence[Object], first: date, end: date, addresses: Sequence[str]
    ) -> Reading:
        whole = Reading()
        for start in range(0, len(objects), _TEXTS_AT_ONCE):
            texts = [each.text for each in objects[start : start + _TEXTS_AT_ONCE]]
            part = await self._expander.read(texts, first, end, addresses)
            whole.rows.extend((start + number, row) for number, row in part.rows)
            whole.told.extend((start + number, told) for number, told in part.told)
        return whole

    async def _store(
        self, source: Source, objects: Sequence[Object], gone: set[str], reading: Reading
    ) -> None:
        rows: dict[int, list[dict[str, Any]]] = {}
        for number, row in reading.rows:
            rows.setdefault(number, []).append(row)

        def change(connection: Any) -> None:
            store.drop_objects(connection, source.id, gone)
            for number, each in enumerate(objects):
                store.put_object(connection, source.id, each, rows.get(number, ()))
            store.set_state(connection, source)

        await self._database.write(change)


def _expanded(
    events: str, first: date, end: date, addresses: Sequence[str]
) -> list[dict[str, Any]] | None:
    """What was written here a moment ago, small and known. Its libraries load with the first."""
    from wooster.calendars import expanding

    told: list[str] = []
    text = blocks.framed(blocks.lines_of(EMPTY), events)
    rows = list(expanding.expand(text, expanding.Window(first, end), addresses, told.append))
    return None if told else rows


def _put_one(
    source: Source, one: OneChange, rows: Sequence[dict[str, Any]], connection: Any
) -> None:
    store.put_event(connection, source.id, one.now, "" if one.is_new else one.uid, rows)
    store.set_state(connection, source)


def _fits(first: date, end: date, today: date) -> bool:
    """Whether a window is about where it should be."""
    return abs(today - PAST - first) <= _ROLL and abs(today + AHEAD - end) <= _ROLL


def _problem(error: WoosterError) -> str:
    return f"{error.message.removesuffix('.')}. {error.hint}".strip()


def _findings(
    source: Source, objects: Sequence[Object], gone: set[str], reading: Reading
) -> tuple[tuple[str, str], ...]:
    """What is wrong in the texts: of those that were read now, and of the others as it was."""
    fresh = {each.href for each in objects} | gone
    kept = [(href, text) for href, text in source.findings if href not in fresh]
    new = [(objects[number].href, text) for number, text in reading.told]
    return tuple([*kept, *new][:_MOST_FINDINGS])
