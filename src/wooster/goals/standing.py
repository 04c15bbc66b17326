"""How a goal stands on a day: what it is at, how far that is, and whether it will be in time.

It knows goals and dates, and nothing of SQL, clocks or words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from wooster.goals import progress
from wooster.goals.model import AS_PERCENT, Goal, Measure, ValueKind
from wooster.goals.progress import ONE, Pace, Point, Way

State = Literal["open", "reopened", "reached", "dropped"]


@dataclass(frozen=True, slots=True)
class Standing:
    """`measure` is what its values are of, None where it has none; then its milestones tell how far
    it is, and `way` is None where there are none of them either.

    `pace` is when it will be done at this rate, `since` since when it is.
    """

    goal: Goal
    day: date
    measure: Measure | None
    points: tuple[Point, ...]
    way: Way | None
    pace: Pace
    since: date | None

    @property
    def value(self) -> int | None:
        """What it is at; None where nothing is known of that."""
        if self.points:
            return self.points[-1].value
        return self.measure.start if self.measure else None

    @property
    def is_reached(self) -> bool:
        return self.way is not None and self.way.share >= ONE

    @property
    def state(self) -> State:
        """ "reached" also while it is open and all of it is done; "dropped" when it was closed
        without."""
        if self.goal.outcome:
            return self.goal.outcome
        if self.is_reached:
            return "reached"
        return "reopened" if self.goal.reopened else "open"

    @property
    def days_over(self) -> int:
        """For how many days its deadline has been over; 0 where it isn't or doesn't matter."""
        deadline = self.goal.deadline
        if not self.goal.is_open or self.is_reached or deadline is None:
            return 0
        return max((self.day - deadline).days, 0)

    @property
    def days_late(self) -> int | None:
        """How many days after its deadline it will be done at this rate (less than 0: before);
        None where either isn't known."""
        if self.goal.deadline is None or self.pace.day is None:
            return None
        return (self.pace.day - self.goal.deadline).days

    @property
    def begun(self) -> date:
        """The day from which its pace is counted."""
        return min([self.goal.created, *(each.day for each in self.points[:1])])


def standing(goal: Goal, entries: Iterable[tuple[date, ValueKind, int]], today: date) -> Standing:
    """How it stands today; one that is closed, as it stood on that day."""
    day = min(today, goal.closed or today, goal.archived or today)
    all_entries = list(entries)
    if all_entries and all_entries[-1][0] > day:
        all_entries = [each for each in all_entries if each[0] <= day]
    measure = goal.measure or (AS_PERCENT if all_entries else None)
    points = progress.points(measure, all_entries) if measure else []
    begun = min([goal.created, *(each.day for each in points[:1])])
    way, since = _milestones(goal), None
    if measure is not None:
        start = progress.start_of(measure, points)
        way = None
        if start is not None:
            value = points[-1].value if points else start
            way = progress.way(start, measure.target, value)
            since = progress.reached_on(start, measure.target, points)
    elif way is not None and way.share >= ONE:
        since = max(each.done for each in goal.milestones if each.done)
    if way is None:
        pace = Pace(None, "nothing is measured yet")
    else:
        pace = progress.pace(way.share, way.back, begun, day)
    return Standing(goal, day, measure, tuple(points), way, pace, since)


def _milestones(goal: Goal) -> Way | None:
    if not goal.milestones:
        return None
    done = sum(each.done is not None for each in goal.milestones)
    return Way(Fraction(done, len(goal.milestones)))


@dataclass(frozen=True, slots=True)
class Rates:
    """In thousandths of the unit a week: what was gained so far, and what is needed from today on
    to be in time. Less than 0 where the goal goes down."""

    gained: int
    needed: int


def rates(found: Standing) -> Rates | None:
    """None where nothing is measured, or the deadline is today, over, or not set."""
    goal, measure, value = found.goal, found.measure, found.value
    if measure is None or value is None or goal.deadline is None or found.is_reached:
        return None
    start = progress.start_of(measure, found.points)
    left, gone = (goal.deadline - found.day).days, (found.day - found.begun).days
    if left <= 0 or gone <= 0 or start is None:
        return None
    return Rates(round((value - start) * 7 / gone), round((measure.target - value) * 7 / left))
