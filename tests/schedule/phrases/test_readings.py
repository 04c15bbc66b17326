"""Phrases are read as they are meant: on a plain day, and around a change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.schedule.phrases import readings
from wooster.schedule.phrases import Context, When, read

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
THURSDAY = Context(datetime(2026, 11, 26, 10, 0, tzinfo=BERLIN))
SPRING = Context(datetime(2027, 3, 27, 23, 0, tzinfo=BERLIN))
AUTUMN = Context(datetime(2026, 11, 1, 0, 30, tzinfo=NEW_YORK), "mdy")


def table(text: str) -> list[tuple[str, str]]:
    lines = (line.split(" | ") for line in text.strip().splitlines())
    return [(phrase, meaning) for phrase, meaning in lines]


def shown(when: When | None) -> str:
    """A reading as the tables write it."""
    if when is None:
        return "-"
    said = [str(when.day) if when.day else "", f"{when.at:%H:%M}" if when.at else ""]
    if when.until_day or when.until:
        said += ["..", str(when.until_day) if when.until_day else ""]
        said.append(f"{when.until:%H:%M}" if when.until else "")
    if when.duration:
        said.append(f"for {when.duration}")
    said.append(when.rule)
    if when.except_days:
        said.append("but " + ",".join(map(str, when.except_days)))
    return " ".join(word for word in said if word)


@pytest.mark.parametrize(
    ("phrase", "meaning"), [*table(readings.THURSDAY), *table(readings.FURTHER)]
)
def test_on_a_thursday_at_ten(phrase: str, meaning: str) -> None:
    """In Berlin, where the day comes first."""
    assert shown(read(phrase, THURSDAY)) == meaning


@pytest.mark.parametrize(("phrase", "meaning"), table(readings.BEFORE_SPRING))
def test_before_an_hour_that_is_left_out(phrase: str, meaning: str) -> None:
    """What elapses counts over the gap; what is said by the clock keeps its words."""
    assert shown(read(phrase, SPRING)) == meaning


@pytest.mark.parametrize(("phrase", "meaning"), table(readings.BEFORE_AUTUMN))
def test_before_an_hour_that_comes_twice(phrase: str, meaning: str) -> None:
    """In New York, where the month comes first."""
    assert shown(read(phrase, AUTUMN)) == meaning


@pytest.mark.parametrize("phrase", readings.NO_TIME.strip().splitlines())
def test_what_is_no_time_is_not_read(phrase: str) -> None:
    """No such day, no such hour, or no time at all."""
    assert read(phrase, THURSDAY) is None


@pytest.mark.parametrize(
    ("context", "minutes"), [(SPRING, 300), (AUTUMN, 60), (AUTUMN, 120), (AUTUMN, 180)]
)
def test_in_so_many_minutes_is_that_instant(context: Context, minutes: int) -> None:
    """Also into the second of two hours that look the same."""
    when = read(f"in {minutes} minutes", context)
    assert when is not None
    expected = context.now.astimezone(UTC) + timedelta(minutes=minutes)
    assert when.instant(context.now.tzinfo) == expected


@pytest.mark.parametrize(
    ("phrase", "note"),
    [
        ("at 9am", "09:00 is past today: tomorrow is meant"),
        ("today at 9am", "09:00 is past today"),
        ("tomorrow at 5", "5:00 is read as 17:00"),
        ("Thursday", "today is a Thursday: today is meant"),
        ("Thursday at 8am", "08:00 is past today: Thursday 3 December is meant"),
        ("3/4", "3/4 is read as 3 April"),
        ("24/12", ""),
        ("Friday at 14:00", ""),
        ("Tuesday, 15 January", "15 January is a Friday: the date is meant"),
        ("next Sunday", "next Sunday is read as the one of next week, 6 December"),
        ("every day at 5", "5:00 is read as 17:00"),
        ("after breakfast", "09:00 is past today: tomorrow is meant"),
        ("Sunday before 5", "5:00 is read as 17:00"),
    ],
)
def test_what_was_decided_is_said(phrase: str, note: str) -> None:
    """What could be meant in another way, or is past, has a note; what is plain has none."""
    when = read(phrase, THURSDAY)
    assert when is not None
    assert when.note == note


def test_a_day_that_ends_at_three_is_still_yesterdays_at_two() -> None:
    """Tomorrow is the day that begins when this one has ended."""
    night = Context(datetime(2026, 11, 27, 2, 0, tzinfo=BERLIN), day_ends_at_hours=3)
    assert shown(read("today", night)) == "2026-11-26"
    assert shown(read("tomorrow", night)) == "2026-11-27"
