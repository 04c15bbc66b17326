"""`wooster say`: streams in, streams out, and exit codes that a script can use."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from wooster.config.paths import Paths
from wooster.core.errors import DaemonUnreachable, TooLarge, UsageError
from wooster.repl import say
from wooster.wire.events import Failure, Note, Result
from wooster.wire.requests import MAX_MESSAGE_BYTES

from .fake_daemon import FakeDaemon, Stream, killed

Captured = pytest.CaptureFixture[str]


def pipe(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")


def test_words_are_answered(home: Paths, daemon: FakeDaemon, capsys: Captured) -> None:
    """Into a pipe: the answer, a newline, nothing else; exit code 0."""
    assert say.run(home, ["two", "words"], False, None) == 0
    assert capsys.readouterr() == ("You said: two words\n", "")
    assert daemon.turns[0]["client"] == "say"


def test_a_question_for_the_library_is_sent_as_one(home: Paths, daemon: FakeDaemon) -> None:
    """`wooster ask` is `say` about the library; without words it says how it is used."""
    assert say.run(home, ["status"], False, None, "library") == 0
    assert (daemon.turns[0]["client"], daemon.turns[0]["about"]) == ("ask", "library")
    with pytest.raises(UsageError) as caught:
        say.run(home, [], False, None, "library")
    assert "wooster ask" in caught.value.hint


def test_a_pipe_comes_after_the_words(home: Paths, daemon: FakeDaemon) -> None:
    """The piped text follows a blank line; a byte order mark is dropped."""
    say.run(home, ["summarise"], False, pipe(b"\xef\xbb\xbfnotes\r\nmore\n"))
    assert daemon.turns[0]["text"] == "summarise\n\nnotes\nmore"


def test_a_pipe_alone_is_a_message(home: Paths, daemon: FakeDaemon) -> None:
    """Without words the piped text is the message."""
    say.run(home, [], False, pipe(b"  indented\n"))
    assert daemon.turns[0]["text"] == "  indented"


@pytest.mark.parametrize("data", [None, b"", b" \n\x00\x1b\n"])
def test_nothing_to_say_is_a_usage_error(home: Paths, data: bytes | None) -> None:
    """Neither words nor piped text: exit code 2, before any daemon is asked."""
    with pytest.raises(UsageError) as caught:
        say.run(home, [], False, None if data is None else pipe(data))
    assert caught.value.exit_code == 2


def test_broken_utf8_is_replaced_with_one_warning(
    home: Paths, daemon: FakeDaemon, capsys: Captured
) -> None:
    """Invalid bytes become U+FFFD, and one line on stderr says so."""
    assert say.run(home, [], False, pipe(b"caf\xe9 \xff!")) == 0
    assert daemon.turns[0]["text"] == "caf\ufffd \ufffd!"
    assert capsys.readouterr().err.count("\n") == 1


def test_too_large_is_refused_before_sending(home: Paths, daemon: FakeDaemon) -> None:
    """One byte more than is taken is refused, and nothing is sent."""
    with pytest.raises(TooLarge):
        say.run(home, [], False, pipe(b"x" * (MAX_MESSAGE_BYTES + 1)))
    assert daemon.turns == []


def test_a_megabyte_is_taken(home: Paths, daemon: FakeDaemon, capsys: Captured) -> None:
    """1 MB goes through unchanged and comes back."""
    assert say.run(home, [], False, pipe(b"0123456789abcde\n" * 65536)) == 0
    assert len(capsys.readouterr().out) > 1_000_000


def test_json_is_one_event_a_line(home: Paths, daemon: FakeDaemon, capsys: Captured) -> None:
    """`--json` prints each event, named first, and nothing else."""
    assert say.run(home, ["x"], True, None) == 0
    out, err = capsys.readouterr()
    events = [json.loads(line) for line in out.splitlines()]
    assert [event["event"] for event in events] == ["meta", "token", "token", "done"]
    assert out.startswith('{"event":"meta"') and err == ""


def test_notes_and_errors_go_to_stderr(home: Paths, daemon: FakeDaemon, capsys: Captured) -> None:
    """An error event gives its exit code; stdout has the answer's text only."""

    def script(stream: Stream) -> None:
        stream.meta()
        stream.send(Note("fallback", "Trying the next."))
        stream.tokens("some")
        stream.send(Failure("model_unavailable", "No model.", "Start one.", 69))

    daemon.scripts.append(script)
    assert say.run(home, ["x"], False, None) == 69
    assert capsys.readouterr() == ("some\n", "Trying the next.\nNo model.\nStart one.\n")


@pytest.mark.parametrize(("state", "code"), [("stopped", 130), ("cut_off", 65), ("failed", 65)])
def test_endings_have_exit_codes(home: Paths, daemon: FakeDaemon, state: str, code: int) -> None:
    """An answer that didn't end by itself isn't a success."""
    daemon.scripts.append(lambda stream: stream.done(state))
    assert say.run(home, ["x"], False, None) == code


def test_a_result_is_a_success(home: Paths, daemon: FakeDaemon, capsys: Captured) -> None:
    """A typed command's text goes to stdout."""
    daemon.scripts.append(lambda stream: stream.send(Result("fine", {})))
    assert say.run(home, ["status"], False, None) == 0
    assert capsys.readouterr().out == "fine\n"


def test_a_killed_daemon_is_69(home: Paths, daemon: FakeDaemon, capsys: Captured) -> None:
    """What came is on stdout; the error is raised, or with `--json` is the last event."""
    daemon.scripts += [killed, killed]
    with pytest.raises(DaemonUnreachable):
        say.run(home, ["x"], False, None)
    assert capsys.readouterr().out == "Half an ans\n"
    assert say.run(home, ["x"], True, None) == 69
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["code"] == "daemon_unreachable"


def test_a_closed_pipe_stops_the_turn(
    home: Paths, daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`wooster say … | head -1`: the model is stopped, and the exit code is SIGPIPE's."""
    heard: list[bool] = []

    def endless(stream: Stream) -> None:
        stream.meta()
        stream.tokens("line\n")
        heard.append(stream.wait_stop())
        stream.done("stopped")

    daemon.scripts.append(endless)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", closefd=True) as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        assert say.run(home, ["x"], False, None) == 141
    assert daemon.stops["turn-1"].is_set()
