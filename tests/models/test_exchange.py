"""Waiting for a server's events, while this process itself may be held up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from wooster.models.exchange import Exchange
from wooster.models.hang import Limits, Patience
from wooster.models.model import Died, Finished, Provider, ProviderEvent

LIMITS = Limits(look_s=0.2, first_s=0.2, between_s=0.2)


def exchange(stream: AsyncGenerator[ProviderEvent, None]) -> Exchange:
    provider = Provider("local", "http://127.0.0.1:1", "m", leaves=False)
    return Exchange(provider, stream, Patience(LIMITS), lambda _: None)


def hold_up(seconds: float) -> None:
    """Nothing else of this process runs for so long."""
    loop = asyncio.get_running_loop()
    until_s = loop.time() + seconds
    while loop.time() < until_s:
        pass


async def test_a_process_that_was_held_up_takes_it_for_no_silence_of_the_server() -> None:
    """What came within the limit is read, however late we come to read it; and a server that goes
    on to say nothing is told all the same."""
    loop, came = asyncio.get_running_loop(), asyncio.Event()

    async def answer() -> AsyncGenerator[ProviderEvent, None]:
        await came.wait()
        for _ in range(5):
            await asyncio.sleep(0)  # as through the layers of a client
        yield Finished("stop")

    loop.call_later(0.01, hold_up, 0.5)
    loop.call_later(0.1, came.set)
    assert [event async for event in exchange(answer()).events()] == [Finished("stop")]

    came.clear()
    loop.call_later(0.01, hold_up, 0.5)
    (told,) = [event async for event in exchange(answer()).events()]
    assert isinstance(told, Died) and told.hangs
