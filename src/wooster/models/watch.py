"""The life of one model server: started, watched, restarted with back-off, adopted after a crash.

A server that outlived a killed daemon keeps its loaded model: it is adopted when it serves what the
settings ask for, and ended when it doesn't. A port held by a foreign program is never fought over:
it is named. It knows processes and `/health`, and nothing of what a server does.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from wooster import __version__
from wooster.core.text import clip
from wooster.models.ports import is_own_process, listener

if TYPE_CHECKING:
    import httpx

State = Literal[
    "off", "starting", "loading", "ready", "silent", "failed", "restarting", "blocked", "away"
]
"""off: not to be started · starting: the process is coming up · loading: its model is ·
silent: it runs and doesn't answer · failed: it can't load or start · restarting: it died, back-off
runs · blocked: a foreign program has its port · away: a server that isn't ours doesn't answer."""

POLL_S = 0.25
_BACKOFF_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_STABLE_S = 60.0
_STOP_S = 5.0
_BLOCKED_RETRY_S = 10.0
_SILENT_PROBES = 3
_LOG_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """A server as the settings want it.

    `start` is False for one that somebody else runs; `missing` says why it can't be started;
    `stays` is False for one on another machine, whose health isn't asked.
    """

    name: Literal["chat", "embed"]
    service: str
    port: int
    url: str
    model: str
    command: tuple[str, ...]
    home: Path
    log: Path
    start: bool
    stays: bool = True
    missing: str = ""


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A server as it is. `detail` is a line for a person, empty when all is well."""

    name: str
    state: State
    model: str
    url: str
    pid: int | None = None
    detail: str = ""
    restarts: int = 0
    health: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watching:
    """What every watch works with. Times in seconds."""

    client: Callable[[], Awaitable[httpx.AsyncClient]]
    log: Callable[[str, dict[str, Any]], None]
    probe_timeout_s: float
    interval_s: float


