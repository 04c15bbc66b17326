"""Our own model servers: started, watched, restarted with back-off, adopted after a crash, stopped.

A server that outlived a killed daemon keeps its loaded model: it is adopted when it serves what the
settings ask for, and ended when it doesn't. A port held by a foreign program is never fought over:
it is named. The supervisor knows processes and `/health`; it knows nothing of what a server does.
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
from wooster.models.ports import listener

if TYPE_CHECKING:
    import httpx

State = Literal["off", "starting", "loading", "ready", "failed", "restarting", "blocked", "away"]
"""off: not to be started · starting: the process is coming up · loading: its model is ·
failed: it can't load · restarting: it died, back-off runs · blocked: a foreign program has its
port · away: a server that isn't ours doesn't answer."""

_POLL_S = 0.25
_BACKOFF_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_STABLE_S = 60.0
_STOP_S = 5.0
_COMEBACK_S = 30.0
_BLOCKED_RETRY_S = 5.0
_LOG_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """A server as the settings want it. `start` is False for one that isn't ours to start."""

    name: Literal["chat", "embed"]
    service: str
    host: str
    port: int
    url: str
    model: str
    command: tuple[str, ...]
    home: Path
    log: Path
    start: bool
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


Log = Callable[[str, dict[str, Any]], None]


