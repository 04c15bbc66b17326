"""How far a goal is, and how it goes on: the laws of shares, paces and sparklines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wooster.goals import progress, sparkline
from wooster.goals.model import Goal, Measure, Milestone, ValueKind
from wooster.goals.progress import ONE, Point, pace, way
from wooster.goals.standing import rates, standing

DAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
numbers = st.integers(-(10**6), 10**6)
shares = st.fractions(min_value=Fraction(1, 10_000), max_value=1, max_denominator=10_000)


def goal(start: int | None, target: int, deadline: date | None = None, **more: object) -> Goal:
    return Goal(1, "weight", DAY, NOW, "", deadline, Measure(start, target, "lb"), **more)  # type: ignore[arg-type]


def at(*values: tuple[int, int]) -> list[tuple[date, ValueKind, int]]:
    """Values with the days since the begin on which they were measured."""
    return [(DAY + timedelta(days=days), "at", value) for days, value in values]


# --- shares -----------------------------------------------------------------------------------


def test_a_goal_that_goes_down_counts_from_its_start() -> None:
    """From 190 to 170, 189 is 5 %: the original said 100 % at once."""
    assert way(190_000, 170_000, 189_000).share == Fraction(5, 100)
    assert way(190_000, 170_000, 170_000).share == ONE
    assert way(190_000, 170_000, 191_000).back == Fraction(5, 100)


@given(numbers, numbers, numbers)
def test_a_share_is_bounded_and_what_is_beyond_is_told_apart(
    start: int, target: int, value: int
) -> None:
    """Never under 0 nor over 1; the overshoot and the way back make up the rest."""
    found = way(start, target, value)
    assert 0 <= found.share <= 1
    assert found.over >= 0 and found.back >= 0
    if start != target:
        whole = found.share + found.over - found.back
        assert start + whole * (target - start) == value


@given(numbers, numbers, numbers, numbers)
def test_a_share_is_monotone_in_the_goals_direction(
    start: int, target: int, one: int, other: int
) -> None:
    """Whoever is nearer to the target has at least as much of the way."""
    assume(start != target)
    sign = 1 if target > start else -1
    less, more = sorted((one, other), key=lambda value: value * sign)
    assert way(start, target, less).share <= way(start, target, more).share


@given(numbers, numbers, numbers)
def test_the_direction_does_not_matter(start: int, target: int, value: int) -> None:
    """The same way mirrored has the same share."""
    assert way(start, target, value) == way(-start, -target, -value)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(-100, 100)), max_size=20))
def test_what_came_on_top_is_added_in_the_order_of_days(entries: list[tuple[int, int]]) -> None:
    """A day that is filled in later moves the days after it."""
    ordered = sorted(entries, key=lambda each: each[0])
    told = [(DAY + timedelta(days=days), "more", value) for days, value in ordered]
    found = progress.points(Measure(0, 1_000, ""), told)  # type: ignore[arg-type]
    total = sum(value for _, value in entries)
    assert (found[-1].value if found else 0) == total
    assert [each.day for each in found] == sorted({DAY + timedelta(days=d) for d, _ in entries})


# --- pace -------------------------------------------------------------------------------------


@given(shares, st.integers(1, 3_000))
def test_a_pace_is_a_day_to_come_or_its_reason(share: Fraction, days: int) -> None:
    """Never before today where something is left, and never without either."""
    today = DAY + timedelta(days=days)
    found = pace(share, Fraction(0), DAY, today)
    assert (found.day is None) == bool(found.why)
    if found.day is not None:
        assert share < 1 and found.day >= today
        # Exactly so long as it took until now, for each share of the same size.
        assert (found.day - DAY).days >= days / share > (found.day - DAY).days - 1


@given(shares, shares, st.integers(1, 1_000))
def test_more_progress_is_never_later(one: Fraction, other: Fraction, days: int) -> None:
    """And a day without progress never makes it sooner."""
    less, more = sorted((one, other))
    today = DAY + timedelta(days=days)
    slow, fast = (pace(each, Fraction(0), DAY, today).day for each in (less, more))
    if slow and fast:
        assert fast <= slow
    waited = pace(more, Fraction(0), DAY, today + timedelta(days=1)).day
    if waited and fast:
        assert waited >= fast


@pytest.mark.parametrize(
    ("entries", "days", "why"),
    [
        (at(), 10, "there is no progress yet"),
        (at((5, 191_000)), 10, "it goes the other way so far"),
        (at((0, 189_000)), 0, "it was begun today"),
        (at((5, 170_000)), 10, "it is reached"),
        (at((5, 189_999)), 3_000, "it would take more than a hundred years"),
    ],
)
def test_a_pace_that_is_not_known_says_why(
    entries: list[tuple[date, ValueKind, int]], days: int, why: str
) -> None:
    """No date is made up."""
    found = standing(goal(190_000, 170_000), entries, DAY + timedelta(days=days))
    assert (found.pace.day, found.pace.why) == (None, why)


def test_at_this_rate_it_is_late() -> None:
    """Half of it in 100 days is all of it in 200; the deadline was after 188."""
    deadline = DAY + timedelta(days=188)
    found = standing(goal(190_000, 170_000, deadline), at((90, 180_000)), DAY + timedelta(days=100))
    assert found.pace.day == DAY + timedelta(days=200)
    assert (found.days_late, found.days_over) == (12, 0)
    both = rates(found)
    assert both is not None
    assert (both.gained, both.needed) == (-700, round(-10_000 * 7 / 88))


# --- states -----------------------------------------------------------------------------------


def test_a_goal_is_overdue_from_the_day_after_its_deadline() -> None:
    """Until it is reached or closed; on the day itself it isn't."""
    there = goal(190_000, 170_000, DAY)
    assert standing(there, (), DAY).days_over == 0
    assert standing(there, (), DAY + timedelta(days=3)).days_over == 3
    reached = standing(there, at((0, 169_000)), DAY + timedelta(days=3))
    assert (reached.days_over, reached.state, reached.since) == (0, "reached", DAY)
    closed = goal(190_000, 170_000, DAY, closed=DAY, outcome="dropped")
    assert standing(closed, (), DAY + timedelta(days=3)).days_over == 0


