"""One model server, watched: its decisions are in `life.py`, here their steps are carried out.

A server that outlived a killed daemon keeps its loaded model: it is adopted when it serves what the
settings ask for, and ended when it doesn't. A port held by a foreign program is never fought over:
it is named. It knows processes and `/health`, and nothing of what a server does.
"""

from __future__ import annotations

import asyncio
import random
import signal
from dataclasses import replace
from typing import Any, Literal

from wooster import __version__
from wooster.models import life
from wooster.models.life import State
from wooster.models.ports import is_own_process, listener
from wooster.models.process import Process, last_line
from wooster.models.spec import ServerSpec, ServerStatus, Watching

POLL_S = 0.25
# A tenth more or less, so that several servers aren't all asked in the same moment for good.
_JITTER = 0.1
_TAKE_PORT_S = 15.0


class ServerWatch:
    """One server. `run` it until `stop`; then `end` the process, if it is ours."""

    def __init__(self, spec: ServerSpec, watching: Watching) -> None:
        self.spec = spec
        self.status = ServerStatus(spec.name, _before(spec), spec.model, spec.url)
        self._notice = ""
        self._last_pid: int | None = None
        self._told_pid: int | None = None
        self._with = watching
        self._process: Process | None = None
        self._next: tuple[ServerSpec, Process | None] | None = None
        self._stopping = False
        self._resting = False
        self._look_is_due = False
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Keep the server running, or only look at it where it isn't ours, until `stop`."""
        while not self._stopping:
            adopted = await self._take_over() if self._next is not None else None
            self._wake.clear()
            if self._stopping or self._next is not None:
                continue
            await self._watch(adopted)
        self._changed.set()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def look_now(self) -> None:
        """A request found it silent or gone: don't wait for the next look in the round."""
        self._look_is_due = True

    def retry(self) -> None:
        """Try again what was given up."""
        if self._resting:
            self._wake.set()

    async def hand_over(self, spec: ServerSpec, to: Process | None) -> None:
        """Have `spec` served from now on: by `to`, which waits on another port, or by a new
        process. Returns when the old one is gone and the new one watched."""
        if self._stopping:
            return
        self._changed.clear()
        self._next = (spec, to)
        self._wake.set()
        await self._changed.wait()

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
        """End the process, if it is ours. Call it after `run` has ended."""
        if self._process is not None:
            await self._process.end()

    async def probe(self) -> dict[str, Any] | Literal["refused", "silent"]:
        return await self._with.probe(self.spec.url)

    # --- a server of ours ------------------------------------------------------------------

    async def _watch(self, adopted: int | None) -> None:
        spec = self.spec
        if not spec.stays:
            self._set("away", detail="It is on another machine, and its health isn't asked.")
            await self._wake.wait()
        elif spec.is_unwanted:
            self._set("off")
            await self._wake.wait()
        elif not spec.start:
            await self._watch_other()
        elif spec.missing:
            self._set("off", detail=spec.missing)
            await self._wake.wait()
        else:
            await self._keep_running(adopted)

    async def _keep_running(self, adopted: int | None) -> None:
        rules = life.Rules(self._with.interval_s, self._with.retries, POLL_S)
        machine = life.run(rules, adopted)
        event: life.Event = None
        while not self._stopping and self._next is None:
            event = await self._do(machine.send(event))
        machine.close()

    async def _do(self, step: life.Step) -> life.Event:
        match step:
            case life.Claim():
                return await self._claim()
            case life.Start():
                return await self._start()
            case life.Look(pid, after_s):
                return await self._look(pid, after_s)
            case life.End(pid):
                self._with.log("server.ended", {"server": self.spec.name, "pid": pid})
                await self._process_of(pid).end()
            case life.Wait(seconds):
                await self._pause(seconds)
            case life.Rest():
                self._resting = True
                await self._wake.wait()
                self._resting = False
                if not self._stopping and self._next is None:
                    self._wake.clear()
            case life.Tell(state, pid, health, failed):
                self._tell(state, pid, health, failed)
            case life.Mourn():
                await self._mourn(step)
        return None

    async def _claim(self) -> life.Event:
        """Who has the port: nobody, a server of ours, or a foreign program, which is named."""
        spec = self.spec
        found = await self.probe()
        if found == "refused":
            return life.Free()
        pid = found.get("pid") if isinstance(found, dict) else None
        if (
            not isinstance(found, dict)
            or not isinstance(pid, int)
            # Whoever has the port may say anything; only a process of ours may be ended by us.
            or not await asyncio.to_thread(is_own_process, pid, spec.service, spec.command[2])
        ):
            self._block(await asyncio.to_thread(listener, spec.port))
            return life.Foreign()
        if found.get("home") != str(spec.home):
            self._block(f"the Wooster of {found.get('home')}")
            return life.Foreign()
        models = (found.get("model"), found.get("model_path"))
        fits = found.get("version") == __version__ and spec.model in models
        self._with.log(
            "server.adopted" if fits else "server.replaced", {"server": spec.name, "pid": pid}
        )
        return life.Ours(pid) if fits else life.Stale(pid)

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

    async def _start(self) -> life.Event:
        loop = asyncio.get_running_loop()
        try:
            self._process = await asyncio.to_thread(Process.start, self.spec.command, self.spec.log)
        # The runner of a job: whatever stands in a server's way (no more processes, a broken
        # virtual environment) must not take the daemon with it.
        except Exception as error:  # noqa: BLE001
            self._with.log("server.failed", {"server": self.spec.name, "error": repr(error)})
            return life.CouldNotStart(str(error))
        self._with.log("server.started", {"server": self.spec.name, "pid": self._process.pid})
        self._set("starting", pid=self._process.pid)
        return life.Started(self._process.pid, loop.time())

    async def _look(self, pid: int, after_s: float) -> life.Event:
        """Its health in `after_s`, or its end as soon as it has ended."""
        loop = asyncio.get_running_loop()
        process = self._process_of(pid)
        self._last_pid = pid
        due_s = loop.time() + after_s * random.uniform(1 - _JITTER, 1 + _JITTER)
        while process.is_alive and not self._wake.is_set():
            if loop.time() < due_s and not self._look_is_due:
                await self._pause(min(POLL_S, due_s - loop.time()))
                continue
            self._look_is_due = False
            health = await self.probe()
            if not isinstance(health, dict):
                return life.NoAnswer(loop.time())
            return life.Health(health, loop.time())
        return life.Ended(loop.time()) if not process.is_alive else life.NoAnswer(loop.time())

    def _tell(
        self, state: State, pid: int | None, health: dict[str, Any], failed_looks: int
    ) -> None:
        before = self.status
        if state == "silent":
            detail = f"It runs and has not answered {failed_looks} questions about its health."
            self._set("silent", pid=pid, detail=detail, health=before.health)
        elif state == "failed":
            self._set(state, pid=pid, detail=str(health.get("detail") or ""), health=health)
        else:
            self._set(state, pid=pid, health=health)

    async def _mourn(self, death: life.Mourn) -> None:
        spec, crashes = self.spec, death.crashes
        self._process = None
        how = "hung, was ended" if death.hung else "stopped unexpectedly"
        detail = f"The {spec.name} server {how} and is being started again."
        if death.reason:
            detail = f"It can't be started: {death.reason}."
        elif crashes >= 3:
            detail = (
                f"The {spec.name} server has stopped {crashes} times in a row: "
                f"{await asyncio.to_thread(last_line, spec.log)} (more in {spec.log})"
            )
        if death.given_up:
            detail += (
                " It isn't tried again by itself: mend it, then `wooster models use "
                f"{spec.model} --for {spec.name}`."
            )
        fields = {"server": spec.name, "pid": death.pid, "crashes": crashes, "hung": death.hung}
        self._with.log("server.given_up" if death.given_up else "server.died", fields)
        if self._last_pid != self._told_pid or death.given_up:
            self._notice = detail
        state: State = "failed" if death.given_up or death.reason else "restarting"
        self._set(state, detail=detail, restarts=self.status.restarts + 1)

    # --- another model ----------------------------------------------------------------------

    async def _take_over(self) -> int | None:
        """End what serves now; the new process, once it has the port, or None to start one."""
        assert self._next is not None
        (spec, to), self._next = self._next, None
        old, self.spec = self._process, spec
        self.status = replace(self.status, model=spec.model, url=spec.url)
        self._set("starting")
        if old is not None:
            await old.end()
        self._process = to
        adopted = to.pid if to is not None and await self._takes_port(to) else None
        if to is not None and adopted is None:
            await to.end()
        self._changed.set()
        return adopted

    async def _takes_port(self, process: Process) -> bool:
        """Tell a process that waits on another port to take this one; whether it did."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + _TAKE_PORT_S
        if not process.signal(signal.SIGUSR1):
            return False
        while loop.time() < deadline_s and process.is_alive:
            health = await self.probe()
            if isinstance(health, dict) and health.get("pid") == process.pid:
                self._tell("ready", process.pid, health, 0)
                return True
            await asyncio.sleep(0.05)
        return False

    # --- a server of somebody else ---------------------------------------------------------

    async def _watch_other(self) -> None:
        while not self._wake.is_set():
            health = await self.probe()
            if isinstance(health, dict):
                self._tell(_told_of_itself(health), None, health, 0)
            else:
                # One that only stands still keeps what it has read: who it is stays known.
                known = self.status.health if health == "silent" else None
                self._set("away", detail=f"Nothing answers at {self.spec.url}.", health=known)
            is_loading = self.status.state == "loading"
            await self._pause(POLL_S if is_loading else self._with.interval_s)

    # --- small parts -----------------------------------------------------------------------

    def _process_of(self, pid: int) -> Process:
        if self._process is None or self._process.pid != pid:
            self._process = Process(pid)
        return self._process

    async def _pause(self, seconds: float) -> None:
        """Sleep, but not through `stop` or a hand-over."""
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
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


def _before(spec: ServerSpec) -> State:
    if spec.start:
        return "starting"
    return "off" if spec.is_unwanted else "away"


def _told_of_itself(health: dict[str, Any]) -> State:
    """Of a server that may be no Wooster's: one that answers and says nothing else can be asked."""
    told = health.get("status")
    return told if told in ("loading", "failed") else "ready"
