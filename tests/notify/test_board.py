"""The open conversation as a channel: delivered means shown."""

from __future__ import annotations

import asyncio

import pytest

from wooster.notify.model import Message, NotSent
from wooster.notify.open_repl import Board, OpenRepl
from wooster.wire.events import Notice, Withdrawn

MESSAGE = Message("7", "Reminder", "call Ana")


async def test_where_nobody_is_there_it_says_so() -> None:
    """At once, and it may be tried again."""
    with pytest.raises(NotSent, match="nobody is there") as refused:
        await OpenRepl(Board()).send(MESSAGE)
    assert not refused.value.is_final


async def test_it_was_taken_when_a_client_says_that_it_was_shown() -> None:
    """One that comes meanwhile is told too, and both may forget it afterwards."""
    board = Board()
    first = board.join()
    sending = asyncio.gather(OpenRepl(board).send(MESSAGE))
    assert await first.queue.get() == Notice("7", "Reminder", "call Ana")
    second = board.join()
    assert await second.queue.get() == Notice("7", "Reminder", "call Ana")
    assert not sending.done()
    assert board.shown("7")
    await sending
    assert await first.queue.get() == await second.queue.get() == Withdrawn("7")
    assert not board.shown("7")


async def test_a_client_that_never_shows_it_is_given_up() -> None:
    """Then another channel can be tried, and the client needn't show it any more."""
    board = Board()
    sitting = board.join()
    with pytest.raises(NotSent):
        await OpenRepl(board, patience_s=0.01).send(MESSAGE)
    assert isinstance(await sitting.queue.get(), Notice)
    assert await sitting.queue.get() == Withdrawn("7")


async def test_the_last_one_who_leaves_ends_the_waiting() -> None:
    """Nobody waits for a person who has gone."""
    board = Board()
    sitting = board.join()
    sending = asyncio.gather(OpenRepl(board).send(MESSAGE))
    await sitting.queue.get()
    board.leave(sitting)
    with pytest.raises(NotSent, match="has gone"):
        await sending
