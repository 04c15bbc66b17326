"""One request on its way: the events of a provider's stream, for as long as patience lasts.

What a silence means is decided in `hang.py`; here the waiting is done, the look is begun while it
goes on, and what has to make way is broken off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from wooster.models.fallback import GaveWay
from wooster.models.hang import Patience
from wooster.models.model import Died, Failure, Finished, Look, Provider, ProviderEvent

BeginLook = Callable[[Callable[[Look], None]], None]
"""Starts a look at the server and calls back with what it found; returns at once."""


# A timer that rings so much too late shows that this process stood still, on a machine that swaps
# or has too much to do. A few times in a request that is no silence of the server.
_LATE_S = 0.1
_MOST_HELD_UP = 5


class Exchange:
    """Iterate `events` once. `break_off` ends it with `GaveWay`, from another task."""

    def __init__(
        self,
        provider: Provider,
        stream: AsyncGenerator[ProviderEvent, None],
        patience: Patience,
        begin_look: BeginLook,
    ) -> None:
        self._provider = provider
        self._stream = stream
        self._patience = patience
        self._begin_look = begin_look
        self._limit: asyncio.Timeout | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._held_up_count = 0
        self._makes_way = False

    def break_off(self) -> None:
        self._makes_way = True
        if self._limit is not None:
            self._limit.reschedule(0)

    async def events(self) -> AsyncGenerator[ProviderEvent | GaveWay, None]:
        """The stream's events, and its end in any case: complete, failed, or made way."""
        try:
            while True:
                event = await self._next()
                yield event
                if isinstance(event, Finished | Failure | GaveWay):
                    return
        finally:
            await self._stream.aclose()

    async def _next(self) -> ProviderEvent | GaveWay:
        if self._makes_way:
            return GaveWay()
        loop, patience = asyncio.get_running_loop(), self._patience
        patience.wait(loop.time())
        look_at_s = patience.look_at_s
        look = None if look_at_s is None else loop.call_at(look_at_s, self._look)
        try:
            async with asyncio.timeout(None) as self._limit:
                self._await_deadline()
                event = await anext(self._stream, Died(f"{self._provider.title} broke off"))
        except TimeoutError:
            if self._makes_way:
                return GaveWay()
            return Died(f"{self._provider.title} {patience.verdict()}", hangs=True)
        finally:
            self._limit = None
            for timer in (look, self._timer):
                if timer is not None:
                    timer.cancel()
        patience.saw(event, loop.time())
        return event

    def _await_deadline(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(self._patience.deadline_s, self._over)

    def _over(self) -> None:
        """The deadline has passed; where we were held up ourselves, what came meanwhile may be
        there, unread: the wait begins anew."""
        if self._makes_way or self._limit is None or self._limit.expired():
            return
        now_s = asyncio.get_running_loop().time()
        if now_s > self._patience.deadline_s + _LATE_S and self._held_up_count < _MOST_HELD_UP:
            self._held_up_count += 1
            self._patience.wait(now_s)
            self._await_deadline()
        else:
            self._limit.reschedule(0)

    def _look(self) -> None:
        self._begin_look(self._looked)

    def _looked(self, look: Look) -> None:
        self._patience.looked(answers=look != "silent")
        # The wait has its longer limit now, unless it is over already.
        if self._limit is not None and not self._makes_way and not self._limit.expired():
            self._await_deadline()
