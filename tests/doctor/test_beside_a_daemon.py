"""What the doctor says of a daemon that runs, that can't, and of what only looks like one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.doctor.conftest import Home, a_turn
from tests.process import running, wait_for
from wooster.cli import main
from wooster.config.agents import systemd_file
from wooster.doctor import showing
from wooster.doctor.model import Finding
from wooster.repl import client, launch
from wooster.storage.backup import back_up
from wooster.wire import WIRE_HEADER


@contextmanager
def a_listener(home: Home, says: bytes) -> Iterator[None]:
    """Something else on the socket, which says the same to everyone."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home.paths.socket))
        home.paths.socket.chmod(0o600)
        listener.listen()

        def serve() -> None:
            while True:
                try:
                    came, _ = listener.accept()
                except OSError:
                    return
                with came:
                    if came.recv(4096):  # some only look whether anybody is there
                        came.sendall(says)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_another_program_on_the_socket_is_told_from_a_daemon(home: Home) -> None:
    """Its lock is free: whatever it answers, it isn't the daemon of this home."""
    with a_listener(home, b"220 mail.example.org ready\r\n"):
        finding = home.finding("socket")
    assert "isn't a daemon of this home" in finding.what
    assert "another program" in finding.why


def test_a_daemon_of_another_version_is_named(home: Home) -> None:
    """With what brings both together."""
    says = b"HTTP/1.1 426 Upgrade Required\r\nWooster-Wire: 999\r\nContent-Length: 0\r\n\r\n"
    with a_listener(home, says.replace(b"Wooster-Wire", WIRE_HEADER.encode())):
        finding = home.finding("socket")
    assert "is newer than this program" in finding.what
    assert "Start this program again" in finding.mend


def test_with_a_daemon_it_says_what_only_that_knows(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own doctor says the same as ours; then settings that it hasn't read, a model server
    without its port, and a daemon that hangs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        home.environ |= {
            "WOOSTER_CHAT__START": "true",
            "WOOSTER_CHAT__PORT": str(taken.getsockname()[1]),
        }
        with running(home.paths, home.environ) as daemon:

            def state() -> bool:
                return bool(daemon.status()["servers"][0]["state"] == "blocked")

            wait_for("the daemon's look at its port", state)
            ours, theirs = showing.result(home.examined()), daemon.client.act("doctor")
            assert theirs.exit_code == ours.exit_code == 1
            assert theirs.data["findings"] == ours.data["findings"]
            wrong = [each for each in ours.data["findings"] if each["level"] == "wrong"]
            told = {each["check"]: each["what"] for each in wrong}
            assert f"(process {os.getpid()})" in told["ports"]
            assert "The chat server is blocked" in told["servers"]
            ways = {each["check"]: each["commands"] for each in wrong}
            assert ways["ports"] == ways["servers"] == [f"kill {os.getpid()}"]
            assert "settings" not in told
            assert "the daemon answers (process" in home.told("socket")

            home.settings("{}")
            os.utime(home.paths.config / "local-model.json", (2e9, 2e9))
            seen = {name: each.what for name, each in home.examined().findings("note")}
            assert "changed after the daemon had started" in seen["settings"]

            assert daemon.process is not None
            monkeypatch.setattr(client, "GREETING_TIMEOUT_S", 0.2)
            daemon.process.send_signal(signal.SIGSTOP)
            try:
                told = {name: each.what for name, each in home.examined().findings("wrong")}
            finally:
                daemon.process.send_signal(signal.SIGCONT)
            assert f"(process {daemon.process.pid}) runs and doesn't answer" in told["socket"]
            monkeypatch.undo()


def test_a_daemon_in_safe_mode_is_told_with_what_it_waits_for(home: Home) -> None:
    """Its settings were wrong as it started, and are right by now."""
    home.settings(json.dumps({"turn": {"answerTokens": "many"}}))
    with running(home.paths, home.environ):
        home.settings("{}")
        finding = home.finding("socket")
    assert "turn.answerTokens is 'many'" in finding.what
    assert "does nothing but say what is wrong" in finding.why


def test_a_database_that_is_gone_is_told_until_it_is_gone_back_to(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the daemon that had it open, by the next, which makes no empty one in its place, and no
    more when it is restored."""
    with home.rows() as rows:
        a_turn(rows)
    back_up(home.paths.database, home.paths.backups, datetime.now(UTC), "asked")
    with running(home.paths, home.environ) as daemon:
        assert daemon.client.act("verify").exit_code == 0
        aside = home.paths.database.with_suffix(".aside")
        home.paths.database.rename(aside)
        shutil.copy(aside, home.paths.database)
        assert "was replaced while it was open" in home.finding("database").what
        aside.replace(home.paths.database)
        assert home.examined().findings("wrong") == []
        home.paths.database.unlink()
        assert "what is said now is stored nowhere" in home.finding("database").why
        assert "was removed while it was open" in daemon.client.act("status").text
        told = daemon.client.act("verify")
        assert told.exit_code == 1 and "was removed while it was open" in told.text
    with running(home.paths, home.environ) as daemon:
        greeting = daemon.client.greeting()
        assert "isn't there any more, and there are backups of it" in greeting.problem
        assert greeting.hint.startswith("`wooster restore` goes back to ")
    assert not home.paths.database.exists()
    monkeypatch.setenv("WOOSTER_HOME", str(home.paths.home))
    assert main(["restore", "--yes"]) == 0
    with home.rows() as rows:
        assert rows.execute("SELECT question FROM turns").fetchall() == [("Where is the key?",)]
    assert home.examined().findings("wrong") == []


@pytest.fixture
def person(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Somebody who types commands; what they start is ended."""
    for name, value in {**home.environ, "WOOSTER_HOME": str(home.paths.home)}.items():
        monkeypatch.setenv(name, value)
    yield home
    launch.stop_and_wait(home.paths)
    for process in launch._children:
        process.wait(60)


@pytest.mark.slow
def test_an_update_that_is_refused_is_told_and_tried_again_by_what_ends_nothing(
    person: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """The doctor and `status` name only what tries it first; that leaves what serves alone until it
    can be taken up."""

    def status() -> dict[str, Any]:
        return client.Client(person.paths.socket).act("status").data

    def pid() -> int:
        return int(status()["daemon"]["pid"])

    def refused() -> Finding:
        found = person.examined().findings("wrong")
        assert all("wooster stop" not in each.mend for _, each in found)
        return dict(found)["update"]

    launch.start(person.paths, lambda _: None)
    serves = pid()
    person.settings(json.dumps({"turn": {"answerTokens": "many"}}))
    assert main(["restart"]) == 78
    assert "can't take over: " in capsys.readouterr().err
    assert pid() == serves
    finding = refused()
    assert "was not taken up" in finding.what and "turn.answerTokens is 'many'" in finding.what
    assert showing.commands(finding) == ["wooster restart"]
    told = client.Client(person.paths.socket).act("status").text
    assert "`wooster restart` tries again" in told and "wooster stop" not in told
    file = systemd_file(person.paths.home)
    file.parent.mkdir(parents=True)
    file.write_text("[Service]\n")
    assert showing.commands(refused()) == ["wooster service restart"]
    file.unlink()
    person.settings("{}")
    assert main(["restart"]) == 0
    assert pid() != serves and status()["refused_update"] is None
