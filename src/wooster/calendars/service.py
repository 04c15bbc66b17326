"""What stands in the person's calendars, from what is stored: no network, no parser, no model.

How it came there is `refreshing`'s, how it is changed `writing`'s.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from wooster.calendars import days, store
from wooster.calendars.model import Appointment, Day, Source, Spot
from wooster.calendars.refreshing import AHEAD, PAST
from wooster.core.clock import Clock, to_ms
from wooster.core.text import search_form
from wooster.storage import Database

_SOUGHT_BACK = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Looked:
    """A source, and how many events of it are stored."""

    source: Source
    events: int


@dataclass(frozen=True, slots=True)
class Agenda:
    """Days with what falls on them, as of `now`, and the sources that it is from."""

    days: tuple[Day, ...]
    sources: tuple[Source, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Matching:
    """The events that words may mean: the `first` of them, and how many there are in all."""

    first: tuple[Appointment, ...]
    count: int


class Calendars:
    """The calendars of one home."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.clock = clock

    @property
    def today(self) -> date:
        return self.clock.local().date()

    async def agenda(self, day: date) -> list[Appointment]:
        """What takes place on a day and the person takes part in, whole days first: for whoever
        tells of it."""
        return list((await self.between(day, day)).days[0].on)

    async def between(self, first: date, last: date) -> Agenda:
        """What falls on each day from `first` to `last`; what is known of days far away is told by
        `known_days`."""
        zone = self.clock.zone
        spans = days.bounds_ms(first, last, zone), days.wall_bounds_ms(first, last)

        def read(connection: sqlite3.Connection) -> Agenda:
            found = [days.placed(each, zone) for each in store.between(connection, *spans)]
            sources = tuple(store.sources(connection))
            return Agenda(tuple(days.by_day(found, first, last)), sources, self.clock.now())

        return await self._database.read(read)

    def known_days(self) -> tuple[date, date]:
        """From which day to which repetitions are looked into."""
        return self.today - PAST, self.today + AHEAD

    async def sources(self) -> list[Looked]:
        """All, in the order in which they were added."""

        def read(connection: sqlite3.Connection) -> list[Looked]:
            counts = store.counts(connection)
            return [Looked(each, counts.get(each.id, 0)) for each in store.sources(connection)]

        return await self._database.read(read)

    async def removed(self) -> list[Source]:
        """Those that can come back."""
        return await self._database.read(partial(store.sources, removed=True))

    # --- looking for one ----------------------------------------------------------------------

    async def matching(self, words: str, on: date | None = None, most: int = 9) -> Matching:
        """The events whose titles have all of `words`, the first `most` by their times: of each,
        its time on the day `on`, or the next, or the last of the past month. One with just this
        title stands for all."""
        first, last = (on, on) if on else (self.today - _SOUGHT_BACK, self.today + AHEAD)
        now, zone = self.clock.local(), self.clock.zone
        whole = folded(words)
        wanted = whole.split()
        # The database knows small letters of ASCII only; the longest word leaves the fewest.
        plain = max((each for each in wanted if each.isascii()), key=len, default="")
        spans = days.bounds_ms(first, last, zone), days.wall_bounds_ms(first, last)

        def read(connection: sqlite3.Connection) -> Matching:
            titles: dict[str, str] = {}
            found = []
            for each in store.spots_between(connection, *spans, plain):
                if each.summary not in titles:
                    titles[each.summary] = folded(each.summary)
                if each.status != "cancelled" and _has(titles[each.summary], wanted):
                    found.append(each)
            events = _next_of_each(found, now)
            named = [each for each in events if titles[each.summary] == whole]
            chosen = heapq.nsmallest(most, named or events, lambda each: days.order_of(each, zone))
            there = store.by_ids(connection, [each.id for each in chosen])
            placed = tuple(days.placed(there[each.id], zone) for each in chosen)
            return Matching(placed, len(named or events))

        return await self._database.read(read)

    async def instance(self, source_id: int, uid: str, original: str) -> Appointment | None:
        """One time of one event."""
        found = await self._database.read(partial(store.of_event, source_id=source_id, uid=uid))
        chosen = [each for each in found if each.original == original] or found[:1]
        return days.placed(chosen[0], self.clock.zone) if chosen else None


def _next_of_each(found: Iterable[Spot], now: datetime) -> list[Spot]:
    """Of each event, the first of its times that isn't over at `now` on the person's clock; where
    all are, the last."""
    moment, wall = to_ms(now), to_ms(now.replace(tzinfo=UTC))
    chosen: dict[tuple[int, str], Spot] = {}
    for each in sorted(found, key=lambda spot: spot.starts_ms):
        key = each.source_id, each.uid or str(each.id)
        there = chosen.get(key)
        if there is None or there.ends_ms <= (moment if there.kind == "timed" else wall):
            chosen[key] = each
    return list(chosen.values())


def folded(text: str) -> str:
    """Words as they are compared."""
    return " ".join(search_form(text).casefold().split())


def _has(title: str, wanted: list[str]) -> bool:
    """Whether every word begins one of the folded title's."""
    begins = f" {title}"
    return bool(wanted) and all(f" {word}" in begins for word in wanted)
