"""A service's whole life, as a person has it: with a real daemon, a real systemd, and a stand-in
for launchd that keeps its rules and fails with its numbers."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.process import wait_for
from wooster.repl.client import Client

from .installation import Installation
from .systems import system


@pytest.fixture
def installation(empty_database: Path) -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="ws-"))
    (folder / "person").mkdir()
    made = Installation.make(folder)
    shutil.copy(empty_database, made.paths.database)
    try:
        yield made
        made.wooster("stop")
    finally:
        shutil.rmtree(folder)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def answers(installation: Installation, but: int = 0) -> int:
    """The process of the service's daemon, once one that isn't `but` answers."""

    def look() -> int:
        pid = int((installation.paths.run / "daemon.lock").read_text() or "0")
        return pid if pid != but and Client(installation.paths.socket).answers() else 0

    pid = wait_for("an answer of the service's daemon", look)
    assert installation.status()["pid"] == pid
    return pid


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_under_a_real_systemd(installation: Installation) -> None:
    """At each step the person has what was promised: see the lines, and the steps below."""
    with system("systemd", installation.folder, installation.environ) as kept_by:
        installation.environ = kept_by.environ
        wooster, paths = installation.wooster, installation.paths
        wooster("status")  # a daemon without a service
        leased = int((paths.run / "daemon.lock").read_text())

        # Installed: the service takes over, reads nothing, and writes where the logs are.
        assert "ends when you log out" in wooster("service", "install")
        first = answers(installation)
        wait_for("the end of the other daemon", lambda: not alive(leased))
        assert Path(f"/proc/{first}/fd/0").readlink() == Path("/dev/null")
        assert Path(f"/proc/{first}/fd/2").readlink() == paths.logs / "daemon.err"

        # Crashed: it is started again.
        second = crashed(installation, first)

        # Stopped: it stays down until somebody wants it, and then the service has it.
        stopped(installation)
        wooster("status")
        third = answers(installation, but=second)

        # The machine was started again, with nobody asking for anything.
        kept_by.log_out_and_in()
        fourth = answers(installation, but=third)
        fifth = refused(installation, fourth)

        # Installed again, from where its environment is now, and to stay when the person leaves.
        moved(installation)
        assert "goes on when you log out" in wooster("service", "install", "--linger")
        assert installation.status()["survives_logout"] is True
        gone(installation, answers(installation, but=fifth))
        assert "not installed" in wooster("service", "uninstall")


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_under_the_stand_in_for_launchd(installation: Installation) -> None:
    """The same, and going back to a backup, for which the service is stopped."""
    with system("launchd", installation.folder, installation.environ) as kept_by:
        installation.environ = kept_by.environ
        wooster = installation.wooster
        assert "service of launchd" in wooster("service", "install")
        second = crashed(installation, answers(installation))

        third = updated(installation, refused(installation, second))

        # Going back to a backup: the service is stopped for it, and has the daemon afterwards.
        wooster("backup")
        wooster("restore", "--yes")
        third = answers(installation, but=third)

        stopped(installation)
        kept_by.log_out_and_in()
        fourth = answers(installation, but=third)

        moved(installation)
        assert alive(fourth)
        gone(installation, fourth)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_model_servers_apart(installation: Installation) -> None:
    """One that can't load its model is told as such; the system starts it again after a crash, not
    the daemon; a stop is for all, and so is the next start; without `--models-apart` it is the
    daemon's again."""
    with system("launchd", installation.folder, installation.environ) as kept_by:
        installation.environ = kept_by.environ
        installation.with_chat_server()
        wooster = installation.wooster

        def chat() -> int:
            return int(installation.status()["services"]["chat"]["pid"] or 0)

        def failed() -> bool:
            server = installation.chat_server()
            return server.get("state") == "failed" and "scripts/setup" in server["detail"]

        assert "org.wooster.chat" in wooster("service", "install", "--models-apart")
        wait_for("the failed server", failed)
        assert "chat server** failed" in wooster("models")
        first = chat()
        os.kill(first, signal.SIGKILL)
        second = wait_for("another process", lambda: chat() not in (0, first) and chat())
        assert "model servers stopped too" in wooster("stop")
        assert not alive(second) and installation.status()["findings"] == []
        wooster("status")
        third = wait_for("both", chat)

        wooster("service", "install")
        assert not alive(third) and list(installation.status()["services"]) == ["daemon"]
        wait_for("the failed server", failed)
        assert alive(installation.chat_server()["pid"])
        gone(installation, answers(installation))


def crashed(installation: Installation, pid: int) -> int:
    """`kill -9`, and the system starts another."""
    os.kill(pid, signal.SIGKILL)
    another = answers(installation, but=pid)
    assert installation.status()["starts"] == 2
    return another


def refused(installation: Installation, good: int) -> int:
    """An update that would break the database: what runs goes on. When that crashes the system can
    only start what is there, which does nothing but say why, and what the way back is; gone that
    way, all is well."""
    wooster, noted = installation.wooster, installation.paths.run / "last-good-program.json"
    wait_for("the note that the program works", noted.exists)
    installation.migration("CREATE TABLE nowhere (;")
    told = wooster("service", "restart", code=74)
    assert "can't take over" in told and "tried on a copy" in told and "git -C" in told
    assert "was not taken up" in wooster("status") and alive(good)
    assert "was not taken up" in wooster("service", "status", code=69)
    os.kill(good, signal.SIGKILL)
    broken = answers(installation, but=good)
    told = wooster("service", "status", code=69)
    assert "in safe mode" in told
    installation.go(told)
    wooster("service", "restart")
    return answers(installation, but=broken)


def updated(installation: Installation, before: int) -> int:
    """One that works is taken up."""
    installation.migration("CREATE TABLE newest (id INTEGER PRIMARY KEY);")
    installation.wooster("service", "restart")
    after = answers(installation, but=before)
    assert not alive(before) and "was not taken up" not in installation.wooster("status")
    with closing(sqlite3.connect(installation.paths.database)) as connection:
        assert connection.execute("SELECT count(*) FROM newest").fetchone() == (0,)
    return after


def moved(installation: Installation) -> None:
    """The virtual environment is elsewhere now, which is said with what mends it."""
    wooster = installation.wooster
    installation.venv = installation.venv.rename(installation.folder / "elsewhere")
    told = wooster("service", "status", code=69)
    assert "isn't there any more" in told and "wooster service install" in told
    assert "isn't there any more" in wooster("service", "restart", code=1)


def stopped(installation: Installation) -> None:
    """`wooster stop` is no crash, and nothing is amiss."""
    assert "It is a service" in installation.wooster("stop")
    status = installation.status()
    assert (status["pid"], status["findings"]) == (None, [])


def gone(installation: Installation, pid: int) -> None:
    """Uninstalled: no process, no description, and the data is where it was."""
    installation.wooster("service", "uninstall")
    assert not alive(pid) and installation.paths.database.exists()
    assert installation.status()["installed"] is False
    person = installation.folder / "person"
    assert not [*person.rglob("*.plist"), *person.rglob("*.service")]
