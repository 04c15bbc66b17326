"""The one-shot commands beside `say`, and the log."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from wooster.config.paths import Paths
from wooster.core.errors import HomeError, NotFound
from wooster.repl import logs as logs_module
from wooster.repl.commands import run_action, run_work, show_markdown, stop
from wooster.repl.logs import logs, readable
from wooster.wire.events import Failure, Progress, Result
from wooster.wire.requests import ActionRequest

from .fake_daemon import FakeDaemon, Stream
from .screen import Screen, ScreenTerminal

Captured = pytest.CaptureFixture[str]


def test_an_action_prints_text_or_data(home: Paths, daemon: FakeDaemon, capsys: Captured) -> None:
    """Markdown as it is into a pipe, and with JSON the data on one line."""
    daemon.actions["status"] = {"text": "**up**", "data": {"up": True, "名": "x"}}
    assert run_action(home, "status", {}, False) == 0
    assert capsys.readouterr().out == "**up**\n"
    assert run_action(home, "status", {}, True) == 0
    out = capsys.readouterr().out
    assert json.loads(out) == {"up": True, "名": "x"} and out.count("\n") == 1


def test_markdown_is_rendered_on_a_terminal() -> None:
    """A person sees bold, not asterisks."""
    screen = Screen()
    show_markdown(ScreenTerminal(screen), "**up**")
    assert screen.text == "up"


def test_an_actions_error_is_raised(home: Paths, daemon: FakeDaemon) -> None:
    """What the daemon refuses keeps its class and exit code."""
    with pytest.raises(NotFound):
        run_action(home, "nothing", {}, False)


@pytest.mark.parametrize("version", [0, 1, 2])
def test_stop_waits_until_the_socket_is_gone(
    home: Paths, daemon: FakeDaemon, capsys: Captured, version: int
) -> None:
    """A daemon of any version is stopped, and a second stop says there was none."""
    daemon.version = version
    assert stop(home) == 0
    assert not home.socket.exists()
    assert stop(home) == 0
    assert capsys.readouterr().out == "Wooster stopped.\nWooster was not running.\n"


def test_stop_waits_for_the_lock_too(home: Paths, capsys: Captured) -> None:
    """A daemon that has left its socket and still holds its lock has not ended."""
    lock = os.open(home.lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    released = threading.Event()

    def release() -> None:
        released.set()
        os.close(lock)

    threading.Timer(0.2, release).start()
    assert stop(home) == 0 and released.is_set()
    assert capsys.readouterr().out == "Wooster stopped.\n"


def test_a_log_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """A home with an impossible name is an error about the home, not a traceback."""
    with pytest.raises(HomeError, match="File name too long"):
        logs(Paths(tmp_path / ("x" * 300)), False)


def test_log_lines_are_readable() -> None:
    """JSON lines become `time level event key=value`; others stay, without control characters."""
    record = {"port": 1, "event": "started", "level": "info", "time": "12:00", "why": "a b"}
    assert readable(json.dumps(record)) == '12:00 info started port=1 why="a b"'
    assert readable("not \x1b[1mJSON") == "not [1mJSON"
    assert readable("[1]") == "[1]"


def test_the_last_lines(home: Paths, capsys: Captured) -> None:
    """Fifty lines are shown; without a file it says so and that is no failure."""
    assert logs(home, False) == 0
    assert "There is no log yet" in capsys.readouterr().err
    home.daemon_log.write_text("".join(f"line {n}\n" for n in range(60)))
    assert logs(home, False) == 0
    assert capsys.readouterr().out.splitlines() == [f"line {n}" for n in range(10, 60)]


def test_following_goes_on_across_rotation(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """New lines, a file put in the old one's place, and a file cut short are all followed."""
    monkeypatch.setattr(logs_module, "_POLL_S", 0.01)
    path = home.daemon_log
    path.write_text("a\nb\nhal")
    lines = logs_module._lines(path, True)
    assert [next(lines), next(lines)] == ["a", "b"]
    with path.open("a") as file:
        file.write("f\n")
    assert next(lines) == "half"
    with path.open("a") as file:
        file.write("last\n")
    path.rename(path.with_suffix(".1"))
    path.write_text("fresh\n")
    assert [next(lines), next(lines)] == ["last", "fresh"]
    os.truncate(path, 0)
    _later(path, "cut\n")
    assert next(lines) == "cut"


