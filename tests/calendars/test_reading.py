"""Reading foreign texts: zones of every kind, damage, and texts that are made to hang a reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calendars.conftest import calendar, event
from wooster.calendars.expanding import MOST_OF_ONE, Window, expand
from wooster.calendars.reader import Limits, Reader, Unreadable

WINDOW = Window(date(2026, 1, 1), date(2028, 1, 1))
CUSTOM = (
    "BEGIN:VTIMEZONE\r\nTZID:Our Office\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def rows(text: str) -> tuple[list[dict[str, object]], list[str]]:
    told: list[str] = []
    return list(expand(text, WINDOW, ["me@example.org"], told.append)), told


def starts(text: str) -> list[str]:
    found, _ = rows(text)
    return [
        f"{datetime.fromtimestamp(int(str(each['starts_ms'])) / 1000, UTC):%m-%dT%H:%M}"
        for each in found
    ]


@pytest.mark.parametrize(
    ("start", "more", "expected"),
    [
        (";TZID=Europe/Berlin:20260701T090000", "", "07-01T07:00"),
        (";TZID=W. Europe Standard Time:20260701T090000", "", "07-01T07:00"),
        (';TZID="Our Office":20260701T090000', CUSTOM, "07-01T03:30"),
        (":20260701T090000Z", "", "07-01T09:00"),
        (":20260701T090000", "", "07-01T09:00"),
        (":20260701T090000Z", "X-WR-TIMEZONE:America/New_York\r\n", "07-01T09:00"),
    ],
)
def test_a_time_is_the_same_instant_in_whatever_zone(start: str, more: str, expected: str) -> None:
    """IANA's names, those of Windows, one that the calendar defines, none."""
    assert starts(calendar(event("1", start), more=more)) == [expected]


def test_two_calendars_may_mean_two_zones_by_one_name() -> None:
    """Each is read by its own definition."""
    other = CUSTOM.replace("+0530", "-0300")
    for more, expected in ((CUSTOM, "07-01T03:30"), (other, "07-01T12:00")):
        text = calendar(event("1", ";TZID=Our Office:20260701T090000"), more=more)
        assert starts(text) == [expected]


def test_a_weekly_time_stays_on_the_clock_over_the_change() -> None:
    """09:00 in Berlin is 07:00 and then 08:00 in UTC."""
    text = calendar(
        event("1", ";TZID=Europe/Berlin:20261018T090000", "RRULE:FREQ=WEEKLY;COUNT=3\r\n")
    )
    assert starts(text) == ["10-18T07:00", "10-25T08:00", "11-01T08:00"]


def test_all_that_follows_an_exception_may_be_moved() -> None:
    """RANGE=THISANDFUTURE: from the second on an hour later, also by a rule of our own."""
    for rule in ("FREQ=DAILY;COUNT=3", "FREQ=DAILY;BYHOUR=9;COUNT=3"):
        text = calendar(
            event("1", ":20260701T090000Z", f"RRULE:{rule}\r\n"),
            event(
                "1", ":20260702T100000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260702T090000Z\r\n"
            ),
        )
        assert starts(text) == ["07-01T09:00", "07-02T10:00", "07-03T10:00"]


def test_one_that_is_damaged_costs_no_other() -> None:
    """It is named; a rule that can't be read leaves its first time."""
    text = calendar(
        event("good", ":20260701T090000Z"),
        event("bad", ":yesterday"),
        event("odd", ":20260702T090000Z", "RRULE:FREQ=SOMETIMES\r\n"),
        "BEGIN:VEVENT\r\nUID:half\r\nDTSTART:20260703T090000Z\r\nSUMMARY:half\r\n",
    )
    found, told = rows(text)
    assert [each["uid"] for each in found] == ["good", "odd", "half"]
    assert len(told) == 2
    assert "“bad” can't be read" in told[0] + told[1]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYSECOND=" + ",".join(map(str, range(60))),
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,10,20,30,40,50",
        "FREQ=SECONDLY;COUNT=999999999",
    ],
)
def test_a_rule_without_measure_is_cut_and_told_of(rule: str) -> None:
    """However often it repeats, so much of it is kept and no more."""
    found, told = rows(calendar(event("tick", ":20260101T000000Z", f"RRULE:{rule}\r\n")))
    assert len(found) <= MOST_OF_ONE + 1
    assert "repeats too often" in told[0]


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [
                *("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "UID:1", "UID:2"),
                *("DTSTART:20260701T090000Z", "DTSTART;VALUE=DATE:20260701", "DTSTART;TZID=X:1"),
                *("DTEND:20260601T090000Z", "DURATION:-PT5M", "DURATION:P", "RRULE:FREQ=DAILY"),
                *("RRULE:COUNT=2", "RDATE:20260705T090000Z", "EXDATE:20260702", "SUMMARY", "X;=:"),
                *("RECURRENCE-ID:20260702T090000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:", " "),
                *("RDATE;VALUE=PERIOD:20260701T090000Z/PT1H", "SEQUENCE:x", "DTSTART:99999999"),
            ]
        ),
        max_size=14,
    )
)
def test_no_text_is_too_broken(lines: list[str]) -> None:
    """Every one is read as far as it goes; what is given is in its window's form."""
    text = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""])
    found, _ = rows(text)
    for each in found:
        assert int(str(each["starts_ms"])) <= int(str(each["ends_ms"]))
        assert each["status"] in ("confirmed", "tentative", "cancelled", "declined")


async def read(texts: Sequence[str], limits: Limits | None = None) -> tuple[int, list[str]]:
    reading = await Reader(limits).read(texts, WINDOW.first, WINDOW.end, [])
    return len(reading.rows), [told for _, told in reading.told]


async def test_many_texts_are_read_by_one_child() -> None:
    """Each complaint is of its own text."""
    count, told = await read([calendar(event("1", ":20260701T090000Z")), "hello"])
    assert (count, told) == (1, ["it is no calendar"])


async def test_a_child_that_takes_too_long_is_ended() -> None:
    """And the calendar is unreadable, with the reason."""
    with pytest.raises(Unreadable, match="took more than 0 s"):
        await read([calendar(event("1", ":20260701T090000Z"))], Limits(timeout_s=0.01))


@pytest.mark.slow
async def test_fifty_thousand_events_are_read() -> None:
    """In a process of their own, within its bounds; those outside of the window cost little."""
    many = [event(str(n), f":{2010 + n % 20}0701T090000Z") for n in range(50_000)]
    count, told = await read([calendar(*many)])
    assert (count, told) == (5000, [])
