"""How the providers are: a circuit for each, kept by what requests meet and by background looks.

Looks go to this machine and the person's own ones only: a look at a cloud host every half minute
would leave the machine for nothing, so that such a circuit is tried again after a time. Servers of
ours are looked at by the supervisor, and here only while their circuit is open. No request ever
waits for a look in the background.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wooster.config.settings import HealthCheck
from wooster.core.errors import WoosterError
from wooster.models import circuit, openai_http
from wooster.models.circuit import CLOSED, NEVER, Circuit, Policy, State
from wooster.models.gate import Denied, Gate, Parcel
from wooster.models.model import Failure, Finished, Look, Provider

if TYPE_CHECKING:
    import httpx

_JITTER = 0.2
# The first look at a server, and the first at one whose circuit has just opened.
_SOON_S = 1.0

Log = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Looking:
    """What is needed to look at servers."""

    client: Callable[[], Awaitable[httpx.AsyncClient]]
    gate: Gate
    health: HealthCheck
    log: Log


@dataclass(frozen=True, slots=True)
class Ailing:
    """A provider whose circuit isn't closed. `rests_s` is for how long it is asked last; None:
    until it answers the looks in the background."""

    provider: Provider
    state: State
    reason: str
    rests_s: float | None


class Neighbours:
    """All providers of one home, while `running`."""

    def __init__(self, providers: Iterable[Provider], looking: Looking) -> None:
        self._providers = {key_of(provider): provider for provider in providers}
        self._circuits = dict.fromkeys(self._providers, CLOSED)
        self._changed = {key: asyncio.Event() for key in self._providers}
        self._with = looking
        self._tasks: asyncio.TaskGroup | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look at the servers in the background until the end of the block."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            watching = [
                tasks.create_task(self._watch(key, provider))
                for key, provider in self._providers.items()
                if not provider.leaves
            ]
            try:
                yield
            finally:
                self._tasks = None
                for task in watching:
                    task.cancel()

    def ailing(self) -> list[Ailing]:
        """Those with something wrong, for whoever shows it. One that answers the looks again has
        only to prove itself with its next answer."""
        now_s = asyncio.get_running_loop().time()
        circuits = [(provider, self._circuits[key]) for key, provider in self._providers.items()]
        return [
            Ailing(
                provider,
                each.state,
                each.reason,
                None if each.until_s == NEVER else max(0.0, each.until_s - now_s),
            )
            for provider, each in circuits
            if each.state not in ("closed", "half_open")
        ]

    def resting(self, providers: Iterable[Provider]) -> dict[Provider, str]:
        """Those that aren't worth asking now, each with the reason."""
        now_s = asyncio.get_running_loop().time()
        circuits = {provider: self._circuits[key_of(provider)] for provider in providers}
        return {
            provider: each.reason
            for provider, each in circuits.items()
            if not circuit.is_worth_asking(each, now_s)
        }

    def asked(self, provider: Provider) -> None:
        self._set(provider, circuit.asked(self._circuits[key_of(provider)]))

    def spoke(self, provider: Provider) -> None:
        """A word came: it is worth asking again, whatever becomes of this answer."""
        if self._circuits[key_of(provider)] != CLOSED:
            self._set(provider, CLOSED)

    def ended(self, provider: Provider, end: Finished | Failure | None) -> None:
        """What a request met there; None when nobody waited for its end."""
        before = self._circuits[key_of(provider)]
        if end is None:
            self._set(provider, circuit.left(before))
        elif isinstance(end, Finished):
            self._set(provider, circuit.answered(before))
        else:
            now_s = asyncio.get_running_loop().time()
            self._set(provider, circuit.failed(before, end, now_s, self._policy(provider)))

    def begin_look(self, provider: Provider, tell: Callable[[Look], None]) -> None:
        """Look at a server that is silent, beside the request that waits for it."""

        async def look() -> None:
            tell(await self._look(provider))

        if self._tasks is not None:
            self._tasks.create_task(look())

    # --- in the background --------------------------------------------------------------------

    async def _watch(self, key: str, provider: Provider) -> None:
        looks = 0
        while True:
            await self._pause(key, looks)
            now = self._circuits[key]
            if provider.is_ours and now.state == "closed":
                continue
            look = await self._look(provider)
            looks += 1
            now_s = asyncio.get_running_loop().time()
            after = circuit.looked(self._circuits[key], look, now_s, self._policy(provider))
            self._set(provider, after)

    async def _pause(self, key: str, looks: int) -> None:
        """Until the next look: soon after a circuit has opened, then less and less often."""
        changed, interval_s = self._changed[key], self._with.health.interval / 1000
        now = self._circuits[key]
        calm = now.state == "closed" and looks > 0
        pause_s = interval_s if calm else min(_SOON_S * 2 ** min(now.bad_looks, 10), interval_s)
        changed.clear()
        try:
            async with asyncio.timeout(pause_s * random.uniform(1 - _JITTER, 1 + _JITTER)):
                await changed.wait()
        except TimeoutError:
            pass

    async def _look(self, provider: Provider) -> Look:
        """Where another's server can't be asked for a reason of ours, that is no fault of its."""
        path = "/health" if provider.is_ours else "/v1/models"
        timeout_s = self._with.health.timeout / 1000
        try:
            passed = await self._with.gate.ask(provider, Parcel.question("health"))
        except WoosterError:
            return "answers"
        if isinstance(passed, Denied):
            return "answers"
        client = await self._with.client()
        look = await openai_http.look(client, provider, path, timeout_s, passed)
        await self._with.gate.close(passed, None if look == "silent" else Finished("stop"))
        return look

    def _policy(self, provider: Provider) -> Policy:
        retries = self._with.health.retries
        return Policy(provider.title, not provider.leaves, retries, random.random)

    def _set(self, provider: Provider, after: Circuit) -> None:
        key = key_of(provider)
        before, self._circuits[key] = self._circuits[key], after
        if before.state != after.state:
            fields = {"provider": provider.name, "state": after.state, "reason": after.reason}
            self._with.log("provider.circuit", fields)
            if after.state == "open":
                self._changed[key].set()


def key_of(provider: Provider) -> str:
    """One server with one key; the models of both tiers share its circuit."""
    return f"{provider.name} {provider.url}"
