"""The program that worked last, and the way back to it.

A daemon that works notes what it is: which commit of which checkout, or which version. What can't
work tells the way back, since a checkout is changed in place: nobody keeps what was there. It knows
git, and nothing of why a program doesn't work.
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from wooster import __version__
from wooster.config import resources
from wooster.config.agents import has_service
from wooster.config.paths import Paths
from wooster.config.replacing import replace_file

_GIT_S = 5.0
_SHORT = 12

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Program:
    """A program by its version and, in a checkout, its commit; `commit` is "" elsewhere."""

    version: str
    folder: str
    commit: str


def note(paths: Paths, program: Program) -> None:
    """It works. Blocking; what keeps it from being noted is logged, and ends nothing."""
    if program == _noted(paths):
        return
    try:
        replace_file(_file(paths), json.dumps(asdict(program)).encode())
    except OSError as error:
        log.error("program.not_noted", extra={"fields": {"error": str(error)}})


def way_back(paths: Paths) -> str:
    """How to go back to the program that worked last, as a sentence; "" where this one is it, or
    none has worked yet. Blocking."""
    good, now = _noted(paths), this_program()
    if good is None or good == now:
        return ""
    again = "`wooster service restart`" if has_service(paths.home) else "any command"
    if good.commit and good.folder == now.folder:
        folder = shlex.quote(good.folder)
        back = f"git -C {folder} checkout {good.commit[:_SHORT]} && {folder}/scripts/setup"
        return (
            f"If an update brought this, the way back to what worked last: `{back}`, then {again} "
            "(`git switch -` there takes the newer one again)."
        )
    return (
        "If an update brought this, the way back to what worked last: install Wooster "
        f"{good.version} again (it was in {good.folder}), then {again}."
    )


def with_way_back(hint: str, paths: Paths) -> str:
    """A hint, and the way back where there is one. Further lines of a hint are for a shell: what
    comes last there stays last. Blocking."""
    said = (hint, way_back(paths))
    return " ".join(filter(None, reversed(said) if "\n" in hint else said))


def this_program() -> Program:
    """The one that runs. Blocking: it asks git."""
    return Program(__version__, str(resources.ROOT), _commit(resources.ROOT))


def _commit(folder: Path) -> str:
    if not (folder / ".git").exists():  # an installation inside of another project's checkout
        return ""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ("git", "-C", str(folder), "rev-parse", "HEAD")
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_GIT_S,
            check=False,
            env=environ,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""  # no git any more: its version is what is known
    return done.stdout.strip() if done.returncode == 0 else ""


def _noted(paths: Paths) -> Program | None:
    try:
        told = json.loads(_file(paths).read_text("utf-8"))
        return Program(*(str(told[name]) for name in ("version", "folder", "commit")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _file(paths: Paths) -> Path:
    return paths.run / "last-good-program.json"
