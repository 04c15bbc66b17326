"""Moving in: from a folder or file to what became of every line of it.

What was taken in is noted by what it is, so that a second run takes in only what is new; one that
was broken off goes on where it was. A dry run reads all the same and stores nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial
from itertools import islice
from pathlib import Path

from wooster.actions import imported
from wooster.actions.action import Report
from wooster.calendars.model import CalendarError
from wooster.core.errors import Busy, NotFound, UsageError
from wooster.core.text import number
from wooster.moving import in_place, places, reading, sources
from wooster.moving.filing import SETTINGS
from wooster.moving.model import Account, Aside, Event, Found, Remark, Settings, Total, Unread
from wooster.moving.reading import Around
from wooster.moving.rooms import Rooms
from wooster.moving.sources import Source, Survey
from wooster.moving.storing import Handed, Storing, told
from wooster.wire.events import Progress

# Read in one go, between two looks at whether the client is still there.
_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be moved in. `in_place`: lists, projects and notes stay where they are and are
    used there."""

    place: str
    is_dry: bool = False
    in_place: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of it: an account a file, `things` by kind, and what was left alone. `number` is
    the import's, 0 for a dry run."""

    wanted: Wanted
    accounts: list[Account] = field(default_factory=list)
    things: Counter[str] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)
    number: int = 0
    is_broken_off: bool = False

    @property
    def unread(self) -> int:
        return sum(each.units for account in self.accounts for each in account.unread)

    @property
    def there(self) -> int:
        return sum(account.there for account in self.accounts)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How much was taken back, and what couldn't be, with the reason; `left` of it can be tried
    again. `in_place`: the old folder was used where it is."""

    count: int
    problems: tuple[str, ...]
    left: int
    in_place: bool


class Moving:
    """Moves into one home."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._storing = Storing(rooms)
        self._lock = asyncio.Lock()

    async def run(self, wanted: Wanted, report: Report, outcome: Outcome) -> None:
        """Take all of it in, into `outcome`, which holds what was done so far when it is cancelled.

        Raises `NotFound`, `UsageError`, `Busy`, and what storing raises.
        """
        if self._lock.locked():
            raise Busy("Something is being moved in already.", hint="Wait until it is done.")
        async with self._lock:
            report(Progress("looking", text="looking at what is there …"))
            survey = await asyncio.to_thread(self._survey, wanted.place)
            root = survey.root
            outcome.left = survey.left
            outcome.accounts += [Account(name, "file", 1, there=1) for name in survey.twice]
            outcome.accounts += [_broken(name, why) for name, why in survey.broken]
            if not wanted.is_dry:
                outcome.number = await self._rooms.database.write(
                    lambda c: imported.begin(c, str(root), self._rooms.clock.now())
                )
            try:
                await self._all(survey, wanted, report, outcome)
            finally:
                if not wanted.is_dry:
                    await self._end(outcome)

    def _survey(self, place: str) -> Survey:
        root = Path(place).expanduser()
        if not root.is_absolute():
            raise UsageError(
                f"“{place}” is no full path.", hint="Give it from the root, or from `~`."
            )
        home = self._rooms.paths.home
        return sources.survey(root, home, places.of_folder(root, home))

    async def _end(self, outcome: Outcome) -> None:
        now = self._rooms.clock.now()
        await self._rooms.database.write(lambda c: imported.end(c, outcome.number, now))
        self._rooms.conversations.ended()

    async def _all(self, survey: Survey, wanted: Wanted, report: Report, outcome: Outcome) -> None:
        around = Around(
            survey,
            self._rooms.clock.now(),
            self._rooms.clock.zone,
            self._rooms.days.of,
            self._rooms.tasks.folder.read,
            self._rooms.paths.cache,
        )
        folder = self._rooms.tasks.folder
        is_used = await asyncio.to_thread(in_place.is_used, survey, folder)
        stays_as_it_is = wanted.in_place or is_used
        run = _Run(self._rooms, self._storing, outcome, set(), stays_as_it_is)
        found = survey.sources
        if wanted.in_place:
            own = self._rooms.paths.config / SETTINGS
            stays, account = await asyncio.to_thread(in_place.staying, survey, own)
            found = [each for each in found if each not in stays]
            outcome.accounts += [_stays(each) for each in stays]
            if account is not None:
                settings = Account("where lists, projects and notes are", "entry")
                outcome.accounts.append(settings)
                for event in account:
                    await run.take(event, settings)
        for at, source in enumerate(found, 1):
            account_ = Account(source.name, reading.unit(source))
            outcome.accounts.append(account_)
            tell = partial(_tell, report, at, len(found))
            await self._one(source, around, run, account_, tell)
            account_.close()

    async def _one(
        self, source: Source, around: Around, run: _Run, account: Account, tell: _Tell
    ) -> None:
        being_read = _BeingRead(reading.events(source, around))
        tell(account)
        try:
            while batch := await asyncio.to_thread(being_read.next):
                for event in batch:
                    await run.take(event, account)
                tell(account)
        finally:
            # Also where it is broken off: a copy of a database is held meanwhile.
            await asyncio.to_thread(being_read.close)

    # --- taking back --------------------------------------------------------------------------

    @property
    def zone(self) -> tzinfo | None:
        return self._rooms.clock.zone

    async def imports(self) -> list[imported.Import]:
        return await self._rooms.database.read(imported.listed)

    async def take_back(self, import_id: int | None) -> tuple[imported.Import, TakenBack]:
        """Take back the import of that number, or the last. Raises `NotFound`."""
        from wooster.moving.undoing import Undoing

        async with self._lock:
            there = [each for each in await self.imports() if each.undone is None]
            chosen = [e for e in there if import_id in (None, e.id)]
            if not chosen:
                raise NotFound(
                    "Nothing was moved in that could be taken back.",
                    hint="`import FOLDER` moves in.",
                )
            back = await Undoing(self._rooms, self._storing.filing).take_back(chosen[-1].id)
        return chosen[-1], back


