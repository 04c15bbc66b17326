"""Patterns: what is planted is found, and of what is random no more than was promised."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wooster.insights import chance, patterns
from wooster.insights.model import Event, Finding, Subject, SubjectKind

TODAY = date(2026, 11, 26)
SINCE = TODAY - timedelta(days=365)
LEVEL = 0.05
PERSONS = 200
Random = np.random.Generator


def subject(kind: SubjectKind, key: str, days: Iterable[tuple[date, time | None]]) -> Subject:
    events = tuple(
        Event(day, None if at is None else datetime.combine(day, at), f"row {n}")
        for n, (day, at) in enumerate(days)
    )
    return Subject(kind, key, key, events, SINCE)


def waking(random: Random) -> time:
    """Some time of a day from 7 to 23 o'clock."""
    minute = int(random.integers(7 * 60, 23 * 60))
    return time(minute // 60, minute % 60)


def day(ago: int | np.integer[Any]) -> date:
    return TODAY - timedelta(days=int(ago))


def random_person(random: Random) -> list[Subject]:
    """Somebody whose days, times, topics and breaks follow no pattern."""
    found = []
    for n in range(5):
        ago = random.choice(365, size=int(random.integers(10, 120)), replace=False)
        found.append(subject("task", f"task {n}", [(day(each), waking(random)) for each in ago]))
    for n in range(3):
        asked = tuple(day(each) for each in range(200, 0, -1))
        done = [each for each in asked if random.random() < 0.85]
        rows = [(each, waking(random)) for each in done]
        found.append(replace(subject("habit", f"habit {n}", rows), asked=asked))
    for n in range(2):
        # It comes at a steady rate, and goes on doing so.
        ago = np.flatnonzero(random.random(365) < 0.1)
        found.append(subject("goal", f"goal {n}", [(day(each), None) for each in ago]))
    topics: dict[int, list[tuple[date, time | None]]] = {}
    for ago in random.choice(365, size=60, replace=False):
        for topic in random.choice(40, size=3, replace=False):
            topics.setdefault(int(topic), []).append((day(ago), None))
    return found + [subject("topic", f"topic {n}", rows) for n, rows in topics.items()]


def test_of_random_days_few_have_any_pattern() -> None:
    """Of persons without patterns, at most the stated share is told of one (and three standard
    errors, as these are drawn)."""
    random = np.random.default_rng(7)
    told = sum(bool(patterns.find(random_person(random), TODAY, LEVEL)) for _ in range(PERSONS))
    assert told / PERSONS <= LEVEL + 3 * (LEVEL * (1 - LEVEL) / PERSONS) ** 0.5


def test_each_test_alone_keeps_its_promise() -> None:
    """Of each kind, a p-value under 5 % comes at most that often where there is nothing."""
    random = np.random.default_rng(11)
    found: dict[str, list[float]] = {}
    for _ in range(PERSONS // 3):
        for tested in patterns.tests(random_person(random), TODAY):
            found.setdefault(tested.kind, []).append(tested.p)
    assert set(found) == {"time", "weekday", "breaks", "topic", "stall"}
    for kind, all_p in found.items():
        share = sum(p <= LEVEL for p in all_p) / len(all_p)
        assert share <= LEVEL + 4 * (LEVEL * (1 - LEVEL) / len(all_p)) ** 0.5, kind


def mostly_evening(random: Random) -> Subject:
    times = [time(21, int(random.integers(0, 50))) if n % 5 else waking(random) for n in range(30)]
    return subject("habit", "planted", [(day(n * 3 + 1), at) for n, at in enumerate(times)])


def mostly_sunday(random: Random) -> Subject:
    sundays = [day(n) for n in range(1, 120) if day(n).isoweekday() == 7]
    others = [day(20), day(40)]
    return subject("task", "planted", [(each, waking(random)) for each in sundays + others])


def breaks_on_saturday(random: Random) -> Subject:
    asked = tuple(day(n) for n in range(150, 0, -1))
    done = [each for each in asked if each.isoweekday() != 6 and random.random() < 0.97]
    return replace(subject("habit", "planted", [(each, None) for each in done]), asked=asked)


def comes_back(random: Random) -> Subject:
    ago = random.choice(365, size=25, replace=False)
    return subject("topic", "planted", [(day(each), None) for each in ago])


def stalls(random: Random) -> Subject:
    return subject("goal", "planted", [(day(n), None) for n in range(40, 150, 3)])


@pytest.mark.parametrize(
    ("kind", "plant"),
    [
        ("time", mostly_evening),
        ("weekday", mostly_sunday),
        ("breaks", breaks_on_saturday),
        ("topic", comes_back),
        ("stall", stalls),
    ],
)
def test_what_is_planted_is_found(kind: str, plant: Callable[[Random], Subject]) -> None:
    """Amid a life without patterns, in each of ten, with the rows that it comes from."""
    for seed in range(10):
        random = np.random.default_rng(seed)
        found = patterns.find([*random_person(random), plant(random)], TODAY, LEVEL)
        mine = [each for each in found if each.tested.subject.key == "planted"]
        assert [each.tested.kind for each in mine] == [kind]
        assert mine[0].q <= LEVEL
        assert len(mine[0].tested.evidence) >= 8


def only(found: list[Finding]) -> Finding:
    (one,) = found
    return one


def test_a_pattern_says_when() -> None:
    """The window is as narrow as what is in it, also over midnight."""
    rows = [(day(n), time(23, 50) if n % 2 else time(0, 20)) for n in range(1, 40, 3)]
    tested = only(patterns.find([subject("habit", "late", rows)], TODAY, LEVEL)).tested
    assert (tested.begin, tested.end) == (time(23, 50), time(0, 20))
    assert (tested.count, tested.total) == (13, 13)


def test_ten_of_one_evening_are_one() -> None:
    """What is entered in one go is no pattern of many days."""
    rows = [(day(3), time(21, n)) for n in range(40)]
    assert patterns.find([subject("habit", "batch", rows)], TODAY, LEVEL) == []


def test_what_was_chosen_is_no_pattern() -> None:
    """A habit on Sundays with a reminder is done on Sundays, and nothing is told of that; neither
    is a topic that has a project."""
    random = np.random.default_rng(1)
    sundays = [(day(n), time(9, 0)) for n in range(1, 200) if day(n).isoweekday() == 7]
    set_so = replace(subject("habit", "rest", sundays), has_days=True, has_time=True)
    assert patterns.find([set_so], TODAY, LEVEL) == []
    kept = replace(comes_back(random), is_kept=True)
    found = patterns.find([*random_person(random), kept], TODAY, LEVEL)
    assert all(each.tested.subject.key != "planted" for each in found)


def test_little_is_not_tested() -> None:
    """Seven Sundays of seven are too few, however sure they look."""
    sundays = [(day(n), None) for n in range(1, 49) if day(n).isoweekday() == 7][:7]
    assert len(sundays) in (6, 7)
    assert list(patterns.tests([subject("task", "few", sundays)], TODAY)) == []


def test_it_is_the_same_while_figures_change() -> None:
    """Its identity is its kind and what it is of."""
    random = np.random.default_rng(2)
    one = mostly_sunday(random)
    more = replace(one, events=one.events[:-2], name="Other words")
    assert patterns.identity("weekday", one) == patterns.identity("weekday", more)
    assert patterns.identity("time", one) != patterns.identity("weekday", one)


# --- chance -----------------------------------------------------------------------------------


@given(st.integers(0, 40), st.integers(0, 40), st.fractions(0, 1, max_denominator=50))
def test_binomial_tails_are_exact(count: int, total: int, share: object) -> None:
    """As counted out with fractions."""
    p = float(share)  # type: ignore[arg-type]
    exact = sum(comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(count, total + 1))
    assert chance.binomial_tail(count, total, p) == pytest.approx(exact, abs=1e-9)


@given(st.data())
def test_hypergeometric_tails_are_exact(data: st.DataObject) -> None:
    """As counted out."""
    total = data.draw(st.integers(1, 60))
    marked, drawn = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    count = data.draw(st.integers(0, total))
    ways = sum(comb(marked, k) * comb(total - marked, drawn - k) for k in range(count, drawn + 1))
    exact = ways / comb(total, drawn)
    assert chance.hypergeometric_tail(count, drawn, marked, total) == pytest.approx(exact, abs=1e-9)


@given(st.lists(st.integers(0, 1439), min_size=1, max_size=30))
def test_the_fullest_window_is_found(minutes: list[int]) -> None:
    """The same as trying each minute of the day."""
    minutes.sort()
    begin, count = chance.scan(minutes, 120, 1440)
    inside = [sum((each - start) % 1440 <= 120 for each in minutes) for start in range(1440)]
    assert count == max(inside) == inside[begin]


@given(st.lists(st.floats(0, 1), max_size=20), st.floats(0.001, 0.5))
@settings(max_examples=50)
def test_levels_are_those_of_benjamini_and_hochberg(all_p: list[float], level: float) -> None:
    """What is at or under a level is what the step-up procedure rejects at it."""
    ranked = sorted(all_p)
    passing = [n for n, p in enumerate(ranked, 1) if p * len(all_p) / n <= level]
    rejected = max(passing, default=0)
    assert sum(q <= level for q in chance.adjusted(all_p)) == rejected
