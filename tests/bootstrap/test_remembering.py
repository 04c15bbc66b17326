"""Memory as the daemon runs it: that it ends when it is told to, and what a message keeps."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.embedder import WordEmbedder
from tests.vectors.conftest import search_over
from wooster.actions import undoing
from wooster.actions.action import nobody_listens
from wooster.actions.log import ActionLog
from wooster.actions.registry import Registry
from wooster.bootstrap.remembering import Finding, Memory
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.memory.facts import store as facts
from wooster.memory.service import Conversations
from wooster.storage import Database


@pytest.fixture
async def memory(database: Database, clock: ManualClock, paths: Paths, tmp_path: Path) -> Memory:
    settings = await asyncio.to_thread(load_settings, paths, {})
    search = search_over(database, WordEmbedder(), clock, tmp_path / "vectors")
    nobody: Any = None
    return Memory(paths, settings, database, clock, Finding(search, nobody))


async def test_years_of_turns_to_catch_up_with_hold_up_no_stop(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A daemon that doesn't end is killed; what was left is gone on with at the next start."""
    begun = asyncio.Event()

    async def endless(_: Conversations) -> int:
        begun.set()
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(Conversations, "make_findable", endless)
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(memory.run())
        await begun.wait()
        memory.stop()


async def test_what_a_message_says_to_remember_is_kept_as_private_as_it_is(
    memory: Memory, database: Database
) -> None:
    """And what is too long for that is told, and the message is answered all the same."""
    heed = (await asyncio.to_thread(memory.remembering)).heed
    for text, is_private in (("the code is 7", True), ("the key is under the mat", False)):
        stored = await memory.conversations.begin(f"Remember that {text}", None, "repl")
        assert "Remembered" in await heed(replace(stored, is_private=is_private))
    kept = await database.read(facts.listed)
    assert [each.is_private for each in kept] == [True, False]
    stored = await memory.conversations.begin("Remember that " + "word " * 1_000, None, "repl")
    assert (await heed(stored)).startswith("Nothing was remembered: That is 4")
    assert await heed(replace(stored, question="What is new?")) == ""
    assert await database.read(facts.listed) == kept


async def test_what_a_message_says_to_remember_can_be_taken_back(
    memory: Memory, database: Database, clock: ManualClock
) -> None:
    """It stands in the log as the person's, like the command; what taught nothing doesn't."""
    registry = Registry()
    log = ActionLog(registry, database, clock)
    for action in (*memory.actions, *undoing.actions(log, clock)):
        registry.add(action)
    memory.wrote = registry.wrote
    heed = (await asyncio.to_thread(memory.remembering)).heed
    stored = await memory.conversations.begin("Remember that the code is 7", None, "repl")
    await heed(stored)
    await heed(stored)  # known already
    (entry,) = await log.newest("", 9)
    assert (entry.who, entry.name, entry.arguments) == (
        "person",
        "remember",
        {"text": "the code is 7"},
    )
    await registry.prepare("undo", {}).run(nobody_listens)
    assert await database.read(facts.listed) == []
    await registry.prepare("redo", {}).run(nobody_listens)
    assert [each.value for each in await database.read(facts.listed)] == ["the code is 7"]
