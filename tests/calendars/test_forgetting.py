"""What of a calendar's text says something, and the text without it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from wooster.calendars import blocks, store
from wooster.calendars.forgetting import clear_own, events, own_saying, saying, without
from wooster.calendars.model import Object
from wooster.storage import Database

HOME = Path("/home/.wooster")

HEAD = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Berlin//Berlin//EN\r\n"
    "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
    "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
AT = "DTSTART;TZID=Europe/Berlin:2026120"


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])


LUNCH = event("UID:1", f"{AT}1T120000", "SUMMARY:Lunch with An", " na\\, Café")
CHOIR = event("UID:2", f"{AT}1T180000", "RRULE:FREQ=WEEKLY", "SUMMARY:Choir")
WHICH = "RECURRENCE-ID;TZID=Europe/Berlin:20261208T180000"
MOVED = event("UID:2", WHICH, f"{AT}9T180000", "SUMMARY:Choir", "LOCATION:at Anna's")
TODO = "BEGIN:VTODO\r\nUID:3\r\nSUMMARY:write to Anna\r\nEND:VTODO\r\n"
NAME = "X-WR-CALNAME:For An\r\n na\r\n"
END = "END:VCALENDAR\r\n"


def anna(text: str) -> bool:
    return "Anna" in text


def test_what_says_it_goes_and_every_other_byte_stays() -> None:
    """An event whose words are folded; another kind of entry; a line of the calendar's own."""
    kept = HEAD + CHOIR + END
    assert without(HEAD + NAME + LUNCH + CHOIR + TODO + END, anna) == kept
    assert without(kept, anna) == kept
    told = events(HEAD + NAME + LUNCH + CHOIR + END, anna)
    assert told == ["the event “Lunch with Anna, Café”", "a line of a calendar"]


def test_of_a_series_only_the_time_goes_that_says_it() -> None:
    """The others stay, and that one doesn't come back as it was before; where the series says it,
    all of it goes."""
    left = without(HEAD + CHOIR + MOVED + END, anna)
    assert "Anna" not in left and left.count("SUMMARY:Choir") == 1
    assert "EXDATE;TZID=Europe/Berlin:20261208T180000" in left
    assert without(HEAD + CHOIR + MOVED + END, lambda text: "Choir" in text) == HEAD + END


def test_what_is_never_closed_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of thousands of entries of which none ends is gone through a few times, and not once
    for each; a line of it that says it goes, as does an entry in it that is closed."""
    begins = "BEGIN:X\r\n" * 3000
    looked, real = [0], blocks.name_of

    def counted(line: str) -> str:
        looked[0] += 1
        return real(line)

    monkeypatch.setattr(blocks, "name_of", counted)
    text = f"{HEAD}{begins}{TODO}NOTE:Anna\r\n{begins}"
    assert without(text, anna) == f"{HEAD}{begins}{begins}"
    assert looked[0] < 10 * 6000


def test_what_programs_write_says_nothing() -> None:
    """Who forgets Berlin keeps the events that are at its time."""
    text = HEAD + LUNCH + CHOIR + MOVED + END
    assert without(text, lambda told: "Berlin" in told) == text
    assert events(text, lambda told: "Berlin" in told) == []


_SOURCES = [
    ("file", "Personal", "/home/.wooster/calendar.ics", ""),
    ("file", "Births", "/home/.wooster/calendars/births.ics", ""),
    ("file", "Mine", "/home/.wooster/mine.ics", ""),
    ("caldav", "Family", "example.org", "1"),
    ("folder", "Quiet", "/home/Anna", ""),
]


async def test_only_wooster_s_own_calendars_are_cleared(database: Database) -> None:
    """One that was made here, or moved in. Files that were added, a server's calendars, and those
    whose place alone says it, are told of and stay, byte for byte."""
    text = HEAD + LUNCH + CHOIR + END

    def lived(connection: sqlite3.Connection) -> list[str]:
        for number, (kind, name, place, credential) in enumerate(_SOURCES, 1):
            connection.execute(
                "INSERT INTO calendar_sources (id, kind, name, place, credential, added_ms)"
                " VALUES (?, ?, ?, ?, ?, 1)",
                (number, kind, name, place, credential),
            )
            row = {"original": "", "repeats": 0, "kind": "timed", "starts_ms": 1, "ends_ms": 2}
            row |= {"zone": "", "location": "", "status": "confirmed", "is_free": 0}
            rows = [row | {"uid": "1", "summary": "Lunch"}, row | {"uid": "2", "summary": "Choir"}]
            written = text if name != "Quiet" else HEAD + CHOIR + END
            store.put_object(connection, number, Object("a", "", written), rows)
        told = own_saying(connection, anna, HOME)
        clear_own(connection, anna, HOME)
        return told + saying(connection, anna, HOME)

    away = "(`calendars remove` takes it away)"
    assert await database.write(lived) == [
        "the event “Lunch with Anna, Café”",
        *(f"the calendar “{name}” {away}" for name in ("Mine", "Family", "Quiet")),
    ]
    left = {name: text for _, name, text in await database.read(store.texts)}
    assert left["Personal"] == left["Births"] == HEAD + CHOIR + END
    assert left["Mine"] == left["Family"] == text
    times = await database.read(store.instances)
    assert [each.calendar for each in times if each.uid == "1"] == ["Mine", "Family", "Quiet"]
