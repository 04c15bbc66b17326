"""Our model servers together: what the rest of the program asks about them.

The life of each is in `watch.py`; here is only what concerns more than one, or a turn that waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

from wooster.core.errors import Busy, ModelUnavailable
from wooster.models import handover
from wooster.models.handover import Meanwhile, Tell
from wooster.models.model import Provider
from wooster.models.ports import is_own_process
from wooster.models.process import Process
from wooster.models.spec import Role, ServerSpec, ServerStatus, Watching
from wooster.models.watch import POLL_S, ServerWatch

# Longer than it takes to find out that a server hangs, to end it and to start it again.
_COMEBACK_S = 45.0


def _nothing_meanwhile(_: str) -> AbstractAsyncContextManager[None]:
    return nullcontext()


class Supervisor:
    """Watches every server of the home, from `run` to `stop`."""

    def __init__(self, specs: Sequence[ServerSpec], watching: Watching) -> None:
        self._watches = {spec.name: ServerWatch(spec, watching) for spec in specs}
        self._with = watching
        self._switching = asyncio.Lock()

    async def run(self) -> None:
        """Watch until `stop`, then end the servers that are ours."""
        await self._end_left_spares()
        async with asyncio.TaskGroup() as tasks:
            for watch in self._watches.values():
                tasks.create_task(watch.run())
        await asyncio.gather(*(watch.end() for watch in self._watches.values()))

    def stop(self) -> None:
        for watch in self._watches.values():
            watch.stop()

    def statuses(self) -> list[ServerStatus]:
        return [watch.status for watch in self._watches.values()]

    async def use(
        self,
        role: Role,
        model: str,
        room_for_both: bool,
        tell: Tell,
        meanwhile: Meanwhile = _nothing_meanwhile,
    ) -> None:
        """Serve `model` in that role from now on. Raises `ModelUnavailable`; the old one is back
        then, or never went. Raises `Busy` while another switch is under way.
        """
        watch = self._watches[role]
        if watch.spec.missing or not watch.spec.stays:
            raise ModelUnavailable(
                f"The {role} server can't be switched: {watch.spec.missing or watch.status.detail}."
            )
        if self._switching.locked():
            raise Busy("Another switch is under way.", hint="Wait until it is done.")
        async with self._switching:
            runs = watch.status.state in ("loading", "ready", "silent")
            if runs and room_for_both:
                await handover.beside(watch, model, self._with, tell, meanwhile)
            else:
                await handover.in_place(watch, model, tell)

    async def _end_left_spares(self) -> None:
        """End the spare servers that a killed daemon left behind in the middle of a switch."""
        for watch in self._watches.values():
            spec = watch.spec
            pid = await asyncio.to_thread(_left_spare, handover.spare_record(spec))
            if pid and await asyncio.to_thread(is_own_process, pid, spec.command[2]):
                self._with.log("server.spare_ended", {"server": spec.name, "pid": pid})
                await Process(pid).end()

    def chat(self) -> ServerStatus:
        """The chat server, as it is."""
        return self._watches["chat"].status

    def not_ready(self, role: Role) -> str:
        """Why the server of that role can't be asked now, as a sentence; "" when it can."""
        status = self._watches[role].status
        if status.state == "ready" or (status.state == "off" and not status.detail):
            # One that isn't to be started may have been started by somebody else.
            return ""
        told = {
            "starting": "is being started",
            "loading": "is loading its model",
            "silent": "doesn't answer",
            "failed": "failed",
            "restarting": "is being started again",
            "blocked": "can't have its port",
            "away": "isn't there",
            "off": "is off",
        }[status.state]
        return f"The {role} server {told}. {status.detail}".strip()

    # --- the server behind a provider ---------------------------------------------------------

    def starts(self, provider: Provider) -> bool:
        """Whether the server behind `provider` is one that we start."""
        watch = self._behind(provider)
        return watch is not None and watch.spec.start

    def is_unwanted(self, provider: Provider) -> bool:
        """Whether it stands for a second chat server that nobody has asked for so far."""
        watch = self._behind(provider)
        return watch is not None and watch.spec.is_unwanted

    def may_come_back(self, provider: Provider) -> bool:
        """Whether we start its server, and it may come up again by itself."""
        watch = self._behind(provider)
        if watch is None or not watch.spec.start or watch.spec.missing:
            return False
        return watch.status.state not in ("failed", "blocked")

    def serving(self, provider: Provider) -> ServerStatus | None:
        """How the server behind `provider` is, its model's name among it; None if not ours."""
        watch = self._behind(provider)
        return watch.status if watch is not None and watch.spec.start else None

    async def until_claimed(self, provider: Provider) -> AsyncIterator[str]:
        """Ends once the process on its server's port is known to be ours.

        Until then "" now and then as a sign of life, or at once the reason why it can't be.
        """
        watch = self._ours_behind(provider)
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + _COMEBACK_S
        while watch.status.state not in ("loading", "ready", "silent"):
            if watch.status.state in ("off", "failed", "blocked"):
                yield watch.status.detail
                return
            if loop.time() > deadline_s:
                told = f"The {watch.spec.name} server doesn't come up"
                yield f"{told}; the reason may stand in {watch.spec.log}."
                return
            yield ""
            await asyncio.sleep(POLL_S)

    async def wait_until_up(self, provider: Provider) -> str:
        """Wait until its server listens again; "" then, else why it won't."""
        watch = self._ours_behind(provider)
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + _COMEBACK_S
        while loop.time() < deadline_s:
            if watch.status.state in ("off", "failed", "blocked"):
                return watch.status.detail
            health = await watch.probe()
            if isinstance(health, dict) and health.get("service") == watch.spec.service:
                return ""
            await asyncio.sleep(POLL_S)
        name, log = watch.spec.name, watch.spec.log
        return f"The {name} server did not come up within {_COMEBACK_S:.0f} s; see {log}."

    def look_now(self, provider: Provider) -> None:
        """A request found its server silent or gone."""
        watch = self._behind(provider)
        if watch is not None:
            watch.look_now()

    def death_is_told(self, provider: Provider) -> None:
        """The person was told that its server went away: no notice is needed."""
        watch = self._behind(provider)
        if watch is not None:
            watch.death_is_told()

    def take_notices(self) -> list[str]:
        """A line for each server to which something happened since the last call."""
        return [notice for watch in self._watches.values() if (notice := watch.take_notice())]

    def _behind(self, provider: Provider) -> ServerWatch | None:
        found = (watch for watch in self._watches.values() if watch.spec.url == provider.url)
        return next(found, None)

    def _ours_behind(self, provider: Provider) -> ServerWatch:
        watch = self._behind(provider)
        assert watch is not None, f"no server of ours is at {provider.url}"
        return watch


def _left_spare(record: Path) -> int:
    """The process id that stands in `record`, which is removed; 0 when there is none."""
    try:
        pid = int(record.read_text())
    except (OSError, ValueError):
        return 0
    record.unlink()
    return pid
