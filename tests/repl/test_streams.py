"""Standard streams that are closed or full: one line at most, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .fake_daemon import FakeDaemon

ROOT = Path(__file__).parents[2]
LOST = "The output can't be written: No space left on device.\n"


def shell(paths_home: Path | str, line: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": f"{ROOT}/src", "WOOSTER_HOME": str(paths_home)}
    env.pop("PYTHONUNBUFFERED", None)  # a person's output is held until it is flushed
    command = line.replace("wooster", f"{sys.executable} -m wooster", 1)
    return subprocess.run(
        ["/bin/sh", "-c", command], env=env, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("line", "exit_code", "said"),
    [
        ("wooster <&-", 0, ""),
        ("wooster status >&-", 0, ""),
        ("wooster status 2>&-", 0, ""),
        ("wooster <&- >&- 2>&-", 0, ""),
        ("wooster status >/dev/full", 74, LOST),
        ("wooster status >/dev/full 2>/dev/full", 74, ""),
        ("wooster </dev/null >/dev/full", 74, LOST),
    ],
)
def test_closed_and_full_streams(daemon: FakeDaemon, line: str, exit_code: int, said: str) -> None:
    """A closed stream is no trouble, and a full one is one line and 74."""
    daemon.actions["status"] = {"text": "up"}
    done = shell(daemon.paths.home, line)
    assert (done.returncode, done.stderr) == (exit_code, said)


def test_a_home_of_nobody_is_said() -> None:
    """`~nosuch` in WOOSTER_HOME is an error about the home."""
    done = shell("~nosuch-person/x", "wooster status")
    assert done.returncode == 73
    assert done.stderr.startswith("There is no such home: '~nosuch-person/x'.\n")
