"""A home of ten years: tasks, habits, goals, events, a health log, reminders, talk, facts."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from scripts.benches.home import WORDS, store_turns
from scripts.benches.report import progress

from wooster.actions import log_store
from wooster.actions.log_store import Entry
from wooster.config.paths import Paths
from wooster.core.clock import SystemClock
from wooster.goals import store as goals
from wooster.goals.model import Goal, Measure, Milestone, Value
from wooster.habits import store as habits
from wooster.habits.model import CheckIn, DatedRule, Rule
from wooster.memory.episodes import store as episodes
from wooster.memory.episodes.model import Span, Told
from wooster.memory.facts import store as facts
from wooster.memory.facts.model import Observation
from wooster.schedule import store as schedule
from wooster.schedule.model import Job, Occurrence, Times
from wooster.schedule.planning import Fired
from wooster.schedule.service import Schedule
from wooster.storage import Database

NOW = datetime.now(UTC)
TODAY = NOW.date()
BEGAN = TODAY - timedelta(days=3650)
_HABITS = ["yoga", *(f"{word} {number:02}" for number, word in enumerate(WORDS * 5))][:40]
_CHECK_INS, _VALUES, _TASKS, _EVENTS, _ENTRIES = 20_000, 20_000, 5_000, 10_000, 20_000


def fill(paths: Paths) -> None:
    """All of it but the calendars, which a daemon is to read: `calendar`."""
    store_turns(paths, 10_000)
    progress("storing habits, goals, facts, the log")
    with closing(sqlite3.connect(paths.database, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        _habits(connection)
        _goals(connection)
        _memory(connection)
        _log(connection)
        connection.execute("COMMIT")
    asyncio.run(_reminders(paths))
    progress("writing tasks and the health log")
    _tasks(paths.home / "gtd")
    _health(paths.health)


def _text(number: int) -> str:
    return " ".join(WORDS[(number * step) % len(WORDS)] for step in (1, 2, 4)) + f" {number}"


def _habits(connection: sqlite3.Connection) -> None:
    began = datetime.combine(BEGAN, datetime.min.time(), UTC)
    ids = [habits.add(connection, name, DatedRule(BEGAN, Rule()), None, began) for name in _HABITS]
    for number in range(_CHECK_INS):
        day = TODAY - timedelta(days=1 + number // 40 * 7)
        habit, at = ids[number % 40], datetime.combine(day, datetime.min.time(), UTC)
        habits.put_check_in(connection, CheckIn(0, habit, day, at, "UTC"))


def _goals(connection: sqlite3.Connection) -> None:
    """One with a value a day; the others share the rest."""
    ids = []
    for number in range(100):
        name = "weight" if number == 0 else _text(number)
        closed = TODAY - timedelta(days=number) if number >= 25 else None
        goal = Goal(
            0,
            name,
            BEGAN,
            datetime.combine(BEGAN, datetime.min.time(), UTC),
            "health" if number % 2 else "",
            TODAY + timedelta(days=30 * number),
            Measure(190_000, 170_000, "kg"),
            closed,
            "reached" if closed else None,
        )
        ids.append(goals.put_goal(connection, goal).id)
        goals.put_milestone(connection, Milestone(0, ids[-1], "first week", TODAY))
    for number in range(_VALUES):
        day = TODAY - timedelta(days=1 + number % 3650)
        goal_id = ids[0] if number < 3650 else ids[1 + number % 99]
        at = datetime.combine(day, datetime.min.time(), UTC)
        goals.put_value(connection, Value(0, goal_id, day, at, "at", 190_000 - number % 15_000))


def _memory(connection: sqlite3.Connection) -> None:
    for number in range(500):
        said = f"My {_text(number)} is {number}."
        learned = Observation(
            "other",
            "me",
            f"thing_{number}",
            str(number),
            said.replace("My", "Your"),
            0.9,
            "explicit",
            "rules",
            said,
            NOW - timedelta(days=number),
        )
        facts.learn(connection, learned, NOW)
    session = connection.execute("SELECT id FROM sessions ORDER BY id DESC LIMIT 1").fetchone()[0]
    told = Told("You'll call Ana.", followups=((10_000, "call Ana"),))
    episodes.add(connection, Span("session", NOW, NOW, session, 10_000, 10_000), told, "rules")


def _log(connection: sqlite3.Connection) -> None:
    for number in range(_ENTRIES):
        at = NOW - timedelta(hours=4 * (_ENTRIES - number))
        arguments = {"habit": _HABITS[number % 40]}
        told = f"{_HABITS[number % 40]}: done."
        entry = Entry(0, at, "person", "do", "habits_checkin", arguments, told)
        log_store.add(connection, entry)


async def _reminders(paths: Paths) -> None:
    progress("setting reminders")
    database = await asyncio.to_thread(Database.open, paths.database, paths.backups)
    clock = SystemClock()
    kept = Schedule(database, clock)
    for number in range(1_000):
        at = NOW + timedelta(days=1, hours=3 * number)
        times = Times(at=at)
        if number % 10 == 0:
            times = Times(rrule="FREQ=DAILY", start=at.replace(tzinfo=None))
        text = "unicorn" if number == 1 else _text(number)
        await kept.add(Job(0, "reminder", text, times, NOW - timedelta(days=number)))
    came = NOW - timedelta(hours=1)

    def past(connection: sqlite3.Connection) -> None:
        for number in range(2_000):
            due = came - timedelta(hours=number)
            schedule.add_fired(connection, 2 + number % 900, Fired(due, "due"), due)
            row = Occurrence(1 + number, 0, due, "delivered", ended=due, channel="terminal")
            schedule.put_occurrence(connection, row)

    await database.write(past)
    await database.close()


def _task(number: int) -> str:
    tag = ("@phone", "@home", "@errands", "@computer")[number % 4]
    day = TODAY + timedelta(days=number % 60)
    return f"- [ ] {tag} {_text(number)} due:{day}"


def _tasks(folder: Path) -> None:
    """500 next actions, 100 in the inbox, 100 waited for, 300 someday, 800 in projects, the rest
    done."""
    (folder / "projects").mkdir(parents=True)
    done = folder / "archive" / "nextActions"
    done.mkdir(parents=True)

    def written(name: str, tasks: Iterator[str]) -> None:
        (folder / name).write_text("\n".join(["# " + name, "", *tasks, ""]))

    written("next_actions.md", (_task(n) for n in range(499)))
    with (folder / "next_actions.md").open("a") as file:
        file.write("- [ ] @home unicorn paint\n")
    written("inbox.md", (f"- [ ] [2026-01-01 10:00:00] {_text(n)}" for n in range(100)))
    written("waiting_for.md", (f"- [ ] Bob: {_text(n)}" for n in range(100)))
    written("someday_maybe.md", (f"- [ ] {_text(n)}" for n in range(300)))
    for project in range(40):
        path = folder / "projects" / f"garden_{project:02}"
        path.mkdir()
        lines = [f"# Garden {project:02}", "", "## Tasks", "", *map(_task, range(20)), ""]
        (path / f"garden_{project:02}.md").write_text("\n".join(lines))
    for number in range(_TASKS - 1_800):
        at = NOW - timedelta(hours=24 * number)
        name = f"nextaction_{at:%Y-%m-%dT%H-%M-%S}.000Z_{_text(number).replace(' ', '_')}.md"
        line = f"- [x] {_text(number)} completed:{at:%Y-%m-%d}"
        front = f"SourceFile: next_actions.md\nArchived: {at:%Y-%m-%dT%H:%M:%S}.000Z"
        (done / name).write_text(f"---\n{front}\n---\n\n{line}\n")


def _health(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    said = ("slept 7 hours", "took vitamins", "ran 5 km")
    lines = []
    for number in range(3 * 3650):
        day: date = BEGAN + timedelta(days=number // 3)
        lines.append(f"{day} {8 + number % 3:02}:00:00 {said[number % 3]}\n")
    (folder / "health_events.log.md").write_text("\n".join(lines))


def calendar(path: Path, count: int = _EVENTS) -> None:
    """Events over ten years, one of them ahead; half of them called a meeting."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//wooster//bench//EN"]
    for number in range(count):
        day = TODAY + timedelta(days=365 - number * 3650 // count)
        title = "Unicorn" if number == 900 else f"Meeting {_text(number)}"
        if number % 2 and title != "Unicorn":
            title = _text(number)
        hour = 8 + number % 8
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}@bench",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART:{day:%Y%m%d}T{hour:02}0000Z",
            f"DTEND:{day:%Y%m%d}T{hour:02}3000Z",
            f"SUMMARY:{title}",
            "END:VEVENT",
        ]
    path.write_text("\r\n".join([*lines, "END:VCALENDAR", ""]), newline="")
