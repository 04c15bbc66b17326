"""What insights look at: what was done and said, and what there is, of all capabilities."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wooster.core.clock import Clock
from wooster.core.days import LocalDays, local_day
from wooster.core.names import folded
from wooster.core.patterns import Pattern
from wooster.goals import store as goal_store
from wooster.habits import store as habit_store
from wooster.habits.model import Habit
from wooster.insights.model import Event, Subject
from wooster.memory.episodes import store as episode_store
from wooster.storage import Database
from wooster.tasks.archive import Entry
from wooster.tasks.lists import Lists

if TYPE_CHECKING:
    from wooster.calendars.service import Calendars

_ARCHIVED = Pattern(r"(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)")
_MOST_EPISODES = 20_000
_A_WEEK = {"day": 7, "week": 1, "month": 0}


@dataclass(frozen=True, slots=True)
class Seen:
    """Where it is looked; `calendars` None where there are none, habits and goals as far as they
    are switched on."""

    database: Database
    clock: Clock
    days: LocalDays
    lists: Lists
    calendars: Calendars | None
    has_habits: bool
    has_goals: bool
    day_ends_h: int = 0

    async def version(self) -> Hashable:
        """Another one once anything here may have changed, the day and the person's zone too."""
        now = self.clock.local()
        lists = await asyncio.to_thread(self.lists.folder.version)
        return self.days.today(), now.utcoffset(), now.tzname(), self.database.commits, lists


