"""CalDAV, against Radicale: finding calendars, keeping up with them, and changing them."""

from __future__ import annotations

import stat
from datetime import date

import httpx
import pytest

from tests.calendars.conftest import Person, Served, calendar, event
from wooster.calendars.model import CalendarError

pytestmark = pytest.mark.timeout(60)


def make(server: Served, path: str, name: str) -> None:
    """A calendar on the server."""
    body = (
        '<?xml version="1.0"?><c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
        f"<d:set><d:prop><d:displayname>{name}</d:displayname></d:prop></d:set></c:mkcalendar>"
    )
    told = httpx.request(
        "MKCALENDAR", f"{server.url}{path}", content=body, auth=("ana", "secret-word")
    )
    assert told.status_code == 201, told.text


def put(server: Served, path: str, text: str) -> None:
    told = httpx.put(
        f"{server.url}{path}",
        content=text.encode(),
        headers={"content-type": "text/calendar"},
        auth=("ana", "secret-word"),
    )
    assert told.status_code == 201, told.text


@pytest.fixture
def work(radicale: Served) -> Served:
    """An account with a calendar that has a weekly stand-up and a dentist."""
    make(radicale, "/ana/work/", "Work")
    weekly = event(
        "standup", ";TZID=Europe/Berlin:20261102T091500", "DURATION:PT15M\r\nRRULE:FREQ=DAILY\r\n"
    )
    put(radicale, "/ana/work/standup.ics", calendar(weekly))
    dentist = event("dentist", ":20261127T130000Z", "DTEND:20261127T140000Z\r\n", "Dentist")
    put(radicale, "/ana/work/dentist.ics", calendar(dentist))
    return radicale


async def joined(person: Person, server: Served, path: str = "") -> None:
    await person.runs(
        "calendars_add", what=f"{server.url}{path}", user="ana", password="secret-word"
    )


async def test_an_account_is_found_from_its_server_alone(person: Person, work: Served) -> None:
    """By the principal and the home; every calendar that has events is added by its own name."""
    make(work, "/ana/family/", "Family")
    added = await person.runs(
        "calendars_add", what=f"{work.url}/", user="ana", password="secret-word"
    )
    assert {each["name"] for each in added.data["calendars"]} == {"Work", "Family"}
    assert await person.titles("2026-11-27") == ["standup", "Dentist"]
    await person.undoes(added)
    assert await person.titles("2026-11-27") == []


async def test_an_addition_asks_with_the_host_only(person: Person, work: Served) -> None:
    """Nothing of the path, the user or the password is in the question, the list or the ledger."""
    await joined(person, work, "/ana/work/")
    (asked,) = person.asked
    assert "127.0.0.1" in asked
    listed = await person.says("calendars")
    for text in (asked, listed):
        assert "ana" not in text
        assert "secret-word" not in text
        assert "/work/" not in text
    (kept,) = person.paths.credentials.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(person.paths.credentials.stat().st_mode) == 0o700


async def test_only_what_changed_is_fetched_again(person: Person, work: Served) -> None:
    """By the sync token: a refresh of an unchanged calendar is one question."""
    await joined(person, work, "/ana/work/")
    work.seen.clear()
    await person.runs("calendars_refresh")
    assert [method for method, _ in work.seen] == ["REPORT"]
    put(work, "/ana/work/new.ics", calendar(event("new", ":20261127T160000Z")))
    httpx.delete(f"{work.url}/ana/work/dentist.ics", auth=("ana", "secret-word"))
    work.seen.clear()
    await person.runs("calendars_refresh")
    assert [method for method, _ in work.seen] == ["REPORT", "REPORT"]
    assert await person.titles("2026-11-27") == ["standup", "new"]


async def test_a_token_that_is_forgotten_begins_anew(person: Person, work: Served) -> None:
    """Nothing is lost or doubled by it."""
    await joined(person, work, "/ana/work/")

    def spoil(connection: object) -> None:
        connection.execute("UPDATE calendar_sources SET sync_token = 'gone'")  # type: ignore[attr-defined]

    await person.database.write(spoil)
    put(work, "/ana/work/new.ics", calendar(event("new", ":20261127T160000Z")))
    told = await person.says("calendars_refresh")
    assert "✗" not in told
    assert await person.titles("2026-11-27") == ["standup", "Dentist", "new"]


