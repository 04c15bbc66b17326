"""Streaks and rates the slow and obvious way: every period is written out with all of its days.

It shares nothing with the program but the values that it is given.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from wooster.habits.model import Rule

DAY = timedelta(days=1)


@dataclass
class Period:
    """The days of a week or month (or a day) that are one rule's, and how many it has in all."""

    rule: Rule
    days: list[date]
    length: int


@dataclass
class Expected:
    current: int
    longest: int
    done: int
    missed: int


def _rule_on(rules: list[tuple[date, Rule]], day: date) -> int:
    return max([i for i, (since, _) in enumerate(rules) if since <= day], default=0)


def _calendar_period(rule: Rule, day: date) -> list[date]:
    if rule.period == "day" or (rule.period == "week" and rule.days):
        return [day]
    if rule.period == "week":
        monday = day - timedelta(days=day.weekday())
        return [monday + timedelta(days=n) for n in range(7)]
    length = calendar.monthrange(day.year, day.month)[1]
    return [day.replace(day=n) for n in range(1, length + 1)]


def periods(rules: list[tuple[date, Rule]], first: date, last: date) -> list[Period]:
    """All periods that touch the days from `first` to `last`, oldest first."""
    found: list[Period] = []
    day = first
    seen: set[tuple[int, date]] = set()
    while day <= last:
        index = _rule_on(rules, day)
        rule = rules[index][1]
        whole = _calendar_period(rule, day)
        if (index, whole[0]) not in seen:
            seen.add((index, whole[0]))
            # A rule that goes on past the last day has the whole of its period.
            later = [since for since, _ in rules[index + 1 :] if since <= last]
            mine = [
                d
                for d in whole
                if (index == 0 or d >= rules[index][0]) and (not later or d < later[0])
            ]
            if not (rule.period == "week" and rule.days and day.isoweekday() not in rule.days):
                found.append(Period(rule, mine, len(whole)))
        day += DAY
    return found


def _targets(rule: Rule, day: date) -> set[date]:
    length = calendar.monthrange(day.year, day.month)[1]
    return {day.replace(day=min(n, length)) for n in rule.days}


def _day_met(rule: Rule, day: date, log: list[tuple[date, int | None, str]]) -> bool:
    entries = [(amount, kind) for d, amount, kind in log if d == day]
    if rule.amount is None:
        return bool(entries)
    total = 0
    for amount, kind in entries:
        if amount is None:
            total += rule.amount.thousandths
        elif kind == rule.amount.kind:
            total += amount
    return total >= rule.amount.thousandths


def state(
    period: Period,
    created: date,
    today: date,
    free: set[date],
    log: list[tuple[date, int | None, str]],
) -> str:
    rule, days = period.rule, period.days
    is_before = max(days) < created
    asked_days = [d for d in days if (is_before or d >= created) and d not in free]
    by_dates = rule.period == "month" and bool(rule.days)
    full: int
    if rule.in_total:
        assert rule.amount is not None
        full = rule.amount.thousandths
        measure = sum(
            amount
            for d, amount, kind in log
            if d in days and amount is not None and kind == rule.amount.kind
        )
    else:
        full = len(_targets(rule, days[0])) if by_dates else rule.times
        measure = sum(_day_met(rule, d, log) for d in days)
    if by_dates:
        asked = len(_targets(rule, days[0]) & set(asked_days))
    else:
        asked = int(Fraction(full * len(asked_days), period.length))
    if measure >= full or (asked > 0 and measure >= asked):
        return "done"
    if max(days) >= today:
        return "open"
    return "missed" if asked > 0 else "nothing asked"


def expected(
    rules: list[tuple[date, Rule]],
    created: date,
    today: date,
    free: set[date],
    log: list[tuple[date, int | None, str]],
) -> Expected:
    logged = [d for d, _, _ in log]
    first, last = min([created, *logged]), max([today, *logged])
    states = [
        (state(each, created, today, free, log), max(each.days))
        for each in periods(rules, first, last)
    ]
    run = longest = 0
    for told, _ in states:
        if told == "done":
            run += 1
        elif told == "missed":
            run = 0
        longest = max(longest, run)
    since = [told for told, end in states if end >= created]
    return Expected(run, longest, since.count("done"), since.count("missed"))
