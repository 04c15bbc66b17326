"""An installation of its own for a test: a copy of the program that can be updated, a virtual
environment that can be moved, and a home without model servers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.process import free_port
from wooster.config.paths import Paths
from wooster.core.errors import DaemonUnreachable
from wooster.repl.client import Client

ROOT = Path(__file__).parents[2]
_OFF = "[chat]\nstart = false\n[embed]\nstart = false\n"


@dataclass
class Installation:
    """`environ` is added to what a command gets."""

    folder: Path
    environ: dict[str, str]
    venv: Path

    @classmethod
    def make(cls, folder: Path) -> Installation:
        made = cls(folder, {}, folder / "venv")
        for name in ("config", "prompts", "database", "launchd"):
            shutil.copytree(ROOT / name, made.program / name)
        unit = made.program / "launchd" / "daemon.service"
        quick = unit.read_text().replace("RestartSec=2\n", "RestartSec=0.05\n")
        unit.write_text(quick)  # nobody is to wait for a system that is patient
        # With what Python compiled of it, which is told by the times of the files.
        shutil.copytree(ROOT / "src" / "wooster", made.program / "src" / "wooster")
        venv = [sys.executable, "-m", "venv", "--without-pip", "--symlinks", str(made.venv)]
        subprocess.run(venv, check=True)
        (site,) = made.venv.glob("lib/python*/site-packages")
        packages = [made.program / "src", Path(sysconfig.get_path("purelib"))]
        (site / "test.pth").write_text("".join(f"{each}\n" for each in packages))
        (made.program / "scripts").mkdir()
        setup = made.program / "scripts" / "setup"
        setup.write_text("#!/bin/sh\n")  # nothing is to be installed
        setup.chmod(0o755)
        made.git("init", "--quiet")
        made.git("commit", "--quiet", "--allow-empty", "--message", "the first")
        made.paths.config.mkdir(parents=True, mode=0o700)
        (made.paths.config / "settings.toml").write_text(_OFF)
        dropped = ("PYTHONPATH", "WOOSTER_", "VIRTUAL_ENV", "COVERAGE")
        made.environ = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        made.environ |= {"HOME": str(folder / "person"), "WOOSTER_HOME": str(made.paths.home)}
        return made

    @property
    def program(self) -> Path:
        return self.folder / "program"

    @property
    def paths(self) -> Paths:
        return Paths(self.folder / "home")

    def wooster(self, *words: str, code: int = 0) -> str:
        """Run a command as a person would; what it said, and it ended with `code`."""
        done = self._run(*words)
        said = done.stdout + done.stderr
        assert done.returncode == code, f"{words}: {done.returncode}\n{said}"
        return said

    def with_chat_server(self) -> None:
        """From the next start on, whose model isn't here."""
        own = f"[chat]\nport = {free_port()}\n[embed]\nstart = false\n"
        (self.paths.config / "settings.toml").write_text(own)

    def chat_server(self) -> dict[str, Any]:
        """What the daemon says of it; {} where none answers."""
        try:
            servers = Client(self.paths.socket).act("status").data["servers"]
        except DaemonUnreachable:
            return {}
        return next((each for each in servers if each["name"] == "chat"), {})

    def status(self) -> dict[str, Any]:
        """What `service status` says of the daemon, whatever its exit code."""
        told = json.loads(self._run("service", "status", "--json").stdout)
        return {**told, **told.get("services", {}).get("daemon", {})}

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.venv / "bin" / "python"), "-m", "wooster", *words],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )

    def migration(self, statement: str) -> None:
        """An update: the program's newest migration from now on."""
        (self.program / "database" / "migrations" / "9000_new.sql").write_text(f"{statement}\n")
        self.git("add", "database/migrations/9000_new.sql")
        self.git("commit", "--quiet", "--message", "an update")

    def git(self, *words: str) -> None:
        person = ["-c", "user.name=Ana", "-c", "user.email=ana@example.org"]
        subprocess.run(["git", "-C", str(self.program), *person, *words], check=True)

    def go(self, told: str) -> None:
        """The way back that was told."""
        (command,) = set(re.findall(r"`(git -C .*? && .*?)`", told.replace("\n", " ")))
        subprocess.run(["sh", "-c", command], check=True, capture_output=True)
