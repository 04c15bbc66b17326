"""Changing calendars: an event is made, moved, cancelled; in a file here or on a CalDAV server.

Every change is one: the lines of an event before, and after. What it was before is returned, so
that it can be put back just so.
"""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from wooster.calendars import editing, files, store, web
from wooster.calendars.credentials import Credential, Credentials
from wooster.calendars.editing import New, Span
from wooster.calendars.model import Appointment, CalendarError, Instance, Object, Source, names
from wooster.calendars.refreshing import OWN_UID, OneChange, Refreshing
from wooster.calendars.web import Question, Web
from wooster.core.clock import Clock
from wooster.core.errors import NotFound, UsageError
from wooster.storage import Database

OWN_NAME: Final = "Personal"
OWN_FILE: Final = "calendar.ics"
FOLDER: Final = "calendars"
"""Of the home: the calendars that were moved in."""


@dataclass(frozen=True, slots=True)
class Put:
    """The lines of an event `uid` at `href` of a source, at a place among the events; without lines
    there is none. It is what a change is, and what takes it back. `made`: the person's own calendar
    was begun with the event; it goes with it where nothing else is in it, and comes again."""

    source_id: int
    href: str
    uid: str
    events: str
    place: int = -1
    made: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What was changed where, and what takes it back."""

    source: Source
    undo: Put


class Writing:
    """Changes the calendars of one home."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        the_web: Web,
        credentials: Credentials,
        refreshing: Refreshing,
        home: Path,
    ) -> None:
        self._database = database
        self._clock = clock
        self._web = the_web
        self._credentials = credentials
        self._refreshing = refreshing
        self._own = home / OWN_FILE
        self._at_files = asyncio.Lock()

    async def target(self, name: str = "") -> Source | None:
        """The calendar that a new event goes into: the one with this name, else the first of a
        CalDAV server or the person's own on this machine. None: that isn't there yet. A file that
        was only added, which may be anybody's, has to be named.

        Raises `UsageError` where the one that was named can't be written.
        """
        there = await self._database.read(partial(store.sources))
        if name:
            source = next((each for each in there if each.name.casefold() == name.casefold()), None)
            if source is None or not source.can_write:
                raise UsageError(
                    f"Nothing can be added to “{name}”.",
                    hint=f"It can to {names(e for e in there if e.can_write) or 'none yet'}.",
                )
            return source
        ours = (each for each in there if each.kind == "caldav" or each.place == str(self._own))
        return next((each for each in ours if each.can_write), None)

    async def names(self) -> list[str]:
        """Of all calendars, also of those that can only be read."""
        return [each.name for each in await self._database.read(partial(store.sources))]

    async def is_all_here(self) -> bool:
        """Whether every calendar is in files of this machine, so that no change leaves it."""
        there = await self._database.read(partial(store.sources))
        return all(each.kind in ("file", "folder") for each in there)

    async def source_of(self, source_id: int) -> Source:
        """Raises `NotFound`."""
        there = await self._database.read(partial(store.sources))
        for each in there:
            if each.id == source_id:
                return each
        raise NotFound("That calendar isn't there any more.", hint="`calendars` lists them.")

    async def add(self, new: New, name: str = "") -> Written:
        """Make an event. Raises `CalendarError`, `UsageError`."""
        source, made = await self.target(name), False
        if source is None:
            made = not await asyncio.to_thread(self._own.exists)
            source = await self._own_calendar()
        events = editing.made(new, self._clock.now())
        href = source.place
        if source.kind == "caldav":
            credential = await self._credential(source)
            href = urlsplit(urljoin(f"{credential.url.rstrip('/')}/", f"{new.uid}.ics")).path
        return await self.put(Put(source.id, href, new.uid, events, made=made), new)

    async def move(self, what: Appointment, span: Span, *, whole: bool = False) -> Written:
        """Give one time of an event another. Raises `CalendarError`, `UsageError`."""
        instance = _stored(what)
        if whole and instance.repeats:
            raise UsageError(
                "A whole series can't be moved yet, only one of its times.",
                hint="Cancel it with `event cancel every …` and add it anew.",
            )
        now = self._clock.now()
        return await self._change(
            instance,
            lambda text: editing.moved(text, instance.original, instance.repeats, span, now),
        )

    async def cancel(self, what: Appointment, *, whole: bool = False) -> Written:
        """Take out one time of an event, or all. Raises `CalendarError`."""
        instance = _stored(what)
        return await self._change(
            instance,
            lambda text: editing.cancelled(text, instance.original, instance.repeats and not whole),
        )

    async def put(self, change: Put, new: New | None = None) -> Written:
        """Make the lines of an event what `change` says. Raises `CalendarError`, `NotFound`."""
        if change.made and change.events:
            change = replace(change, source_id=(await self._own_again(change.source_id)).id)
        source = await self.source_of(change.source_id)
        if source.kind == "caldav":
            before = await self._put_there(source, change, new)
            outcome = await self._refreshing.refresh(source)
            return Written(outcome.source, before)
        if source.kind not in ("file", "folder"):
            raise UsageError(f"“{source.name}” can only be read.", hint="Its address is of a file.")
        # What another adds meanwhile must not go with the calendar that is ended here.
        async with self._at_files:
            source = await self.source_of(source.id)
            written = await self._put_here(source, change, lambda _: change.events)
            if change.made and not change.events:
                await self._end_own(source)
        return written

    # --- one change ---------------------------------------------------------------------------

    async def _change(self, instance: Instance, edit: Callable[[str], str]) -> Written:
        source = await self.source_of(instance.source_id)

        def edited(events: str) -> str:
            if not events:
                raise CalendarError(
                    f"“{instance.summary}” isn't in “{source.name}” any more.",
                    hint="`calendars refresh` reads it again.",
                )
            return edit(events)

        change = Put(instance.source_id, instance.href, instance.uid, "")
        if source.kind in ("file", "folder"):
            return await self._put_here(source, change, edited)
        stored = await self._database.read(
            partial(store.text_of, source_id=instance.source_id, href=instance.href)
        )
        text = "" if stored is None else stored.text
        events, place = await asyncio.to_thread(editing.events_of, text, instance.uid)
        return await self.put(replace(change, events=edited(events), place=place))

    async def _put_here(self, source: Source, change: Put, edit: Callable[[str], str]) -> Written:
        """Change a file of this machine: what `edit` makes of the event's lines is in it then."""
        before, made = await asyncio.to_thread(_in_file, change, edit)
        outcome = await self._refreshing.take(source, made)
        return Written(outcome.source, before)

    async def _own_again(self, number: int) -> Source:
        """The person's own calendar: the one that there is, else as it was before it went."""
        there = await self._database.read(partial(store.sources))
        own = next((each for each in there if each.place == str(self._own)), None)
        return own or await self._own_calendar(number)

    async def _end_own(self, source: Source) -> None:
        """Take away the person's own calendar, where nothing is in it."""
        read = await asyncio.to_thread(files.read, self._own)
        if source.place == str(self._own) and read.text == editing.EMPTY:
            await self._refreshing.drop(source)
            await asyncio.to_thread(self._own.unlink, missing_ok=True)

    async def _own_calendar(self, number: int | None = None) -> Source:
        """The person's own calendar on this machine, made, with the `number` that it had."""
        if not await asyncio.to_thread(self._own.exists):
            await asyncio.to_thread(files.write, self._own, editing.EMPTY, None)
        source = Source(0, "file", OWN_NAME, str(self._own), can_write=True)
        now = self._clock.now()

        def change(connection: sqlite3.Connection) -> Source:
            return replace(source, id=store.add_source(connection, source, now, number))

        return await self._database.write(change)

    # --- on a server --------------------------------------------------------------------------

    async def _put_there(self, source: Source, change: Put, new: New | None) -> Put:
        credential = await self._credential(source)
        stored: Object | None = await self._database.read(
            partial(store.text_of, source_id=source.id, href=change.href)
        )
        before = editing.events_of(stored.text, change.uid) if stored else ("", -1)
        frame = stored.text if stored else editing.EMPTY
        text = editing.with_events(frame, change.uid, change.events, change.place)
        if new is not None:
            year = self._clock.local().year
            text = await asyncio.to_thread(editing.with_zone, text, new.zone, year)
        headers = {"content-type": "text/calendar; charset=utf-8"}
        if stored and stored.etag:
            headers["if-match"] = stored.etag
        elif not stored:
            headers["if-none-match"] = "*"
        method = "PUT" if editing.has_events(text) else "DELETE"
        question = Question(
            method,
            urljoin(credential.url, quote(change.href, safe="/%@:+~=!$&'()*,;")),
            source.name,
            credential.user,
            credential.password,
            headers,
            text if method == "PUT" else "",
        )
        reply = await self._web.ask(question)
        if reply.status == 412:
            await self._refreshing.refresh(source)
            raise CalendarError(
                f"“{source.name}” was changed elsewhere at the same moment; it is read again now.",
                hint="Look at it, and say it again.",
            )
        if not reply.is_good:
            raise web.refused(reply)
        return Put(source.id, change.href, change.uid, *before)

    async def _credential(self, source: Source) -> Credential:
        return await asyncio.to_thread(self._credentials.get, source.credential)


def _in_file(change: Put, edit: Callable[[str], str]) -> tuple[Put, OneChange]:
    """The file is read once, and written where it is still what was read."""
    path = Path(change.href)
    was = files.read(path)
    done = editing.exchanged(was.text, change.uid, edit, change.place)
    now = Object(change.href, files.write(path, done.text, was.text), done.text)
    made = OneChange(
        now, change.uid, done.events, was.etag, not done.before, was.text == editing.EMPTY
    )
    return replace(change, events=done.before, place=done.place), made


def _stored(what: Appointment) -> Instance:
    assert what.instance is not None, "an appointment that was read"
    return what.instance


def new_uid() -> str:
    """A UID that no event has."""
    return f"{uuid.uuid4()}{OWN_UID}"
