"""Which stretches are due: transcripts of turns, pauses and clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.memory.distilling.due import IDLE, Mark, due

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def marks(*minutes_ago: float | None) -> list[Mark]:
    """Turns that ended so long ago; None runs."""
    return [
        Mark(seq, None if ago is None else NOON - timedelta(minutes=ago))
        for seq, ago in enumerate(minutes_ago, 1)
    ]


@pytest.mark.parametrize(
    ("turns", "is_over", "stretches"),
    [
        ((), False, []),
        ((9, 8), False, [(1, 2)]),  # it rests
        ((9, 2), False, []),  # it goes on
        ((9, 2), True, [(1, 2)]),  # another was begun
        ((9, None), False, []),  # an answer is under way
        ((9, None), True, [(1, 1)]),
        ((3, 2, 1), False, [(1, 3)]),  # as many as one takes
        ((3, 2, 1, 1), False, [(1, 3)]),
        ((9, 9, 9, 9, 8), False, [(1, 3), (4, 5)]),
        ((9, None, 9, 9, 9, 9), True, [(1, 1)]),  # what runs holds up what comes after it
        ((-600,), False, [(1, 1)]),  # ended tomorrow: the clock went back
        ((-1,), False, []),
    ],
)
def test_a_stretch_is_due_when_it_is_full_or_nothing_more_comes(
    turns: tuple[float | None, ...], is_over: bool, stretches: list[tuple[int, int]]
) -> None:
    """Idle, another session, enough turns; and no clock keeps one waiting for long."""
    assert due(marks(*turns), NOON, 3, is_over=is_over) == stretches


@given(
    st.lists(st.one_of(st.none(), st.integers(-10_000, 10_000)), max_size=20),
    st.integers(1, 7),
    st.booleans(),
)
def test_stretches_follow_each_other_without_a_gap(
    ends: list[int | None], most: int, is_over: bool
) -> None:
    """Whatever ended when: from the first turn on, each once, none that runs, none too long."""
    turns = marks(*ends)
    covered = [
        seq
        for first, last in due(turns, NOON, most, is_over=is_over)
        for seq in range(first, last + 1)
    ]
    assert covered == list(range(1, len(covered) + 1))
    assert all(turns[seq - 1].ended is not None for seq in covered)
    stretches = due(turns, NOON, most, is_over=is_over)
    assert all(last - first < most for first, last in stretches)


@given(st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=20), st.integers(1, 7))
def test_whatever_the_clock_did_all_is_due_in_the_end(ends: list[int], most: int) -> None:
    """Once nothing runs, a moment comes within two pauses at which every turn is in a stretch."""
    turns = marks(*ends)
    soon = [NOON + IDLE * step for step in range(3)]
    last = (1 + (len(turns) - 1) // most * most, len(turns))
    assert any(due(turns, now, most, is_over=False)[-1:] == [last] for now in soon)
