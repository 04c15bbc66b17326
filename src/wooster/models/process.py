"""A model server's process: started with its log, asked whether it lives, ended for sure.

It knows processes and signals, and nothing of what a server does or when one should run.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from wooster.core.text import clip

_STOP_S = 5.0
_LOG_BYTES = 5 * 1024 * 1024


class Process:
    """A process by its id: our child, or one that outlived the daemon that started it."""

    def __init__(self, pid: int, child: subprocess.Popen[bytes] | None = None) -> None:
        self.pid = pid
        self.child = child

    @classmethod
    def start(cls, command: Sequence[str], log: Path) -> Process:
        """Start it, with its output appended to `log`; a log grown large is put aside. Blocks."""
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,  # a Ctrl-C in the daemon's terminal is not for the servers
            )
        finally:
            os.close(descriptor)
        return cls(child.pid, child)

    @property
    def is_alive(self) -> bool:
        """Whether the process runs. A child that has ended is collected here."""
        if self.child is not None:
            return self.child.poll() is None
        return self.signal(0)  # adopted: not our child, so only its existence can be asked

    def signal(self, number: int) -> bool:
        """Send a signal; False when there is no such process of ours."""
        try:
            os.kill(self.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    async def end(self) -> None:
        """SIGTERM, and SIGKILL for a process that doesn't go."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self.is_alive or not self.signal(number):
                return
            deadline_s = loop.time() + _STOP_S
            while loop.time() < deadline_s:
                if not self.is_alive:
                    return
                await asyncio.sleep(0.05)


def last_line(path: Path) -> str:
    """The last line of a log that says something, clipped; empty when there is none. Blocks."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4096))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return clip(next((line for line in reversed(lines) if line.strip()), ""), 200)
