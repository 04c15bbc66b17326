"""Every `wooster` line of the README's blocks ends well, and what its sentences have a person type
is done: all in its order, in one home with real models. What is outside the machine has a stand-in.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests import hub, readme
from tests.calendars.conftest import radicale_in, serve
from tests.calendars.test_caldav import make as make_calendar
from tests.e2e.conftest import Home
from tests.e2e.test_models import own_models
from tests.moving.exports import chatgpt, zipped
from tests.moving.old_home import build
from tests.process import free_port
from tests.servers.tiny import LLAMA, make_model
from tests.weather import open_meteo
from wooster.cli import main, parser
from wooster.config import catalogue
from wooster.repl import launch
from wooster.wire.events import Notice

ROOT = Path(__file__).parents[2]

# What isn't run here, and the test that runs it as it stands in the README.
_ZONE = ZoneInfo("Europe/Lisbon")  # as First day sets it
ELSEWHERE = {
    "wooster service": "tests/e2e/test_install.py::test_from_the_clone_to_the_removal",
}
# What asks first: here the answer is yes.
ASKS = re.compile(
    r"wooster (forget (?!--prove)|restore|calendars add http|event|models remove|weather place"
    r"|egress allow)"
)
GOOGLE, CALDAV = "https://calendar.google.com/calendar/ical/…/", "https://caldav.example.org/"
TODAY = datetime.now(UTC).date()
# The table says which word comes after these.
NEED_A_WORD = {"wooster event", "wooster memory", "wooster models pull"}
SUNDAYS = ("water the plants", "wash the car", "bake bread")


@pytest.fixture
def nothing_is_piped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Some commands read what is piped to them."""
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        yield


class Person:
    """Somebody who has the files that the README speaks of, and types what it shows."""

    def __init__(self, home: Home, places: dict[str, str]) -> None:
        self.home, self._places = home, places
        self.failed: list[str] = []

    def runs(self, line: str, capfd: pytest.CaptureFixture[str]) -> str:
        """Type it in a shell; what it wrote. One that doesn't end with 0 is remembered."""
        for shown, real in self._places.items():
            line = line.replace(shown, real)
        words = shlex.split(line)[1:] + (["--yes"] if ASKS.match(line) else [])
        try:
            code = main(words)
        except SystemExit as left:
            code = int(left.code or 0)
        out, err = capfd.readouterr()
        if code != 0:
            self.failed.append(f"{line}: {code}: {err or out}")
        return out

    def says(self, line: str, capfd: pytest.CaptureFixture[str]) -> None:
        """Type it in the conversation: it is done or shown at once, and no model is asked."""
        if line.startswith("snooze"):
            self.is_reminded(capfd)
        if line == "next @phone":
            self.runs("wooster tasks add call Bob @phone", capfd)
        *_, last = self.runs(shlex.join(["wooster", "say", "--json", line]), capfd).splitlines()
        if json.loads(last)["event"] != "result":
            self.failed.append(f"{line}: {last}")

    def lives(self, capfd: pytest.CaptureFixture[str]) -> None:
        """What was done on the Sundays of a quarter."""
        sunday = TODAY - timedelta(days=TODAY.isoweekday() % 7 or 7)
        for name in SUNDAYS:
            self.runs(f"wooster habits add {name} once a week", capfd)
            for week in range(12):
                done = f"{name} on {sunday - week * timedelta(7)}"
                assert self.home.daemon.client.act("habits_checkin", habit=done).exit_code == 0

    def is_reminded(self, capfd: pytest.CaptureFixture[str]) -> None:
        """A reminder comes while a conversation is open."""
        client = self.home.daemon.client
        with client.notices() as stream:
            self.runs("wooster remind me in 1 second to begin", capfd)
            shown = (each for each in stream if isinstance(each, Notice) and each.text == "begin")
            client.notice_shown(next(shown).key)


