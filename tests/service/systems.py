"""The systems that run services, for tests: the stand-in for launchd, and a real systemd.

systemd's user manager is started privately, with a runtime folder and a home of the test's own. It
refuses to start on a machine that wasn't booted with systemd, which it tells from a folder: where
that is missing (a container, CI) the manager gets a `/run` of its own that has it, as root can.
"""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.process import wait_for

# What it says where it may have no control groups of its own, as in some containers.
_LACKS = ("Failed to allocate manager object", "control group", "cgroup")
# The machine's own would change what holds for the person who runs the tests.
_LOGINCTL = """#!/bin/sh
case "$*" in
*enable-linger*) echo yes >{0} ;;
*) cat {0} 2>/dev/null || echo no ;;
esac
"""
STAND_IN = Path(__file__).with_name("launchctl.py")


@dataclass
class System:
    """`environ` is what a command needs to speak with it."""

    kind: str
    folder: Path
    environ: dict[str, str]

    def log_out_and_in(self) -> None:
        """What the machine's end and start is to a person's services."""
        raise NotImplementedError

    def end(self) -> None:
        raise NotImplementedError


class LaunchdStandIn(System):
    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "launchctl"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -IS {STAND_IN} "$@"\n')
        program.chmod(0o755)
        self.state = folder / "launchd"
        own = {
            "PATH": f"{programs}:{environ['PATH']}",
            "LAUNCHCTL_STATE": str(self.state),
            "LAUNCHCTL_SECOND": "0.02",
        }
        super().__init__("launchd", folder, {**environ, **own})

    def launchctl(self, *words: str) -> None:
        subprocess.run(["launchctl", *words], env=self.environ, check=True, timeout=90)

    def log_out_and_in(self) -> None:
        self.launchctl("logout")
        self.launchctl("login")

    def end(self) -> None:
        self.launchctl("logout")


class Systemd(System):
    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        own = {"XDG_RUNTIME_DIR": str(runtime)}
        kept = {k: v for k, v in environ.items() if not k.startswith(("DBUS_", "XDG_"))}
        programs = folder / "bin"
        programs.mkdir()
        loginctl = programs / "loginctl"
        loginctl.write_text(_LOGINCTL.format(folder / "lingers"))
        loginctl.chmod(0o755)
        own["PATH"] = f"{programs}:{environ['PATH']}"
        super().__init__("systemd", folder, {**kept, **own})
        self._start()

    def _start(self) -> None:
        found = (Path(each) for each in ("/usr/lib/systemd/systemd", "/lib/systemd/systemd"))
        program = next((str(each) for each in found if each.exists()), "")
        if not program or not shutil.which("systemctl"):
            pytest.skip("this machine has no systemd")
        command = [program, "--user", "--log-target=console"]
        if not Path("/run/systemd/system").is_dir():
            own_run = "mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system"
            if not _may("unshare", "--mount", "sh", "-c", own_run):
                pytest.skip("not booted with systemd, and it can't be given a /run of its own")
            script = f"{own_run} && exec {shlex.join(command)}"
            command = ["unshare", "--mount", "sh", "-c", script]
        with (self.folder / "systemd.log").open("ab") as log:
            self._manager = subprocess.Popen(
                command, env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            wait_for("systemd's user manager", self._answers)
        except BaseException:
            self.end()
            raise

    def _answers(self) -> bool:
        asked = ["systemctl", "--user", "show-environment"]
        done = subprocess.run(asked, env=self.environ, capture_output=True, check=False)
        if self._manager.poll() is not None:
            told = (self.folder / "systemd.log").read_text()[-500:]
            if any(each in told for each in _LACKS):
                pytest.skip(f"systemd's user manager may not run here: {told}")
            raise AssertionError(f"systemd's user manager ended: {told}")
        return done.returncode == 0

    def log_out_and_in(self) -> None:
        self.end()
        self._start()

    def end(self) -> None:
        self._manager.send_signal(signal.SIGTERM)
        try:
            self._manager.wait(60)
        except subprocess.TimeoutExpired:
            self._manager.kill()
            self._manager.wait()


def _may(*command: str) -> bool:
    """Whether it is there, and does what it is to."""
    return (
        bool(shutil.which(command[0]))
        and not subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False
        ).returncode
    )


@contextmanager
def system(kind: str, folder: Path, environ: dict[str, str]) -> Iterator[System]:
    """One of them for the block; nothing that it started outlives it."""
    made: System = (
        LaunchdStandIn(folder, environ) if kind == "launchd" else Systemd(folder, environ)
    )
    try:
        yield made
    finally:
        made.end()
