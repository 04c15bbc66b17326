"""A home in which everything was done once, the operations that are tried in it, and what must be
there after each, whatever failed.

An operation is acknowledged when the person is told so; what was acknowledged must be found by the
next daemon. What was done before it must be there in any case.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.fault.killed_schedule import Letters
from tests.schedule.conftest import Still

from wooster.actions.action import nobody_listens
from wooster.bootstrap.daemon import _complete, _open, _Running
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.errors import WoosterError
from wooster.schedule.engine import Engine
from wooster.storage.backup import back_up
from wooster.storage.verify import file_is_sound
from wooster.wire.events import Done, Token
from wooster.wire.requests import TurnRequest

_PATIENCE_S = 60.0
ANSWER = ("It is ", "behind the ", "old clock.")


@dataclass(slots=True)
class Life:
    """A daemon's parts in this process. `world` is a folder outside its home: what was told to the
    person stands there, and what was delivered."""

    made: _Running
    home: Path
    world: Path

    def told(self, what: str) -> None:
        """The person has seen it, whatever happens now."""
        with (self.world / "told").open("ab", buffering=0) as file:
            file.write(f"{what}\n".encode())

    async def types(self, line: str) -> None:
        """A command; it is acknowledged when it returns."""
        parsed = await self.made.services.registry.parse(line)
        assert parsed is not None, line
        await self.runs(*parsed)

    async def runs(self, name: str, arguments: dict[str, Any]) -> None:
        """As if the person had agreed to whatever it asks. What it says it couldn't do isn't
        acknowledged."""
        result = await self.made.services.registry.prepare(name, arguments).run(nobody_listens)
        if result.exit_code:
            raise WoosterError(result.text)

    async def says(self, text: str) -> None:
        """A message to the model; each word of the answer is told as it is shown."""
        made = self.made
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(made.models.router.run())
            tasks.create_task(made.assistant.run())
            await asyncio.sleep(0)
            try:
                running = await made.assistant.begin(TurnRequest(text, "bench", as_message=True))
                while (event := await running.events.get()) is not None:
                    if isinstance(event, Token):
                        self.told(f"shown {event.text}")
                    elif isinstance(event, Done) and event.state == "done":
                        self.told("done")
            finally:
                made.assistant.stop()
                made.models.router.stop()

    async def reads(self, folder: str) -> None:
        """A folder is added to the library, which looks into it."""
        library = self.made.searching.library
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(library.run())
            try:
                await self.runs("library_add", {"path": str(self.world / folder)})
            finally:
                library.stop()

    async def delivers(self) -> None:
        """What is due by the day after tomorrow goes out, to a file in the world."""
        letters = Letters(self.world / "letters", remembers=True, at=lambda _: None)
        clock = ManualClock(datetime.now(UTC) + timedelta(days=2))
        engine = Engine(self.made.database, clock, letters, Still())
        await engine.recover()
        while found := await engine.tick():
            for due in found:
                await engine.hand_over(due)

    async def copies(self) -> None:
        database = self.made.database
        now = datetime.now(UTC)
        await asyncio.to_thread(back_up, database.path, database.backups, now, "bench")


@asynccontextmanager
async def living(home: Path, world: Path, environ: Mapping[str, str]) -> AsyncIterator[Life]:
    """All that a daemon loads, and nothing that it does by itself."""
    paths = Paths(home)
    settings = load_settings(paths, environ)
    made = await _open(paths, settings, environ, asyncio.Event())
    await _complete(made)
    try:
        yield Life(made, home, world)
    finally:
        await made.searching.close()
        await made.models.client.close()
        await made.database.close()


Holds = Callable[[sqlite3.Connection, Path, Path], bool]
"""Whether something is so, in the rows, in the home, and in the world."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`does` it; `holds` once it is done. `undoes` are the earlier ones that it may take away."""

    name: str
    does: Callable[[Life], Awaitable[None]]
    holds: Holds
    undoes: tuple[str, ...] = ()


