"""Why a newer version wasn't taken up: written by who tried it, told by the daemon that goes on."""

from __future__ import annotations

import json
from pathlib import Path

from wooster.config.agents import has_service
from wooster.config.paths import Paths
from wooster.config.replacing import replace_file
from wooster.core.clock import Clock
from wooster.core.errors import WoosterError


def refuse(paths: Paths, problem: WoosterError, version: str, clock: Clock) -> None:
    """Note it for the daemon that runs. Raises `OSError`."""
    told = {
        "at": clock.now().isoformat(timespec="seconds"),
        "version": version,
        "message": problem.message,
        "hint": problem.hint,
    }
    replace_file(_file(paths), json.dumps(told).encode())


def clear(paths: Paths) -> None:
    """A version was found fit, or works."""
    _file(paths).unlink(missing_ok=True)


def refused(paths: Paths) -> dict[str, str]:
    """What was noted, and what tries it `again`; empty when nothing was, or nothing that can be
    read."""
    try:
        told = json.loads(_file(paths).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {str(k): str(v) for k, v in told.items()} | {"again": again(paths)}


def again(paths: Paths) -> str:
    """The command that tries it again, and ends nothing that works where it fails again."""
    return "`wooster service restart`" if has_service(paths.home) else "`wooster restart`"


def line(told: dict[str, str]) -> str:
    """The same for a person."""
    # A hint may end in lines for a shell: it is the last.
    return (
        f"- **update** {headline(told)}, and what runs goes on ({told.get('again', '')} tries "
        f"again): {told.get('message', '')} {told.get('hint', '')}"
    )


def headline(told: dict[str, str]) -> str:
    """Which version, and when. It may be of the same number as the one that runs: of another
    commit, or with other settings."""
    when = told.get("at", "")[:16].replace("T", " ")
    return f"Wooster {told.get('version', '?')} was not taken up ({when} UTC)"


def _file(paths: Paths) -> Path:
    return paths.run / "refused-update.json"
