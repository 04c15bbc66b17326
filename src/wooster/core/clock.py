"""The one source of the current time.

Everything else receives a `Clock`, so that a test (or a simulation) can set the time. It knows
instants and the machine's zone; it knows nothing of rules, schedules or calendars.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""

    @property
    def zone(self) -> tzinfo | None:
        """The person's zone; None is the machine's, which `astimezone(None)` applies as it was or
        will be at each instant."""

    def local(self) -> datetime:
        """The current instant, aware, in the person's zone."""

    def monotonic_s(self) -> float:
        """Seconds that never jump; only differences mean something."""


class SystemClock:
    """The machine's clock. `zone` overrides the machine's zone when the person set one."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone

    @property
    def zone(self) -> tzinfo | None:
        if self._zone is None:
            time.tzset()  # else the C library keeps the zone that the machine had at the start
        return self._zone

    def now(self) -> datetime:
        return datetime.now(UTC)

    def local(self) -> datetime:
        return self.now().astimezone(self.zone)

    def monotonic_s(self) -> float:
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is moved; for tests and simulations."""

    def __init__(self, now: datetime, zone: tzinfo = UTC) -> None:
        self._now = now.astimezone(UTC)
        self._zone = zone
        self._monotonic_s = 0.0

    @property
    def zone(self) -> tzinfo | None:
        return self._zone

    def now(self) -> datetime:
        return self._now

    def local(self) -> datetime:
        return self._now.astimezone(self._zone)

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Move both the wall clock and the monotonic one forward by `seconds`."""
        self._now += timedelta(seconds=seconds)
        self._monotonic_s += seconds


def to_ms(instant: datetime) -> int:
    """An aware instant as whole milliseconds since 1970 UTC, the form that is stored."""
    return round(instant.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """The inverse of `to_ms`, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


class Every:
    """True once an interval."""

    def __init__(self, clock: Clock, interval_s: float) -> None:
        self._clock = clock
        self._interval_s = interval_s
        self._last_s = clock.monotonic_s()

    def due(self) -> bool:
        now_s = self._clock.monotonic_s()
        if now_s - self._last_s < self._interval_s:
            return False
        self._last_s = now_s
        return True