_Tell = partial[None]


def _tell(report: Report, at: int, total: int, account: Account) -> None:
    told = f" ({number(account.counted)} of it)" if account.counted else ""
    text = f"file {at} of {total}: {account.file}{told}; Ctrl-C stops, and it can go on later"
    report(Progress("importing", at, total, text))


class _BeingRead:
    """The events of a file, which threads fetch one after another. Blocking."""

    def __init__(self, events: Generator[Event, None, None]) -> None:
        self._events = events
        self._lock = threading.Lock()

    def next(self) -> list[Event]:
        with self._lock:
            return list(islice(self._events, _AT_ONCE))

    def close(self) -> None:
        """Let go of what is held for it, once nobody fetches any more."""
        with self._lock:
            self._events.close()


def _broken(name: str, why: str) -> Account:
    return Account(name, "file", 1, unread=[Unread(why)])


def _stays(source: Source) -> Account:
    account = Account(source.name, "file", 1)
    account.aside["files that are used where they are"] = 1
    return account


@dataclass(slots=True)
class _Run:
    """One run: `seen` are the marks of what it has met, `servers` what each provider is.
    `stays_as_it_is`: the lists and projects of the source are those of this home, or will be."""

    rooms: Rooms
    storing: Storing
    outcome: Outcome
    seen: set[str]
    stays_as_it_is: bool
    servers: dict[str, str] = field(default_factory=dict)

    async def take(self, event: Event, account: Account) -> None:
        """Do what an event asks for, and write down what became of it."""
        if isinstance(event, Total):
            account.total += event.units
        elif isinstance(event, Aside):
            account.aside[event.what] += event.units
        elif isinstance(event, Unread):
            account.unread.append(event)
        elif isinstance(event, Remark):
            account.remarks.append(event)
        else:
            await self._found(event, account)

    async def _found(self, found: Found, account: Account) -> None:
        marks = [imported.mark(found.kind, each) for each in found.ids]
        known = await self.rooms.database.read(lambda c: imported.known(c, marks))
        fresh = []
        for part, mark in enumerate(marks):
            if mark in known or mark in self.seen:
                account.there += found.units[part]
            else:
                fresh.append(part)
                self.seen.add(mark)
        if fresh:
            await self._fresh(found, fresh, marks, account)

    async def _fresh(
        self, found: Found, fresh: list[int], marks: list[str], account: Account
    ) -> None:
        filing = self.storing.filing
        other = ""
        if isinstance(found.value, Settings):
            other = await asyncio.to_thread(filing.other_server, found.value, self.servers)
        if other:
            account.unread += [Unread(other, found.units[part], found.at) for part in fresh]
            return
        there = await filing.there(found)
        if self.stays_as_it_is and in_place.has_no_place(found.value):
            for part in fresh:
                units = found.units[part]
                if part in there:
                    account.there += units
                else:
                    account.unread.append(Unread(in_place.NO_PLACE, units, found.at))
            return
        fate = dict.fromkeys(there & set(fresh), "")
        if not self.outcome.wanted.is_dry:
            try:
                fate |= await self.storing.store(Handed(self.outcome.number, found, fresh, marks))
            except CalendarError as error:
                fate = dict.fromkeys(fresh, told(error))
        for part in fresh:
            why = fate.get(part)
            if why is None:
                account.imported[found.kind] += found.units[part]
                self.outcome.things[found.kind] += found.things[part] if found.things else 1
            elif not why:
                account.there += found.units[part]
            else:
                account.unread.append(Unread(why, found.units[part], found.at))
