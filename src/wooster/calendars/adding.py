"""Which calendars there are: finding them at an address, adding, removing, bringing back.

An address is asked once what it is: an .ics file, a CalDAV calendar, or an account with several.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from wooster.calendars import blocks, dav, files, store, web
from wooster.calendars.credentials import Credential, Credentials
from wooster.calendars.model import CalendarError, Source, names
from wooster.calendars.refreshing import Refreshing
from wooster.calendars.service import folded
from wooster.calendars.web import Question, Reply, Web
from wooster.config.replacing import may_be_written
from wooster.core.clock import Clock
from wooster.core.errors import NotFound, UsageError
from wooster.core.hosts import host_of, shown_host
from wooster.core.names import free
from wooster.core.text import clean, clip
from wooster.storage import Database

_NAME: Final = 60
_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be added: a path, or an address with what it takes to be let in."""

    place: str = field(repr=False)
    name: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def is_remote(self) -> bool:
        return "://" in self.place

    @property
    def host(self) -> str:
        return shown_host(web.apart(web.secure(self.place))[0])


@dataclass(frozen=True, slots=True)
class _Found:
    source: Source
    url: str = field(default="", repr=False)


class Adding:
    """Adds and removes the sources of one home."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        the_web: Web,
        credentials: Credentials,
        refreshing: Refreshing,
    ) -> None:
        self._database = database
        self._clock = clock
        self._web = the_web
        self._credentials = credentials
        self._refreshing = refreshing

    async def add(self, wanted: Wanted) -> list[Source]:
        """Add what is there, and read it. Raises `CalendarError`, `UsageError`."""
        if not wanted.is_remote:
            found = [_Found(await asyncio.to_thread(_on_disk, wanted))]
            credential = None
        else:
            credential = _credential(wanted)
            found = await self._discovered(wanted, credential)
        added = []
        for each in found:
            source = each.source
            if credential is not None:
                own = Credential(each.url, credential.user, credential.password)
                name = await asyncio.to_thread(self._credentials.put, own)
                source = replace(source, credential=name)
            added.append(await self._stored(source, is_named=bool(wanted.name)))
        outcomes = [await self._refreshing.refresh(each) for each in added]
        return [each.source for each in outcomes]

    async def _stored(self, source: Source, *, is_named: bool) -> Source:
        now = self._clock.now()

        def change(connection: sqlite3.Connection) -> Source:
            there = store.sources(connection)
            same = [e for e in there if e.kind == source.kind and e.place == source.place]
            if same and not source.is_remote:
                raise UsageError(f"That is the calendar {names(same)} already.")
            named = replace(source, name=_free_name(source.name, there, is_named))
            return replace(named, id=store.add_source(connection, named, now))

        return await self._database.write(change)

    async def remove(self, words: str, ids: Sequence[int] = ()) -> list[Source]:
        """Remove the source that `words` name, or those with `ids`. Nothing is lost for a week.

        Raises `NotFound`, `UsageError`.
        """
        now = self._clock.now()

        def change(connection: sqlite3.Connection) -> list[Source]:
            there = store.sources(connection)
            gone = [e for e in there if e.id in ids] if ids else [one(words, there)]
            for each in gone:
                store.set_removed(connection, each.id, now)
            return gone

        return await self._database.write(change)

    async def restore(self, words: str, ids: Sequence[int] = ()) -> list[Source]:
        """Bring back what was removed. Raises `NotFound`, `UsageError`."""

        def change(connection: sqlite3.Connection) -> list[Source]:
            there = store.sources(connection, removed=True)
            back = [e for e in there if e.id in ids] if ids else [one(words, there)]
            for each in back:
                store.set_removed(connection, each.id, None)
            return back

        return await self._database.write(change)

    # --- what an address is -------------------------------------------------------------------

    async def _discovered(self, wanted: Wanted, credential: Credential) -> list[_Found]:
        reply = await self._ask("PROPFIND", wanted, credential, credential.url, dav.PRINCIPAL, "0")
        if reply.status in (401, 403) and (credential.user or _is_root(credential.url)):
            raise web.refused(reply)
        answer = _multistatus(reply)
        if answer is None and _is_root(credential.url):
            url = f"{credential.url.rstrip('/')}/.well-known/caldav"
            reply = await self._ask("PROPFIND", wanted, credential, url, dav.PRINCIPAL, "0")
            answer = _multistatus(reply)
        if answer is not None:
            found = await self._calendars(wanted, credential, answer)
            if found:
                return found
        return [await self._file(wanted, credential)]

    async def _file(self, wanted: Wanted, credential: Credential) -> _Found:
        reply = await self._ask("GET", wanted, credential, credential.url)
        if not reply.is_good:
            raise web.refused(reply)
        if b"BEGIN:VCALENDAR" not in reply.content[:4000].upper():
            raise CalendarError(
                f"{wanted.host} has no calendar at this address.",
                hint="It takes the address of an .ics file or of a CalDAV server.",
            )
        return _Found(_source("address", _own_name(wanted, reply), wanted.host), credential.url)

    async def _calendars(
        self, wanted: Wanted, credential: Credential, answer: dav.Answer
    ) -> list[_Found]:
        """The calendar that an address is, or those of the account that it leads to."""
        own = next(iter(answer.resources), dav.Resource(credential.url))
        homes, addresses = list(own.homes), own.addresses
        if not own.is_calendar and own.principal:
            asked = await self._ask("PROPFIND", wanted, credential, own.principal, dav.HOME, "0")
            for each in (_multistatus(asked) or dav.Answer()).resources:
                homes += [home for home in each.homes if home not in homes]
                addresses = addresses or each.addresses
        where = [(own.href, "0")] if own.is_calendar else [(home, "1") for home in homes]
        if not where and own.is_collection:
            where = [(own.href, "1")]
        found: list[_Found] = []
        for url, depth in where:
            asked = await self._ask("PROPFIND", wanted, credential, url, dav.CALENDARS, depth)
            for each in (_multistatus(asked) or dav.Answer()).resources:
                if each.is_calendar and each.has_events and dav.same_site(each.href, own.href):
                    found.append(_dav_source(each, wanted, addresses))
        if wanted.name and len(found) > 1:
            found = [
                replace(e, source=replace(e.source, name=f"{wanted.name} {e.source.name}"))
                for e in found
            ]
        elif wanted.name:
            found = [replace(e, source=replace(e.source, name=wanted.name)) for e in found]
        return found[:_MOST]

    async def _ask(
        self,
        method: str,
        wanted: Wanted,
        credential: Credential,
        url: str,
        content: str = "",
        depth: str = "",
    ) -> Reply:
        headers = {"depth": depth} if depth else {"accept": "text/calendar, */*;q=0.5"}
        question = Question(
            method,
            credential.url,
            wanted.name or wanted.host,
            credential.user,
            credential.password,
            headers,
            content,
        )
        return await self._web.ask(question.to(url))


def _multistatus(reply: Reply) -> dav.Answer | None:
    """None where it isn't one."""
    if reply.status != 207:
        return None
    try:
        return dav.read(reply.content, reply.url)
    except dav.NotDav:
        return None


