"""Habits as they are stored, made into histories that can be counted: which days are free.

It knows habits and dates, and nothing of SQL, clocks or words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from wooster.habits.log import Log
from wooster.habits.model import Break, Habit, Rule
from wooster.habits.periods import Grid
from wooster.habits.streaks import Count, History, Standing, Summary

_LONGEST_PERIOD = 31


@dataclass(frozen=True, slots=True)
class Looked:
    """A habit as it stands on a day. `resting` is why nothing is asked of it then, if so."""

    habit: Habit
    day: date
    standing: Standing
    streak: int
    resting: Break | None = None
    next_due: date | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A habit as it stands, with all that is counted of it."""

    looked: Looked
    summary: Summary
    count: Count


def count(
    habit: Habit,
    log: Log,
    today: date,
    absent: Iterable[date],
    known_from: date = date.min,
) -> Count:
    """One in the archive is counted as it stood when it went there. Breaks that were over before
    `known_from` are left out."""
    day = min(today, habit.archived or today)
    free = {each.toordinal() for each in absent}
    horizon = day.toordinal() + _LONGEST_PERIOD
    for each in habit.breaks:
        if each.last is not None and each.last < known_from:
            continue
        end = horizon if each.last is None else min(each.last.toordinal(), horizon)
        free.update(range(each.first.toordinal(), end + 1))
    rules = tuple((each.since.toordinal(), each.rule) for each in habit.rules)
    return Count(History(rules, habit.created.toordinal(), free, log), day.toordinal())


def looked(habit: Habit, counted: Count, streak: int, today: date) -> Looked:
    day = min(today, habit.archived or today)
    resting = habit.break_on(day)
    rule = rule_on(habit, day)
    due = Grid(rule).next_due(day.toordinal()) if rule.days else None
    return Looked(
        habit,
        day,
        counted.standing(),
        streak,
        resting,
        None if due is None else date.fromordinal(due),
    )


def figures(habit: Habit, counted: Count, today: date) -> Figures:
    summary = counted.summary()
    return Figures(looked(habit, counted, summary.current, today), summary, counted)


def rule_on(habit: Habit, day: date) -> Rule:
    """The rule that held on `day`, or would have before the first."""
    held = [each.rule for each in habit.rules if each.since <= day]
    return held[-1] if held else habit.rules[0].rule


def first_day(habits: Collection[Habit], logs: Iterable[Log], today: date) -> date:
    """The earliest day of which anything is asked or known."""
    days = [each.created for each in habits]
    days += [date.fromordinal(each.days[0]) for each in logs if each.days]
    return min(days, default=today)


def last_day(today: date) -> date:
    """The latest day that a period of today has."""
    return today + timedelta(days=_LONGEST_PERIOD)
