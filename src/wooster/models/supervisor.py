"""Our model servers together: what the rest of the program asks about them.

The life of each is in `watch.py`; here is only what concerns more than one, or a turn that waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from wooster.models.model import Provider
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

    def starts(self, provider: Provider) -> bool:
        """Whether the server behind `provider` is one that we start."""
        watch = self._watches.get("chat")
        return watch is not None and watch.spec.start and provider.url == watch.spec.url

    async def until_claimed(self) -> AsyncIterator[str]:
        """Ends once the process on the chat server's port is known to be ours.

        Until then "" now and then as a sign of life, or at once the reason why it can't be.
        """
        watch = self._watches["chat"]
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + _COMEBACK_S
        while watch.status.state not in ("loading", "ready", "silent"):
            if watch.status.state in ("off", "failed", "blocked"):
                yield watch.status.detail
                return
            if loop.time() > deadline_s:
                yield f"The chat server doesn't come up; the reason may stand in {watch.spec.log}."
                return
            yield ""
            await asyncio.sleep(POLL_S)

    def death_is_told(self) -> None:
        """The person was told that the chat server went away: no notice is needed."""
        self._watches["chat"].death_is_told()

    def take_notices(self) -> list[str]:
        """A line for each server to which something happened since the last call."""
        return [notice for watch in self._watches.values() if (notice := watch.take_notice())]

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
