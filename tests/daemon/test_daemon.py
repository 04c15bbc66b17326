"""The daemon as a process on its real socket: turns, stops, crashes, and homes it can't use."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.peer import Die, Peer, Status, scripted
from tests.process import Daemon, running, wait_for, without_servers
from wooster.config.paths import Paths
from wooster.core.errors import DaemonUnreachable, NotFound, UsageError, WireMismatch, WoosterError
from wooster.repl.client import Client
from wooster.wire import events
from wooster.wire.requests import MAX_MESSAGE_BYTES, TurnRequest


@pytest.fixture
def peer() -> Iterator[Peer]:
    with scripted("Good ", "evening.") as made:
        yield made


@pytest.fixture
def daemon(paths: Paths, peer: Peer) -> Iterator[Daemon]:
    with running(paths, without_servers(peer.url)) as made:
        yield made


def ask(daemon: Daemon, text: str = "Hello", session: str | None = None) -> list[events.Event]:
    with daemon.client.turn(TurnRequest(text, "repl", session)) as stream:
        return list(stream)


def text_of(got: list[events.Event]) -> str:
    return "".join(event.text for event in got if isinstance(event, events.Token))


def test_a_message_is_answered_and_stored(daemon: Daemon) -> None:
    """Meta first, then the words, then who answered; history has it."""
    got = ask(daemon)
    assert isinstance(got[0], events.Meta)
    assert text_of(got) == "Good evening."
    last = got[-1]
    assert isinstance(last, events.Done)
    assert (last.state, last.provider) == ("done", "local")
    (turn,) = daemon.turns()
    assert (turn["question"], turn["answer"], turn["state"]) == ("Hello", "Good evening.", "done")


def test_the_next_message_carries_the_conversation(daemon: Daemon, peer: Peer) -> None:
    """The model is shown the session's past, and the same prefix as before."""
    (meta, *_) = ask(daemon, "one")
    assert isinstance(meta, events.Meta)
    ask(daemon, "two", meta.session_id)
    first, second = (request["messages"] for request in peer.requests)
    assert second[: len(first)] == first
    assert second[len(first)] == {"role": "assistant", "content": "Good evening."}
    assert second[-1]["content"].endswith("two")


def test_hello_sends_little(daemon: Daemon, peer: Peer) -> None:
    """At most 6 KB leave the daemon for a plain Hello."""
    ask(daemon)
    assert len(peer.bodies[0]) <= 6 * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a limit of another process")
def test_a_crash_writes_no_memory_to_disk(daemon: Daemon) -> None:
    """No core dump, whatever the shell that it was started from allows."""
    assert daemon.process is not None
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("nothing here may write one anyhow")
    assert resource.prlimit(daemon.process.pid, resource.RLIMIT_CORE) == (0, 0)


