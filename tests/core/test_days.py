"""Local dates: the one that an instant counts for, in every zone, and the words for days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wooster.core import days
from wooster.core.days import absent_days, local_day

ZONES = sorted(available_timezones())
TODAY = date(2026, 11, 26)  # a Thursday


def test_a_day_ends_by_the_wall_clock_in_every_zone() -> None:
    """Instants over both clock changes of a year count for the date that a wall clock shows, or for
    the day before while it is before the day's end."""
    for zone in ZONES:
        there = ZoneInfo(zone)
        for around in (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)):
            for quarter in range(0, 40 * 96, 37):
                instant = around + timedelta(minutes=15 * quarter)
                wall = instant.astimezone(there)
                assert local_day(instant, there) == wall.date()
                shown = wall.date() - timedelta(days=1) if wall.hour < 3 else wall.date()
                assert local_day(instant, there, 3) == shown


def test_dates_that_never_were_are_found() -> None:
    """Where a zone moved over the date line, and nowhere else: against every day looked at."""
    first, last = date(1993, 1, 1), date(2012, 12, 31)
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for zone in (each for each in ZONES if each.startswith(("Pacific/", "Etc/", "Asia/K"))):
        there = ZoneInfo(zone)
        noons = (datetime(d.year, d.month, d.day, 12, tzinfo=there) for d in every)
        seen = {noon.astimezone(UTC).astimezone(there).date() for noon in noons}
        missing = [each for each in every if each not in seen]
        assert absent_days(first, last, there) == missing, zone


def test_samoa_had_no_thirtieth_of_december() -> None:
    """In 2011, as everybody there knows; Berlin did."""
    first, last = date(2000, 1, 1), date(2026, 1, 1)
    assert absent_days(first, last, ZoneInfo("Pacific/Apia")) == [date(2011, 12, 30)]
    assert absent_days(first, last, ZoneInfo("Europe/Berlin")) == []
    assert absent_days(first, last, None) == []


@pytest.mark.parametrize(
    ("words", "past", "ahead"),
    [
        ("today", 0, 0),
        ("yesterday", -1, -1),
        ("last night", -1, -1),
        ("the day before yesterday", -2, -2),
        ("tomorrow", 1, 1),
        ("3 days ago", -3, -3),
        ("a week ago", -7, -7),
        ("two weeks ago", -14, -14),
        ("in 2 days", 2, 2),
        ("on Monday", -3, 4),
        ("Thursday", 0, 0),
        ("last Thursday", -7, -7),
        ("next Thursday", 7, 7),
        ("Fri", -6, 1),
        ("2026-11-05", -21, -21),
        ("5 Nov", -21, 344),
        ("Nov 5th, 2026", -21, -21),
        ("the 24th of November", -2, 363),
        ("24.11.2026", -2, -2),
        ("on the 31st", -26, 35),
        ("29 Feb", -1001, 460),
    ],
)
def test_words_for_days(words: str, past: int, ahead: int) -> None:
    """Looking back for what was done, looking ahead for what is to come."""
    assert days.parse(words, TODAY) == TODAY + timedelta(days=past)
    assert days.parse(words.upper(), TODAY, ahead=True) == TODAY + timedelta(days=ahead)


@pytest.mark.parametrize("words", ["", "31 June 2026", "2026-13-01", "soon", "9999 weeks ago now"])
def test_what_is_no_day_is_none(words: str) -> None:
    """Neither a date that there isn't nor a word."""
    assert days.parse(words, TODAY) is None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
@settings(deadline=None)
def test_a_written_date_is_that_date(today: date, day: date) -> None:
    """Whatever today is, and in whichever way it is written out."""
    assert days.parse(day.isoformat(), today) == day
    assert days.parse(f"{day.day} {day:%B} {day.year}", today, ahead=True) == day
