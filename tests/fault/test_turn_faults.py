"""A turn over storage that fails: at every write in turn, and on a disk that is full."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from wooster.assistant.context import Prompts
from wooster.assistant.service import Assistant, Budgets
from wooster.core.clock import ManualClock
from wooster.core.errors import DiskFull, WoosterError
from wooster.memory import store
from wooster.memory.service import Conversations
from wooster.models.fallback import Answer, Answered
from wooster.models.model import Finished, Fragment, Provider
from wooster.storage import Database
from wooster.wire.events import Done, Event, Failure, Token
from wooster.wire.requests import TurnRequest

LOCAL = Provider("local", "http://127.0.0.1:1", "m", leaves=False)
WORDS = ["Good ", "evening ", "to ", "you."]


class Words:
    """A router that answers with the words, one when the one before has been taken."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    def context_tokens(self, _: object) -> None:
        return None

    async def answer(self, _: object) -> AsyncGenerator[Answer, None]:
        for word in WORDS:
            yield Fragment(word)
            await asyncio.sleep(0.01)
        if self._error is not None:
            raise self._error
        yield Answered(LOCAL, Finished("stop"))


class NoServers:
    """A supervisor of nothing."""

    def take_notices(self) -> list[str]:
        return []


class Failing:
    """The database, whose write number `fails_at` raises; later ones succeed again."""

    def __init__(self, database: Database, fails_at: int) -> None:
        self._database = database
        self._fails_at = fails_at
        self.writes = 0

    async def write(self, change: Callable[[sqlite3.Connection], Any]) -> Any:
        self.writes += 1
        if self.writes == self._fails_at:
            raise DiskFull("The disk is full.", hint="Make room.")
        return await self._database.write(change)

    async def read(self, query: Callable[[sqlite3.Connection], Any]) -> Any:
        return await self._database.read(query)


@asynccontextmanager
async def assistant(
    database: Any, clock: ManualClock, router: Words | None = None
) -> AsyncIterator[Assistant]:
    conversations = Conversations(database, clock)
    prompts, budgets = Prompts("", "{text}"), Budgets(100, 100, 1000)
    made = Assistant(
        conversations,
        router or Words(),  # type: ignore[arg-type]
        NoServers(),  # type: ignore[arg-type]
        prompts,
        budgets,
        clock,
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(made.run())
        await asyncio.sleep(0)
        yield made
        made.stop()


async def ask(made: Assistant, text: str = "Hello") -> list[Event]:
    running = await made.begin(TurnRequest(text, "test"))
    got: list[Event] = []
    while (event := await running.events.get()) is not None:
        got.append(event)
    return got


@pytest.mark.parametrize("fails_at", range(1, 7))
async def test_whichever_write_fails_nothing_shown_is_lost_and_the_person_is_told(
    database: Database, clock: ManualClock, fails_at: int
) -> None:
    """For every write in turn: the words that were sent are stored, the failure has its code, the
    turn is ended with the next message at the latest, and all that is stored agrees."""
    failing = Failing(database, fails_at)
    async with assistant(failing, clock) as made:
        try:
            got = await ask(made)
        except DiskFull:
            assert fails_at == 1  # the message itself: refused, never half accepted
            got = []
        shown = "".join(event.text for event in got if isinstance(event, Token))
        if got and not isinstance(got[-1], Done):
            assert isinstance(got[-1], Failure)
            assert (got[-1].code, got[-1].exit_code) == ("disk_full", 74)
        await ask(made)
    turns = await database.read(lambda c: store.recent(c, 10))
    assert [turn.state for turn in turns].count("running") == 0
    if got:
        assert turns[0].answer == shown
    assert turns[-1].answer == "".join(WORDS)
    assert await database.read(store.verify) == []


async def test_a_mistake_inside_is_told_and_ends_the_turn(
    database: Database, clock: ManualClock
) -> None:
    """Whatever a provider's code raises, the daemon lives and what came is kept."""
    async with assistant(database, clock, Words(ZeroDivisionError("planted"))) as made:
        got = await ask(made)
    assert isinstance(got[-1], Failure)
    assert got[-1].code == "internal"
    assert "planted" not in got[-1].message
    (turn,) = await database.read(lambda c: store.recent(c, 10))
    assert (turn.state, turn.answer) == ("cut_off", "".join(WORDS))


async def test_a_message_that_comes_while_stopping_is_kept_and_not_answered(
    database: Database, clock: ManualClock
) -> None:
    """It is stored or refused; it is never left running, and the stop isn't held up."""

    class SlowToStore(Failing):
        async def write(self, change: Callable[[sqlite3.Connection], Any]) -> Any:
            result = await super().write(change)
            made.stop()
            return result

    async with assistant(SlowToStore(database, 0), clock) as made:
        with pytest.raises(WoosterError, match="being stopped"):
            await made.begin(TurnRequest("Hello", "test"))
    (turn,) = await database.read(lambda c: store.recent(c, 10))
    assert (turn.question, turn.state) == ("Hello", "cut_off")