def typed(line: str) -> Callable[[Life], Awaitable[None]]:
    async def does(life: Life) -> None:
        await life.types(line)

    return does


def stored(query: str, *given: object) -> Holds:
    """Whether the query has a row."""
    return lambda rows, home, world: rows.execute(query, given).fetchone() is not None


def gone(query: str, *given: object) -> Holds:
    return lambda rows, home, world: rows.execute(query, given).fetchone() is None


def written(where: str, text: str) -> Holds:
    """Whether it stands in one of the home's files."""
    return lambda rows, home, world: any(text in each.read_text() for each in home.glob(where))


def _told(world: Path) -> list[str]:
    path = world / "told"
    return path.read_text().splitlines() if path.exists() else []


def _answered(rows: sqlite3.Connection, home: Path, world: Path) -> bool:
    """All that was shown of the answer, and the whole of one that was done."""
    shown = "".join(line[6:] for line in _told(world) if line.startswith("shown "))
    found = rows.execute("SELECT answer, state FROM turns WHERE question = ?", (QUESTION,))
    row = found.fetchone()
    if row is None:
        return not shown
    if "done" in _told(world):
        return tuple(row) == ("".join(ANSWER), "done")
    return str(row[0]).startswith(shown) and row[1] != "running"


def _delivered(rows: sqlite3.Connection, home: Path, world: Path) -> bool:
    """Once in the world, as the rows have it."""
    letters = world / "letters"
    taken = letters.read_text().split() if letters.exists() else []
    query = "SELECT o.id FROM occurrences AS o JOIN jobs AS j ON j.id = o.job_id"
    due = rows.execute(f"{query} WHERE kind = 'reminder' AND o.state = 'delivered'").fetchall()
    return len(due) == 1 and taken.count(str(due[0][0])) == 1


def _copied(rows: sqlite3.Connection, home: Path, world: Path) -> bool:
    return any(home.glob("backups/*-bench.db"))


def copies_are_whole(home: Path) -> list[str]:
    """Whatever has the name of a copy can be gone back to."""
    wrong = []
    for path in home.glob("backups/*.db"):
        try:
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
            wrong += [f"{path.name}: {each}" for each in file_is_sound(connection)]
            connection.execute("SELECT count(*) FROM turns").fetchone()
            connection.close()
        except sqlite3.Error as error:
            wrong.append(f"{path.name}: {error}")
    return wrong


QUESTION = "Where is the blue door?"
_HABIT = (
    "SELECT 1 FROM check_ins AS c JOIN habits AS h ON h.id = c.habit_id WHERE name = 'meditate'"
)

# In the order in which they are done; the last is what `undo` takes back.
BEFORE: tuple[Operation, ...] = (
    Operation(
        "an exchange",
        lambda life: life.says("Where is the red key?"),
        stored("SELECT 1 FROM turns WHERE question LIKE '%red key%' AND state = 'done'"),
    ),
    Operation(
        "a fact",
        typed("/remember my sister Anna lives in Rome"),
        stored("SELECT 1 FROM facts WHERE value = 'Rome'"),
    ),
    Operation("a task", typed("/tasks add call Bob"), written("gtd/**/*.md", "call Bob")),
    Operation(
        "a reminder",
        typed("/remind me to water the plants tomorrow at 17:00"),
        stored("SELECT 1 FROM jobs WHERE text = 'water the plants'"),
    ),
    Operation(
        "a document",
        lambda life: life.reads("first"),
        stored("SELECT 1 FROM passages_words WHERE passages_words MATCH 'platypus'"),
    ),
    Operation(
        "a calendar",
        lambda life: life.runs("calendars_add", {"what": _address(life), "name": "Work"}),
        stored("SELECT 1 FROM calendar_instances WHERE summary IN ('Lunch', 'Dinner')"),
    ),
    Operation("a health entry", typed("/health log slept 7 hours"), written("health/*", "7 hours")),
    Operation("a habit", typed("/habits add meditate every day"), stored("SELECT 1 FROM habits")),
    Operation("a check-in", typed("/habits checkin meditate today"), stored(_HABIT)),
)


