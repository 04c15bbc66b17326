"""How Wooster's service is, for a person, a script and `wooster doctor`."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, field
from typing import Any

from wooster.config import last_good
from wooster.config.agents import has_service
from wooster.config.paths import Paths
from wooster.core.errors import DaemonUnreachable, NotFound, ServiceError, WoosterError
from wooster.daemon import update
from wooster.repl import launch
from wooster.repl.client import Client
from wooster.service.model import Caretaker, Condition, Role
from wooster.service.placing import caretaker_for, installed
from wooster.service.reading import described, problems


@dataclass(frozen=True, slots=True)
class Status:
    """`findings` are what is wrong with the service, each with what mends it; `of_the_daemon` is
    what the daemon itself says is wrong. `data` is all of it for a script."""

    is_installed: bool
    runs: bool
    lines: list[str]
    findings: list[str]
    data: dict[str, Any]
    of_the_daemon: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 where all is well."""
        if not self.is_installed:
            return NotFound.exit_code
        is_well = self.runs and not self.findings and not self.of_the_daemon
        return 0 if is_well else DaemonUnreachable.exit_code


def look(paths: Paths) -> Status:
    """Look at it now. Blocking, some tenths of a second; it raises nothing for what is amiss."""
    try:
        caretaker = caretaker_for(paths.home)
    except ServiceError as error:
        told = f"{error.message} {error.hint}".strip()
        wrong = [told] if has_service(paths.home) else []
        return Status(has_service(paths.home), False, [told], wrong, {"installed": False})
    roles = installed(caretaker)
    if not roles:
        line = "Wooster is not installed as a service. `wooster service install` does that."
        return Status(False, False, [line], [], {"installed": False, "system": caretaker.kind})
    conditions = {role: caretaker.condition(role) for role in roles}
    findings = _findings(paths, caretaker, conditions)
    of_the_daemon = _of_the_daemon(paths, conditions.get("daemon", Condition()))
    lines = [_line(caretaker, role, condition) for role, condition in conditions.items()]
    program = " ".join(described(caretaker.file("daemon")).program)
    lines += [
        f"- **starts** {program}",
        f"- **described in** {caretaker.file('daemon')}",
        f"- **writes to** {paths.daemon_log} and {launch.err_file(paths)}",
        f"- **logging out** {caretaker.logout().told}",
        *(f"- **wrong** {finding}" for finding in (*findings, *of_the_daemon)),
    ]
    data = {
        "installed": True,
        "system": caretaker.kind,
        "survives_logout": caretaker.logout().survives,
        "services": {
            role: {"name": caretaker.name(role), "file": str(caretaker.file(role)), **asdict(each)}
            for role, each in conditions.items()
        },
        "findings": [*findings, *of_the_daemon],
    }
    runs = all(each.pid is not None for each in conditions.values())
    return Status(True, runs, lines, findings, data, of_the_daemon)


def _line(caretaker: Caretaker, role: Role, condition: Condition) -> str:
    told = f"- **{role}** "
    if condition.pid is not None:
        again = condition.starts - 1
        more = f", started again {again}×" if again > 0 else ""
        return f"{told}running as process {condition.pid}{more} ({caretaker.name(role)})"
    if not condition.loaded:
        return f"{told}not loaded ({caretaker.name(role)})"
    if condition.gave_up:
        return f"{told}crashed too often ({condition.ended}), and stays down"
    how = f"; it ended last with {condition.ended}" if condition.ended else ""
    return f"{told}stopped{how} ({caretaker.name(role)})"


def _of_the_daemon(paths: Paths, condition: Condition) -> list[str]:
    """That it can do nothing, or that what would be started in its place can't."""
    if condition.pid is None:
        return []
    try:
        greeting = Client(paths.socket).greeting()
    except WoosterError:
        return []  # of another version, or not up yet: that it runs is all that is known
    if greeting.problem:
        return [f"The daemon runs in safe mode: {greeting.problem} {greeting.hint}".rstrip()]
    refused = update.refused(paths)
    return [update.line(refused).removeprefix("- **update** ")] if refused else []


def _findings(paths: Paths, caretaker: Caretaker, conditions: dict[Role, Condition]) -> list[str]:
    found = [
        problem
        for role in conditions
        for problem in problems(described(caretaker.file(role)), paths.home, sys.executable)
    ]
    for role, condition in conditions.items():
        if not condition.loaded:
            found.append(
                f"{caretaker.name(role)} isn't loaded. `wooster service restart` loads it."
            )
        elif condition.gave_up or condition.crashed:
            found.append(
                f"The {role} crashed ({condition.ended}); see `wooster logs`. `wooster service "
                f"start` tries again. {last_good.way_back(paths)}".rstrip()
            )
    daemon = conditions.get("daemon")
    if daemon is not None and daemon.pid is None and launch.running(paths):
        found.append(
            "The daemon that runs was started without the service. `wooster service start` "
            "replaces it."
        )
    return list(dict.fromkeys(found))
