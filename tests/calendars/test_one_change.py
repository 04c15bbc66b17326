"""One event of a long calendar is changed without reading the others: with the same result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calendars import conftest
from tests.calendars.conftest import Person
from wooster.calendars import blocks, editing, expanding, finding, plain

FIRST, END = date(2026, 1, 1), date(2027, 1, 1)
ZONE = editing.timezone(ZoneInfo("Europe/Berlin"), 2026)
UIDS = ("a", "b@x", "long-" * 20, "")


def event(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", *lines, "END:VEVENT"))


def slowly(text: str, uid: str, events: str, place: int) -> tuple[tuple[str, int], str]:
    """What reading all lines gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding, "spans", lambda *_: None)
        return editing.events_of(text, uid), editing.with_events(text, uid, events, place)


PIECES = (
    "BEGIN:VEVENT\r\n",
    "begin:vevent\r\n",
    "END:VEVENT\r\n",
    "END:VEVENT",
    "UID:a\r\n",
    "UID:b@x\r\n",
    "UID;X=1:b@\r\n x\r\n",
    "uid:a\r\n",
    "RELATED-TO:a\r\n",
    "SUMMARY:a b@x\n",
    "BEGIN:VALARM\r\n",
    "END:VALARM\r\n",
    "END:VCALENDAR\r\n",
    " END:VCALENDAR\r\n",
    "X:BEGIN:VEVENT\r\n",
    event("UID:a", "SUMMARY:x"),
    event("UID:b@x", "BEGIN:VALARM", "UID:a", "END:VALARM"),
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=12),
    st.sampled_from(UIDS),
    st.sampled_from(["", event("UID:a", "SUMMARY:new"), "BEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT"]),
    st.integers(-1, 4),
)
def test_an_event_is_found_as_if_all_lines_were_read(
    pieces: list[str], uid: str, events: str, place: int
) -> None:
    """In texts however damaged."""
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(pieces) + "END:VCALENDAR\r\n"
    found = editing.events_of(text, uid), editing.with_events(text, uid, events, place)
    assert found == slowly(text, uid, events, place)
    (before, at), whole = found
    done = editing.exchanged(text, uid, lambda _: events, place)
    assert (done.text, done.before, done.events) == (whole, before, events)
    assert done.place == (at if before and not events else -1)


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20260301T090000Z", "DTEND:20260301T100000Z", "SUMMARY:Lunch"),
        ("DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260303", "SUMMARY:Away"),
        ("DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260301", "STATUS:TENTATIVE"),
        ("DTSTART:20260301T090000", "DTEND:20260301T100000", "TRANSP:TRANSPARENT"),
        (
            "DTSTART;TZID=Europe/Berlin:20260701T090000",
            "DTEND;TZID=Europe/Berlin:20260701T093000",
            "SUMMARY:A\\, b\\; c\\nd \\\\ e",
            "LOCATION:Caf\u00e9 \u201eX\u201c: upstairs",
            "STATUS:CANCELLED",
        ),
        ("DTSTART:20260329T023000Z", "DTEND:20260329T023000Z", "X-A:1", "DESCRIPTION:no\\, no"),
        ("DTSTART:20250301T090000Z", "DTEND:20250301T100000Z", "SUMMARY:long ago"),
        (
            "DTSTART:20260301T090000Z",
            "DTEND:20260301T100000Z",
            "SUMMARY:own",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "TRIGGER:-PT5M",
            "DESCRIPTION:alarm",
            "END:VALARM",
        ),
    ],
)
def test_a_plain_event_is_read_as_the_libraries_read_it(lines: tuple[str, ...]) -> None:
    """Also with a definition of its zone beside it."""
    one = event("UID:a@x", "DTSTAMP:20260101T000000Z", *lines)
    frame = blocks.lines_of(editing.EMPTY.replace("END:VCAL", f"{ZONE}END:VCAL"))
    told: list[str] = []
    window = expanding.Window(FIRST, END)
    expected = list(expanding.expand(blocks.framed(frame, one), window, (), told.append))
    assert not told
    assert plain.rows(one, FIRST, END) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20260301T090000Z", "DTEND:20260301T100000Z", "RRULE:FREQ=DAILY"),
        ("DTSTART:20260301T090000Z", "DURATION:PT1H"),
        ("DTSTART;TZID=Nowhere:20260301T090000", "DTEND;TZID=Nowhere:20260301T100000"),
        ("DTSTART:20251231T230000Z", "DTEND:20260101T010000Z"),
        ("DTSTART:20260301T090000Z", "DTEND:20260228T100000Z"),
    ],
)
def test_what_is_not_plain_is_left_to_the_libraries(lines: tuple[str, ...]) -> None:
    """What repeats, what has an own zone, what is at the edge of what is known."""
    assert plain.rows(event("UID:a@x", *lines), FIRST, END) is None