def _later(path: Path, text: str) -> None:
    threading.Timer(0.1, lambda: path.write_text(text)).start()


def test_ctrl_c_ends_following(
    home: Paths, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Ctrl-C is how one leaves, so it is a success."""

    def interrupted(path: Path, follow: bool) -> Iterator[str]:
        yield "one"
        raise KeyboardInterrupt

    monkeypatch.setattr(logs_module, "_lines", interrupted)
    assert logs(home, True) == 0
    assert capsys.readouterr().out == "one\n"


def fetching(stream: Stream) -> None:
    told = ("fetching", "fetching", "checking")
    stream.send(*(Progress(stage, n, 2, f"{stage} {n} of 2") for n, stage in enumerate(told)))
    stream.send(Result("It is **here**.", {"name": "it"}, 3))


@pytest.mark.parametrize("as_json", [False, True])
def test_work_shows_how_it_stands_beside_its_result(
    home: Paths, daemon: FakeDaemon, capsys: Captured, as_json: bool
) -> None:
    """Into a pipe: the result alone on stdout, on stderr a line for each stage."""
    daemon.works["pull"] = fetching
    assert run_work(home, "pull", ActionRequest({"name": "it"}), as_json) == 3
    told = capsys.readouterr()
    assert told.out == ('{"name":"it"}\n' if as_json else "It is **here**.\n")
    assert told.err == "fetching 0 of 2\nchecking 2 of 2\n"


def test_work_that_asks_first_does_nothing_without_an_answer(
    home: Paths, daemon: FakeDaemon, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script must say --yes."""
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        assert run_work(home, "remove", ActionRequest(), False, "Delete it?") == 2
    assert "--yes" in capsys.readouterr().err and daemon.worked == []


def test_work_that_fails_is_its_exit_code(
    home: Paths, daemon: FakeDaemon, capsys: Captured
) -> None:
    """What failed and what to do, on stderr."""
    daemon.works["pull"] = lambda stream: stream.send(Failure("hub", "No hub.", "Look.", 69))
    assert run_work(home, "pull", ActionRequest(), False) == 69
    assert "No hub." in capsys.readouterr().err


def test_ctrl_c_ends_work_by_hanging_up(home: Paths, daemon: FakeDaemon, capsys: Captured) -> None:
    """One is enough: the daemon hears that its client left, and what came is kept there."""
    left = threading.Event()

    def endless(stream: Stream) -> None:
        stream.send(Progress("fetching", text="fetching …"))
        os.kill(os.getpid(), signal.SIGINT)
        with contextlib.suppress(OSError):
            while True:
                stream.raw(b": waiting\n\n")
        left.set()

    daemon.works["pull"] = endless
    assert run_work(home, "pull", ActionRequest(), False) == 130
    assert left.wait(20)
    assert capsys.readouterr().err.endswith("(left; what came until now is kept)\n")


def test_ctrl_c_counts_from_before_the_first_byte(
    home: Paths, daemon: FakeDaemon, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pressed while the reading thread starts, it ends the work as at any later moment."""
    start = threading.Thread.start

    def pressed(thread: threading.Thread) -> None:
        start(thread)
        if thread.name == "turn":
            os.kill(os.getpid(), signal.SIGINT)

    left = threading.Event()

    def endless(stream: Stream) -> None:
        with contextlib.suppress(OSError):
            while True:
                stream.raw(b": waiting\n\n")
        left.set()

    monkeypatch.setattr(threading.Thread, "start", pressed)
    daemon.works["pull"] = endless
    assert run_work(home, "pull", ActionRequest(), False) == 130
    assert left.wait(20)
    assert capsys.readouterr().err.endswith("(left; what came until now is kept)\n")