class ServerWatch:
    """One server. `run` it until `stop`; then `end` the process, if it is ours."""

    def __init__(self, spec: ServerSpec, watching: Watching) -> None:
        self.spec = spec
        self.status = ServerStatus(
            spec.name, "starting" if spec.start else "away", spec.model, spec.url
        )
        self._notice = ""
        self._last_pid: int | None = None
        self._told_pid: int | None = None
        self._with = watching
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Keep the server running, or only look at it where it isn't ours, until `stop`."""
        spec = self.spec
        if not spec.stays:
            self._set("away", detail="It is on another machine, and its health isn't asked.")
        elif not spec.start:
            await self._watch_other()
        elif spec.missing:
            self._set("off", detail=spec.missing)
        else:
            await self._keep_running()

    def stop(self) -> None:
        self._stopping.set()

    def take_notice(self) -> str:
        """What happened since the last call, for the person; empty when nothing did."""
        notice, self._notice = self._notice, ""
        if self.status.state in ("loading", "ready"):
            return notice.replace("is being started again", "was started again")
        return notice

    def death_is_told(self) -> None:
        """The end of the process that runs now, or ran last, is no news any more."""
        self._notice, self._told_pid = "", self._last_pid

    async def end(self) -> None:
        """SIGTERM, and SIGKILL for a process that doesn't go. Call it after `run` has ended."""
        if self.status.pid is not None:
            await self._end(self.status.pid)

    async def probe(self) -> dict[str, Any] | Literal["refused", "silent"]:
        """What `/health` says; {} when what listens there says nothing of the kind."""
        import httpx

        client = await self._with.client()
        try:
            response = await client.get(
                f"{self.spec.url}/health", timeout=self._with.probe_timeout_s
            )
            data = response.json()
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return "refused"
        except httpx.TimeoutException:
            return "silent"
        except (httpx.HTTPError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    # --- a server of ours ------------------------------------------------------------------

    async def _keep_running(self) -> None:
        crashes = 0
        while not self._stopping.is_set():
            try:
                crashes = await self._live_once(crashes)
            # The runner of a job: whatever stands in a server's way (no more processes, a broken
            # virtual environment) must not take the daemon with it.
            except Exception as error:  # noqa: BLE001
                crashes += 1
                self._with.log("server.failed", {"server": self.spec.name, "error": repr(error)})
                self._set("failed", detail=f"It can't be started: {error}.")
            if crashes:
                await self._pause(_backoff_s(crashes))

    async def _live_once(self, crashes: int) -> int:
        """One life of the server; returns how many in a row have now ended soon."""
        pid = await self._claim()
        if pid is None:
            await self._pause(_BLOCKED_RETRY_S)
            return 0
        lived_s = await self._follow(pid)
        if self._stopping.is_set():
            return 0
        crashes = 1 if lived_s > _STABLE_S else crashes + 1
        await self._report_death(crashes)
        return crashes

    async def _claim(self) -> int | None:
        """The process id of our server on the port: started or adopted. None when it is blocked."""
        spec = self.spec
        found = await self.probe()
        if found == "refused":
            return await self._start()
        pid = found.get("pid") if isinstance(found, dict) else None
        if (
            not isinstance(found, dict)
            or not isinstance(pid, int)
            # Whoever has the port may say anything; only a process of ours may be ended by us.
            or not await asyncio.to_thread(is_own_process, pid, spec.service, spec.command[2])
        ):
            self._block(await asyncio.to_thread(listener, spec.port))
            return None
        if found.get("home") != str(spec.home):
            self._block(f"the Wooster of {found.get('home')}")
            return None
        models = (found.get("model"), found.get("model_path"))
        if found.get("version") == __version__ and spec.model in models:
            self._with.log("server.adopted", {"server": spec.name, "pid": pid})
            return pid
        self._with.log("server.replaced", {"server": spec.name, "pid": pid})
        await self._end(pid)
        return await self._start()

    def _block(self, by: str) -> None:
        spec = self.spec
        detail = (
            f"Port {spec.port} is in use by {by}. Stop it, or set another `port` under "
            f"[{spec.name}] in {spec.home / 'config' / 'settings.toml'}."
        )
        if self.status.detail != detail:
            self._with.log("server.blocked", {"server": spec.name, "port": spec.port, "by": by})
            self._notice = detail
        self._set("blocked", detail=detail)

    async def _start(self) -> int | None:
        if self._stopping.is_set():
            return None
        self._child = await asyncio.to_thread(_spawn, self.spec)
        self._with.log("server.started", {"server": self.spec.name, "pid": self._child.pid})
        self._set("starting", pid=self._child.pid)
        return self._child.pid

    async def _follow(self, pid: int) -> float:
        """Watch a process until it is gone or `stop`; returns how many seconds it was followed."""
        self._last_pid = pid
        loop = asyncio.get_running_loop()
        began_s = probe_at_s = loop.time()
        silent = 0
        while self._alive(pid) and not self._stopping.is_set():
            if loop.time() >= probe_at_s:
                health = await self.probe()
                silent = 0 if isinstance(health, dict) else silent + 1
                state = self._look(pid, health, silent)
                calm = state in ("ready", "failed") and not silent
                probe_at_s = loop.time() + (self._with.interval_s if calm else POLL_S)
            await self._pause(POLL_S)
        return loop.time() - began_s

    def _look(self, pid: int, health: dict[str, Any] | str, silent: int) -> State:
        before = self.status
        if isinstance(health, dict):
            told = health.get("status")
            state: State = told if told in ("loading", "ready", "failed") else "loading"
            detail = str(health.get("detail") or "") if state == "failed" else ""
            self._set(state, pid=pid, detail=detail, health=health)
        elif before.state in ("starting", "restarting"):
            self._set("starting", pid=pid)
        elif silent >= _SILENT_PROBES:
            detail = f"It runs and has not answered {silent} questions about its health."
            self._set("silent", pid=pid, detail=detail, health=before.health)
        return self.status.state

    async def _report_death(self, crashes: int) -> None:
        spec, before = self.spec, self.status
        detail = f"The {spec.name} server stopped unexpectedly and is being started again."
        if crashes >= 3:
            detail = (
                f"The {spec.name} server has stopped {crashes} times in a row: "
                f"{await asyncio.to_thread(_last_line, spec.log)} (more in {spec.log})"
            )
        self._with.log("server.died", {"server": spec.name, "pid": before.pid, "crashes": crashes})
        if self._last_pid != self._told_pid:
            self._notice = detail
        state: State = "failed" if crashes >= len(_BACKOFF_S) else "restarting"
        self._set(state, detail=detail, restarts=before.restarts + 1)

    # --- a server of somebody else ---------------------------------------------------------

    async def _watch_other(self) -> None:
        while not self._stopping.is_set():
            health = await self.probe()
            if isinstance(health, dict):
                loading = health.get("status") == "loading"
                self._set("loading" if loading else "ready", health=health)
            else:
                self._set("away", detail=f"Nothing answers at {self.spec.url}.")
            await self._pause(self._with.interval_s)

    # --- small parts -----------------------------------------------------------------------

    async def _pause(self, seconds: float) -> None:
        """Sleep, but not through `stop`."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            pass

    def _set(
        self,
        state: State,
        *,
        pid: int | None = None,
        detail: str = "",
        restarts: int | None = None,
        health: dict[str, Any] | None = None,
    ) -> None:
        self.status = replace(
            self.status,
            state=state,
            pid=pid,
            detail=detail,
            restarts=self.status.restarts if restarts is None else restarts,
            health=health or {},
        )

    def _alive(self, pid: int) -> bool:
        """Whether the process runs. A child that has ended is collected here."""
        if self._child is not None and self._child.pid == pid:
            return self._child.poll() is None
        try:
            os.kill(pid, 0)  # adopted: not our child, so only its existence can be asked
        except (ProcessLookupError, PermissionError):
            return False
        return True

    async def _end(self, pid: int) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(pid, number)
            except (ProcessLookupError, PermissionError):
                return
            deadline_s = loop.time() + _STOP_S
            while loop.time() < deadline_s:
                if not self._alive(pid):
                    return
                await asyncio.sleep(0.05)


def server_command(module: str, home: Path, port: int, model: str) -> tuple[str, ...]:
    """How a server is started: with this interpreter, so that it finds the same packages."""
    return (
        *(sys.executable, "-m", module),
        *("--home", str(home), "--port", str(port), "--model", model),
    )


def _backoff_s(crashes: int) -> float:
    return _BACKOFF_S[min(crashes, len(_BACKOFF_S)) - 1]


def _spawn(spec: ServerSpec) -> subprocess.Popen[bytes]:
    """Start the server, with its output appended to its log; a log grown large is put aside."""
    if spec.log.exists() and spec.log.stat().st_size > _LOG_BYTES:
        spec.log.replace(spec.log.with_suffix(".log.1"))
    descriptor = os.open(spec.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            spec.command,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,  # a Ctrl-C in the daemon's terminal is not for the servers
        )
    finally:
        os.close(descriptor)


def _last_line(path: Path) -> str:
    """The last line of a log that says something, clipped; empty when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4096))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return clip(next((line for line in reversed(lines) if line.strip()), ""), 200)
