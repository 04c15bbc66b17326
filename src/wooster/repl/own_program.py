"""Asking this program itself, in a process of its own: whether a version can take over from the
daemon that runs, and to have the system start the daemon where it is a service.

It knows how such a process ends and what it wrote, and nothing of how it comes to know.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from wooster.config.paths import Paths
from wooster.core.errors import DaemonUnreachable
from wooster.core.text import clean
from wooster.repl.client import reported

_LAST_LINES = 8
_UNTIL_IT_ENDS = (
    "What ran before was left as it is, and goes on until it ends: after a crash, or when the "
    "machine starts again, it would be this version that starts."
)


def try_out(paths: Paths, program: Sequence[str], environ: Mapping[str, str]) -> None:
    """Have `program`, a daemon's command line, look whether it could take over. It may take long: a
    copy of the database is brought up to date. Raises what it found, of its exit code."""
    done = _run([*program, "--check"], paths, environ)
    if done.returncode != 0:
        from wooster.config import last_good  # here: one that can take over needs it not

        message, hint = _told(done)
        hint = hint or last_good.way_back(paths)
        raise reported(
            "not_taken_up",
            f"This version can't take over: {message}",
            f"{hint}\n{_UNTIL_IT_ENDS}".strip(),
            done.returncode if 0 < done.returncode < 256 else 1,
        )


def start_by_service(paths: Paths) -> str:
    """Have the system start the daemon, and wait until it answers; "" then, else why it doesn't."""
    done = _run([sys.executable, "-m", "wooster", "service", "start"], paths, os.environ)
    return "" if done.returncode == 0 else " ".join(_told(done))


def _run(
    command: Sequence[str], paths: Paths, environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=paths.home,
            env={**environ, "WOOSTER_HOME": str(paths.home)},
            check=False,
        )
    except OSError as error:
        raise DaemonUnreachable(
            f"{command[0]} can't be started: {error.strerror}.",
            hint="Is the environment that Wooster was installed in still there?",
        ) from error


def _told(done: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    """What it wrote: a message and what to do, as our program writes them, or its last lines."""
    lines = clean(done.stderr).strip().splitlines()
    if not lines:
        return f"It ended with exit code {done.returncode}.", ""
    if lines[0].startswith("Traceback"):
        return lines[-1], ""
    return lines[0], "\n".join(lines[1:][-_LAST_LINES:])
