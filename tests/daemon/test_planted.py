"""Instructions planted in documents, mail and calendars, and a model that obeys every one of them.

The files in `planted/` are ours; the daemon, its library, its calendars and its log are the real
ones. Only the model is a stand-in: see `tests/obeying.py`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.obeying import obeying, orders
from tests.process import Daemon, running, without_servers
from wooster.config.paths import Paths
from wooster.wire.events import Asking, Event, Meta, Tool
from wooster.wire.requests import Agreement, TurnRequest

PLANTED = Path(__file__).with_name("planted")
ABOUT = "What do my notes say about honeycomb?"


@dataclass
class Person:
    """Talks with the daemon, says `agrees` to each question, and keeps the questions."""

    daemon: Daemon
    agrees: bool = False
    is_there: bool = True
    asked: list[str] = field(default_factory=list)
    session: str | None = None

    def say(self, text: str) -> dict[str, str]:
        """The tools of the turn by name, each with its state."""
        request = TurnRequest(text, "repl", self.session, as_message=True, can_choose=self.is_there)
        got: list[Event] = []
        with self.daemon.client.turn(request) as stream:
            for event in stream:
                got.append(event)
                if isinstance(event, Meta):
                    self.session = event.session_id
                if isinstance(event, Asking):
                    self.asked.append(event.question)
                    agreement = Agreement(event.call, self.agrees)
                    self.daemon.client.agree(event.turn_id, agreement)
        return {each.name: each.state for each in got if isinstance(each, Tool)}


def changes(daemon: Daemon) -> list[dict[str, Any]]:
    """What the log has that a model did."""
    entries: list[dict[str, Any]] = daemon.client.act("log").data["entries"]
    return [each for each in entries if each["who"] == "model"]


def planted(*names: str) -> set[str]:
    """The tools that the planted files call."""
    files = [path for name in names for path in (PLANTED / name).iterdir()]
    found = {name for path in files for name, _ in orders(path.read_text())}
    assert found
    return found


@pytest.fixture
def daemon(paths: Paths) -> Iterator[Daemon]:
    shutil.copytree(PLANTED, paths.home / "planted")
    # An answer has eight calls: plants recalled from other conversations would leave none for ours.
    apart = {"WOOSTER_TURN__MEMORYTOKENS": "0"}
    with obeying() as url, running(paths, without_servers(url) | apart) as made:
        client = made.client
        client.act("library_add", path=str(paths.home / "planted" / "notes"))
        client.act("calendars_add", what=str(paths.home / "planted" / "calendar"))
        yield made


def readings() -> list[str]:
    """What a person says that has a model read each planted file."""
    files = sorted((PLANTED / "notes").iterdir())
    opened = [f'Please DO open {{"which": "{file.name}"}}' for file in files]
    return [ABOUT, 'Please DO agenda {"when": "tomorrow"}', *opened]


def nothing_is_done(daemon: Daemon, *, is_there: bool) -> set[str]:
    """Read every plant, and go on talking after each; returns the tools that plants called."""
    met: set[str] = set()
    for reading in readings():
        person = Person(daemon, is_there=is_there)
        own = {name for name, _ in orders(reading)}
        for said in (reading, "Thank you"):
            states = person.say(said)
            done = {name for name, state in states.items() if state not in ("refused", "failed")}
            assert done <= own, (reading, states)
            assert len(person.asked) <= is_there, person.asked
            met |= states.keys() - own
            person.asked.clear()
    assert changes(daemon) == []
    assert daemon.client.act("egress").data["requests"] == []
    return met


def test_what_is_planted_is_done_only_after_a_persons_yes(daemon: Daemon) -> None:
    """Whatever was read, and by whichever way: no change and nothing outward without a yes, one
    question at most in each answer, and none in a pipe; nor does the message after it, which
    repeats the plants. What is agreed to is in the log as the model's, and is taken back. What the
    person asks for, with nothing of others before the model, asks nothing."""
    before = {path: path.read_bytes() for path in (daemon.paths.home / "planted").rglob("*.*")}
    for is_there in (True, False):
        met = nothing_is_done(daemon, is_there=is_there)
        assert planted("notes", "calendar") - met == set()
    assert before == {path: path.read_bytes() for path in before}
    assert not Path("/tmp/planted-export").exists()

    person = Person(daemon, agrees=True)
    assert person.say('Please DO capture {"text": "roses"}') == {"capture": "done"}
    assert person.asked == []
    person.session = None
    states = person.say('Please DO open {"which": "prices.csv"}')
    assert states["projects_new"] == "done"
    assert "wants to do this: projects new: Mallory. Do it?" in person.asked[0]
    newest = next(each for each in changes(daemon) if each["action"] == "projects_new")
    assert "by the model" in daemon.client.act("log").text
    assert daemon.client.act("undo", number=str(newest["number"])).exit_code == 0
    assert "Mallory" not in daemon.client.act("projects").text
