"""Calendars at an address: asked for by their state, in the ledger, and kept secret."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.calendars.conftest import Person, Served, a_free_port, calendar, event, serve
from wooster.calendars import dav, web
from wooster.calendars.credentials import Credential, Credentials
from wooster.calendars.model import CalendarError
from wooster.calendars.web import Question
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate, Rules
from wooster.models.outlet import Outlet
from wooster.storage import Database

SECRET = "/calendar/ical/ana%40example.org/private-5ec4e7/basic.ics"


class Site:
    """A web site with one calendar file, that knows ETags and moves things."""

    def __init__(self) -> None:
        self.text = calendar(event("A", ":20261127T080000Z"), more="X-WR-CALNAME:Ana\\, alone\r\n")
        self.etag = '"1"'
        self.status = 200

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            start("405 Method Not Allowed", [])
            return [b""]
        if environ["PATH_INFO"] == "/moved":
            start("302 Found", [("Location", SECRET)])
            return [b""]
        if self.status != 200:
            start(f"{self.status} No", [])
            return [b"<html>no</html>"]
        if environ.get("HTTP_IF_NONE_MATCH") == self.etag:
            start("304 Not Modified", [("ETag", self.etag)])
            return [b""]
        start("200 OK", [("ETag", self.etag), ("Content-Type", "text/calendar")])
        return [self.text.encode()]


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def served(site: Site) -> Iterator[Served]:
    yield from serve(site)


async def test_an_address_is_asked_for_by_its_state(
    person: Person, site: Site, served: Served
) -> None:
    """What hasn't changed isn't sent again; what has is seen; the file names the calendar."""
    added = await person.runs("calendars_add", what=f"{served.url}{SECRET}")
    assert [each["name"] for each in added.data["calendars"]] == ["Ana, alone"]
    assert not added.data["calendars"][0]["can_write"]
    await person.runs("calendars_refresh")
    assert await person.titles("2026-11-27") == ["A"]
    site.etag, site.text = '"2"', calendar(event("B", ":20261127T080000Z"))
    await person.runs("calendars_refresh")
    assert await person.titles("2026-11-27") == ["B"]


async def test_an_address_that_moved_is_followed(person: Person, served: Served) -> None:
    """Also a secret one's; what is kept is the one that was given."""
    await person.runs("calendars_add", what=f"{served.url}/moved", name="Ana")
    assert await person.titles("2026-11-27") == ["A"]


