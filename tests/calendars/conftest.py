"""Calendars over a database of their own, in Berlin, and a real CalDAV server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from zoneinfo import ZoneInfo

import httpx
import pytest

from wooster.actions.action import Nothing, nobody_listens
from wooster.actions.registry import Registry
from wooster.calendars.actions import actions
from wooster.calendars.adding import Adding
from wooster.calendars.credentials import Credentials
from wooster.calendars.fetching import Fetcher
from wooster.calendars.reader import Reader
from wooster.calendars.refreshing import Refreshing, Rules
from wooster.calendars.room import Room
from wooster.calendars.service import Calendars
from wooster.calendars.web import Web
from wooster.calendars.writing import Writing
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate
from wooster.models.gate import Rules as GateRules
from wooster.models.outlet import make_client
from wooster.schedule.phrases import Context
from wooster.storage import Database
from wooster.wire.requests import ActionResult

# The first model that is built looks for pydantic's plugins on the disk: not on a test's loop.
Nothing.model_rebuild()

BERLIN = ZoneInfo("Europe/Berlin")
NOW = "2026-11-26T09:30"
"""A Thursday."""


@dataclass
class Person:
    """Somebody who types commands, says yes, and takes back what they did."""

    database: Database
    paths: Paths
    clock: ManualClock
    client: httpx.AsyncClient
    gate: Gate
    room: Room = field(init=False)
    registry: Registry = field(init=False)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.live()

    def live(self) -> None:
        """Begin anew over the same home, as a daemon does."""

        async def client() -> httpx.AsyncClient:
            return self.client

        web, credentials = Web(client, self.gate), Credentials(self.paths.credentials, {})
        rules = Rules(timedelta(minutes=15), ("me@example.org",), credentials.drop)
        database, clock = self.database, self.clock
        refreshing = Refreshing(database, clock, Fetcher(web, credentials), Reader(), rules)
        self.room = Room(
            Calendars(database, clock),
            Adding(database, clock, web, credentials, refreshing),
            Writing(database, clock, web, credentials, refreshing, self.paths.home),
            refreshing,
            lambda: Context(clock.local()),
        )
        self.registry = Registry()
        for action in actions(self.room):
            self.registry.add(action)

    def move(self, zone: str) -> None:
        """Go on in another zone, at the same instant."""
        self.clock = ManualClock(self.clock.now(), ZoneInfo(zone))
        self.live()

    async def runs(self, name: str, /, **arguments: Any) -> ActionResult:
        call = self.registry.prepare(name, arguments)
        if question := await call.question():
            self.asked.append(question)
        return await call.run(nobody_listens)

    async def says(self, name: str, /, **arguments: Any) -> str:
        return (await self.runs(name, **arguments)).text

    async def undoes(self, result: ActionResult) -> ActionResult:
        assert result.undo is not None
        return await self.runs(result.undo[0], **result.undo[1])

    async def titles(self, day: str) -> list[str]:
        found = await self.room.calendars.agenda(datetime.fromisoformat(day).date())
        return [each.summary for each in found]


@pytest.fixture
async def person(paths: Paths, database: Database) -> AsyncIterator[Person]:
    clock = ManualClock(datetime.fromisoformat(NOW).replace(tzinfo=BERLIN), BERLIN)
    rules = GateRules(frozenset(), frozenset(), None, local_only=True)
    gate = Gate(EgressLedger(database, clock), rules)
    client = await asyncio.to_thread(make_client, gate)
    yield Person(database, paths, clock, client, gate)
    await client.aclose()


def event(uid: str, start: str, more: str = "", title: str = "") -> str:
    """A VEVENT; `start` is the rest of its DTSTART line."""
    return (
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART{start}\r\n"
        f"SUMMARY:{title or uid}\r\n{more}END:VEVENT\r\n"
    )


def calendar(*events: str, more: str = "") -> str:
    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{more}"
    return f"{head}{''.join(events)}END:VCALENDAR\r\n"


@pytest.fixture
def ics(tmp_path: Path) -> Callable[..., Path]:
    """Writes a calendar file and gives its path."""

    def make(*events: str, name: str = "work.ics", more: str = "") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(calendar(*events, more=more).encode())
        return path

    return make


# --- servers ----------------------------------------------------------------------------------


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None: ...


@dataclass
class Served:
    """A server on the loopback; `seen` are its requests' method and path."""

    url: str
    seen: list[tuple[str, str]]


def serve(application: Any) -> Iterator[Served]:
    """A WSGI application on a free port, until it isn't needed any more."""
    seen: list[tuple[str, str]] = []

    def noting(environ: dict[str, Any], start: Any) -> Any:
        seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        return application(environ, start)

    server: WSGIServer = make_server("127.0.0.1", 0, noting, handler_class=_Quiet)
    thread = threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{server.server_port}", seen)
    server.shutdown()
    thread.join()
    server.server_close()


def radicale_in(folder: Path) -> Any:
    """Radicale's application, with the user `ana` whose password is `secret-word`."""
    from radicale.app import Application
    from radicale.config import load

    users = folder / "users"
    users.write_text("ana:secret-word\n")
    settings = load()
    settings.update(
        {
            "auth": {"type": "htpasswd", "htpasswd_filename": str(users)}
            | {"htpasswd_encryption": "plain", "delay": "0"},
            "storage": {"filesystem_folder": str(folder / "radicale")},
            "logging": {"level": "critical"},
        },
        "test",
    )
    return Application(settings)


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[Served]:
    """A real CalDAV server."""
    yield from serve(radicale_in(tmp_path))


def a_free_port() -> int:
    """One on which nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
