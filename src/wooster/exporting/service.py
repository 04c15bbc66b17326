"""Writing all of it into a new folder: whole, or not at all."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wooster.calendars import store as calendars
from wooster.core.clock import Clock
from wooster.core.text import clean
from wooster.exporting import days, tasks
from wooster.exporting.told import listing, told
from wooster.health.entries import entries
from wooster.health.log_file import NAME as HEALTH_LOG
from wooster.memory.episodes.model import Kind
from wooster.memory.facts import store as facts
from wooster.memory.overview import store as memory
from wooster.memory.overview.files import Folder, Names
from wooster.memory.overview.model import Exported
from wooster.memory.overview.service import INDEX, Overview, Tell
from wooster.storage import Database
from wooster.storage.bundle import Owned
from wooster.tasks.folder import Folder as TasksFolder

log = logging.getLogger(__name__)

_KINDS: tuple[Kind, ...] = ("session", "month", "year")
_MEMORY = "memory.md"
_AT_ONCE_BYTES = 1 << 20
# What of the person's files is theirs to read: no settings, which may hold keys.
_COPIED = ("tasks/", "projects/", "notes/", "health/")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written where, and how much of what."""

    folder: Path
    memory: Exported
    counts: dict[str, int]


class Exporting:
    """That of one home. `owned` are the files that Wooster keeps for the person, `folder` has those
    of tasks."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        overview: Callable[[], Overview],
        owned: Callable[[], Iterable[Owned]],
        folder: TasksFolder,
    ) -> None:
        self._database = database
        self._clock = clock
        self._overview = overview
        self._owned = owned
        self._tasks = folder

    async def export(self, named: str, tell: Tell) -> Written:
        """Write everything into a folder that is empty or not there yet. One that fails or is
        cancelled leaves nothing behind. Raises `UsageError` and `DiskFull`."""
        path = named.strip() or f"~/wooster-export-{self._clock.local():%Y-%m-%d}"
        folder = await asyncio.to_thread(Folder.begin, path)
        try:
            return await self._write(folder, tell)
        except BaseException:
            await asyncio.to_thread(folder.undo)
            raise

    async def _write(self, folder: Folder, tell: Tell) -> Written:
        zone = self._clock.zone
        remembered = await self._overview().write_into(folder, tell, _MEMORY)
        await self._database.read(partial(_memory_data, folder=folder, zone=zone))
        kept = await self._database.read(partial(days.kept, zone=zone))
        await asyncio.to_thread(_days, folder, kept, zone)
        task_count = await asyncio.to_thread(self._of_tasks, folder)
        calendar_count = await self._database.read(partial(_calendars, folder=folder))
        files, entered = await asyncio.to_thread(self._files, folder)
        counts = {
            "habits": len(kept.habits),
            "goals": len(kept.goals),
            "reminders": len(kept.jobs),
            "tasks": task_count,
            "calendars": calendar_count,
            "health entries": entered,
            "files": files,
        }
        made = f"{self._clock.local():%Y-%m-%d %H:%M}"
        await asyncio.to_thread(folder.write, INDEX, _index(made, remembered, counts))
        return Written(folder.path, remembered, counts)

    def _of_tasks(self, folder: Folder) -> int:
        """Write them as data; returns how many are to be done."""
        found = list(tasks.tasks_data(self._tasks))
        folder.write("json/tasks.json", listing(found))
        return sum(not each["done"] for each in found)

    def _files(self, folder: Folder) -> tuple[int, int]:
        """Copy the person's own files; returns how many, and how many entries of health."""
        count = entered = 0
        for each in self._owned():
            if not each.name.startswith(_COPIED):
                continue
            try:
                with each.path.open("rb") as file:
                    folder.write(each.name, iter(partial(file.read, _AT_ONCE_BYTES), b""))
            except FileNotFoundError:
                log.info("export.gone_meanwhile", extra={"fields": {"file": clean(each.name)}})
                continue
            count += 1
            if each.name == f"health/{HEALTH_LOG}":
                data = (folder.path / each.name).read_bytes()
                found = [days.entry_data(entry) for entry in entries(data)]
                entered = len(found)
                folder.write("json/health.json", listing(found))
        return count, entered


def _memory_data(connection: sqlite3.Connection, folder: Folder, zone: tzinfo | None) -> None:
    known = (told(each, zone) for each in facts.listed(connection))
    folder.write("json/facts.json", listing(known))
    told_of = (told(each, zone) for each in memory.episodes(connection, _KINDS))
    folder.write("json/episodes.json", listing(told_of))
    folder.write("json/conversations.json", listing(_conversations(connection, zone)))


def _conversations(connection: sqlite3.Connection, zone: tzinfo | None) -> Iterator[Any]:
    for head in memory.session_heads(connection):
        turns = [told(each, zone, ("seq",)) for each in memory.turns(connection, head.id)]
        if turns:
            yield told(head, zone, ("words",)) | {"turns": turns}


def _days(folder: Folder, kept: days.Kept, zone: tzinfo | None) -> None:
    names = {habit.id: habit.name for habit, _ in kept.habits}
    folder.write("habits.md", days.habits_text(kept.habits))
    folder.write("goals.md", days.goals_text(kept.goals))
    folder.write("reminders.md", days.reminders_text(kept.jobs, zone))
    folder.write("calendars.md", days.events_text(kept.events))
    folder.write("json/habits.json", listing(days.habit_data(each, zone) for each in kept.habits))
    folder.write("json/goals.json", listing(days.goal_data(each, names) for each in kept.goals))
    folder.write("json/reminders.json", listing(days.job_data(each, zone) for each in kept.jobs))
    folder.write("json/calendars.json", listing(kept.events))


def _calendars(connection: sqlite3.Connection, folder: Folder) -> int:
    """Each as it was read, in the format that every calendar program reads."""
    names = Names()
    found = calendars.texts(connection)
    for _, title, text in found:
        name = names.name("calendars", "", title).removesuffix(".md")
        folder.write(f"{name}.ics", [text])
    return len({source_id for source_id, _, _ in found})


def _index(made: str, remembered: Exported, counts: dict[str, int]) -> Iterator[str]:
    yield f"# All that Wooster keeps\n\nWritten on {made}. These files are not encrypted.\n\n"
    said = f"{remembered.sessions} conversations, {remembered.facts} facts"
    pages = [("Conversations, facts and what happened", _MEMORY, said)]
    pages += [
        (name.capitalize(), f"{name}.md", str(counts[name]))
        for name in ("habits", "goals", "reminders", "calendars")
    ]
    for title, name, count in pages:
        yield f"- [{title}]({quote(name)}): {count}\n"
    if counts["files"]:
        yield f"- `tasks`, `projects`, `notes`, `health`: {counts['files']} files as they are\n"
    yield "- `json`: the same for programs\n"
