"""Who goes first: a person's turn, at once; background work, some day."""

from __future__ import annotations

import asyncio

from wooster.models.slots import Slots


async def test_background_work_begins_when_the_last_turn_ends() -> None:
    """Two turns at once are both waited for."""
    slots = Slots()
    began = asyncio.Event()

    async def work() -> None:
        await slots.until_quiet()
        assert slots.turns == 0
        began.set()

    async with asyncio.TaskGroup() as tasks:
        with slots.turn():
            with slots.turn():
                tasks.create_task(work())
                await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert not began.is_set()
    assert began.is_set()


def test_a_turn_closes_background_work_where_it_goes_and_nowhere_else() -> None:
    """Other servers have room."""
    closed: list[str] = []
    slots = Slots()
    with (
        slots.background("a", lambda: closed.append("a"), 0),
        slots.background("b", lambda: closed.append("b"), 0),
    ):
        slots.make_way("a")
    slots.make_way("b")  # it has ended meanwhile
    assert closed == ["a"]


def test_work_that_made_way_often_enough_is_left_to_finish() -> None:
    """Nobody who talks without a pause starves it."""
    closed: list[str] = []
    slots = Slots()
    with slots.background("a", lambda: closed.append("a"), 3):
        slots.make_way("a")
    assert closed == []
