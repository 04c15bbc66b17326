"""`wooster restart`: the daemon ended and started anew, by its service where there is one.

This version is tried out first. What runs goes on where it can't work.
"""

from __future__ import annotations

from wooster.bootstrap import servicing
from wooster.config.agents import has_service
from wooster.config.paths import Paths
from wooster.core.errors import DaemonUnreachable
from wooster.repl import launch
from wooster.repl.client import Client, Mismatch
from wooster.repl.launch import Say


def restart(paths: Paths, say: Say) -> list[str]:
    """Returns what to tell; raises why this version can't take over, and what ran runs on."""
    if has_service(paths.home):
        return servicing.restart_all(paths, say)
    paths.prepare()
    greeting = launch.restart(paths, say, speaks=_spoken(paths))
    return [f"Restarted. Wooster answers.{servicing.safe_mode(greeting)}"]


def _spoken(paths: Paths) -> int | None:
    """The daemon's version of the wire, when it isn't ours."""
    try:
        Client(paths.socket).greeting()
    except Mismatch as mismatch:
        return mismatch.theirs
    except DaemonUnreachable:
        pass  # nobody runs, or nobody who answers: that is seen when it is to be stopped
    return None
