"""Asking the providers that the person's settings allow, in order.

The decisions are in `choice.py`, `fallback.py`, `circuit.py`, `hang.py` and `gate.py`; here their
steps are carried out. Nothing goes to another host without the gate's permit.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wooster.config.settings import Routing
from wooster.models import fallback, openai_http
from wooster.models.choice import choose
from wooster.models.exchange import Exchange
from wooster.models.gate import Denied, Gate, Parcel, Permit, refusal
from wooster.models.hang import Limits, Patience
from wooster.models.model import (
    TOOLS_TELL,
    ChatRequest,
    Died,
    Failure,
    Finished,
    Fragment,
    Loading,
    Message,
    Provider,
    ProviderEvent,
    Refused,
    Tier,
)
from wooster.models.neighbours import Ailing, Log, Looking, Neighbours, key_of
from wooster.models.slots import Slots
from wooster.models.supervisor import Supervisor
from wooster.models.toolless import without_tools

if TYPE_CHECKING:
    import httpx

Stream = AsyncGenerator[ProviderEvent | fallback.GaveWay, None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the router works with."""

    supervisor: Supervisor
    gate: Gate
    client: Callable[[], Awaitable[httpx.AsyncClient]]
    log: Log


class Router:
    """The providers of one home, behind one call. `run` it until `stop`."""

    def __init__(
        self,
        by_tier: Mapping[Tier, Sequence[Provider]],
        routing: Routing,
        around: Surroundings,
        continue_prompt: str,
    ) -> None:
        self._by_tier = by_tier
        self._routing = routing
        self._around = around
        self._continue_prompt = continue_prompt
        looking = Looking(around.client, around.gate, routing.health_check, around.log)
        everyone = [provider for providers in by_tier.values() for provider in providers]
        self._neighbours = Neighbours(everyone, looking)
        self._slots = Slots()
        self._named: dict[Provider, Provider] = {}
        # Those that said that they take no tools.
        self._toolless: set[Provider] = set()
        self._stopping = asyncio.Event()

    @property
    def providers(self) -> Sequence[Provider]:
        """Who is asked for an answer in conversation, in order."""
        return self._by_tier["quality"]

    def ailing(self) -> list[Ailing]:
        """The providers that failed lately."""
        return self._neighbours.ailing()

    def context_tokens(self, request: ChatRequest) -> int | None:
        """The most that whoever is asked first takes at once, where that is known."""
        ours = (self._around.supervisor.serving(each) for each in self._asked_for(request)[:1])
        limits = [status.health.get("context_length") for status in ours if status is not None]
        return next((limit for limit in limits if isinstance(limit, int)), None)

    async def run(self) -> None:
        async with self._neighbours.running():
            await self._stopping.wait()

    def stop(self) -> None:
        self._stopping.set()

    async def until_quiet(self) -> None:
        """Wait, as background work does, until no person's turn runs."""
        await self._slots.until_quiet()

    async def answer(self, request: ChatRequest) -> AsyncGenerator[fallback.Answer, None]:
        """Stream an answer. Failures are events; leaving the iterator stops the work."""
        with nullcontext() if request.background else self._slots.turn():
            async with aclosing(self._answer(request)) as events:
                async for event in events:
                    yield event

    async def _answer(self, request: ChatRequest) -> AsyncGenerator[fallback.Answer, None]:
        machine = self._machine(request)
        stream: Stream | None = None
        inbox: fallback.Input = None
        closed = 0
        try:
            while True:
                try:
                    step = machine.send(inbox)
                except StopIteration:
                    return
                inbox = None
                match step:
                    case fallback.Tell(event):
                        yield self._with_model(event)
                    case fallback.Open():
                        if stream is not None:
                            await stream.aclose()
                        asked = self._allowed(step, request)
                        opened = await self._open(step, asked, closed)
                        stream = None if isinstance(opened, fallback.Barred) else opened
                        inbox = opened if isinstance(opened, fallback.Barred) else None
                        if stream is not None and asked is not request:
                            yield self._left_out(step.provider, asked, request)
                    case fallback.Await(provider):
                        inbox = await self._wait(provider)
                    case fallback.Pause(seconds):
                        await asyncio.sleep(seconds)
                    case fallback.Next():
                        assert stream is not None
                        inbox = await anext(stream, Died("the stream ended without a word"))
                        closed += isinstance(inbox, fallback.GaveWay)
        finally:
            if stream is not None:
                await stream.aclose()

    def _machine(self, request: ChatRequest) -> fallback.Machine:
        providers = self._asked_for(request)
        ours = frozenset(filter(self._around.supervisor.may_come_back, providers))
        return fallback.ask(providers, ours, self._neighbours.resting(providers))

    def _asked_for(self, request: ChatRequest) -> list[Provider]:
        """Who is asked, in order; a server that `wooster models use` began is among them."""
        chosen = self._by_tier[choose(request, self._routing).tier]
        return [each for each in chosen if not self._around.supervisor.is_unwanted(each)]

    def _with_model(self, event: fallback.Answer) -> fallback.Answer:
        """Who answers is told with the model that really does, whatever the settings call it."""
        if not isinstance(event, fallback.Asked | fallback.Answered | fallback.BrokeOff):
            return event
        named = self._named.get(event.provider, event.provider)
        serving = self._around.supervisor.serving(named)
        if serving is not None:
            named = replace(named, model=serving.model)
        return replace(event, provider=named)

    # --- one provider -------------------------------------------------------------------------

    def _allowed(self, step: fallback.Open, request: ChatRequest) -> ChatRequest:
        """The request, or the plainer one where this provider may see only that; without tools
        where it takes none, or may not see what they tell.

        What was answered until now may tell of all of it, and isn't gone on with elsewhere.
        """
        plainer, provider = request.plainer, step.provider
        if not step.with_tools and request.tools:
            self._toolless.add(provider)
        if plainer is not None and not step.given and not self._may_see(provider, request):
            return plainer if self._may_see(provider, plainer) else request
        if provider in self._toolless:
            return without_tools(request)
        if request.tools and not self._may_see(provider, replace(request, sensitivity=TOOLS_TELL)):
            return replace(request, tools=())
        return request

    def _may_see(self, provider: Provider, request: ChatRequest) -> bool:
        rules = self._around.gate.rules
        return refusal(provider, request.sensitivity, rules, stays=request.stays) is None

    def _left_out(
        self, provider: Provider, asked: ChatRequest, request: ChatRequest
    ) -> fallback.Answer:
        if asked is request.plainer:
            return fallback.Withheld(provider)
        return fallback.WithoutTools(provider, provider not in self._toolless)

    async def _open(
        self, step: fallback.Open, request: ChatRequest, closed: int
    ) -> Stream | fallback.Barred:
        if request.background:
            await self._slots.until_quiet()
        elif not step.provider.is_ours:
            self._slots.make_way(key_of(step.provider))
        provider = await self._name(step.provider)
        if isinstance(provider, fallback.Barred):
            return provider
        asked = self._as_asked(request, step)
        content = openai_http.body(asked, provider)
        passed = await self._around.gate.ask(provider, Parcel.of(asked, content))
        if isinstance(passed, Denied):
            return fallback.Barred(passed.reason)
        self._neighbours.asked(step.provider)
        stream = openai_http.stream(await self._around.client(), provider, content, passed)
        exchange = Exchange(
            provider,
            stream,
            Patience(self._limits(provider)),
            lambda tell: self._neighbours.begin_look(provider, tell),
        )
        times = closed if request.background else None
        return self._accounted(step.provider, exchange, passed, times)

    def _as_asked(self, request: ChatRequest, step: fallback.Open) -> ChatRequest:
        """The request as this provider gets it: to go on, or without the schema."""
        if not step.with_schema:
            request = replace(request, schema=None)
        if not step.given:
            return request
        said = Message("assistant", step.given), Message("user", self._continue_prompt)
        return replace(request, messages=(*request.messages, *said))

    def _limits(self, provider: Provider) -> Limits:
        limits, timeout_s = self._routing.limits, self._routing.health_check.timeout / 1000
        # A look at another's machine is a request that leaves: it is made late, when few need it.
        look_after_s = timeout_s / 2 if provider.leaves else min(0.2, timeout_s / 4)
        return Limits(
            timeout_s, limits.first_token / 1000, limits.between_tokens / 1000, look_after_s
        )

    async def _accounted(
        self, provider: Provider, exchange: Exchange, permit: Permit, closed: int | None
    ) -> Stream:
        """The exchange's events; its end goes to the ledger and the circuit, however it ends.

        `closed` is how often this background work has made way; None for a person's turn.
        """
        end: Finished | Failure | None = None
        slot: AbstractContextManager[None] = nullcontext()
        if closed is not None and not provider.is_ours:
            slot = self._slots.background(key_of(provider), exchange.break_off, closed)
        try:
            with slot:
                async with aclosing(self._claimed(provider, exchange)) as events:
                    async for event in events:
                        if isinstance(event, Finished | Failure):
                            end = event
                        elif isinstance(event, Fragment):
                            self._neighbours.spoke(provider)
                        yield event
        finally:
            if isinstance(end, Refused | Died):
                self._around.supervisor.look_now(provider)
            self._neighbours.ended(provider, end)
            await self._around.gate.close(permit, end)

    async def _claimed(self, provider: Provider, exchange: Exchange) -> Stream:
        """The exchange, once the server on our port is known to be ours.

        Until then whoever holds the port might be anybody, and must not read what a person says.
        """
        supervisor = self._around.supervisor
        if supervisor.starts(provider):
            async for problem in supervisor.until_claimed(provider):
                yield Refused(problem) if problem else Loading()
                if problem:
                    return
        async with aclosing(exchange.events()) as events:
            async for event in events:
                yield event

    async def _name(self, provider: Provider) -> Provider | fallback.Barred:
        """`provider` with a model: where the settings name none, the first that it says it has."""
        if not provider.needs_model:
            return provider
        if provider not in self._named:
            gate = self._around.gate
            passed = await gate.ask(provider, Parcel.question("models"))
            if isinstance(passed, Denied):
                return fallback.Barred(passed.reason)
            names = await openai_http.model_names(await self._around.client(), provider, passed)
            await gate.close(passed, Finished("stop") if names else None)
            if not names:
                reason = f"{provider.title} doesn't say at {provider.url} which models it has"
                self._neighbours.ended(provider, Refused(reason))
                return fallback.Barred(reason)
            self._named[provider] = replace(provider, model=names[0])
        return self._named[provider]

    async def _wait(self, provider: Provider) -> fallback.Returned | fallback.GaveUp:
        problem = await self._around.supervisor.wait_until_up(provider)
        return fallback.GaveUp(problem) if problem else fallback.Returned()
