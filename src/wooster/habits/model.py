"""Habits as values: what one asks for, what was done, and when nothing is asked.

Dates are local dates of the person. It refuses to know how they were made out of instants (`days`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from wooster.core.units import TIMES, Amount

Period = Literal["day", "week", "month"]
BreakKind = Literal["skip", "vacation", "pause"]

MOST_TIMES = {"day": 1, "week": 7, "month": 28}
"""On how many days of a period a rule may ask for something; each month has 28."""
WORKDAYS, WEEKEND = (1, 2, 3, 4, 5), (6, 7)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a habit asks for.

    Of each `period`: something on each of `days` (1 for Monday to 7, or of the month 1 to 31, where
    31 is its last day), or without them on any `times` days. `amount` is what it takes on such a
    day; `in_total`, what it takes in the whole period, on whichever days.
    """

    period: Period = "day"
    days: tuple[int, ...] = ()
    times: int = 1
    amount: Amount | None = None
    in_total: bool = False

    def __post_init__(self) -> None:
        last = {"day": 0, "week": 7, "month": 31}[self.period]
        assert list(self.days) == sorted(set(self.days)), "days are in order, each once"
        assert all(1 <= each <= last for each in self.days), "days are of the period"
        assert not (self.period == "week" and len(self.days) == 7), "that is each day"
        assert 1 <= self.times <= MOST_TIMES[self.period], "times are days of the period"
        assert self.times == 1 or not self.days, "days say how often"
        if self.in_total:
            assert self.amount is not None, "a total is of an amount"
            assert self.period != "day", "a day's amount is its total"
            assert not self.days and self.times == 1, "a total names no days"
        if self.by_times and self.amount:
            least = MOST_TIMES[self.period] if self.in_total else 1
            assert self.amount.thousandths > least * 1_000, "so few times are days"

    @property
    def is_daily(self) -> bool:
        """Whether each day stands for itself: a day that it is due on is done or missed."""
        return self.period == "day" or (self.period == "week" and bool(self.days))

    @property
    def by_times(self) -> bool:
        """Whether it is done in steps of one: "8 times a day"."""
        return self.amount is not None and self.amount.unit == TIMES


@dataclass(frozen=True, slots=True)
class DatedRule:
    """A rule, and the day from which it holds; a habit's first holds for what was before, too."""

    since: date
    rule: Rule


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Something done, at an instant in a zone, that counts for `day`. Without `amount`, all that
    the rule asks of a day."""

    id: int
    habit_id: int
    day: date
    at: datetime
    zone: str
    amount: Amount | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """Days, both in, on which nothing is asked; `last` None: until further notice. `habit_id` None
    is all habits."""

    id: int
    habit_id: int | None
    kind: BreakKind
    first: date
    last: date | None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Habit:
    """`rules` are in order of their days, at least one. `breaks` are those that concern it."""

    id: int
    name: str
    created: date
    rules: tuple[DatedRule, ...]
    remind_at: time | None = None
    archived: date | None = None
    breaks: tuple[Break, ...] = field(default=())

    @property
    def rule(self) -> Rule:
        """The one that holds now."""
        return self.rules[-1].rule

    def break_on(self, day: date) -> Break | None:
        """Why nothing is asked on `day`: a pause before a vacation before a skipped day."""
        found = [each for each in self.breaks if each.holds(day)]
        return min(
            found, key=lambda each: ("pause", "vacation", "skip").index(each.kind), default=None
        )
