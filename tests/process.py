"""A real daemon as a process, for tests that talk to it over its real socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from wooster.config.paths import Paths
from wooster.repl.client import Client

DEADLINE_S = 90.0
T = TypeVar("T")


def wait_for(what: str, happened: Callable[[], T], deadline_s: float = DEADLINE_S) -> T:
    """What `happened` returns as soon as it is true; fails the test at the deadline."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        if result := happened():
            return result
        time.sleep(0.01)
    raise AssertionError(f"{what} didn't happen within {deadline_s} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Daemon:
    """`environ` are the settings it is started with."""

    paths: Paths
    environ: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def client(self) -> Client:
        return Client(self.paths.socket)

    def start(self) -> Daemon:
        """Start it and wait until it answers."""
        self.spawn()
        wait_for("the daemon's answer", self._answers)
        return self

    def spawn(self) -> subprocess.Popen[bytes]:
        environ = {**os.environ, **self.environ, "WOOSTER_HOME": str(self.paths.home)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wooster", "daemon"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return self.process

    def kill(self) -> None:
        """`kill -9`."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate()

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode

    def turns(self, words: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.act("history", words=words).data["turns"]
        return found

    def status(self) -> dict[str, Any]:
        return self.client.act("status").data

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.process.communicate()[0].decode()
        if not self.client.answers():
            return False
        self.client.greeting()  # the socket listens before the daemon is ready to answer
        return True


def without_servers(url: str) -> dict[str, str]:
    """Settings with no server of our own: the local provider is the one at `url`."""
    return {
        "WOOSTER_CHAT__START": "false",
        "WOOSTER_EMBED__START": "false",
        "WOOSTER_ROUTING__PROVIDERS__LOCAL__SERVERURL": url,
    }


@contextmanager
def running(paths: Paths, environ: dict[str, str]) -> Iterator[Daemon]:
    """A daemon for the block."""
    daemon = Daemon(paths, environ).start()
    try:
        yield daemon
    finally:
        assert daemon.process is not None
        if daemon.process.poll() is None:
            daemon.stop()
