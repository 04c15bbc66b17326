"""systemd's user manager, through `systemctl --user`: no root anywhere."""

from __future__ import annotations

import os
from pathlib import Path

from wooster.config.agents import systemd_file, systemd_unit
from wooster.core.errors import ServiceError
from wooster.service import rendering
from wooster.service.model import Condition, Kind, Logout, Role, Service
from wooster.service.reading import number, systemctl_show
from wooster.service.running import Run, Said, run

_SHOWN = "LoadState,ActiveState,SubState,MainPID,NRestarts,Result,ExecMainCode,ExecMainStatus"
_ENDS = "It ends when you log out for good."
_LINGER = "`wooster service install --linger` lets it go on, where the system lets you."


class Systemd:
    """`Caretaker` on Linux."""

    kind: Kind = "systemd"

    def __init__(self, home: Path, run: Run = run) -> None:
        self._home, self._run = home, run

    def name(self, role: Role) -> str:
        return systemd_unit(self._home, role)

    def file(self, role: Role) -> Path:
        return systemd_file(self._home, role)

    def text(self, service: Service) -> bytes:
        return rendering.unit(service)

    def load(self, role: Role) -> None:
        self._must("daemon-reload")
        self._must("enable", "--quiet", self.name(role))
        self.start(role)

    def unload(self, role: Role) -> None:
        said = self._ask("stop", self.name(role))
        if said.code != 0 and self.condition(role).loaded:
            raise self._refused(said, "stop", role)

    def forget(self, role: Role) -> None:
        self.unload(role)
        # Without its file there is nothing to disable, and that is fine.
        self._ask("disable", "--quiet", self.name(role))
        self._ask("reset-failed", self.name(role))

    def forgotten(self) -> None:
        self._must("daemon-reload")

    def stop(self, role: Role) -> None:
        self.unload(role)

    def start(self, role: Role) -> None:
        # Starts are counted; one that a person asked for isn't a crash more.
        self._ask("reset-failed", self.name(role))
        said = self._ask("start", self.name(role))
        if said.code != 0:
            raise self._refused(said, "start", role)

    def condition(self, role: Role) -> Condition:
        told = systemctl_show(self._ask("show", self.name(role), f"--property={_SHOWN}").out)
        pid = number(told.get("MainPID", "")) or None
        how = {"1": "exit code", "2": "signal", "3": "signal"}.get(told.get("ExecMainCode", ""))
        ended = f"{how} {told.get('ExecMainStatus')}" if how and pid is None else ""
        starts = number(told.get("NRestarts", "")) + (1 if pid or ended else 0)
        gave_up = told.get("ActiveState") == "failed"
        return Condition(told.get("LoadState") == "loaded", pid, ended, starts, gave_up)

    def logout(self) -> Logout:
        command = ("loginctl", "show-user", _person(), "--property=Linger", "--value")
        try:
            said = self._run(command)
        except ServiceError:
            return Logout(False, f"{_ENDS} There is no loginctl here to change that.")
        if said.out.strip() == "yes":
            return Logout(True, "It goes on when you log out, and starts with the machine.")
        return Logout(False, f"{_ENDS} {_LINGER}", can_be_asked=True)

    def linger(self) -> None:
        # Never a question for a password: nobody may sit there.
        command = ("loginctl", "--no-ask-password", "enable-linger", _person())
        said = self._run(command)
        if said.code != 0:
            raise ServiceError(
                f"The system doesn't let services go on when you log out: {said.reason}",
                hint=f"As root: loginctl enable-linger {_person()}",
            )

    def _ask(self, *words: str) -> Said:
        return self._run(("systemctl", "--user", *words))

    def _must(self, *words: str) -> None:
        said = self._ask(*words)
        if said.code != 0:
            raise ServiceError(
                f"`systemctl --user {' '.join(words)}` failed: {said.reason}",
                hint="Is systemd's user manager running? `systemctl --user status` shows it.",
            )

    def _refused(self, said: Said, verb: str, role: Role) -> ServiceError:
        name = self.name(role)
        return ServiceError(
            f"systemd doesn't {verb} {name}: {said.reason}",
            hint=f"See `systemctl --user status {name}` and `wooster logs`.",
        )


def _person() -> str:
    """As loginctl takes it; a name could be another one's, after `su`."""
    return str(os.getuid())
