"""A person without a zone of their own has the machine's, whose offset changes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from wooster.core.clock import SystemClock
from wooster.schedule.phrases import Context, read


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def seen(instant: datetime) -> Context:
    """As the daemon sees it: aware, with the offset that the machine has at that instant."""
    return Context(instant.astimezone(), follows_machine=SystemClock().zone is None)


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    "now",
    [
        datetime(2027, 3, 28, 0, 50, tzinfo=UTC),  # ten minutes before 2:00 is 3:00
        datetime(2027, 10, 31, 0, 10, tzinfo=UTC),  # 2:10 for the first time
        datetime(2027, 10, 31, 1, 10, tzinfo=UTC),  # 2:10 for the second time
    ],
)
@pytest.mark.parametrize("minutes", [20, 45, 60, 90, 600])
def test_in_so_many_minutes_is_that_instant(now: datetime, minutes: int) -> None:
    """Over a change of the clocks, both ways, and inside the hour that comes twice."""
    when = read(f"in {minutes} minutes", seen(now))
    assert when is not None
    assert when.instant(None) == now + timedelta(minutes=minutes)


@pytest.mark.usefixtures("berlin")
def test_tomorrow_keeps_its_clock_time() -> None:
    """At five by the clock of then, not of now."""
    when = read("tomorrow at 17:00", seen(datetime(2027, 3, 27, 12, 0, tzinfo=UTC)))
    assert when is not None
    assert when.instant(None) == datetime(2027, 3, 28, 15, 0, tzinfo=UTC)


@pytest.mark.usefixtures("berlin")
def test_a_length_before_a_clock_time_elapses() -> None:
    """Two hours before four, in the night of the change, are at one."""
    when = read("2 hours before 4am tomorrow", seen(datetime(2027, 3, 27, 12, 0, tzinfo=UTC)))
    assert when is not None
    assert when.instant(None) == datetime(2027, 3, 28, 0, 0, tzinfo=UTC)
