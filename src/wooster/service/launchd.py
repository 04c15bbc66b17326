"""launchd's agents, through `launchctl`: one of the person's own, in their own domain.

`bootout` returns before the job is gone, and `bootstrap` fails while it goes (5 "Input/output
error", 37 "Operation already in progress"): so its end is waited for, and `bootstrap` tried again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from signal import SIGTERM

from wooster.config.agents import launchd_file, launchd_label
from wooster.core.errors import ServiceError
from wooster.service import rendering
from wooster.service.model import Condition, Kind, Logout, Role, Service
from wooster.service.reading import launchctl_print, number
from wooster.service.running import Run, Said, run

# launchd's own numbers, as `launchctl error` explains them.
_NO_SUCH_PROCESS, _NOT_FOUND = 3, 113
_IO_ERROR, _STARTING, _IN_PROGRESS, _DISABLED = 5, 36, 37, 119
_DONE = "exit code 0"
_GONE_S = 60.0
_POLL_S = 0.1
_WAITS_S = (0.2, 0.5, 1.0, 2.0, 4.0)


class Launchd:
    """`Caretaker` on a Mac."""

    kind: Kind = "launchd"

    def __init__(
        self, home: Path, run: Run = run, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._home, self._run, self._pause = home, run, pause

    def name(self, role: Role) -> str:
        return launchd_label(self._home, role)

    def file(self, role: Role) -> Path:
        return launchd_file(self._home, role)

    def text(self, service: Service) -> bytes:
        return rendering.plist(service, self.name(service.role))

    def load(self, role: Role) -> None:
        # One that was disabled once can't be loaded, whatever its file says.
        self._run(("launchctl", "enable", self._target(role)))
        said = self._bootstrap(role)
        for wait_s in _WAITS_S:
            if said.code == 0 or said.code not in (_IO_ERROR, _STARTING, _IN_PROGRESS, _DISABLED):
                break
            self._pause(wait_s)
            # 5 is also told of one that is loaded: by an attempt that was said to have failed.
            self._out(role)
            said = self._bootstrap(role)
        if said.code != 0:
            raise ServiceError(
                f"launchd doesn't load {self.name(role)}: {said.reason}.",
                hint=f"See `launchctl print {self._target(role)}` and `wooster logs`.",
            )

    def unload(self, role: Role) -> None:
        said = self._out(role)
        if said.code not in (0, _NO_SUCH_PROCESS, _NOT_FOUND, _STARTING, _IN_PROGRESS):
            raise ServiceError(
                f"launchd doesn't let go of {self.name(role)}: {said.reason}.",
                hint="It was left as it is. Try again, or log out and in.",
            )
        self._wait(role, lambda: not self._is_loaded(role))

    def _wait(self, role: Role, is_gone: Callable[[], bool]) -> None:
        waited_s = 0.0
        while not is_gone():
            if waited_s > _GONE_S:
                raise ServiceError(
                    f"{self.name(role)} was told to end and is still there after {_GONE_S:.0f} s.",
                    hint="It may be finishing an answer; see `wooster logs`, and try again.",
                )
            self._pause(_POLL_S)
            waited_s += _POLL_S

    def forget(self, role: Role) -> None:
        self.unload(role)

    def forgotten(self) -> None:
        """launchd reads the folder at each login."""

    def start(self, role: Role) -> None:
        if not self._is_loaded(role):
            self.load(role)
            return
        said = self._run(("launchctl", "kickstart", self._target(role)))
        if said.code not in (0, _IN_PROGRESS):
            raise ServiceError(
                f"launchd doesn't start {self.name(role)}: {said.reason}.",
                hint="`wooster service restart` loads it anew.",
            )

    def stop(self, role: Role) -> None:
        before = self.condition(role)
        if before.pid is not None:
            with suppress(ProcessLookupError):  # it has ended meanwhile
                os.kill(before.pid, SIGTERM)
            self._wait(role, lambda: self.condition(role).pid != before.pid)
        # One that ended as it was told to stays down, and loaded; any other would come back.
        if self.condition(role) != replace(before, pid=None, ended=_DONE):
            self.unload(role)

    def condition(self, role: Role) -> Condition:
        said = self._run(("launchctl", "print", self._target(role)))
        if said.code != 0:
            return Condition()
        told = launchctl_print(said.out)
        pid = number(told.get("pid", "")) or None
        signal = told.get("last terminating signal", "")
        code = told.get("last exit code", "")  # "75: EX_TEMPFAIL", or "(never exited)"
        has_code = code[:1].isdigit()
        ended = f"signal {signal}" if signal else f"exit code {number(code)}" if has_code else ""
        return Condition(True, pid, ended, number(told.get("runs", "")))

    def linger(self) -> None:
        raise ServiceError(
            "launchd ends what is yours when you log out: there is no way to have it go on.",
            hint="A Mac that is only locked, or whose screen sleeps, has you logged in.",
        )

    def logout(self) -> Logout:
        return Logout(False, "launchd ends it when you log out, and starts it when you log in.")

    @cached_property
    def _domain(self) -> str:
        """That of the desktop; who came in over the network only has one without."""
        desktop = f"gui/{os.getuid()}"
        is_there = self._run(("launchctl", "print", desktop)).code == 0
        return desktop if is_there else f"user/{os.getuid()}"

    def _target(self, role: Role) -> str:
        return f"{self._domain}/{self.name(role)}"

    def _bootstrap(self, role: Role) -> Said:
        return self._run(("launchctl", "bootstrap", self._domain, str(self.file(role))))

    def _out(self, role: Role) -> Said:
        return self._run(("launchctl", "bootout", self._target(role)))

    def _is_loaded(self, role: Role) -> bool:
        return self._run(("launchctl", "print", self._target(role))).code == 0