def test_a_start_that_was_not_said_is_the_first_value() -> None:
    """Until then nothing is known of how far it is."""
    assert standing(goal(None, 170_000), (), DAY).way is None
    found = standing(goal(None, 170_000), at((1, 190_000), (2, 189_000)), DAY + timedelta(days=2))
    assert found.way is not None and found.way.share == Fraction(5, 100)
    there = standing(goal(None, 170_000), at((1, 170_000)), DAY + timedelta(days=2))
    assert there.is_reached


def test_milestones_tell_how_far_it_is_where_nothing_is_measured() -> None:
    """A value wins, and neither overwrites the other."""
    steps = (Milestone(1, 1, "one", None, DAY), Milestone(2, 1, "two"))
    there = Goal(1, "book", DAY, NOW, milestones=steps)
    found = standing(there, (), DAY + timedelta(days=10))
    assert found.way is not None and found.way.share == Fraction(1, 2)
    assert found.pace.day == DAY + timedelta(days=20)
    told = standing(there, at((1, 30_000)), DAY + timedelta(days=10))
    assert told.way is not None and told.way.share == Fraction(30, 100)


def test_what_is_reached_and_lost_again_is_not_reached() -> None:
    """And it is reached since the last time."""
    values = at((1, 170_000), (5, 172_000))
    assert not standing(goal(190_000, 170_000), values, DAY + timedelta(days=9)).is_reached
    again = standing(goal(190_000, 170_000), [*values, *at((7, 170_000))], DAY + timedelta(days=9))
    assert again.since == DAY + timedelta(days=7)


# --- sparkline --------------------------------------------------------------------------------


@given(st.integers(0, 4_000), st.lists(st.tuples(st.integers(0, 4_000), numbers), max_size=20))
def test_a_sparkline_has_a_sign_a_day_up_to_its_width(
    days: int, values: list[tuple[int, int]]
) -> None:
    """Its last sign is the last day's share; none is of a day that isn't drawn."""
    last = DAY + timedelta(days=days)
    columns = sparkline.columns(DAY, last)
    assert len(columns) == min(days + 1, sparkline.WIDTH)
    assert columns[-1] == last and columns == sorted(set(columns))
    found = progress.points(Measure(0, 10**6), at(*sorted(dict(values).items())))
    told = progress.shares(0, 10**6, found, columns)
    before = [each.value for each in found if each.day <= last]
    assert told[-1] == (float(way(0, 10**6, before[-1]).share) if before else 0.0)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_what_is_drawn_is_the_share_that_is_told(start: int, target: int, value: int) -> None:
    """To the last digit that a float has."""
    day = date(2026, 1, 1)
    (share,) = progress.shares(start, target, [Point(day, value)], [day])
    assert share == float(progress.way(start, target, value).share)


@given(st.lists(st.floats(0, 1), max_size=40))
def test_only_all_is_drawn_as_all(shares: list[float]) -> None:
    """And only nothing as nothing, in blocks and in plain signs."""
    for ascii_only, full, empty in ((True, "#", "_"), (False, "█", "▁")):
        drawn = sparkline.line(shares, ascii_only=ascii_only)
        assert [each == full for each in drawn] == [share == 1 for share in shares]
        assert [each == empty for each in drawn] == [share == 0 for share in shares]
        assert drawn.isascii() or not ascii_only


def test_a_sparkline_rises_with_a_goal_that_goes_down() -> None:
    """It shows the way, not the number."""
    found = [Point(DAY + timedelta(days=d), 190_000 - d * 1_000) for d in range(21)]
    last = DAY + timedelta(days=20)
    told = progress.shares(190_000, 170_000, found, sparkline.columns(DAY, last))
    assert sparkline.line(told, ascii_only=False) == "▁▂▂▂▃▃▃▄▄▄▅▅▅▅▆▆▆▇▇▇█"
