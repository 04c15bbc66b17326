"""The client against a real socket: what comes back, and what every failure becomes."""

from __future__ import annotations

import socket
import threading

import pytest

from wooster.config.paths import Paths
from wooster.core.errors import DaemonUnreachable, NotFound, WoosterError
from wooster.repl import client as client_module
from wooster.repl.client import Client, Mismatch, NotConnected, reported
from wooster.wire.events import Done, Event, Meta, Token
from wooster.wire.requests import TurnRequest

from .fake_daemon import GREETING, FakeDaemon, Stream, killed, slow


def test_greeting_is_typed(client: Client) -> None:
    """The greeting arrives with its commands as dataclasses."""
    assert client.greeting() == GREETING


def test_a_turn_is_its_events(client: Client, daemon: FakeDaemon) -> None:
    """A turn's events come typed and in order, and the request carries the session."""
    request = TurnRequest(text="grüß 東京", client="t", session_id="s")
    with client.turn(request) as stream:
        events = list(stream)
    assert [type(event) for event in events] == [Meta, Token, Token, Done]
    told: dict[str, object] = {"text": "grüß 東京", "client": "t", "session_id": "s", "about": ""}
    told |= {"as_message": False, "can_choose": False}
    assert daemon.turns == [told]


def test_unknown_events_fields_and_comments_are_skipped(client: Client, daemon: FakeDaemon) -> None:
    """A newer daemon of the same wire version may say more than this client knows."""

    def script(stream: Stream) -> None:
        stream.raw(b": heartbeat\n\nevent: mood\ndata: {}\n\n")
        stream.raw(b'event: token\ndata: {"text": "a", "later": 1}\n\n')
        stream.done()

    daemon.scripts.append(script)
    with client.turn(TurnRequest("x")) as stream:
        assert [event.event for event in stream] == ["token", "done"]


def test_a_killed_daemon_is_a_clear_error(client: Client, daemon: FakeDaemon) -> None:
    """A stream that breaks off raises, says that what came is kept, and gives what came first."""
    daemon.scripts.append(killed)
    came: list[Event] = []
    with pytest.raises(DaemonUnreachable) as caught, client.turn(TurnRequest("x")) as stream:
        came.extend(stream)
    assert [event.event for event in came] == ["meta", "token"]
    assert "kept" in caught.value.hint and "cut off" in caught.value.hint


def test_a_stream_that_ends_politely_without_an_ending_is_broken_off(
    client: Client, daemon: FakeDaemon
) -> None:
    """Only `done`, `error` or `result` end a turn."""
    daemon.scripts.append(lambda stream: stream.meta())
    with pytest.raises(DaemonUnreachable), client.turn(TurnRequest("x")) as stream:
        list(stream)


def test_close_from_another_thread_ends_the_wait(client: Client, daemon: FakeDaemon) -> None:
    """Hanging up wakes the thread that waits for the next event."""
    daemon.scripts.append(slow)
    with client.turn(TurnRequest("x")) as stream:
        events = iter(stream)
        assert isinstance(next(events), Meta)
        closer = threading.Timer(0.05, stream.close)
        closer.start()
        with pytest.raises(DaemonUnreachable):
            list(events)
        closer.join()
    daemon.stops["turn-1"].set()


def test_stop_turn_goes_over_a_second_connection(client: Client, daemon: FakeDaemon) -> None:
    """A running answer can be stopped, and its stream then ends with that state."""
    daemon.scripts.append(slow)
    with client.turn(TurnRequest("x")) as stream:
        events = iter(stream)
        next(events)
        client.stop_turn("turn-1")
        last = list(events)[-1]
    assert isinstance(last, Done) and last.state == "stopped"


def test_nobody_there(home: Paths) -> None:
    """No socket, and a socket that nobody listens on, are both `NotConnected` with a hint."""
    for stale in (False, True):
        if stale:
            _stale(home)
        with pytest.raises(NotConnected) as caught:
            Client(home.socket).greeting()
        assert str(home.socket) in caught.value.message and caught.value.hint


def _stale(home: Paths) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home.socket))


def test_errors_keep_class_code_and_exit_code(client: Client) -> None:
    """A known code becomes its class; the hint comes along."""
    with pytest.raises(NotFound) as caught:
        client.act("nonsense/../x")
    assert caught.value.exit_code == 4 and caught.value.hint == "A hint."


def test_an_unknown_code_keeps_its_exit_code() -> None:
    """A code that this version doesn't know is still reported with its own exit code."""
    error = reported("new_trouble", "m", "h", 42)
    assert isinstance(error, WoosterError)
    assert (error.code, error.exit_code, str(error)) == ("new_trouble", 42, "m\nh")


@pytest.mark.parametrize(("theirs", "older"), [(0, True), (2, False)])
def test_other_versions_are_told_apart(
    client: Client, daemon: FakeDaemon, theirs: int, older: bool
) -> None:
    """A mismatch carries both numbers and knows who is older."""
    daemon.version = theirs
    with pytest.raises(Mismatch) as caught:
        client.greeting()
    assert (caught.value.ours, caught.value.theirs) == (1, theirs)
    assert caught.value.daemon_is_older is older


def test_silence_is_a_dead_daemon(
    client: Client, daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream without even a heartbeat is given up after the agreed silence."""
    monkeypatch.setattr(client_module, "SILENCE_S", 0.1)
    daemon.scripts.append(slow)
    with pytest.raises(DaemonUnreachable), client.turn(TurnRequest("x")) as stream:
        list(stream)
    daemon.stops["turn-1"].set()


def test_garbage_is_not_a_traceback(client: Client, daemon: FakeDaemon) -> None:
    """An event that can't be read is an error that a person can understand."""
    daemon.scripts.append(lambda stream: stream.raw(b"event: token\ndata: {oops\n\n"))
    with pytest.raises(WoosterError, match="can't be read"), client.turn(TurnRequest("x")) as s:
        list(s)