def test_only_this_user_can_open_the_socket_and_the_home(daemon: Daemon) -> None:
    """The socket is 0600 from its first moment, and there is no port; the home and what is in it
    are private."""
    daemon.status()
    assert daemon.process is not None
    ports = psutil.Process(daemon.process.pid).net_connections(kind="inet")
    assert [each for each in ports if each.status == psutil.CONN_LISTEN] == []
    assert stat.S_IMODE(daemon.paths.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(daemon.paths.database.stat().st_mode) == 0o600
    assert stat.S_IMODE(daemon.paths.daemon_log.stat().st_mode) == 0o600


def test_the_person_stops_an_answer_and_keeps_what_came(paths: Paths) -> None:
    """The stream ends with `stopped`, and history has the part that was shown."""
    gate = threading.Event()
    with scripted("Once", gate, " more") as peer, running(paths, without_servers(peer.url)) as made:
        got = []
        with made.client.turn(TurnRequest("A story", "repl")) as stream:
            for event in stream:
                got.append(event)
                if isinstance(event, events.Token):
                    assert isinstance(got[0], events.Meta)
                    made.client.stop_turn(got[0].turn_id)
        assert isinstance(got[-1], events.Done)
        assert got[-1].state == "stopped"
        (turn,) = made.turns()
        assert (turn["answer"], turn["state"]) == ("Once", "stopped")
        with pytest.raises(NotFound):
            assert isinstance(got[0], events.Meta)
            made.client.stop_turn(got[0].turn_id)


def test_kill_9_in_the_middle_of_an_answer_loses_nothing_that_was_shown(paths: Paths) -> None:
    """After a restart the message is there and the shown part is there, marked as cut off."""
    gate = threading.Event()
    with scripted("Once ", "upon ", gate) as peer:
        daemon = Daemon(paths, without_servers(peer.url)).start()
        shown = ""
        turn = daemon.client.turn(TurnRequest("A story", "repl"))
        with turn as stream, pytest.raises(DaemonUnreachable):
            for event in stream:
                if isinstance(event, events.Token):
                    shown += event.text
                    if shown == "Once upon ":
                        daemon.kill()
        daemon.start()
        (kept,) = daemon.turns()
        assert (kept["question"], kept["answer"], kept["state"]) == ("A story", shown, "cut_off")
        assert daemon.client.act("verify").data["findings"] == []
        assert "cut off" in daemon.client.greeting().last
        assert daemon.stop() == 0


def test_a_stop_in_the_middle_marks_the_turn_and_ends_well(paths: Paths) -> None:
    """SIGTERM ends the stream with a note, stores the part, exits 0 and takes the socket away."""
    gate = threading.Event()
    with scripted("Once", gate) as peer:
        daemon = Daemon(paths, without_servers(peer.url)).start()
        got = []
        with daemon.client.turn(TurnRequest("A story", "repl")) as stream:
            for event in stream:
                got.append(event)
                if isinstance(event, events.Token):
                    assert daemon.process is not None
                    daemon.process.send_signal(signal.SIGTERM)
        assert isinstance(got[-1], events.Done)
        assert got[-1].state == "cut_off"
        assert daemon.process is not None
        assert daemon.process.wait(30) == 0
        daemon.process.communicate()
        assert not paths.socket.exists()
        daemon.start()
        assert [turn["answer"] for turn in daemon.turns()] == ["Once"]
        daemon.stop()


def test_a_client_that_leaves_ends_the_turn(paths: Paths) -> None:
    """Nobody reads on: the model is stopped and what came is kept."""
    gate = threading.Event()
    with scripted("Once", gate) as peer, running(paths, without_servers(peer.url)) as daemon:
        with daemon.client.turn(TurnRequest("A story", "repl")) as stream:
            for event in stream:
                if isinstance(event, events.Token):
                    break
        wait_for("the end of the turn", lambda: daemon.turns()[0]["state"] == "cut_off")
        assert daemon.turns()[0]["answer"] == "Once"


def test_a_model_that_dies_in_the_middle_is_one_line_and_keeps_what_came(paths: Paths) -> None:
    """The person reads what happened; the part is stored as cut off."""
    with scripted("Once", Die()) as peer, running(paths, without_servers(peer.url)) as daemon:
        got = ask(daemon)
        notes = [event for event in got if isinstance(event, events.Note)]
        assert [note.code for note in notes] == ["model_lost"]
        assert isinstance(got[-1], events.Done)
        assert got[-1].state == "cut_off"
        assert daemon.turns()[0]["answer"] == "Once"


def test_a_silent_model_and_a_refusing_one_are_clear_errors(paths: Paths) -> None:
    """No answer is an error with a code and an exit code; the message is kept."""
    with scripted() as peer, running(paths, without_servers(peer.url)) as daemon:
        *_, silent = ask(daemon, "one")
        peer.script[:] = [Status(400, "the prompt has 9000 tokens, 8192 are possible")]
        *_, refused = ask(daemon, "two")
        assert isinstance(silent, events.Failure)
        assert (silent.code, silent.exit_code) == ("model_said_nothing", 65)
        assert isinstance(refused, events.Failure)
        assert "9000 tokens" in refused.message
        assert [turn["state"] for turn in daemon.turns()] == ["failed", "failed"]


def test_the_fallback_is_used_only_with_permission_and_is_recorded(paths: Paths) -> None:
    """With OpenAI allowed, a dead local server falls through at once, is announced and counted."""
    with scripted("From afar.") as cloud:
        environ = without_servers("http://127.0.0.1:1")
        with running(paths, environ) as daemon:
            *_, failed = ask(daemon, "private")
            assert isinstance(failed, events.Failure)
            assert failed.code == "model_unavailable"
        environ |= {
            "WOOSTER_ROUTING__STRATEGY": "intelligent",
            "WOOSTER_ROUTING__PROVIDERS__OPENAI__ENABLED": "true",
            "WOOSTER_ROUTING__PROVIDERS__OPENAI__SERVERURL": cloud.url,
            "OPENAI_API_KEY": "k",
        }
        assert cloud.requests == []
        with running(paths, environ) as daemon:
            got = ask(daemon, "allowed")
            assert [e.code for e in got if isinstance(e, events.Note)] == ["fallback"]
            assert isinstance(got[-1], events.Done)
            assert got[-1].provider == "openai"
            assert text_of(got) == "From afar."


def test_a_typed_command_needs_no_model(paths: Paths) -> None:
    """`status` as a line gives a result, with every model server dead."""
    with running(paths, without_servers("http://127.0.0.1:1")) as daemon:
        (result,) = ask(daemon, "status")
        assert isinstance(result, events.Result)
        assert "database" in result.text
        assert result.data["servers"][0]["state"] == "away"


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\x1b"])
def test_an_empty_message_is_refused(daemon: Daemon, text: str) -> None:
    """Nothing is stored for it."""
    with pytest.raises(UsageError):
        ask(daemon, text)
    assert daemon.turns() == []


def test_a_message_that_is_too_large_is_refused_and_the_daemon_lives(daemon: Daemon) -> None:
    """4 MiB are taken, one byte more isn't; 1 MB is stored whole."""
    with pytest.raises(WoosterError) as caught:
        ask(daemon, "x" * (MAX_MESSAGE_BYTES + 1))
    assert caught.value.code == "too_large"
    ask(daemon, "y" * 1_000_000)
    assert len(daemon.turns()[0]["question"]) == 1_000_000


def test_a_body_without_a_declared_length_is_limited_too(daemon: Daemon) -> None:
    """It is cut off and refused with the same error, and the daemon lives."""
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(daemon.paths.socket))
        raw.sendall(
            b"POST /v1/turns HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
        )
        piece = b"x" * 1_000_000
        try:
            for _ in range(40):
                raw.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was sent, which is the point
        assert b"413" in raw.recv(4096).split(b"\r\n")[0]
    assert daemon.turns() == []


