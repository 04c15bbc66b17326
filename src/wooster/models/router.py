"""Asking the providers that the person's settings allow, in order.

The decisions are in `fallback.py`; here their steps are carried out. Nothing goes to another host
without a row in the egress ledger.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from wooster.config.settings import Settings
from wooster.models import fallback, openai_http
from wooster.models.egress import EgressLedger, leaves_this_machine
from wooster.models.model import (
    ChatRequest,
    Died,
    Loading,
    Message,
    Provider,
    ProviderEvent,
    Refused,
)
from wooster.models.supervisor import Supervisor

if TYPE_CHECKING:
    import httpx

ClientFactory = Callable[[], Awaitable["httpx.AsyncClient"]]


def allowed_providers(settings: Settings, environ: Mapping[str, str]) -> list[Provider]:
    """Who may be asked, in the order of `fallbackChain`. A pure function of the settings.

    OpenAI is among them if and only if it is enabled and there is a key.
    """
    local, openai = settings.routing.providers.local, settings.routing.providers.openai
    chat = settings.chat
    found: list[Provider] = []
    for name in settings.routing.fallback_chain:
        if name == "local" and local.enabled:
            own_url = address(chat.host, chat.port)
            url = local.server_url or own_url
            model = local.models.quality or local.models.fast or chat.model
            key = chat.api_key.get_secret_value()
            # Our own server has one model and may know it by another name than the setting's.
            asked_for = "default" if url == own_url and chat.start else ""
            leaves = leaves_this_machine(url)
            found.append(Provider("local", url, model, leaves, key, asked_for))
        elif name == "openai" and openai.enabled:
            key = openai.api_key.get_secret_value() or environ.get("OPENAI_API_KEY", "")
            cloud_model = openai.models.quality or openai.models.fast
            if key and cloud_model:
                url = openai.server_url
                found.append(Provider("openai", url, cloud_model, leaves_this_machine(url), key))
    if settings.routing.strategy == "local-only":
        return [provider for provider in found if not provider.leaves]
    return found


def address(host: str, port: int) -> str:
    """The URL of a server of ours."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Router:
    """The providers of one home, behind one call."""

    def __init__(
        self,
        providers: list[Provider],
        supervisor: Supervisor,
        ledger: EgressLedger,
        client: ClientFactory,
        continue_prompt: str,
    ) -> None:
        self.providers = providers
        self._supervisor = supervisor
        self._ledger = ledger
        self._client = client
        self._continue_prompt = continue_prompt

    async def answer(self, request: ChatRequest) -> AsyncGenerator[fallback.Answer, None]:
        """Stream an answer. Failures are events; leaving the iterator stops the work."""
        machine = fallback.ask(self.providers, self._supervisor.owned_providers())
        stream: AsyncGenerator[ProviderEvent, None] | None = None
        inbox: fallback.Input = None
        try:
            while True:
                try:
                    step = machine.send(inbox)
                except StopIteration:
                    return
                inbox = None
                if isinstance(step, fallback.Tell):
                    yield step.event
                elif isinstance(step, fallback.Open):
                    if stream is not None:
                        await stream.aclose()
                    stream = await self._open(step, request)
                elif isinstance(step, fallback.Await):
                    inbox = await self._wait()
                else:
                    assert stream is not None
                    inbox = await anext(stream, Died("the stream ended without a word"))
        finally:
            if stream is not None:
                await stream.aclose()

    async def _open(
        self, step: fallback.Open, request: ChatRequest
    ) -> AsyncGenerator[ProviderEvent, None]:
        if step.given:
            messages = (
                *request.messages,
                Message("assistant", step.given),
                Message("user", self._continue_prompt),
            )
            request = ChatRequest(messages, request.max_tokens, request.purpose, request.turn_id)
        provider = step.provider
        content = openai_http.body(request, provider)
        if provider.leaves:
            await self._ledger.record(provider, request, len(content))
        stream = openai_http.stream(await self._client(), provider, content)
        return self._once_ours(stream) if self._supervisor.starts(provider) else stream

    async def _once_ours(
        self, stream: AsyncGenerator[ProviderEvent, None]
    ) -> AsyncGenerator[ProviderEvent, None]:
        """`stream`, once the server on the port is known to be ours.

        Until then whoever holds the port might be anybody, and must not read what a person says.
        """
        try:
            async for problem in self._supervisor.until_claimed():
                yield Refused(problem) if problem else Loading()
                if problem:
                    return
            async for event in stream:
                yield event
        finally:
            await stream.aclose()

    async def _wait(self) -> fallback.Returned | fallback.GaveUp:
        problem = await self._supervisor.wait_until_up()
        return fallback.GaveUp(problem) if problem else fallback.Returned()
