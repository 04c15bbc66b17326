# ruff: noqa: DTZ001 (the times of rules are on a clock without a zone)
"""Rules of repetition: those of the RFC, those that others read wrongly, and their laws."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wooster.calendars import recurrence
from wooster.calendars.recurrence import Endless, expand
from wooster.calendars.rules import parse

FIRST = datetime(2026, 1, 5, 9, 0)  # a Monday


def days(rule: str, first: datetime = FIRST, count: int = 5) -> list[str]:
    return [f"{each:%Y-%m-%d}" for each in islice(expand(parse(rule), first), count)]


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-01-30", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("FREQ=YEARLY", "2024-02-29", ["2024-02-29", "2028-02-29", "2032-02-29"]),
        ("FREQ=YEARLY;BYWEEKNO=1", "2024-12-30", ["2024-12-30", "2025-12-29", "2027-01-04"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "1997-08-05", ["1997-08-05", "1997-08-17"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", "1997-08-05", ["1997-08-05", "1997-08-10"]),
        ("FREQ=DAILY;COUNT=2", "2026-01-05", ["2026-01-05", "2026-01-06"]),
        ("FREQ=DAILY;UNTIL=20260106", "2026-01-05", ["2026-01-05", "2026-01-06"]),
        ("FREQ=WEEKLY;COUNT=-1", "2026-01-05", ["2026-01-05", "2026-01-12"]),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "2026-01-30",
            ["2026-01-30", "2026-02-27"],
        ),
    ],
)
def test_a_rule_gives_these_days(rule: str, first: str, expected: list[str]) -> None:
    """Months without a 31st, leap days, weeks over the year's end, positions."""
    begin = datetime.fromisoformat(f"{first}T09:00")
    found = days(rule, begin, len(expected))
    assert found == expected


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("", "frequency"),
        ("FREQ=SOMETIMES", "SOMETIMES"),
        ("FREQ=DAILY;INTERVAL=0", "'0'"),
        ("FREQ=DAILY;BYMONTH=13", "13"),
        ("FREQ=DAILY;BYDAY=XX", "XX"),
        ("FREQ=DAILY;UNTIL=soon", "SOON"),
        ("RSCALE=CHINESE;FREQ=YEARLY", "CHINESE"),
    ],
)
def test_a_rule_that_is_none_says_what_is_wrong(rule: str, told: str) -> None:
    """With the value, for the person who reads it in the list of calendars."""
    with pytest.raises(ValueError, match=told):
        parse(rule)


def test_a_rule_by_the_second_arrives_at_once() -> None:
    """Its times of today don't need those of the hundred years before."""
    since = datetime(2026, 11, 26)
    found = expand(parse("FREQ=SECONDLY;INTERVAL=7"), datetime(1926, 1, 1), since=since)
    first = next(found)
    assert since <= first < since + timedelta(seconds=7)


def test_a_rule_that_never_comes_true_comes_to_an_end() -> None:
    """Also one that counts seconds that there never are."""
    for rule in ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"):
        assert list(expand(parse(rule), FIRST, until=datetime(2100, 1, 1))) == []
    with pytest.raises(Endless):
        list(expand(parse("FREQ=MINUTELY;BYSETPOS=7"), FIRST, steps=1000))


RULES = st.builds(
    lambda frequency, interval, parts: ";".join(
        [f"FREQ={frequency}", f"INTERVAL={interval}", *parts]
    ),
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]),
    st.integers(1, 5),
    st.lists(
        st.sampled_from(
            ["BYMONTH=1,6,12", "BYDAY=MO,FR", "BYMONTHDAY=1,-1,13", "BYHOUR=8,20", "BYSETPOS=1,-1"]
        ),
        unique=True,
        max_size=3,
    ),
)
FIRSTS = st.datetimes(datetime(1999, 1, 1), datetime(2030, 1, 1)).map(
    lambda each: each.replace(microsecond=0)
)


@settings(max_examples=60)
@given(RULES, FIRSTS)
def test_times_go_forward_and_a_window_is_a_part_of_the_whole(rule: str, first: datetime) -> None:
    """Strictly increasing, none before the first; from any moment on they are the same ones."""
    parsed, until = parse(rule), first + timedelta(days=900)
    whole = list(islice(expand(parsed, first, until=until), 300))
    assert whole == sorted(set(whole))
    assert all(first <= each <= until for each in whole)
    since = first + timedelta(days=333, hours=5)
    part = list(islice(expand(parsed, first, since=since, until=until), 50))
    assert part == [each for each in expand(parsed, first, until=until) if each >= since][:50]


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_weeks_from_monday_are_those_of_the_iso_calendar(day: date) -> None:
    """Their numbers, and how many a year has."""
    year, week, _ = day.isocalendar()
    assert recurrence.week_of(day, 0) == (year, week)
    assert week <= recurrence.weeks_in(year, 0) <= 53
