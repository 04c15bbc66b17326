"""Plain sentences through the socket, with no model server at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.peer import Peer, scripted
from tests.process import Daemon, running, without_servers
from wooster.config.paths import Paths
from wooster.wire import events
from wooster.wire.requests import TurnRequest


@pytest.fixture
def peer() -> Iterator[Peer]:
    with scripted("Good ", "evening.") as made:
        yield made


@pytest.fixture
def daemon(paths: Paths, peer: Peer) -> Iterator[Daemon]:
    with running(paths, without_servers(peer.url)) as made:
        yield made


def ask(daemon: Daemon, text: str, *, as_message: bool = False) -> events.Event:
    """What the daemon ends with."""
    with daemon.client.turn(TurnRequest(text, "repl", as_message=as_message)) as stream:
        return list(stream)[-1]


def test_a_plain_sentence_is_done_and_can_be_taken_back(daemon: Daemon, peer: Peer) -> None:
    """No model is asked; what was done is shown with the way back, and a message stays one."""
    ask(daemon, "/habits add meditate every day")
    done = ask(daemon, "Hey Wooster, I meditated today!")
    assert isinstance(done, events.Result)
    assert done.text == "meditate: done today. Streak 1 day.\n\n`undo` takes it back."
    assert isinstance(ask(daemon, "undo that"), events.Result)
    shown = ask(daemon, "what's my meditation streak?")
    assert isinstance(shown, events.Result)
    assert "undo" not in shown.text
    assert peer.requests == []
    assert isinstance(ask(daemon, "I meditated today", as_message=True), events.Done)
    assert isinstance(ask(daemon, "I didn't meditate today"), events.Done)
    assert isinstance(ask(daemon, "I meditated on your words"), events.Done)
    looked = daemon.client.act("habits").data["habits"]
    assert [each["streak"] for each in looked] == [0]
