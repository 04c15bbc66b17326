"""When rules fire: strictly later, once, at their hour, in every zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from wooster.schedule.rules import Rule, following, next_after
from wooster.schedule.zones import instant_of

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
INSTANTS = st.datetimes(datetime(1995, 1, 1), datetime(2045, 1, 1)).map(  # noqa: DTZ001
    lambda each: each.replace(microsecond=0, tzinfo=UTC)
)
WALLS = st.datetimes(datetime(1995, 1, 1), datetime(2045, 1, 1)).map(  # noqa: DTZ001
    lambda each: each.replace(second=0, microsecond=0)
)
RULES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=30",
        "FREQ=WEEKLY;BYDAY=SA,SU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
        "FREQ=WEEKLY;INTERVAL=5",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;INTERVAL=7;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYDAY=1MO,-1SU",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYWEEKNO=12;BYDAY=MO",
        "FREQ=HOURLY;INTERVAL=5",
        "FREQ=MINUTELY;INTERVAL=45",
    ]
)


@given(RULES, WALLS, ZONES, INSTANTS)
def test_the_next_time_is_later_and_none_is_between(
    rrule: str, start: datetime, zone: ZoneInfo, instant: datetime
) -> None:
    """Strictly increasing; and from any instant before the next one, it is the next one."""
    rule = Rule(rrule, start, zone)
    times = following(rule, instant, 4)
    assert all(one < other for one, other in pairwise([instant, *times]))
    assert times[0] >= instant_of(start, zone)
    between = instant + (times[0] - instant) / 2
    assert next_after(rule, between) == times[0]


@given(RULES, WALLS, ZONES, st.integers(0, 3000))
def test_a_wall_clock_rule_is_what_the_calendar_says(
    rrule: str, start: datetime, zone: ZoneInfo, days: int
) -> None:
    """Beside dateutil from the rule's start on, however long ago that was."""
    if "HOURLY" in rrule or "MINUTELY" in rrule:
        return
    since = start + timedelta(days=days)
    walls = (wall for wall in rrulestr(rrule, dtstart=start) if wall > since)
    expected = instant_of(next(walls), zone)
    instant = instant_of(since, zone)
    fires = next_after(Rule(rrule, start, zone), instant)
    assert fires is not None
    # In an hour that exists twice, or that was left out, an instant has no one wall-clock time.
    assert fires == expected or expected <= instant


@given(WALLS, ZONES)
def test_a_wall_clock_time_becomes_its_instant(wall: datetime, zone: ZoneInfo) -> None:
    """It shows that time again; where there is none, the first one after the gap."""
    instant = instant_of(wall, zone)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    if shown != wall:
        assert shown > wall
        before = (instant - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert before < wall
    else:
        assert instant <= instant_of(wall.replace(fold=1), zone)


@pytest.mark.parametrize(
    ("rrule", "start", "after", "expected"),
    [
        # 02:30 does not exist on 28 March 2027, and exists twice on 31 October.
        ("FREQ=DAILY", "2027-03-01T02:30", "2027-03-27T12:00Z", "2027-03-28T01:00Z"),
        ("FREQ=DAILY", "2027-03-01T02:30", "2027-03-28T01:00Z", "2027-03-29T00:30Z"),
        ("FREQ=DAILY", "2027-03-01T02:30", "2027-10-30T12:00Z", "2027-10-31T00:30Z"),
        ("FREQ=DAILY", "2027-03-01T02:30", "2027-10-31T00:30Z", "2027-11-01T01:30Z"),
        # A rule of hours counts what elapses.
        ("FREQ=HOURLY;INTERVAL=6", "2027-03-27T18:00", "2027-03-28T00:00Z", "2027-03-28T05:00Z"),
        # The last day is in, as a local day.
        ("FREQ=DAILY;UNTIL=20270302", "2027-03-01T23:30", "2027-03-02T12:00Z", "2027-03-02T22:30Z"),
        ("FREQ=DAILY;COUNT=2", "2027-03-01T08:00", "2027-03-01T07:00Z", "2027-03-02T07:00Z"),
    ],
)
def test_the_days_of_change(rrule: str, start: str, after: str, expected: str) -> None:
    """In Berlin, by the clock on the wall."""
    rule = Rule(rrule, datetime.fromisoformat(start), BERLIN)
    assert next_after(rule, datetime.fromisoformat(after)) == datetime.fromisoformat(expected)


def test_a_rule_that_has_ended_never_fires() -> None:
    """After its last day, its last time, or without any day that is left."""
    start = datetime.fromisoformat("2027-03-01T08:00")
    late = datetime.fromisoformat("2027-03-03T12:00Z")
    for rrule in ("FREQ=DAILY;UNTIL=20270302", "FREQ=DAILY;COUNT=2", "FREQ=HOURLY;UNTIL=20270302"):
        assert next_after(Rule(rrule, start, BERLIN), late) is None


def test_excepted_days_are_left_out() -> None:
    """Of a rule of days and of one of hours."""
    start = datetime.fromisoformat("2027-03-01T08:00")
    out = (date(2027, 3, 2),)
    after = datetime.fromisoformat("2027-03-01T22:30Z")
    daily = next_after(Rule("FREQ=DAILY", start, BERLIN, out), after)
    hourly = next_after(Rule("FREQ=HOURLY", start, BERLIN, out), after)
    assert daily == datetime.fromisoformat("2027-03-03T07:00Z")
    assert hourly == datetime.fromisoformat("2027-03-02T23:00Z")


def test_a_rule_that_began_long_ago_is_not_stepped_through() -> None:
    """A century later its months without a 31st are left out all the same."""
    rule = Rule("FREQ=MONTHLY;BYMONTHDAY=31", datetime.fromisoformat("1900-01-31T09:00"), BERLIN)
    fires = next_after(rule, datetime.fromisoformat("2027-02-01T00:00Z"))
    assert fires == datetime.fromisoformat("2027-03-31T07:00Z")