async def test_an_address_is_told_nowhere(
    person: Person, site: Site, served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in what is asked, listed, logged or stored in the database, whatever goes wrong."""
    caplog.set_level(logging.DEBUG, logger="wooster")
    added = await person.runs("calendars_add", what=f"{served.url}{SECRET}", name="Ana")
    texts = [*person.asked, added.text, str(added.data)]
    for status in (401, 404, 500):
        site.status = status
        texts.append(await person.says("calendars_refresh"))
    site.status, site.text, site.etag = 200, "<html>hello</html>", '"3"'
    texts.append(await person.says("calendars_refresh"))
    texts.append(await person.says("agenda"))
    texts.append(caplog.text)
    assert all("5ec4e7" not in text and "ana%40" not in text for text in texts)
    assert "doesn't answer with a calendar" in texts[-3]

    def dump(connection: sqlite3.Connection) -> str:
        return str([tuple(row) for row in connection.execute("SELECT * FROM calendar_sources")])

    assert "5ec4e7" not in await person.database.read(dump)
    assert "5ec4e7" not in repr(Credential(f"{served.url}{SECRET}"))


async def test_what_cannot_be_reached_says_so_by_its_host(person: Person) -> None:
    """Nothing is added."""
    with pytest.raises(CalendarError, match=r"^127\.0\.0\.1 can't be reached$"):
        await person.runs("calendars_add", what=f"http://127.0.0.1:{a_free_port()}{SECRET}")
    assert "no calendars" in await person.says("calendars")


async def test_each_request_to_another_machine_is_in_the_ledger(
    paths: Paths, database: Database, clock: ManualClock
) -> None:
    """By its host, for a calendar, before it goes; also under local-only, which is for models."""
    gate = Gate(EgressLedger(database, clock), Rules(frozenset(), frozenset(), None, True))
    seen: list[httpx.Request] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, text=calendar())

    transport = Outlet(httpx.MockTransport(answer), gate)
    async with httpx.AsyncClient(transport=transport) as client:

        async def made() -> httpx.AsyncClient:
            return client

        the_web = web.Web(made, gate)
        await the_web.ask(Question("GET", f"https://calendar.example{SECRET}", "Ana"))
        with pytest.raises(CalendarError, match="without encryption"):
            await the_web.ask(Question("GET", f"http://calendar.example{SECRET}", "Ana"))
    assert len(seen) == 1

    def rows(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
        query = "SELECT provider, host, model, purpose, state, cost_micros FROM egress"
        return [tuple(row) for row in connection.execute(query)]

    assert await database.read(rows) == [
        ("calendar", "calendar.example", "Ana", "calendar", "answered", None)
    ]


def test_a_password_goes_to_its_owner_only() -> None:
    """Not to whom a redirect names, and not from https to http."""
    question = Question("GET", "https://caldav.icloud.com/", "x", "ana", "word")
    for url, keeps in (
        ("https://p41-caldav.icloud.com/1/", True),
        ("https://caldav.icloud.com/2/", True),
        ("http://caldav.icloud.com/", False),
        ("https://caldav.icloud.com.evil.example/", False),
        ("https://other.example/", False),
    ):
        assert bool(question.to(url).password) == keeps, url
    assert not dav.same_site("https://10.0.0.1/", "https://10.9.0.1/")
    assert web.apart("https://ana:w%40rd@host/x") == ("https://host/x", "ana", "w%40rd")
    assert web.apart("https://ana:word℀@host/x") == ("", "", "")  # no reader of addresses takes it
    assert web.secure("webcal://host/x") == "https://host/x"


def test_an_answer_that_declares_entities_is_refused() -> None:
    """A small text that would grow without end never does."""
    for content in (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', b"<html></html>", b"no xml"):
        with pytest.raises(dav.NotDav):
            dav.read(content, "https://example.org/")


async def test_the_background_asks_as_often_as_it_should(person: Person, served: Served) -> None:
    """Not before its time; a source that was removed a week ago goes for good, with its address."""
    await person.runs("calendars_add", what=f"{served.url}{SECRET}", name="Ana")
    served.seen.clear()
    refreshing = person.room.refreshing
    await refreshing._look()
    assert served.seen == []
    person.clock.advance(timedelta(minutes=16).total_seconds())
    await refreshing._look()
    assert [method for method, _ in served.seen] == ["GET"]
    await person.runs("calendars_remove", calendar="Ana")
    await refreshing._look()
    assert len(list(person.paths.credentials.iterdir())) == 1
    person.clock.advance(timedelta(days=8).total_seconds())
    await refreshing._look()
    assert list(person.paths.credentials.iterdir()) == []


async def test_the_window_rolls_with_the_days(person: Person, served: Served) -> None:
    """What is stored is expanded anew without asking for it."""
    weekly = calendar(event("W", ":20261126T080000Z", "RRULE:FREQ=WEEKLY\r\n"))
    await person.runs("calendars_add", what=f"{served.url}{SECRET}", name="Ana")
    (served_source,) = await person.room.calendars.sources()
    assert served_source.events == 1
    path = person.paths.home / "own.ics"
    path.write_text(weekly)
    await person.runs("calendars_add", what=str(path))
    assert await person.titles("2029-06-07") == []
    person.clock.advance(timedelta(days=300).total_seconds())
    await person.room.refreshing._look()
    assert await person.titles("2029-06-07") == ["W"]


def test_a_password_may_be_kept_elsewhere(paths: Paths) -> None:
    """In the environment, a keyring or a file; where it isn't there, the place is told."""
    credentials = Credentials(paths.credentials, {"WORD": "secret-word"})
    name = credentials.put(Credential("https://example.org/", "ana", "env:WORD"))
    assert credentials.get(name).password == "secret-word"
    name = credentials.put(Credential("https://example.org/", "ana", "env:OTHER"))
    with pytest.raises(CalendarError, match="OTHER"):
        credentials.get(name)