def test_another_version_of_the_wire_is_told_so_and_may_still_stop_it(daemon: Daemon) -> None:
    """An older or newer client can read the number, and replace the daemon."""
    stranger = Client(daemon.paths.socket, speaks=99)
    with pytest.raises(WireMismatch):
        stranger.greeting()
    with pytest.raises(WireMismatch):
        stranger.stop_daemon()  # it is told the number here too, and the daemon stops
    assert daemon.process is not None
    assert daemon.process.wait(30) == 0
    daemon.process.communicate()


def test_a_second_daemon_leaves_the_first_alone(daemon: Daemon) -> None:
    """It exits with `busy` and names the process; the first goes on."""
    second = Daemon(daemon.paths, daemon.environ)
    output, _ = second.spawn().communicate(timeout=60)
    assert second.process is not None
    assert second.process.returncode == 75
    assert daemon.process is not None
    assert str(daemon.process.pid).encode() in output
    assert daemon.client.answers()


def test_a_socket_left_by_a_killed_daemon_is_no_hindrance(paths: Paths, peer: Peer) -> None:
    """The file is there, nobody listens, the next daemon takes its place."""
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(paths.socket))
    with running(paths, without_servers(peer.url)) as daemon:
        assert text_of(ask(daemon)) == "Good evening."


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("config/settings.toml", b"[chat]\nprot = 1\n", "Did you mean 'port'?"),
        ("config/local-model.json", b"{", "local-model.json"),
        ("wooster.db", b"not a database" * 500, "damaged"),
    ],
)
def test_what_is_broken_gives_a_safe_mode_that_says_what_to_mend(
    paths: Paths, name: str, content: bytes, told: str
) -> None:
    """`status` answers, a turn is refused with the same problem, nothing is changed."""
    (paths.home / name).write_bytes(content)
    with running(paths, {}) as daemon:
        greeting = daemon.client.greeting()
        assert told in f"{greeting.problem} {greeting.hint}"
        assert told in daemon.client.act("status").text
        with pytest.raises(WoosterError) as caught:
            ask(daemon)
        assert told in f"{caught.value.message} {caught.value.hint}"
    assert (paths.home / name).read_bytes() == content


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_that_can_not_be_written_is_one_clear_line(paths: Paths) -> None:
    """Exit code 73, with the folder's name, and no traceback."""
    paths.run.rmdir()
    paths.home.chmod(0o500)
    try:
        output, _ = Daemon(paths).spawn().communicate(timeout=60)
    finally:
        paths.home.chmod(0o700)
    assert b"can't write" in output
    assert b"Traceback" not in output


def test_a_home_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    """The same for a home that can't be a folder, whoever starts it."""
    file = tmp_path / "home"
    file.write_text("not a folder")
    daemon = Daemon(Paths(file))
    output, _ = daemon.spawn().communicate(timeout=60)
    assert daemon.process is not None
    assert daemon.process.returncode == 73
    assert b"can't write to its home" in output
    assert b"Traceback" not in output


def test_logs_are_json_and_hold_no_words_of_a_message(daemon: Daemon) -> None:
    """Every line parses; the message and the answer are nowhere."""
    ask(daemon, "a planted private sentence")
    daemon.stop()
    lines = daemon.paths.daemon_log.read_text().splitlines()
    assert {"daemon.started", "daemon.stopped"} <= {json.loads(line)["event"] for line in lines}
    everything = "".join(file.read_text("utf-8", "replace") for file in daemon.paths.logs.iterdir())
    assert "planted" not in everything
    assert "evening" not in everything


def test_logs_hold_the_words_when_they_are_asked_for(paths: Paths, peer: Peer) -> None:
    """The setting does what it says, for who looks for a mistake in a conversation."""
    environ = {**without_servers(peer.url), "WOOSTER_LOGGING__MESSAGETEXT": "true"}
    with running(paths, environ) as daemon:
        ask(daemon, "a planted sentence")
    lines = [json.loads(line) for line in paths.daemon_log.read_text().splitlines()]
    assert [x["question"] for x in lines if x["event"] == "turn.asked"] == ["a planted sentence"]


def test_two_clients_at_once_are_both_answered(daemon: Daemon) -> None:
    """Turns run side by side; each is stored with its own answer."""
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(text_of(ask(daemon)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == ["Good evening."] * 8
    assert len(daemon.turns()) == 8
    assert daemon.client.act("verify").data["findings"] == []
