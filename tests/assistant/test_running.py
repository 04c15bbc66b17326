"""A turn under way: neither a fast model nor a slow reader makes it grow without bound."""

from __future__ import annotations

import asyncio

import pytest

from tests.conftest import NOON
from wooster.assistant import steps
from wooster.assistant.running import MOST_WAITING, RunningTurn
from wooster.memory.model import Turn
from wooster.models.model import Fragment, Thought
from wooster.wire.events import Event, Progress, Token

LONG = "x" * MOST_WAITING


@pytest.fixture
def running() -> RunningTurn:
    return RunningTurn(Turn(1, "t", "s", NOON, "Hello", "", "running", None, "", ""))


async def is_held_up(running: RunningTurn) -> bool:
    """Whether the model has to wait now."""
    try:
        async with asyncio.timeout(0):
            await running.room()
    except TimeoutError:
        return True
    return False


@pytest.mark.parametrize("kind", [Fragment, Thought])
async def test_a_model_that_is_faster_than_the_store_waits(
    running: RunningTurn, kind: type[Fragment | Thought]
) -> None:
    """For what it has sent to be taken; nothing of it is lost."""
    running.post(kind(LONG))
    assert not await is_held_up(running)
    running.post(kind("y"))
    assert await is_held_up(running)
    got = ""
    while len(got) <= MOST_WAITING:
        piece = await running.next()
        assert isinstance(piece, Fragment | Thought)
        got += piece.text
    assert got == LONG + "y"
    assert not await is_held_up(running)


@pytest.mark.parametrize(
    ("told", "many"), [(Token(LONG), 2), (Progress("thinking", 1), MOST_WAITING // 16 + 2)]
)
async def test_only_a_client_that_does_not_read_is_left(
    running: RunningTurn, told: Event, many: int
) -> None:
    """However long the pieces are: one that takes each has the whole answer."""
    for _ in range(many):
        running.tell(told)
        assert await running.events.get() == told
    running.post(Fragment("more"))
    assert await running.next() == Fragment("more")
    for _ in range(many):
        running.tell(told)
    running.tell(None)
    assert isinstance(await running.next(), steps.Interrupted)