async def test_an_event_is_added_moved_cancelled_and_put_back(person: Person, work: Served) -> None:
    """Each asks with what will happen; each can be taken back, which asks as well."""
    await joined(person, work, "/ana/work/")
    added = await person.runs("event_add", event="lunch with Ana friday 13:00-14:00 at Café X")
    assert person.asked[-1] == (
        "Add “lunch with Ana” tomorrow, 13:00–14:00 at Café X to “Work” (127.0.0.1)?"
    )
    assert "lunch with Ana" in await person.titles("2026-11-27")
    moved = await person.runs("event_move", event="lunch to saturday 15:00")
    assert person.asked[-1] == (
        "Move “lunch with Ana” tomorrow, 13:00–14:00 to Saturday 28 November, 15:00–16:00 in "
        "“Work” (127.0.0.1)?"
    )
    assert await person.titles("2026-11-28") == ["standup", "lunch with Ana"]
    back = await person.undoes(moved)
    assert "lunch with Ana" in await person.titles("2026-11-27")
    await person.undoes(back)
    assert await person.titles("2026-11-28") == ["standup", "lunch with Ana"]
    gone = await person.runs("event_cancel", event="lunch")
    assert await person.titles("2026-11-28") == ["standup"]
    await person.undoes(gone)
    assert await person.titles("2026-11-28") == ["standup", "lunch with Ana"]
    await person.undoes(moved)
    await person.undoes(added)
    assert await person.titles("2026-11-27") == ["standup", "Dentist"]
    assert await person.titles("2026-11-28") == ["standup"]


async def test_one_time_of_a_series_is_moved_and_one_cancelled(
    person: Person, work: Served
) -> None:
    """The others stay; the server's own text says so to every other program."""
    await joined(person, work, "/ana/work/")
    await person.runs("event_move", event="friday's standup to 11:00")
    await person.runs("event_cancel", event="standup on saturday")
    for day, times in (("2026-11-26", ["09:15"]), ("2026-11-27", ["11:00"]), ("2026-11-28", [])):
        found = await person.room.calendars.agenda(date.fromisoformat(day))
        own = [each for each in found if each.summary == "standup"]
        assert [f"{each.starts:%H:%M}" for each in own if each.starts] == times
    text = httpx.get(f"{work.url}/ana/work/standup.ics", auth=("ana", "secret-word")).text
    assert "RECURRENCE-ID;TZID=Europe/Berlin:20261127T091500" in text.replace("\r\n ", "")
    assert "EXDATE;TZID=Europe/Berlin:20261128T091500" in text.replace("\r\n ", "")


async def test_a_series_of_ones_own_keeps_its_time_of_the_clock(
    person: Person, work: Served
) -> None:
    """Over the end of March, with the zone's definition beside it."""
    await joined(person, work, "/ana/work/")
    await person.runs("event_add", event="yoga every monday 7am")
    for day in ("2026-11-30", "2027-04-05"):
        found = await person.room.calendars.agenda(date.fromisoformat(day))
        (yoga,) = [each for each in found if each.summary == "yoga"]
        assert yoga.starts is not None
        assert f"{yoga.starts:%H:%M}" == "07:00"


async def test_what_was_changed_elsewhere_is_not_overwritten(person: Person, work: Served) -> None:
    """The server tells by the ETag; the person is told, and sees the newer one."""
    await joined(person, work, "/ana/work/")
    httpx.put(
        f"{work.url}/ana/work/dentist.ics",
        content=calendar(event("dentist", ":20261127T150000Z", title="Dentist")).encode(),
        auth=("ana", "secret-word"),
    )
    with pytest.raises(CalendarError, match="changed elsewhere"):
        await person.runs("event_cancel", event="dentist")
    assert "Dentist" in await person.titles("2026-11-27")


async def test_a_wrong_password_is_told_without_it(person: Person, work: Served) -> None:
    """Nothing is added, and nothing of the secret is in the message."""
    with pytest.raises(CalendarError) as told:
        await person.runs("calendars_add", what=f"{work.url}/ana/work/", user="ana", password="no")
    assert "doesn't let us in" in str(told.value)
    assert "no calendars" in await person.says("calendars")


async def test_a_server_that_is_away_leaves_what_is_known(person: Person, work: Served) -> None:
    """The agenda answers from the database and says how old it is; nothing asks the server."""
    await joined(person, work, "/ana/work/")
    person.clock.advance(3 * 3600)
    work.seen.clear()
    assert "*As of 3 hours ago.*" in await person.says("agenda", when="tomorrow")
    assert work.seen == []
