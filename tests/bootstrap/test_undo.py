"""That `undo` holds for everything that writes: one example of each action, in a whole daemon.

What is to be added for a new action stands in `undo_examples`.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from blockbuster import BlockBuster

from tests.bootstrap.undo_examples import EXAMPLES, EXEMPT, NOT_ITS_OWN, Example
from wooster.actions.action import nobody_listens
from wooster.actions.registry import Registry
from wooster.bootstrap.daemon import _complete, _open, _Running
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.memory.episodes import store as episodes
from wooster.memory.episodes.model import Span, Told
from wooster.memory.model import Ending
from wooster.wire.requests import ActionResult

ENVIRON = {"WOOSTER_CHAT__START": "false", "WOOSTER_EMBED__START": "false"}
Contents = dict[str, Counter[Any]]
Files = dict[str, bytes]
NOT_KEPT = ("wooster.db", "run", "logs", "config", "models", "cache", "backups")
"""Of a home, what is no person's: the database is compared by its rows."""
ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VEVENT
UID:lunch
SUMMARY:Lunch
DTSTAMP:20260101T000000Z
DTSTART:{year}0601T120000
DTEND:{year}0601T130000
END:VEVENT
END:VCALENDAR
"""


@asynccontextmanager
async def opened(
    paths: Paths, empty_database: Path, blocking: BlockBuster
) -> AsyncIterator[_Running]:
    """What a daemon runs, with the library at work and nothing else. A start may block."""
    blocking.deactivate()
    await asyncio.to_thread(shutil.copy, empty_database, paths.database)
    settings = await asyncio.to_thread(load_settings, paths, ENVIRON)
    made = await _open(paths, settings, ENVIRON, asyncio.Event())
    await _complete(made)
    blocking.activate()
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(made.searching.library.run())
            yield made
            made.searching.library.stop()
            await made.searching.close()
    finally:
        await made.models.client.close()
        await made.database.close()


async def types(registry: Registry, line: str) -> ActionResult:
    parsed = await registry.parse(line)
    assert parsed is not None, f"{line!r} is no command"
    return await runs(registry, *parsed)


async def runs(registry: Registry, name: str, arguments: dict[str, Any]) -> ActionResult:
    call = registry.prepare(name, arguments)
    await call.must_not_ask()
    return await call.run(nobody_listens)


async def left_to_do(made: _Running) -> None:
    """A conversation of which something was left to do."""
    conversations, at = made.memory.conversations, made.ground.clock.now()
    turn = await conversations.begin("I'll call Ana tomorrow.", None, "repl")
    await conversations.end(turn, Ending("done", "local", "m"))
    span = Span("session", at, at, turn.session_id, turn.seq, turn.seq)
    told = Told("You'll call Ana.", followups=((turn.seq, "call Ana"),))
    await made.database.write(lambda c: episodes.add(c, span, told, "rules"))


def contents(connection: sqlite3.Connection, anew: tuple[str, ...]) -> Contents:
    """The rows of every table, without what a full-text index keeps for itself."""
    named = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    ).fetchall()
    indexes = [name for name, sql in named if str(sql).upper().startswith("CREATE VIRTUAL")]
    found: Contents = {}
    for name, _ in named:
        if name in NOT_ITS_OWN or any(name.startswith(index) for index in indexes):
            continue
        rows = connection.execute(f"SELECT * FROM {name}")
        columns = [each[0] for each in rows.description]
        if name == "passages":  # one that is put again has another number
            columns.remove("id")
        if name in anew:
            columns = []
        found[name] = Counter(tuple(row[column] for column in columns) for row in rows)
    return found


def files(home: Path, *others: Path) -> Files:
    """What is written for a person to read, byte for byte."""
    kept = [path for path in home.iterdir() if not path.name.startswith(NOT_KEPT)]
    found = [path for each in (*kept, *others) for path in (each, *each.rglob("*"))]
    return {str(path): path.read_bytes() for path in found if path.is_file()}


def test_every_action_that_writes_has_an_example_or_a_reason(
    paths: Paths, empty_database: Path, never_blocks: BlockBuster
) -> None:
    """And there are none for actions that aren't there, nor both. An action that may leave the
    machine has one where it needn't."""

    async def writing(effect: str) -> set[str]:
        async with opened(paths, empty_database, never_blocks) as made:
            actions = made.services.registry.actions
            return {each.name for each in actions if each.effect == effect}

    with_one = EXAMPLES.keys() | EXEMPT.keys()
    writes = asyncio.run(writing("write"))
    assert writes <= with_one
    assert with_one - writes <= asyncio.run(writing("outward"))
    assert not EXAMPLES.keys() & EXEMPT.keys()


@pytest.mark.parametrize("name", EXAMPLES)
async def test_what_an_action_writes_is_taken_back(
    name: str, paths: Paths, empty_database: Path, tmp_path: Path, never_blocks: BlockBuster
) -> None:
    """After `undo` every table has the rows that it had before, and every file its bytes; after
    `redo` those that the action made, and after another `undo` those of before again."""
    example: Example = EXAMPLES[name]
    folder = tmp_path / "notes"
    await asyncio.to_thread(folder.mkdir)
    await asyncio.to_thread((folder / "a.md").write_text, "# Apples\n\nThey are red.\n")
    ics = tmp_path / "work.ics"
    year = datetime.now(UTC).year + 1
    written = ICS.format(year=year).replace("\n", "\r\n")
    await asyncio.to_thread(ics.write_text, written, newline="")
    async with opened(paths, empty_database, never_blocks) as made:
        registry, database = made.services.registry, made.database
        await left_to_do(made)
        for line in example.given:
            await types(registry, line.format(folder=folder, ics=ics, year=year))

        async def now() -> tuple[Contents, Files]:
            rows = await database.read(lambda c: contents(c, example.anew))
            return rows, await asyncio.to_thread(files, paths.home, ics)

        findings = (await types(registry, "verify")).data["findings"]
        before = await now()
        line = example.does.format(folder=folder, ics=ics, year=year)
        parsed = await registry.parse(line)
        if example.key:
            choice = (await types(registry, line)).choice
            assert choice is not None
            parsed = next((o.action, o.arguments) for o in choice.options if o.key == example.key)
        assert parsed is not None and parsed[0] == name
        result = await runs(registry, *parsed)
        assert result.undo is not None
        after = await now()
        assert after != before or example.anew
        assert (await types(registry, "undo")).text.startswith("Taken back")
        if not example.leaves:
            assert await now() == before
        await types(registry, "redo")
        assert await now() == after
        await types(registry, "undo")
        assert (await types(registry, "verify")).data["findings"] == findings