class Supervisor:
    """Watches every server of the home. `run` one `watch` for each spec in a task group."""

    def __init__(
        self,
        specs: list[ServerSpec],
        client: Callable[[], Awaitable[httpx.AsyncClient]],
        log: Log,
        probe_timeout_s: float,
        interval_s: float,
    ) -> None:
        self.specs = specs
        self._client = client
        self._log = log
        self._probe_timeout_s = probe_timeout_s
        self._interval_s = interval_s
        self._status: dict[str, ServerStatus] = {
            spec.name: ServerStatus(
                spec.name, "starting" if spec.start else "away", spec.model, spec.url
            )
            for spec in specs
        }
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._notices: list[str] = []
        self._stopping = False

    # --- what others ask -----------------------------------------------------------------------

    def statuses(self) -> list[ServerStatus]:
        return list(self._status.values())

    def status(self, name: str) -> ServerStatus:
        return self._status[name]

    def owned_providers(self) -> frozenset[str]:
        """The providers whose server we start ourselves and which may come back by itself."""
        return frozenset(
            "local"
            for spec in self.specs
            if spec.name == "chat" and spec.start and not spec.missing
            if self._status["chat"].state not in ("failed", "blocked")
        )

    def take_notices(self) -> list[str]:
        """Lines about what happened since the last call, for the person; each is given once."""
        notices, self._notices = self._notices, []
        return notices

    async def wait_until_up(self, provider: str) -> str:
        """Wait until the chat server listens again; "" then, else why it won't."""
        del provider  # the chat server is the only one that a turn waits for
        spec = self._spec("chat")
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + _COMEBACK_S
        while loop.time() < deadline_s:
            status = self._status["chat"]
            if status.state in ("off", "failed", "blocked"):
                return status.detail
            health = await self._probe(spec)
            if health is not None and health.get("service") == spec.service:
                return ""
            await asyncio.sleep(_POLL_S)
        return f"The chat server did not come up within {_COMEBACK_S:.0f} s; see {spec.log}."

    # --- the life of one server ----------------------------------------------------------------

    async def watch(self, spec: ServerSpec) -> None:
        """Keep one server running until cancelled."""
        if spec.missing:
            self._set(spec, "off", detail=spec.missing)
        elif not spec.start:
            await self._watch_other(spec)
        else:
            await self._keep_running(spec)

    async def stop(self) -> None:
        """End the servers that are ours: SIGTERM, and SIGKILL for one that doesn't go."""
        self._stopping = True
        pids = [status.pid for status in self.statuses() if status.pid is not None]
        await asyncio.gather(*(self._end(pid) for pid in pids))

    async def _keep_running(self, spec: ServerSpec) -> None:
        crashes = 0
        while not self._stopping:
            found = await self._probe(spec)
            pid = await self._claim(spec, found)
            if pid is None:
                await asyncio.sleep(_BLOCKED_RETRY_S)
                continue
            lived_s = await self._follow(spec, pid)
            if self._stopping:
                return
            crashes = 0 if lived_s > _STABLE_S else crashes + 1
            self._report_death(spec, crashes)
            await asyncio.sleep(_BACKOFF_S[min(crashes, len(_BACKOFF_S)) - 1] if crashes else 0.0)

    async def _claim(self, spec: ServerSpec, found: dict[str, Any] | None) -> int | None:
        """The process id of our server on the port: started or adopted. None when it is blocked."""
        if found is None:
            return await self._start(spec)
        pid = found.get("pid")
        if found.get("service") != spec.service or not isinstance(pid, int):
            self._block(spec, await asyncio.to_thread(listener, spec.port))
            return None
        if found.get("home") != str(spec.home):
            self._block(spec, f"the Wooster of {found.get('home')}")
            return None
        models = (found.get("model"), found.get("model_path"))
        if found.get("version") == __version__ and spec.model in models:
            self._log("server.adopted", {"server": spec.name, "pid": pid})
            return pid
        self._log("server.replaced", {"server": spec.name, "pid": pid})
        await self._end(pid)
        return await self._start(spec)

    def _block(self, spec: ServerSpec, by: str) -> None:
        detail = (
            f"Port {spec.port} is in use by {by}. Stop it, or set another `port` under "
            f"[{spec.name}] in {spec.home / 'config' / 'settings.toml'}."
        )
        if self._status[spec.name].detail != detail:
            self._log("server.blocked", {"server": spec.name, "port": spec.port, "by": by})
            self._notices.append(detail)
        self._set(spec, "blocked", detail=detail)

    async def _start(self, spec: ServerSpec) -> int:
        process = await asyncio.to_thread(_spawn, spec)
        self._children[process.pid] = process
        self._log("server.started", {"server": spec.name, "pid": process.pid})
        self._set(spec, "starting", pid=process.pid)
        return process.pid

    async def _follow(self, spec: ServerSpec, pid: int) -> float:
        """Watch a process until it is gone; returns how many seconds it was ours."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        probe_at_s = began_s
        while self._alive(pid):
            if loop.time() >= probe_at_s:
                state = await self._look(spec, pid)
                probe_at_s = loop.time() + (self._interval_s if state == "ready" else _POLL_S)
            await asyncio.sleep(_POLL_S)
        return loop.time() - began_s

    async def _look(self, spec: ServerSpec, pid: int) -> State:
        health = await self._probe(spec)
        if health is None or health.get("service") != spec.service:
            state: State = self._status[spec.name].state
            # One unanswered probe of a server that worked is a busy server, not a dead one.
            state = state if state in ("ready", "loading") else "starting"
            self._set(spec, state, pid=pid, health=self._status[spec.name].health)
            return state
        told = health.get("status")
        state = told if told in ("loading", "ready", "failed") else "loading"
        detail = str(health.get("detail") or "") if state == "failed" else ""
        self._set(spec, state, pid=pid, detail=detail, health=health)
        return state

    def _report_death(self, spec: ServerSpec, crashes: int) -> None:
        before = self._status[spec.name]
        detail = f"The {spec.name} server stopped unexpectedly and is being started again."
        if crashes >= 3:
            detail = (
                f"The {spec.name} server has stopped {crashes} times in a row: "
                f"{_last_line(spec.log)} (more in {spec.log})"
            )
        self._log("server.died", {"server": spec.name, "pid": before.pid, "crashes": crashes})
        self._notices.append(detail)
        self._set(
            spec,
            "failed" if crashes >= len(_BACKOFF_S) else "restarting",
            detail=detail,
            restarts=before.restarts + 1,
        )

    async def _watch_other(self, spec: ServerSpec) -> None:
        """A server that somebody else runs: only its health is known."""
        while True:
            health = await self._probe(spec)
            if health is None:
                self._set(spec, "away", detail=f"Nothing answers at {spec.url}.")
            else:
                told = health.get("status")
                self._set(spec, "loading" if told == "loading" else "ready", health=health)
            await asyncio.sleep(self._interval_s)

    # --- small parts ---------------------------------------------------------------------------

    async def _probe(self, spec: ServerSpec) -> dict[str, Any] | None:
        """What `/health` says; {} when something else listens there, None when nothing does."""
        import httpx

        client = await self._client()
        try:
            response = await client.get(f"{spec.url}/health", timeout=self._probe_timeout_s)
            data = response.json()
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return None
        except (httpx.HTTPError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def _set(
        self,
        spec: ServerSpec,
        state: State,
        *,
        pid: int | None = None,
        detail: str = "",
        restarts: int | None = None,
        health: dict[str, Any] | None = None,
    ) -> None:
        before = self._status[spec.name]
        self._status[spec.name] = replace(
            before,
            state=state,
            pid=pid,
            detail=detail,
            restarts=before.restarts if restarts is None else restarts,
            health=health or {},
        )

    def _alive(self, pid: int) -> bool:
        """Whether the process runs. A child that has ended is collected here."""
        child = self._children.get(pid)
        if child is not None:
            return child.poll() is None
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

    def _spec(self, name: str) -> ServerSpec:
        return next(spec for spec in self.specs if spec.name == name)


def server_command(module: str, home: Path, port: int, model: str) -> tuple[str, ...]:
    """How a server is started: with this interpreter, so that it finds the same packages."""
    return (
        *(sys.executable, "-m", module),
        *("--home", str(home), "--port", str(port), "--model", model),
    )


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
