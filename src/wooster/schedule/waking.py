"""Waking up in time: at an instant, and every so often, because a clock may jump meanwhile.

APScheduler waits; it is told an instant and keeps nothing that matters. What is due is read from
the database each time, so that a wake-up too many does nothing.
"""

from __future__ import annotations

import asyncio
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

    def __init__(self) -> None:
        self._scheduler: Any = None
        self._rung = asyncio.Event()

    async def start(self) -> None:
        # It takes a tenth of a second to import, which a start must not wait for.
        self._scheduler = await asyncio.to_thread(_make)
        self._scheduler.start()
        self._scheduler.add_job(
            self._ring, "interval", seconds=HEARTBEAT_S, coalesce=True, misfire_grace_time=None
        )

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
