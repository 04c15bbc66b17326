"""Waking up in time: at an instant, and every so often, because a clock may jump meanwhile.

APScheduler waits for the instant; it is told one and keeps nothing that matters. The heartbeat is
the event loop's, whose clock never jumps: one of APScheduler's would stay away for two hours when
the wall clock goes back by two. What is due is read from the database each time, so that a wake-up
too many does nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

HEARTBEAT_S = 30
"""How long a sleep, a jump of the clock or a change of zone can go unnoticed."""


class Waking(Protocol):
    """What the engine waits with."""

    async def start(self) -> None:
        """Begin to wake."""

    async def wait(self, until: datetime | None) -> None:
        """Return at `until`, at the next heartbeat, or when `now` is called, whichever is first."""

    def now(self) -> None:
        """Something changed: look at once."""

    def stop(self) -> None:
        """Wake no more."""


class Alarm:
    """`Waking` by APScheduler."""

    def __init__(self, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._heartbeat_s = heartbeat_s
        self._scheduler: Any = None
        self._rung = asyncio.Event()

    async def start(self) -> None:
        # It takes a tenth of a second to import, which a start must not wait for.
        self._scheduler = await asyncio.to_thread(_make)
        self._scheduler.start()

    async def wait(self, until: datetime | None) -> None:
        if until is not None:
            self._scheduler.add_job(
                self._ring,
                "date",
                run_date=max(until, _EARLIEST),
                id="next",
                replace_existing=True,
                misfire_grace_time=None,
            )
        with suppress(TimeoutError):
            async with asyncio.timeout(self._heartbeat_s):
                await self._rung.wait()
        self._rung.clear()

    def now(self) -> None:
        self._rung.set()

    def stop(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        self._rung.set()

    async def _ring(self) -> None:
        self._rung.set()


_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)


def _make() -> Any:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    return AsyncIOScheduler(timezone=UTC)
