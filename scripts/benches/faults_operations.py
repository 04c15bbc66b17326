"""What was done once in the home that `faults` breaks, the operations that it tries there, and what
must be there after each, whatever failed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.benches.faults_home import Life, told
from scripts.benches.faults_servers import ANSWER

from wooster.storage.copies import FILES
from wooster.storage.verify import file_is_sound

Does = Callable[[Life], Awaitable[None]]
Holds = Callable[[sqlite3.Connection, Path, Path], bool]
"""Whether something is so, in the rows, in the home, and in the world."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`does` it; `holds` once it is done. `undoes` are the earlier ones that it may take away.
    `finishes`: what wasn't acknowledged the next daemon does again, or goes on with, and then it
    holds. `always`: it holds in any case, as far as the person was told. `is_slow`: it begins
    processes of its own, and gets a quarter of the points. `is_first`: there is no home before."""

    name: str
    does: Does
    holds: Holds
    undoes: tuple[str, ...] = ()
    finishes: Does | None = None
    always: bool = False
    is_slow: bool = False
    is_first: bool = False


def typed(line: str) -> Does:
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


def both(*these: Holds) -> Holds:
    return lambda *at: all(each(*at) for each in these)


def _answered(rows: sqlite3.Connection, home: Path, world: Path) -> bool:
    """All that was shown of the answer, and the whole of one that was done."""
    shown = "".join(line[6:] for line in told(world) if line.startswith("shown "))
    found = rows.execute("SELECT answer, state FROM turns WHERE question = ?", (QUESTION,))
    row = found.fetchone()
    if row is None:
        return not shown
    if "done" in told(world):
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


def _any_copy(rows: sqlite3.Connection, home: Path, world: Path) -> bool:
    """`forget` puts a new one in the place of those before."""
    return any(home.glob("backups/*.db"))


def _can_be_read(rows: sqlite3.Connection, home: Path, world: Path) -> bool:
    """Each calendar's address is where the rows say."""
    named = rows.execute("SELECT credential FROM calendar_sources WHERE credential <> ''")
    return all((home / "credentials" / row[0]).read_text() for row in named)


def _no_copy_has(text: str) -> Holds:
    """Nor does what is left of one."""
    return lambda rows, home, world: (
        not any(text.encode() in each.read_bytes() for each in home.glob("backups/*"))
    )


def _embedded(rows: sqlite3.Connection, home: Path, world: Path) -> bool:
    """Each text that is to be found has its vector."""
    (texts,) = rows.execute("SELECT count(DISTINCT text_hash) FROM passages").fetchone()
    (vectors,) = rows.execute("SELECT count(DISTINCT text_hash) FROM vectors").fetchone()
    return bool(texts and texts == vectors)


def _distilled(rows: sqlite3.Connection, home: Path, world: Path) -> bool:
    """By the model, all of it."""
    states = [row[0] for row in rows.execute("SELECT state FROM distillations")]
    return bool(states) and set(states) == {"done"}


def copies_are_whole(home: Path) -> list[str]:
    """Whatever has the name of a copy can be gone back to."""
    wrong = []
    for path in home.glob("backups/*.db"):
        try:
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
            wrong += [f"{path.name}: {each}" for each in file_is_sound(connection)]
            connection.execute("SELECT count(*) FROM turns").fetchone()
            connection.close()
            files = path.with_name(path.stem + FILES)
            wrong += [] if files.exists() else [f"{path.name}: its files are gone"]
        except sqlite3.Error as error:
            wrong.append(f"{path.name}: {error}")
    return wrong


QUESTION = "Where is the blue door?"
_HABIT = (
    "SELECT 1 FROM check_ins AS c JOIN habits AS h ON h.id = c.habit_id WHERE name = 'meditate'"
)

