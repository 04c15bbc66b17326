"""Wooster on a machine that had none: the README's own lines, from the clone to the removal.

The machine has git, Python and launchd, and pip is a stand-in, since what it fetches takes minutes.
All else is the real thing: `scripts/run`, virtual environment, daemon, terminal and service.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pexpect
import psutil
import pytest

from tests import readme
from tests.process import wait_for
from tests.service.systems import system
from wooster.config.catalogue import starters
from wooster.config.paths import Paths
from wooster.repl.client import Client

ROOT = Path(__file__).parents[2]
STAND_IN = Path(__file__).with_name("pip_stand_in.py")
PROMPT = "\x1b[0m>"
# `python3 -m venv` in its two parts, between which the machine can go off.
PYTHON = """\
#!/bin/sh
[ "$1 $2" = "-m venv" ] || exec {python} "$@"
{python} -m venv --without-pip --symlinks "$3" || exit 1
echo "a venv without pip" >>"$STAND_IN_LOG"
[ "${{BREAKS_AT-}}" != "a venv without pip" ] || kill -9 0
cd "$3"/lib/python*/site-packages && mkdir pip && : >pip/__init__.py
cp {stand_in} pip/__main__.py
"""
BREAKS = ("a venv without pip", "install", "half installed", "installed")
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org")


def _unpublished(_: str, names: list[str]) -> list[str]:
    """What tools keep beside the files of the repository."""
    hidden = [each for each in names if each.startswith(".") and each not in (".ci", ".gitignore")]
    return [*hidden, "__pycache__"]


class Machine:
    """Somebody's, with a folder of Wooster's repository that can be cloned."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.upstream = folder, folder / "upstream"
        self.checkout, self.paths = folder / "wooster", Paths(folder / "home")
        self.log = folder / "log"
        for name in ("person", "programs", "wheels"):
            (folder / name).mkdir()
        python = folder / "programs" / "python3"
        own = Path(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info))
        python.write_text(PYTHON.format(python=shlex.quote(str(own)), stand_in=STAND_IN))
        python.chmod(0o755)
        dropped = ("PYTHONPATH", "WOOSTER_", "VIRTUAL_ENV", "COVERAGE", "GIT_", "XDG_", "PIP_")
        self.environ = {k: v for k, v in os.environ.items() if not k.startswith(dropped)} | {
            "HOME": str(folder / "person"),
            "WOOSTER_HOME": str(self.paths.home),
            "PATH": f"{folder / 'programs'}:{os.environ['PATH']}",
            "STAND_IN_LOG": str(self.log),
            "STAND_IN_PACKAGES": sysconfig.get_path("purelib"),
            "STAND_IN_WHEELS": str(folder / "wheels"),
        }
        self._publish()

    def _publish(self) -> None:
        """The repository as it is in this folder now, but for the starter models: small wheels."""
        shutil.copytree(ROOT, self.upstream, ignore=_unpublished, symlinks=True)
        self.git("init", "--quiet", cwd=self.upstream)
        catalogue = self.upstream / "config" / "models.toml"
        text = catalogue.read_text("utf-8")
        for each in starters():
            wheel = self.folder / "wheels" / f"{each.wheel}.whl"
            with zipfile.ZipFile(wheel, "w") as archive:
                archive.writestr("model/config.json", "{}")
                archive.writestr("of", each.name)
            text = text.replace(each.sha256, hashlib.sha256(wheel.read_bytes()).hexdigest())
            text = text.replace(f'"{each.member}"', '"model/"')
        catalogue.write_text(text, "utf-8")
        self.commit("For machines without a network")

    def git(self, *words: str, cwd: Path) -> str:
        done = subprocess.run(
            [*GIT, *words], cwd=cwd, env=self.environ, check=True, capture_output=True, text=True
        )
        return done.stdout

    def commit(self, message: str) -> None:
        self.git("add", "--all", cwd=self.upstream)
        self.git("commit", "--quiet", "--no-verify", "--message", message, cwd=self.upstream)

    def shell(self, line: str, code: int = 0, **environ: str) -> str:
        """Type a line in the clone, in a process group of its own; what it wrote."""
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=self.checkout if self.checkout.exists() else self.folder,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            timeout=90,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, f"{line}: {done.returncode}\n{said}"
        return said

    def steps(self) -> list[str]:
        """What the stand-ins did since it was asked for the last time."""
        done = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return done

    def processes(self) -> list[str]:
        """Those that run out of the clone."""
        found = []
        for process in psutil.process_iter():
            try:
                words = " ".join(process.cmdline())
            except psutil.Error:
                continue
            if str(self.checkout) in words:
                found.append(words)
        return found


