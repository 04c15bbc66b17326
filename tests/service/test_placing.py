"""A service under launchd's own difficulties: what fails is tried again, or nothing changes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process import wait_for
from wooster.core.errors import ServiceError
from wooster.service.launchd import Launchd
from wooster.service.model import Service
from wooster.service.placing import put, restart, take

from .systems import LaunchdStandIn


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
    put(kept, service(tmp_path, "one", "exit 3"))

    def crashed_twice() -> bool:
        now = kept.condition("daemon")
        return now.crashed and now.starts > 1

    wait_for("two crashes", crashed_twice)
    assert kept.condition("daemon").ended == "exit code 3"
