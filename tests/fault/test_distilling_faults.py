"""Distilling over storage and models that fail: at every write and every request in turn, and
killed at every step."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest

from tests.memory.distilling.talk import (
    A_WHILE_S,
    ScriptedChat,
    covered,
    distiller,
    findings,
    known,
    say,
    told,
)
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.errors import DiskFull
from wooster.storage import Database


class Killed(BaseException):
    """The process is gone."""


class Dying:
    """The database of a process that is killed at its `at`-th step: steps are before and after each
    commit, and each statement that changes something within a transaction."""

    def __init__(self, database: Database, at: int, error: type[BaseException] = Killed) -> None:
        self._database = database
        self._at = at
        self._error = error
        self.steps = 0

    def _reached(self) -> None:
        self.steps += 1
        if self.steps == self._at:
            raise self._error("planted")

    async def write(self, change: Callable[[sqlite3.Connection], Any]) -> Any:
        self._reached()
        result = await self._database.write(lambda c: change(self._watched(c)))
        self._reached()
        return result

    def _watched(self, connection: sqlite3.Connection) -> Any:
        reached = self._reached

        class Watched:
            def execute(self, statement: str, *values: Any) -> Any:
                if not statement.startswith("SELECT"):
                    reached()
                return connection.execute(statement, *values)

            def __getattr__(self, name: str) -> Any:
                return getattr(connection, name)

        return Watched()

    async def read(self, query: Callable[[sqlite3.Connection], Any]) -> Any:
        return await self._database.read(query)


async def talk(database: Database, clock: ManualClock) -> None:
    """Two sessions, of which one has two stretches."""
    session = (await say(database, clock, "I like tea. I'll buy some tomorrow.")).session_id
    await say(database, clock, "I like tulips", session)
    await say(database, clock, "I like tea", session)
    await say(database, clock, "I like trains")
    clock.advance(A_WHILE_S)


async def distil(database: Any, clock: ManualClock, chat: ScriptedChat) -> None:
    made = distiller(database, clock, chat, most=2)
    await made.catch_up()
    await made.improve()


async def all_is_right(database: Database) -> None:
    assert set((await covered(database)).values()) == {(1, 1)}
    assert [row[3] for row in await told(database)] == ["done"] * 3
    facts = [(value, mentions) for value, _, mentions in await known(database)]
    assert facts == [("tea", 2), ("trains", 1), ("tulips", 1)]
    todo = await database.read(lambda c: c.execute("SELECT count(*) FROM followups").fetchone())
    assert todo[0] == 1
    assert await findings(database) == []


@asynccontextmanager
async def lives(paths: Paths, clock: ManualClock) -> AsyncIterator[Callable[[], Any]]:
    """Makes databases in which the same was said and nothing is distilled yet."""
    said = paths.home / "said.db"
    await asyncio.to_thread(shutil.copy, paths.database, said)
    opened: list[Database] = []

    async def begin() -> Database:
        while opened:
            await opened.pop().close()
        await asyncio.to_thread(shutil.copy, said, paths.database)
        opened.append(await asyncio.to_thread(Database.open, paths.database, paths.backups))
        return opened[0]

    yield begin
    await opened.pop().close()


async def test_killed_at_every_step_the_next_life_goes_on(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """For each step in turn: what is stored agrees, and a second life ends where one without a
    kill does."""
    await talk(database, clock)
    await database.close()
    async with lives(paths, clock) as begin:
        for at in count(1):
            life = await begin()
            try:
                await distil(Dying(life, at), clock, ScriptedChat())
            except Killed:
                assert await findings(life) == []
                await distil(life, clock, ScriptedChat())
                await all_is_right(life)
            else:
                assert at > 30, "it was killed nowhere"
                await all_is_right(life)
                return


async def test_a_full_disk_at_every_step_loses_nothing(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """The same process goes on when there is room again."""
    await talk(database, clock)
    await database.close()
    async with lives(paths, clock) as begin:
        for at in count(1):
            life = await begin()
            made = distiller(Dying(life, at, DiskFull), clock, ScriptedChat(), most=2)
            failed = False
            for work in (made.catch_up, made.improve, made.catch_up, made.improve):
                try:
                    await work()
                except DiskFull:
                    failed = True
                    assert await findings(life) == []
            await all_is_right(life)
            if not failed:
                assert at > 30, "it failed nowhere"
                return


@pytest.mark.parametrize("fails_at", range(1, 8))
async def test_whichever_request_fails_it_is_made_again(
    database: Database, clock: ManualClock, fails_at: int
) -> None:
    """For each request in turn: the others are used, and this stretch is asked about later."""
    await talk(database, clock)
    chat = ScriptedChat(fails_at=frozenset([fails_at]))
    await distil(database, clock, chat)
    states = [row[3] for row in await told(database)]
    assert states.count("plain") == (fails_at <= 6)
    clock.advance(3600)
    await distil(database, clock, chat)
    await all_is_right(database)