def _is_root(url: str) -> bool:
    return urlsplit(url).path in ("", "/")


def _credential(wanted: Wanted) -> Credential:
    """Raises `UsageError` for an address that is none."""
    url, user, password = web.apart(web.secure(wanted.place))
    if not url.startswith(("https://", "http://")) or not host_of(url):
        raise UsageError(
            "That is no address of a calendar.",
            hint="It begins with https:// or webcal://, a host's name follows, and no spaces are "
            "in it.",
        )
    return Credential(url, wanted.user or user, wanted.password or password)


def _source(kind: Any, name: str, place: str) -> Source:
    return Source(0, kind, clip(clean(name), _NAME) or "Calendar", place)


def _own_name(wanted: Wanted, reply: Reply) -> str:
    if wanted.name:
        return wanted.name
    return blocks.calendar_name(blocks.decoded(reply.content[:20_000])) or wanted.host


def _dav_source(found: dav.Resource, wanted: Wanted, addresses: tuple[str, ...]) -> _Found:
    last = dav.path_of(found.href).rpartition("/")[2]
    source = _source("caldav", found.name or last, wanted.host)
    mine = tuple(each.removeprefix("mailto:") for each in addresses if each.startswith("mailto:"))
    return _Found(replace(source, can_write=found.can_write, addresses=mine), found.href)


def _on_disk(wanted: Wanted) -> Source:
    """A file or a folder. Raises `CalendarError`."""
    path = Path(wanted.place).expanduser()
    if not path.is_absolute():
        raise UsageError(
            f"“{wanted.place}” isn't a whole path.", hint="Begin it with / or ~, or with https://."
        )
    if path.is_dir():
        files.listed(path)
        return _source("folder", wanted.name or path.name, str(path))
    text = files.read(path).text
    if "BEGIN:VCALENDAR" not in text[:4000].upper():
        raise CalendarError(f"{path} is no calendar.", hint="It takes an .ics file.")
    source = _source("file", wanted.name or blocks.calendar_name(text) or path.stem, str(path))
    return replace(source, can_write=may_be_written(path))


def _free_name(name: str, there: Sequence[Source], is_named: bool) -> str:
    """The name, or one that can be told from those that there are. Raises `UsageError` where the
    person has chosen it."""
    taken = {folded(each.name) for each in there}
    if folded(name) not in taken:
        return name
    if is_named:
        raise UsageError(f"There is a calendar “{name}” already.", hint="Give it another name.")
    return free(name, lambda each: folded(each) in taken)


def one(words: str, there: Sequence[Source]) -> Source:
    """The source that is meant, by its name, the begin of it, or `#number`. Raises `NotFound` and
    `UsageError`."""
    said = folded(words)
    if not said:
        raise UsageError("Say which calendar.", hint=f"There are: {names(there) or 'none'}.")
    found = [each for each in there if folded(each.name) == said or said == f"#{each.id}"]
    found = found or [each for each in there if folded(each.name).startswith(said)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"“{words}” may be {names(found)}.", hint="Say more of its name.")
    raise NotFound(f"There is no calendar “{words}”.", hint=f"There are: {names(there) or 'none'}.")
