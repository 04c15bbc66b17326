"""A rule that never comes is known at once, and one that comes rarely isn't taken for it."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

import pytest

from wooster.schedule.coming import comes
from wooster.schedule.rules import parsed, walls

START = datetime(2027, 2, 3, 9, 0)  # noqa: DTZ001 (a wall clock)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYYEARDAY=367",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
    ],
)
def test_what_never_comes_ends(rule: str) -> None:
    """No February has a 30th day, and no year 54 weeks."""
    assert list(walls(rule, START)) == []


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2028-02-29"),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=5MO", "2044-02-29"),
        ("FREQ=YEARLY;BYYEARDAY=366", "2028-12-31"),
        ("FREQ=YEARLY;BYDAY=53TH", "2032-12-30"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2032-12-27"),
        ("FREQ=MONTHLY;BYDAY=-5SU", "2027-05-02"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=10", "2027-03-30"),
        ("FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31", "2027-07-31"),
    ],
)
def test_what_comes_rarely_comes(rule: str, first: str) -> None:
    """Once in 28 years, even."""
    assert comes(parsed(rule), START.date())
    assert [f"{wall:%Y-%m-%d}" for wall in islice(walls(rule, START), 1)] == [first]
