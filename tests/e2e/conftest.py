"""The whole program: real daemon, real model servers with the starter models, real terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.process import Daemon, free_port, wait_for
from wooster.config.paths import Paths

WOOSTER = [sys.executable, "-m", "wooster"]
ANSWER_S = 120  # two slow cores, shared with other tests


class Home:
    """A home with the starter models, and programs started in it."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.settings = {
            "WOOSTER_CHAT__PORT": str(free_port()),
            "WOOSTER_EMBED__PORT": str(free_port()),
            "WOOSTER_TURN__ANSWERTOKENS": "8",  # a second on two slow cores
        }
        self.daemon = Daemon(paths, self.settings)

    def environ(self) -> dict[str, str]:
        return {**os.environ, **self.settings, "WOOSTER_HOME": str(self.paths.home)}

    def terminal(self, *arguments: str, **environ: str) -> pexpect.spawn[str]:
        """`wooster` on a terminal of 100 columns."""
        return pexpect.spawn(
            WOOSTER[0],
            [*WOOSTER[1:], *arguments],
            env={**self.environ(), "TERM": "xterm-256color", **environ},
            dimensions=(40, 100),
            encoding="utf-8",
            timeout=ANSWER_S,
        )

    def server(self, name: str) -> dict[str, object]:
        """What `status` says of a model server."""
        servers = self.daemon.status()["servers"]
        found: dict[str, object] = next(each for each in servers if each["name"] == name)
        return found

    def wait_ready(self, name: str = "chat") -> dict[str, object]:
        wait_for(f"the {name} server", lambda: self.server(name)["state"] == "ready", ANSWER_S)
        return self.server(name)

    def stop(self) -> None:
        if self.daemon.client.answers():
            self.daemon.client.stop_daemon()
            wait_for("the end of the daemon", lambda: not self.paths.socket.exists())
        if self.daemon.process is not None:
            self.daemon.process.communicate(timeout=60)


@pytest.fixture
def home(paths: Paths, starter_home: Path) -> Iterator[Home]:
    paths.models.rmdir()
    paths.models.symlink_to(starter_home / "models")
    made = Home(paths)
    yield made
    made.stop()