def _address(life: Life) -> str:
    return f"{(life.world / 'address').read_text()}/calendar.ics"


OPERATIONS: tuple[Operation, ...] = (
    Operation("turn", lambda life: life.says(QUESTION), _answered),
    Operation(
        "remember",
        typed("/remember my brother Tom lives in Lisbon"),
        stored("SELECT 1 FROM facts WHERE value = 'Lisbon'"),
    ),
    Operation("capture", typed("/capture feed the zebra"), written("gtd/inbox.md", "zebra")),
    Operation(
        "task_done",
        typed("/tasks done call Bob"),
        lambda *at: not written("gtd/next_actions.md", "call Bob")(*at),
    ),
    Operation(
        "check_in",
        typed("/habits checkin meditate yesterday"),
        stored("SELECT 1 FROM check_ins GROUP BY habit_id HAVING count(*) = 2"),
    ),
    Operation("health", typed("/health log a headache"), written("health/*", "headache")),
    Operation(
        "reminder_set",
        typed("/remind me to feed the fish on Sunday at 18:00"),
        stored("SELECT 1 FROM jobs WHERE text = 'feed the fish'"),
    ),
    Operation("reminder_delivered", lambda life: life.delivers(), _delivered),
    Operation(
        "ingest",
        lambda life: life.reads("second"),
        stored("SELECT 1 FROM passages_words WHERE passages_words MATCH 'wombat'"),
    ),
    Operation(
        "calendar_refreshed",
        typed("/calendars refresh"),
        stored("SELECT 1 FROM calendar_instances WHERE summary = 'Dinner'"),
    ),
    Operation("undo", typed("/undo"), gone(_HABIT), undoes=("a check-in",)),
    Operation(
        "forget",
        lambda life: life.runs("forget", {"what": "red key"}),
        gone("SELECT 1 FROM turns WHERE question LIKE '%red key%'"),
        undoes=("an exchange",),
    ),
    Operation("backup", lambda life: life.copies(), _copied),
)


async def prepare(home: Path, world: Path, environ: Mapping[str, str]) -> None:
    """Do everything once, and see that it holds."""
    for name, text in (("first", "A platypus."), ("second", "A wombat.")):
        (world / name).mkdir()
        (world / name / "page.md").write_text(f"# Animals\n\n{text}\n")
    Paths(home).prepare()
    async with living(home, world, environ) as life:
        for each in BEFORE:
            async with asyncio.timeout(_PATIENCE_S):
                await each.does(life)
            rows = await life.made.database.read(lambda c, e=each: e.holds(c, home, world))  # type: ignore[misc]
            assert rows, each.name
    (world / "told").unlink(missing_ok=True)


async def missing(
    operation: Operation, home: Path, world: Path, environ: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """What the next daemon doesn't find of what was acknowledged, and what `verify` says to it."""
    acknowledged = "acknowledged" in _told(world)
    async with living(home, world, environ) as life:
        if operation.name == "reminder_delivered" and not acknowledged:
            # Nothing was promised but that it comes: the next daemon's to do.
            await life.delivers()
            acknowledged = True

        def look(rows: sqlite3.Connection) -> tuple[list[str], list[str]]:
            ours = [*BEFORE, *([operation] if acknowledged or operation.name == "turn" else [])]
            wanted = [each for each in ours if each.name not in operation.undoes]
            lost = [each.name for each in wanted if not each.holds(rows, home, world)]
            wrong = [line for check in life.made.ground.checks for line in check(rows)]
            return lost, wrong

        lost, wrong = await life.made.database.read(look)
    return lost, [*wrong, *copies_are_whole(home)]


def note(path: Path, text: str) -> None:
    """Beyond what can fail: the world outside."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, text.encode())
    os.close(descriptor)
