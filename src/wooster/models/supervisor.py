"""Our model servers together: what the rest of the program asks about them.

The life of each is in `watch.py`; here is only what concerns more than one, or a turn that waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from wooster.models.watch import POLL_S, ServerSpec, ServerStatus, ServerWatch, Watching

_COMEBACK_S = 30.0


class Supervisor:
    """Watches every server of the home, from `run` to `stop`."""

    def __init__(self, specs: Sequence[ServerSpec], watching: Watching) -> None:
        self._watches = {spec.name: ServerWatch(spec, watching) for spec in specs}

    async def run(self) -> None:
        """Watch until `stop`, then end the servers that are ours."""
        async with asyncio.TaskGroup() as tasks:
            for watch in self._watches.values():
                tasks.create_task(watch.run())
        await asyncio.gather(*(watch.end() for watch in self._watches.values()))

    def stop(self) -> None:
        for watch in self._watches.values():
            watch.stop()

    def statuses(self) -> list[ServerStatus]:
        return [watch.status for watch in self._watches.values()]

    def chat(self) -> ServerStatus:
        """The chat server, as it is."""
        return self._watches["chat"].status

    def owned_providers(self) -> frozenset[str]:
        """The providers whose server we start ourselves and which may come back by itself."""
        watch = self._watches.get("chat")
        if watch is None or not watch.spec.start or watch.spec.missing:
            return frozenset()
        hopeless = watch.status.state in ("failed", "blocked")
        return frozenset() if hopeless else frozenset({"local"})

    def take_notices(self) -> list[str]:
        """A line for each server to which something happened since the last call."""
        notices = [watch.notice for watch in self._watches.values() if watch.notice]
        for watch in self._watches.values():
            watch.notice = ""
        return notices

    async def wait_until_up(self) -> str:
        """Wait until the chat server listens again; "" then, else why it won't."""
        watch = self._watches["chat"]
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + _COMEBACK_S
        while loop.time() < deadline_s:
            if watch.status.state in ("off", "failed", "blocked"):
                return watch.status.detail
            health = await watch.probe()
            if isinstance(health, dict) and health.get("service") == watch.spec.service:
                return ""
            await asyncio.sleep(POLL_S)
        return f"The chat server did not come up within {_COMEBACK_S:.0f} s; see {watch.spec.log}."
