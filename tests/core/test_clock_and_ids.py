"""Instants and identifiers."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wooster.core.clock import ManualClock, from_ms, to_ms
from wooster.core.ids import new_id

instants = st.datetimes(datetime(1980, 1, 1), datetime(2200, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(microsecond=naive.microsecond // 1000 * 1000, tzinfo=UTC)
)


@given(instants)
def test_a_stored_instant_comes_back(instant: datetime) -> None:
    """Milliseconds and back is the same instant."""
    assert from_ms(to_ms(instant)) == instant


@given(instants, st.timedeltas(timedelta(milliseconds=1), timedelta(days=1000)))
def test_ids_are_in_the_order_of_their_instants(instant: datetime, later: timedelta) -> None:
    """An id made at least a millisecond later sorts later, and is a version 7 UUID."""
    first, second = new_id(instant), new_id(instant + later)
    assert first < second
    assert uuid.UUID(first).version == 7


def test_a_manual_clock_moves_both_times_together() -> None:
    """Wall clock and monotonic clock advance by the same seconds."""
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(90)
    assert clock.now() == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
    assert clock.monotonic_s() == 90
