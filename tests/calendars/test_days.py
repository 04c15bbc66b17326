"""How events fall on days, and what is free between them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calendars.conftest import BERLIN
from wooster.calendars import days, showing
from wooster.calendars.model import Appointment, Instance
from wooster.core.clock import to_ms

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))
START = datetime(2026, 3, 28, tzinfo=UTC)


def timed(starts: datetime, length: timedelta) -> Instance:
    ends = starts + length
    values = ("timed", to_ms(starts), to_ms(ends), "", "x", "", "confirmed", False)
    return Instance(1, 1, "Job", "", "u", "", False, *values)  # type: ignore[arg-type]


@given(ZONES, DAYS)
def test_days_follow_each_other_without_a_gap(zone: ZoneInfo, day: date) -> None:
    """In every zone, over each change of its clock: where one ends the next begins."""
    first = days.bounds_ms(day, day, zone)
    second = days.bounds_ms(day + timedelta(days=1), day + timedelta(days=1), zone)
    assert first[0] <= first[1] == second[0]


@given(ZONES, st.integers(-400_000_000, 1_700_000_000), st.integers(0, 400_000))
def test_an_event_is_on_just_the_days_that_it_touches(
    zone: ZoneInfo, seconds: int, length: int
) -> None:
    """Those whose stretch of time has some of it; one without length is where it begins."""
    starts = datetime.fromtimestamp(seconds, UTC)
    placed = days.placed(timed(starts, timedelta(seconds=length)), zone)
    begin, end = to_ms(starts), to_ms(starts) + length * 1000
    for offset in (-1, 0, 1):
        day = placed.first_day + timedelta(days=offset)
        low, high = days.bounds_ms(day, day, zone)
        touches = begin < high and (end > low or begin >= low)
        assert placed.is_within(day) == touches or low == high


@pytest.mark.parametrize(
    ("starts", "hours", "day", "shown"),
    [
        ("2026-03-29T00:30", 1, "2026-03-29", "00:30–01:30"),
        ("2026-03-29T01:30", 1, "2026-03-29", "01:30–03:30"),
        ("2026-10-25T02:30", 1, "2026-10-25", "02:30–02:30"),
        ("2026-11-27T23:00", 2, "2026-11-27", "23:00–01:00 (Sat)"),
        ("2026-11-27T23:00", 2, "2026-11-28", "(Fri 23:00)–01:00"),
        ("2026-11-27T23:00", 1, "2026-11-27", "23:00–24:00"),
        ("2026-11-27T12:00", 48, "2026-11-28", "all day (Fri 12:00–Sun 12:00)"),
    ],
)
def test_a_time_is_shown_as_the_clock_on_the_wall_has_it(
    starts: str, hours: int, day: str, shown: str
) -> None:
    """Over both changes of the clock, over midnight, to midnight."""
    begin = datetime.fromisoformat(starts).replace(tzinfo=BERLIN).astimezone(UTC)
    placed = days.placed(timed(begin, timedelta(hours=hours)), BERLIN)
    assert showing.clock_text(placed, date.fromisoformat(day)) == shown


MINUTES = st.integers(0, 1440)


@settings(max_examples=60)
@given(st.lists(st.tuples(MINUTES, MINUTES), max_size=8), MINUTES, MINUTES, st.integers(1, 90))
def test_free_and_busy_are_each_minute_of_the_day(
    spans: list[tuple[int, int]], one: int, other: int, least: int
) -> None:
    """No gap touches an appointment; every free stretch that is long enough is in one."""
    begin, end = (START + timedelta(minutes=each) for each in sorted((one, other)))
    a_minute = timedelta(minutes=1)
    busy = [
        days.placed(
            timed(START + timedelta(minutes=min(e)), timedelta(minutes=abs(e[0] - e[1]))), UTC
        )
        for e in spans
    ]
    gaps = days.free(busy, begin, end, timedelta(minutes=least))
    taken = {minute for e in spans for minute in range(min(e), max(e))}
    run: list[int] = []
    expected: list[tuple[int, int]] = []
    for minute in [*range(sorted((one, other))[0], sorted((one, other))[1]), None]:
        if minute is not None and minute not in taken:
            run.append(minute)
            continue
        if len(run) >= least:
            expected.append((run[0], run[-1] + 1))
        run = []
    found = [((e.starts - START) // a_minute, (e.ends - START) // a_minute) for e in gaps]
    assert found == expected


def test_a_time_that_the_clock_leaves_out_is_the_moment_of_the_change() -> None:
    """02:30 on the last Sunday of March isn't in Berlin."""
    moment = days.at(date(2026, 3, 29), time(2, 30), BERLIN)
    assert moment.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_what_is_over_is_before_what_is_not() -> None:
    """Whole days come first, in the order of their begin."""
    timed_one = Appointment("t", "", date(2026, 11, 27), date(2026, 11, 27), START, START)
    whole = Appointment("w", "", date(2026, 11, 27), date(2026, 11, 27))
    (day,) = days.by_day([timed_one, whole], date(2026, 11, 27), date(2026, 11, 27))
    assert [each.summary for each in day.appointments] == ["w", "t"]