async def test_what_is_stored_of_one_change_is_what_reading_all_gives(
    person: Person, ics: Callable[..., Path]
) -> None:
    """And nothing is left to be read: of events that are added, moved, cancelled and put back, own
    ones and others', that repeat and that don't."""
    path = ics(
        conftest.event("Stand-up", ";TZID=Europe/Berlin:20261127T091500", "DURATION:PT15M\r\n"),
        conftest.event("Choir", ":20261130T180000Z", "DTEND:20261130T190000Z\r\n"),
        conftest.event(
            "Yoga", ":20261130T080000Z", "DTEND:20261130T090000Z\r\nRRULE:FREQ=WEEKLY\r\n"
        ),
    )
    await person.runs("calendars_add", what=str(path))
    await no_difference(person)
    for name, words in (
        ("event_add", "lunch with Ana friday 13:00 at Café X in work"),
        ("event_add", "swim every tuesday at 7:00 in work"),
        ("event_move", "lunch to saturday 14:00"),
        ("event_move", "stand-up to saturday 9:00"),
        ("event_move", "yoga to tuesday 10:00"),
        ("event_move", "swim to friday 9:00"),
        ("event_cancel", "choir"),
        ("event_cancel", "yoga on 7 December"),
        ("event_cancel", "every swim"),
    ):
        done = await person.runs(name, event=words)
        assert done.exit_code == 0, done.text
        await no_difference(person)
        await person.undoes(await person.undoes(done))
        await no_difference(person)


async def test_the_first_event_of_an_own_calendar_is_stored_like_all(person: Person) -> None:
    """There is no calendar before it."""
    await person.runs("event_add", event="lunch with Ana friday 13:00")
    assert await person.titles("2026-11-27") == ["lunch with Ana"]
    await no_difference(person)


async def test_a_file_that_was_changed_elsewhere_is_read_whole(
    person: Person, ics: Callable[..., Path]
) -> None:
    """What another program wrote before the change isn't lost."""
    path = ics(conftest.event("Choir", ":20261130T180000Z", "DTEND:20261130T190000Z\r\n"))
    await person.runs("calendars_add", what=str(path))
    ics(conftest.event("Opera", ":20261127T180000Z", "DTEND:20261127T190000Z\r\n"))
    await person.runs("event_add", event="lunch with Ana friday 13:00 in work")
    assert await person.titles("2026-11-27") == ["lunch with Ana", "Opera"]
    await no_difference(person)


async def no_difference(person: Person) -> None:
    (source,) = (each.source for each in await person.room.calendars.sources())
    assert (await person.room.refreshing.refresh(source)).changed == 0
    stored = await instances(person)
    await person.database.write(lambda c: c.execute("UPDATE calendar_objects SET etag = ''"))
    assert (await person.room.refreshing.refresh(source)).changed == 1
    assert await instances(person) == stored


async def instances(person: Person) -> list[tuple[Any, ...]]:
    sql = (
        "SELECT uid, original, repeats, kind, starts_ms, ends_ms, zone, summary, location, status,"
        " is_free FROM calendar_instances ORDER BY uid, starts_ms, original"
    )
    return await person.database.read(lambda c: [tuple(row) for row in c.execute(sql)])