@pytest.fixture
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="wi-")).resolve()
    made = Machine(folder)
    with system("launchd", folder, made.environ) as kept_by:
        made.environ = kept_by.environ
        yield made
        made.shell("[ ! -e .venv/bin/wooster ] || .venv/bin/wooster stop")
    shutil.rmtree(folder)


def conversation(machine: Machine, line: str) -> None:
    """Type a line that opens the conversation, and leave it again."""
    screen = pexpect.spawn(
        "sh",
        ["-c", line],
        cwd=str(machine.checkout),
        env={**machine.environ, "TERM": "xterm-256color"},
        dimensions=(40, 100),
        encoding="utf-8",
        timeout=90,
    )
    screen.expect_exact(PROMPT)
    screen.send("capture buy a bigger pot\r")
    screen.expect_exact("In the inbox")
    screen.expect_exact(PROMPT)
    screen.sendeof()
    screen.expect(pexpect.EOF)
    screen.close()
    assert screen.exitstatus == 0


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_from_the_clone_to_the_removal(machine: Machine) -> None:
    """The README's lines, each as it stands there. Setting up is killed at each of its steps, and
    run again goes on; once done it isn't done again. The service is installed, takes up an update
    that was pulled, and goes; afterwards nothing of Wooster's is left."""
    clone, run, *_ = readme.lines("Install")
    machine.shell(clone.replace("<this repository>", shlex.quote(str(machine.upstream))))
    assert run == "scripts/run"

    chat, embed = (each.wheel for each in starters())
    for step in (*BREAKS, f"half of {chat}", chat, f"half of {embed}"):
        machine.shell(run, -signal.SIGKILL, BREAKS_AT=step)
        assert machine.steps()[-1] == step
    # The models' folder was made last, and the first model was there before the second broke off.
    assert stat.S_IMODE(machine.paths.home.stat().st_mode) == 0o700
    (machine.paths.config / "settings.toml").write_text(
        "[chat]\nstart = false\n[embed]\nstart = false\n"
    )
    conversation(machine, run)
    assert machine.steps() == [f"half of {embed}", embed], "it goes on where it broke off"
    there = sorted(path.name for path in machine.paths.models.glob("[!.]*"))
    assert there == sorted(each.name for each in starters())
    conversation(machine, run)
    assert machine.steps() == [], "what is done isn't done again"

    machine.environ["PATH"] = f"{machine.checkout / '.venv' / 'bin'}:{machine.environ['PATH']}"
    install, status, restart, uninstall = (
        each for each in readme.commands() if each.startswith("wooster service")
    )
    machine.shell(install)
    wait_for("the service's daemon", Client(machine.paths.socket).answers)
    machine.shell(status)
    pinned = machine.upstream / "constraints.txt"
    pinned.write_text(f"{pinned.read_text()}# An update.\n")
    migrations = machine.upstream / "database" / "migrations"
    (migrations / "9000_new.sql").write_text("CREATE TABLE newest (id INTEGER PRIMARY KEY);\n")
    machine.commit("An update")
    update = re.search(r"\((git pull && scripts/setup)\)", readme.TEXT)
    assert update is not None
    assert "takes up an update by: .venv/bin/wooster service restart" in machine.shell(update[1])
    assert machine.steps() == ["install", "half installed", "installed"]
    machine.shell(restart)
    assert machine.shell("wooster inbox").count("buy a bigger pot") == 2
    machine.shell(status)
    machine.shell(uninstall)
    machine.shell("wooster stop")
    assert machine.processes() == []
    shutil.rmtree(machine.checkout)
    shutil.rmtree(machine.paths.home)
    person = machine.folder / "person"
    left = [str(each.relative_to(person)) for each in person.rglob("*") if each.is_file()]
    assert [each for each in left if "ooster" in each] == []