def environ_of(home: Home, stack: ExitStack, folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Stand-ins for what the README's lines reach: the settings that lead there, and what its
    addresses are here."""
    weather = stack.enter_context(open_meteo.running())
    weather.first = TODAY
    small = {**LLAMA, "hidden_size": 64, "num_hidden_layers": 1, "tie_word_embeddings": True}
    model = make_model(folder / "small", small, home.paths.models / "smollm2-135m-instruct")
    files = {each.name: each.read_bytes() for each in model.iterdir()}
    wanted = re.findall(r"models pull (\S+)", readme.TEXT)
    repositories = tuple(each.repository for each in catalogue.models() if each.name in wanted)
    models = stack.enter_context(hub.running(hub.Hub(files, repositories)))
    settings = {
        "WOOSTER_WEATHER__SERVER": weather.url,
        "WOOSTER_WEATHER__GEOCODER": weather.url,
        "WOOSTER_HUB__URL": models.url,
        "WOOSTER_FAST__PORT": str(free_port()),
    }
    (folder / "served").mkdir()
    caldav = stack.enter_context(contextmanager(serve)(radicale_in(folder / "served")))
    make_calendar(caldav, "/ana/work/", "Team")
    text = (folder / "work.ics").read_bytes().replace(b"standup", b"swimming")

    def google(_: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [("content-type", "text/calendar")])
        return [text]

    address = stack.enter_context(contextmanager(serve)(google)).url
    return settings, {CALDAV: f"{caldav.url}/", GOOGLE: f"{address}/", "~": str(folder)}


def put_files(folder: Path) -> None:
    """What the README's lines find in a person's folder."""
    for place, text in {
        "Documents/notes/bees.md": "# Bees\n\nTreated on 3 May. Beekeeping in winter. #garden\n",
        "papers/rent.md": "# Rent\n\nPaid monthly.\n",
    }.items():
        (folder / place).parent.mkdir(parents=True)
        (folder / place).write_text(text)
    today = datetime.now(_ZONE).date()
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    (folder / "work.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nBEGIN:VEVENT\r\nUID:standup\r\n"
        f"DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:{friday:%Y%m%d}\r\n"
        "RRULE:FREQ=WEEKLY\r\nSUMMARY:standup\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    build(folder / "wooster-old")
    (folder / "Downloads").mkdir()
    zipped(folder / "Downloads" / "chatgpt.zip", chatgpt())


@pytest.fixture
def person(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    put_files(tmp_path)
    own_models(home)
    with ExitStack() as stack:
        settings, places = environ_of(home, stack, tmp_path)
        for name, value in {**home.environ(), **settings, "HOME": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(getpass, "getpass", lambda _: "secret-word")
        yield Person(home, places)
        home.stop()
        for process in launch._children:  # `restore` starts a daemon again
            process.wait(60)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("nothing_is_piped")
def test_what_the_readme_shows_is_so(person: Person, capfd: pytest.CaptureFixture[str]) -> None:
    """Each command ends with 0, and each line of the conversation is done without a model."""
    person.lives(capfd)
    ran = 0
    for section in readme.sections():
        for line in readme.lines(section):
            if line.startswith(tuple(ELSEWHERE)):
                continue
            if line.startswith("wooster ask"):
                person.home.wait_ready()
            if line.startswith("wooster "):
                person.runs(line, capfd)
                ran += 1
            for typed in readme.in_conversation(line):
                person.says(typed, capfd)
                ran += 1
        for typed in readme.said(section):
            person.says(typed, capfd)
            ran += 1
    assert not person.failed, "\n".join(person.failed)
    assert ran > 100


def test_what_is_run_elsewhere_is_in_the_readme_and_run_there() -> None:
    """And each is still in the README."""
    for line, where in ELSEWHERE.items():
        assert any(each.startswith(line) for each in readme.commands()), line
        file, name = where.split("::")
        assert re.search(rf"def {name}\b", (ROOT / file).read_text("utf-8")), where


def test_each_command_that_the_readme_names_is_one() -> None:
    """Also where it isn't run: its words and its options are taken, and it explains itself."""
    named = {*readme.named()} - NEED_A_WORD
    assert len(named) > 60
    for line in sorted(named):
        words = shlex.split(line.replace("[", "").replace("]", ""))[1:] or ["--help"]
        words = ["say" if each == "COMMAND" else "3" if each == "N" else each for each in words]
        asks = "help" in words[0]
        with pytest.raises(SystemExit) if asks else nullcontext() as left:
            assert parser.parse(words).arguments.handler
        assert left is None or left.value.code == 0, line


@pytest.mark.parametrize("command", sorted({command for command, _ in readme.kinds()}))
def test_what_comes_after_a_command_by_the_readme_does(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its help lists each word that the table has."""
    with pytest.raises(SystemExit) as left:
        parser.parse([command, "--help"])
    assert left.value.code == 0
    help_ = capsys.readouterr().out
    told = [word for each, word in readme.kinds() if each == command]
    assert len(told) > 2
    assert [word for word in told if not re.search(rf"(?m)^ +{word}\b", help_)] == []
