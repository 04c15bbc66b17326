"""Daemons that are found, started, refused and replaced; real processes, a scripted daemon."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
from pathlib import Path

import pytest

from wooster.config.agents import systemd_file
from wooster.config.last_good import Program, note
from wooster.config.paths import Paths
from wooster.core.errors import HomeError, WoosterError
from wooster.repl import launch
from wooster.repl.client import Client, Mismatch

from .fake_daemon import GREETING, FakeDaemon

ROOT = Path(__file__).parents[2]
REAL_PYTHON = sys.executable


@pytest.fixture
def said() -> list[str]:
    return []


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """`python -m wooster daemon` runs `script`; `$SERVE` in it serves as the scripted daemon."""
    program = folder / "python"
    program.write_text(f"#!/bin/sh\nSERVE='{REAL_PYTHON} -m tests.repl.fake_daemon'\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}/src:{ROOT}")
    monkeypatch.setattr(sys, "executable", str(program))


SERVE = 'case "$*" in *--check) exit 0 ;; esac; exec $SERVE "$WOOSTER_HOME"'


def end_children() -> None:
    """What was started is ended and waited for."""
    for process in launch._children:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
        process.wait()
    launch._children.clear()


@pytest.fixture(autouse=True)
def nothing_left_running() -> object:
    """Neither by another test of this process before."""
    end_children()
    yield
    end_children()


def test_a_running_daemon_is_used(home: Paths, daemon: FakeDaemon, said: list[str]) -> None:
    """Nothing is started and nothing said when one answers."""
    assert launch.ensure_daemon(home, said.append) == GREETING
    assert said == [] and launch._children == []


def test_a_daemon_is_started(
    home: Paths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str]
) -> None:
    """With none there, one is spawned: detached, in the home, its words kept in the log."""
    script = f'echo "in $(pwd) as $@"; readlink /proc/self/fd/0; {SERVE}'
    stand_in(monkeypatch, tmp_path, script)
    assert launch.ensure_daemon(home, said.append).model == GREETING.model
    (process,) = launch._children
    assert os.getsid(process.pid) == process.pid
    assert (home.logs / "daemon.err").read_text() == (
        f"in {home.home} as -m wooster daemon\n/dev/null\n"
    )


def test_a_daemon_that_ends_at_once_says_why(
    home: Paths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str]
) -> None:
    """Its last lines and its exit code are the error; older lines of the file are not. The way back
    to what worked last is told too."""
    note(home, Program("0.0.9", "/old", ""))
    (home.logs / "daemon.err").write_text("old trouble\n")
    stand_in(monkeypatch, tmp_path, "echo The database is damaged. >&2; exit 74")
    with pytest.raises(WoosterError) as caught:
        launch.ensure_daemon(home, said.append)
    assert caught.value.exit_code == 74
    assert "The database is damaged." in caught.value.hint
    assert "trouble" not in caught.value.hint and "install Wooster 0.0.9" in caught.value.hint


def test_one_that_finds_the_lock_held_waits_for_the_other(
    home: Paths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str]
) -> None:
    """Exit code 75 is another daemon on its way in or out: tried again until one answers."""
    script = f"if [ -e {tmp_path}/second ]; then {SERVE}; fi; touch {tmp_path}/second; exit 75"
    stand_in(monkeypatch, tmp_path, script)
    assert launch.ensure_daemon(home, said.append).model == GREETING.model
    assert len(launch._children) == 2


def test_a_slow_start_is_announced_once(
    home: Paths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str]
) -> None:
    """After a while one line says what is going on."""
    monkeypatch.setattr(launch, "QUIET_S", 0.0)
    stand_in(monkeypatch, tmp_path, SERVE)
    launch.ensure_daemon(home, said.append)
    assert said == ["Starting the daemon …"]


def test_a_home_that_cannot_hold_a_socket_is_named() -> None:
    """A path too long for a socket is an error about the home, not about the daemon."""
    with pytest.raises(HomeError):
        launch.ensure_daemon(Paths(Path("/tmp/" + "x" * 120)), print)


def test_safe_mode_gets_one_fresh_start(
    home: Paths,
    daemon: FakeDaemon,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    said: list[str],
) -> None:
    """The person may have mended the file: the daemon is replaced, and then it works."""
    daemon.greeting = dataclasses.replace(GREETING, problem="Broken file.", problem_exit_code=78)
    stand_in(monkeypatch, tmp_path, SERVE)
    assert launch.ensure_daemon(home, said.append).problem == ""
    assert "POST /v1/stop" in daemon.asked


def test_safe_mode_that_stays_is_shown(
    home: Paths, daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    """A fresh daemon with the same trouble: its message, hint and exit code; `status` may ask."""
    daemon.greeting = dataclasses.replace(
        GREETING, problem="Broken file.", hint="Mend it.", problem_exit_code=78
    )

    def again(paths: Paths, say: launch.Say) -> object:
        daemon.start()
        return Client(paths.socket).greeting()

    monkeypatch.setattr(launch, "start", again)
    with pytest.raises(WoosterError) as caught:
        launch.ensure_daemon(home, said.append)
    assert (str(caught.value), caught.value.exit_code) == ("Broken file.\nMend it.", 78)
    assert launch.greet(home, said.append).problem == "Broken file."


def test_a_daemon_of_another_version_is_replaced_on_a_yes(
    home: Paths,
    daemon: FakeDaemon,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    said: list[str],
) -> None:
    """The old daemon is stopped in its own version's words, and one of ours comes up."""
    daemon.version = 0
    stand_in(monkeypatch, tmp_path, SERVE)
    with pytest.raises(Mismatch) as caught:
        launch.ensure_daemon(home, said.append)
    greeting = launch.agree(home, caught.value, said.append, lambda _: True)
    assert greeting.model == GREETING.model and len(launch._children) == 1


def test_a_service_that_fails_is_no_reason_to_have_no_daemon(
    home: Paths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str]
) -> None:
    """The service's start is tried first; what kept it is said, and a daemon is started."""
    unit = systemd_file(home.home)
    unit.parent.mkdir(parents=True)
    unit.touch()
    refusal = "echo 'systemd does not answer.' >&2; echo 'Log in again.' >&2; exit 1"
    script = f'case "$*" in *"service start") {refusal} ;; esac; {SERVE}'
    stand_in(monkeypatch, tmp_path, script)
    assert launch.ensure_daemon(home, said.append).model == GREETING.model
    assert said[1].startswith("systemd does not answer. Log in again. It is started without")


def test_a_version_that_cannot_take_over_stops_nothing(
    home: Paths, daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What it found is told, and the daemon that runs is not asked to end; where it couldn't even
    look, the way back is told."""
    stand_in(monkeypatch, tmp_path, "echo 'The settings are wrong.' >&2; exit 78")
    with pytest.raises(WoosterError, match="can't take over: The settings are wrong") as caught:
        launch.restart(home, print)
    assert caught.value.exit_code == 78 and "POST /v1/stop" not in daemon.asked
    note(home, Program("0.0.9", "/old", ""))
    stand_in(monkeypatch, tmp_path, "echo 'Traceback:\nSyntaxError: it' >&2; exit 1")
    with pytest.raises(WoosterError, match="can't take over: SyntaxError: it") as caught:
        launch.restart(home, print)
    assert "install Wooster 0.0.9" in caught.value.hint