# In the order in which they are done; the last is what `undo` takes back, and what comes after the
# copy is what `restore` does.
BEFORE: tuple[Operation, ...] = (
    Operation(
        "an exchange",
        lambda life: life.says("I love tulips. Where is the red key?"),
        stored("SELECT 1 FROM turns WHERE question LIKE '%red key%' AND state = 'done'"),
    ),
    Operation(
        "a fact",
        typed("/remember my sister Anna lives in Rome"),
        stored("SELECT 1 FROM facts WHERE value = 'Rome'"),
    ),
    Operation("a task", typed("/tasks add call Bob"), written("gtd/**/*.md", "call Bob")),
    Operation(
        "a project",
        typed("/new project garden"),
        written("gtd/projects/garden/*.md", "garden"),
    ),
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
    Operation(
        "an event",
        typed("/event add chess tomorrow 20:00"),
        written("calendar.ics", "chess"),
    ),
    Operation("a health entry", typed("/health log slept 7 hours"), written("health/*", "7 hours")),
    Operation("a habit", typed("/habits add meditate every day"), stored("SELECT 1 FROM habits")),
    Operation("a copy", lambda life: life.copies("asked"), _any_copy),
    Operation(
        "a later fact",
        typed("/remember my brother Paul lives in Oslo"),
        stored("SELECT 1 FROM facts WHERE value = 'Oslo'"),
    ),
    Operation("a later task", typed("/tasks add ask Eve"), written("gtd/**/*.md", "ask Eve")),
    Operation("a check-in", typed("/habits checkin meditate today"), stored(_HABIT)),
)


def _address(life: Life) -> str:
    return f"{(life.world / 'address').read_text()}/calendar.ics"


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "first",
        typed("/remember my brother Tom lives in Lisbon"),
        stored("SELECT 1 FROM facts WHERE value = 'Lisbon'"),
        is_first=True,
    ),
    Operation("turn", lambda life: life.says(QUESTION), _answered, always=True),
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
        "project",
        typed("/new project shed"),
        written("gtd/projects/shed/*.md", "shed"),
    ),
    Operation(
        "journal",
        typed("/journal the roof is tight"),
        written("gtd/projects/**/*.md", "roof is tight"),
    ),
    Operation(
        "goal",
        typed("/set goal row 500 km by 1 June 2030"),
        stored("SELECT 1 FROM goals WHERE name LIKE '%row%'"),
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
    Operation(
        "reminder_delivered",
        lambda life: life.delivers(),
        _delivered,
        finishes=lambda life: life.delivers(),
    ),
    Operation(
        "ingest",
        lambda life: life.reads("second"),
        stored("SELECT 1 FROM passages_words WHERE passages_words MATCH 'wombat'"),
        is_slow=True,
    ),
    Operation("embed", lambda life: life.embeds(), _embedded, finishes=lambda life: life.embeds()),
    Operation(
        "distil",
        lambda life: life.distils(later_h=1),
        both(_distilled, stored("SELECT 1 FROM facts WHERE value = 'tulips'")),
        finishes=lambda life: life.distils(later_h=6),
    ),
    Operation(
        "calendar_refreshed",
        typed("/calendars refresh"),
        stored("SELECT 1 FROM calendar_instances WHERE summary = 'Dinner'"),
        is_slow=True,
    ),
    Operation(
        "calendar_added",
        lambda life: life.runs("calendars_add", {"what": _address(life) + "?2", "name": "Home"}),
        both(stored("SELECT 1 FROM calendar_sources WHERE name = 'Home'"), _can_be_read),
        is_slow=True,
    ),
    Operation(
        "event",
        typed("/event add tea tomorrow 15:00"),
        both(
            written("calendar.ics", "SUMMARY:tea"),
            stored("SELECT 1 FROM calendar_instances WHERE summary = 'tea'"),
        ),
        is_slow=True,
    ),
    Operation("undo", typed("/undo"), gone(_HABIT), undoes=("a check-in",)),
    Operation(
        "forget",
        lambda life: life.runs("forget", {"what": "red key"}),
        both(gone("SELECT 1 FROM turns WHERE question LIKE '%red key%'"), _no_copy_has("red key")),
        undoes=("an exchange",),
    ),
    Operation("backup", lambda life: life.copies("bench"), _copied),
    Operation(
        "import",
        lambda life: life.runs("import", {"path": str(life.world / "old")}),
        both(
            written("gtd/inbox.md", "ask Ana about the roof"),
            written("gtd/projects/us-trip/*.md", "Tickets are booked"),
            written("notes/**/*.md", "The attic key"),
        ),
        finishes=lambda life: life.runs("import", {"path": str(life.world / "old")}),
    ),
    Operation(
        "restore",
        lambda life: life.goes_back(),
        both(
            gone("SELECT 1 FROM facts WHERE value IN ('Oslo', 'Bergen')"),
            lambda *at: not written("gtd/**/*.md", "ask Eve")(*at),
        ),
        undoes=("a later fact", "a later task", "a check-in"),
    ),
)
