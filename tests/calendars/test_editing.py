# ruff: noqa: DTZ001 (a zone is asked for the offset of a time on its clock)
"""Changing an .ics text: what isn't meant stays, byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calendars.conftest import BERLIN, calendar, event
from wooster.calendars import blocks, editing
from wooster.calendars.editing import New, Span

NOW = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
LINES = st.lists(
    st.sampled_from(
        [
            *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM"),
            *("END:VALARM", "UID:1", "UID:2", "UID", ":3", "SUMMARY:a\x0bb\u2028c", " folded", ""),
        ]
    ),
    max_size=25,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_whatever_the_text_is_its_pieces_are_the_whole(
    lines: list[str], ending: str, is_ended: bool
) -> None:
    """No event overlaps another, and nothing is lost by looking."""
    text = ending.join(lines) + (ending if is_ended else "")
    found = blocks.split(text)
    assert "".join(found.lines) == text
    ends = [0]
    for each in found.events:
        assert ends[-1] <= each.first < each.end <= len(found.lines)
        ends.append(each.end)


@given(st.permutations(["1", "2", "3", "4"]), st.integers(0, 3))
def test_what_is_taken_out_goes_back_to_its_place(order: list[str], which: int) -> None:
    """Byte for byte, wherever among the events it was."""
    text = calendar(*(event(uid, ":20261127T080000Z", "X-A:ü\u2028\r\n") for uid in order))
    uid = order[which]
    events, place = editing.events_of(text, uid)
    without = editing.with_events(text, uid, "")
    assert editing.events_of(without, uid) == ("", -1)
    assert editing.with_events(without, uid, events, place) == text


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_a_title_is_read_as_it_was_written(title: str) -> None:
    """Whatever characters are in it, over however many lines; none is more than 75 bytes long."""
    span = Span(NOW, NOW + timedelta(hours=1))
    made = editing.made(New("1", title, span, UTC), NOW)
    assert max(len(line.encode()) for line in made.split("\r\n")) <= 75
    (read,) = icalendar.Calendar.from_ical(calendar(made)).walk("VEVENT")
    assert str(read["SUMMARY"]) == title


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
)
def test_a_zone_is_defined_as_it_is(zone: str) -> None:
    """Read back by its definition alone, every week of three years has the zone's own offset."""
    text = editing.timezone(ZoneInfo(zone), 2026).replace(f"TZID:{zone}", "TZID:Own Zone")
    icalendar.use_zoneinfo()  # it keeps zones by their names
    (read,) = icalendar.Calendar.from_ical(calendar(more=text)).walk("VTIMEZONE")
    own = read.to_tz()
    for week in range(156):
        wall = datetime(2026, 1, 1, 12) + timedelta(weeks=week)
        expected = wall.replace(tzinfo=ZoneInfo(zone)).utcoffset()
        assert wall.replace(tzinfo=own).utcoffset() == expected, wall


def test_an_exception_that_is_there_is_moved_and_not_doubled() -> None:
    """Of a series, in the form of its own times; the second move changes the first."""
    series = event("1", ";TZID=Europe/Berlin:20261102T091500", "RRULE:FREQ=DAILY\r\n")
    for hour in (11, 12):
        starts = datetime(2026, 11, 27, hour, tzinfo=BERLIN)
        span = Span(starts, starts + timedelta(hours=1))
        series = editing.moved(series, "20261127T091500", True, span, NOW)
    assert series.count("BEGIN:VEVENT") == 2
    assert series.count("RRULE") == 1
    assert "DTSTART;TZID=Europe/Berlin:20261127T120000" in series
    gone = editing.cancelled(series, "20261127T091500", True)
    assert "EXDATE;TZID=Europe/Berlin:20261127T091500" in gone
    assert gone.count("BEGIN:VEVENT") == 1


def test_a_rule_ends_with_the_day_that_was_said() -> None:
    """A timed series' UNTIL is an instant of UTC; days that are left out are of its own time."""
    starts = datetime(2026, 11, 30, 7, tzinfo=BERLIN)
    span = Span(starts, starts + timedelta(hours=1))
    rule, day = "FREQ=DAILY;UNTIL=20261204", datetime(2026, 12, 2, tzinfo=UTC).date()
    text = editing.made(New("1", "run", span, BERLIN, "", rule, (day,)), NOW)
    assert "RRULE:FREQ=DAILY;UNTIL=20261204T225959Z" in text
    assert "EXDATE;TZID=Europe/Berlin:20261202T070000" in text
