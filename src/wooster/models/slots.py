"""Who goes first: a person's turn before background work, everywhere.

A person's turn never waits. Background work begins when no turn runs. Where a turn begins while it
runs, our own chat servers pause it themselves; on any other server it is closed and begun again
afterwards, from what was given. So that it isn't starved by somebody who talks without a pause, it
begins after `_LONGEST_S` all the same, and is closed at most `_CLOSED_AT_MOST` times.

It knows names of providers, and nothing of requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LONGEST_S = 300.0
_CLOSED_AT_MOST = 3


class Slots:
    """Those of one home."""

    def __init__(self) -> None:
        self._turns = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._background: dict[str, list[Callable[[], None]]] = {}

    @property
    def turns(self) -> int:
        """A person's turns under way."""
        return self._turns

    @contextmanager
    def turn(self) -> Iterator[None]:
        """While a person's turn runs."""
        self._turns += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._turns -= 1
            if not self._turns:
                self._quiet.set()

    def make_way(self, provider: str) -> None:
        """A person's turn goes to `provider`: background work there is closed."""
        for close in list(self._background.get(provider, ())):
            close()

    async def until_quiet(self) -> None:
        """Wait until no turn runs, or until that has been waited for long enough."""
        try:
            async with asyncio.timeout(_LONGEST_S):
                await self._quiet.wait()
        except TimeoutError:
            pass

    @contextmanager
    def background(self, provider: str, close: Callable[[], None], closed: int) -> Iterator[None]:
        """While background work runs on `provider`, having been `closed` so many times before."""
        if closed >= _CLOSED_AT_MOST:
            yield
            return
        running = self._background.setdefault(provider, [])
        running.append(close)
        try:
            yield
        finally:
            running.remove(close)