class Observing:
    """`insights.ports.Sources` over the capabilities of one home."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def version(self) -> Hashable:
        return await self._seen.version()

    async def subjects(self, since: date) -> list[Subject]:
        seen = self._seen
        found: list[Subject] = []
        if seen.has_habits:
            found += await seen.database.read(lambda each: _habits(each, since, seen))
        if seen.has_goals:
            found += await seen.database.read(lambda each: _goals(each, since))
        done = await seen.lists.done_since(since.isoformat())
        found += await asyncio.to_thread(_tasks, done, since, seen.clock.zone)
        if seen.calendars is not None:
            found += await self._appointments(seen.calendars, since)
        kept = {each.name for each in found if each.kind in ("habit", "goal")}
        kept |= set((await seen.lists.titles()).values())
        found += await seen.database.read(lambda each: _topics(each, since, seen, kept))
        return found

    async def _appointments(self, calendars: Calendars, since: date) -> list[Subject]:
        """Those with one title, which take place; one that repeats was put so by somebody."""
        agenda = await calendars.between(since, calendars.today)
        names: dict[str, str] = {}
        events: dict[str, list[Event]] = {}
        repeating = set()
        for day in agenda.days:
            for each in day.on:
                key = folded(each.summary)
                if not key or each.first_day != day.day:
                    continue
                names.setdefault(key, each.summary)
                at = None if each.starts is None else each.starts.replace(tzinfo=None)
                ref = f"{each.calendar}: {each.summary}"
                events.setdefault(key, []).append(Event(day.day, at, ref))
                repeating |= {key} if each.repeats else set()
        begun = min((each.day for rows in events.values() for each in rows), default=since)
        return [
            Subject(
                "event",
                f"event {key}",
                names[key],
                tuple(rows),
                begun,
                has_days=key in repeating,
                has_time=key in repeating,
            )
            for key, rows in events.items()
        ]


# --- habits and goals -------------------------------------------------------------------------


def _habits(connection: sqlite3.Connection, since: date, seen: Seen) -> list[Subject]:
    zone_of = cache(lambda name: _zone(name, seen.clock.zone))
    day_of = cache(date.fromisoformat)
    ends = timedelta(hours=seen.day_ends_h)
    events: dict[int, list[Event]] = {}
    for number, habit_id, day_text, at_ms, zone in habit_store.since(connection, since):
        # There are many, and `local_day` would convert each a second time.
        day, at = day_of(day_text), _wall(at_ms, zone_of(zone))
        # What was filled in later tells nothing of the time.
        is_then = (at - ends).date() == day
        events.setdefault(habit_id, []).append(
            Event(day, at if is_then else None, f"check-in {number}")
        )
    live = [each for each in habit_store.listed(connection) if each.archived is None]
    today = seen.days.today()
    return [
        _habit(each, tuple(events.get(each.id, ())), max(since, each.created), today)
        for each in live
    ]


def _habit(habit: Habit, events: tuple[Event, ...], since: date, today: date) -> Subject:
    rule = habit.rule
    begun = min([since, *(each.day for each in events)])
    return Subject(
        "habit",
        f"habit {habit.id}",
        habit.name,
        events,
        begun,
        habit.id,
        has_days=bool(rule.days),
        has_time=habit.remind_at is not None,
        asked=tuple(_asked(habit, max(since, habit.rules[-1].since), today)),
        rhythm=7 if rule.period == "day" else rule.times * _A_WEEK[rule.period],
    )


def _asked(habit: Habit, since: date, today: date) -> Iterator[date]:
    """The days on which a daily habit asked for something; none of others."""
    if habit.rule.period != "day":
        return
    free = [(each.first, each.last or date.max) for each in habit.breaks]
    for n in range((today - since).days):
        day = since + timedelta(n)
        if not free or not any(first <= day <= last for first, last in free):
            yield day


def _goals(connection: sqlite3.Connection, since: date) -> list[Subject]:
    goals = [each for each in goal_store.listed(connection) if each.is_open]
    days = goal_store.days_since(connection, since)
    return [
        Subject(
            "goal",
            f"goal {each.id}",
            each.name,
            tuple(Event(day, None, "measured") for day in days.get(each.id, ())),
            max(since, each.created),
            each.id,
        )
        for each in goals
    ]


def _wall(at_ms: int, zone: tzinfo | None) -> datetime:
    """What the clock showed, without its zone."""
    at = datetime.fromtimestamp(at_ms // 1000, zone or UTC)
    return (at if zone else at.astimezone()).replace(tzinfo=None)


def _zone(name: str, otherwise: tzinfo | None) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return otherwise  # an offset, which is how the machine's own zone is written


# --- tasks and topics -------------------------------------------------------------------------


def _tasks(done: Iterable[Entry], since: date, zone: tzinfo | None) -> list[Subject]:
    events: dict[str, list[Event]] = {}
    newest: dict[str, Entry] = {}
    folds = cache(folded)
    for entry in done:
        key, day = folds(entry.task.text), _day(entry.day)
        if key and day is not None:
            newest.setdefault(key, entry)
            ref = f"done: {entry.task.text}"
            events.setdefault(key, []).append(Event(day, _archived_at(entry, day, zone), ref))
    begun = min((each.day for rows in events.values() for each in rows), default=since)
    return [
        Subject(
            "task",
            f"task {key}",
            newest[key].task.text,
            tuple(rows),
            max(begun, since),
            has_days=bool(newest[key].task.every),
        )
        for key, rows in events.items()
    ]


def _archived_at(entry: Entry, day: date, zone: tzinfo | None) -> datetime | None:
    """When it was done by the wall clock, where its file's name says so and is of that day."""
    found = _ARCHIVED.search(entry.file)
    if found is None:
        return None
    clock = f"{found[1]}T{found[2]}:{found[3]}:{found[4]}"
    try:
        at = datetime.fromisoformat(clock).replace(tzinfo=UTC).astimezone(zone)
    except ValueError:
        return None
    return at.replace(tzinfo=None) if at.date() == day else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None  # written by hand


def _topics(
    connection: sqlite3.Connection, since: date, seen: Seen, kept: Iterable[str]
) -> list[Subject]:
    """Of conversations that may be told of anywhere: private ones are left out."""
    zone = seen.clock.zone
    begin = datetime.combine(since, time(), UTC)
    found = episode_store.between(
        connection, begin, seen.clock.now() + timedelta(days=1), _MOST_EPISODES
    )
    known = {word for name in kept for word in re.findall(r"\w+", folded(name))}
    subjects: dict[str, Subject] = {}
    events: dict[str, list[Event]] = {}
    for episode in found:
        day = local_day(episode.began, zone, seen.day_ends_h)
        if episode.is_private or day < since:
            continue
        for topic in episode.topics:
            key = folded(topic)
            is_kept = key in known or f"{key}s" in known
            subjects.setdefault(
                key, Subject("topic", f"topic {key}", topic, (), since, is_kept=is_kept)
            )
            events.setdefault(key, []).append(Event(day, None, episode.summary))
    return [replace(each, events=tuple(events[key])) for key, each in subjects.items()]
