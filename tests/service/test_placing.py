"""A service under its system's own difficulties: what fails is tried again, or nothing changes."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.process import wait_for
from wooster.core.errors import Busy, ServiceError
from wooster.service.launchd import Launchd
from wooster.service.model import Service
from wooster.service.placing import put, restart, take
from wooster.service.running import Said
from wooster.service.systemd import Systemd

from .systems import LaunchdStandIn, system


@pytest.fixture
def launchd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LaunchdStandIn]:
    made = LaunchdStandIn(tmp_path, dict(os.environ))
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)
    yield made
    made.end()


def service(folder: Path, name: str, script: str = "exec sleep 60") -> Service:
    """A daemon's service whose Python is a script."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    return Service("daemon", str(program), folder, folder / "daemon.err", {"PATH": "/usr/bin:/bin"})


def caretaker(folder: Path) -> Launchd:
    return Launchd(folder, pause=lambda _: None)


def faults(launchd: LaunchdStandIn, *lines: str) -> None:
    launchd.state.mkdir(exist_ok=True)
    (launchd.state / "faults").write_text("".join(f"{line}\n" for line in lines))


def test_bootstrap_is_tried_again(launchd: LaunchdStandIn, tmp_path: Path) -> None:
    """5 and 37 pass; one that was disabled once is enabled."""
    kept = caretaker(tmp_path)
    subprocess.run(["launchctl", "disable", f"gui/0/{kept.name('daemon')}"], check=True)
    faults(launchd, "bootstrap 5", "bootstrap 37")
    put(kept, service(tmp_path, "one"))
    wait_for("the process", lambda: kept.condition("daemon").pid)


def test_what_cant_be_loaded_makes_way_for_what_was_there(
    launchd: LaunchdStandIn, tmp_path: Path
) -> None:
    """The former one runs again, its file is as it was, and that is said; a slow end is waited for
    (36, and 37 for what came meanwhile)."""
    kept = caretaker(tmp_path)
    slow = "trap 'sleep 0.4; exit 0' TERM; sleep 60 & wait"
    put(kept, service(tmp_path, "one", slow))
    wait_for("the process", lambda: kept.condition("daemon").pid)
    before = kept.file("daemon").read_bytes()
    faults(launchd, *["bootstrap 5"] * 6)
    with pytest.raises(ServiceError, match=r"Input/output error.* there before runs again"):
        put(kept, service(tmp_path, "two"))
    assert kept.file("daemon").read_bytes() == before
    wait_for("the former process", lambda: kept.condition("daemon").pid)
    # A restart that fails half-way is not the end of the service either.
    faults(launchd, *["bootstrap 5"] * 6)
    with pytest.raises(ServiceError, match="runs again"):
        restart(kept, "daemon")
    wait_for("the process", lambda: kept.condition("daemon").pid)
    take(kept, "daemon")
    assert not kept.condition("daemon").loaded and not kept.file("daemon").exists()


def test_a_first_installation_that_fails_leaves_nothing(
    launchd: LaunchdStandIn, tmp_path: Path
) -> None:
    """No file that would be found at the next login."""
    kept = caretaker(tmp_path)
    faults(launchd, *["bootstrap 5"] * 6)
    with pytest.raises(ServiceError, match="Nothing was installed"):
        put(kept, service(tmp_path, "one"))
    assert not kept.file("daemon").exists()


def test_a_program_that_keeps_failing_is_told(launchd: LaunchdStandIn, tmp_path: Path) -> None:
    """It is started again and again, throttled, and how it ended is known."""
    kept = caretaker(tmp_path)
    put(kept, service(tmp_path, "one", f"exit {Busy.exit_code}"))

    def crashed_twice() -> bool:
        now = kept.condition("daemon")
        return now.crashed and now.starts > 1

    wait_for("two crashes", crashed_twice)
    # launchd says "75: EX_TEMPFAIL"; who waits for a daemon's lock has to know it from a crash.
    assert kept.condition("daemon").ended == f"exit code {Busy.exit_code}"


def test_one_that_is_told_to_stop_stays_down(launchd: LaunchdStandIn, tmp_path: Path) -> None:
    """Loaded, to be started again; one that fails instead of ending is ended all the same."""
    kept = caretaker(tmp_path)
    put(kept, service(tmp_path, "one", "trap 'exit 0' TERM; sleep 60 & wait"))
    wait_for("the process", lambda: kept.condition("daemon").pid)
    for _ in range(2):  # the second time it is down already
        kept.stop("daemon")
        now = kept.condition("daemon")
        assert (now.loaded, now.pid, now.ended) == (True, None, "exit code 0")
    kept.start("daemon")
    wait_for("the process", lambda: kept.condition("daemon").pid)
    put(kept, service(tmp_path, "two", "exit 3"))
    kept.stop("daemon")
    assert not kept.condition("daemon").loaded


class Quick(Systemd):
    """That starts again at once what crashed."""

    def text(self, service: Service) -> bytes:
        return super().text(service).replace(b"RestartSec=2", b"RestartSec=0.01")


@pytest.mark.slow
def test_systemd_gives_up_and_what_it_cant_start_makes_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a real one: five crashes, and it stays down, which is told and is no end: a start that a
    person asks for is a start. A program that can't be started is refused, and the former runs."""
    with system("systemd", tmp_path, dict(os.environ)) as made:
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
            monkeypatch.delenv(name, raising=False)
        for name, value in made.environ.items():
            monkeypatch.setenv(name, value)
        kept = Quick(tmp_path)
        put(kept, service(tmp_path, "one", "test ! -e crash || exit 3; exec sleep 60"))
        first = kept.condition("daemon").pid
        gone = replace(service(tmp_path, "two"), python=str(tmp_path / "nowhere"))
        with pytest.raises(ServiceError, match=r"Job for .* failed.*there before runs again"):
            put(kept, gone)
        second = kept.condition("daemon").pid
        assert second and second != first
        (tmp_path / "crash").touch()
        os.kill(second, signal.SIGKILL)
        wait_for("the end of its patience", lambda: kept.condition("daemon").gave_up)
        now = kept.condition("daemon")
        assert now.crashed and now.ended == "exit code 3" and now.starts >= 5
        (tmp_path / "crash").unlink()
        kept.start("daemon")
        assert kept.condition("daemon").pid
        take(kept, "daemon")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Said(0, "yes", ""), "goes on when you log out"),
        (Said(1, "", "Access denied\n"), "Access denied"),
        (None, "no loginctl"),
    ],
)
def test_going_on_at_logout_is_asked_of_the_system(
    tmp_path: Path, said: Said | None, told: str
) -> None:
    """Where it says yes that holds; a no is told with what root can do; without loginctl nothing
    is asked."""
    done: list[str] = []

    def loginctl(command: Sequence[str]) -> Said:
        if said is None:
            raise ServiceError("There is no loginctl.")
        if "enable-linger" in command:
            assert command[-1] == str(os.getuid()) and "--no-ask-password" in command
            done.append(said.out)
            return said
        return Said(0, "\n".join(done) or "no", "")

    kept = Systemd(tmp_path, loginctl)
    assert kept.logout().can_be_asked is (said is not None)
    if said is not None and said.code == 0:
        kept.linger()
        assert kept.logout().survives and told in kept.logout().told
    elif said is not None:
        with pytest.raises(ServiceError, match=told) as refused:
            kept.linger()
        assert f"enable-linger {os.getuid()}" in refused.value.hint
    else:
        assert told in kept.logout().told
