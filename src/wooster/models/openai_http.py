"""Speaking to one OpenAI-compatible server over HTTP, and nothing but speaking.

A failure is an event (`Refused`, `Rejected`, `Died`), never an exception: what to do about it is
decided elsewhere. How long to wait is decided elsewhere too (`hang.py`): leaving the iterator
closes the connection, which stops the server's work.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from wooster.models.dialect import AnswerReader, parse_object
from wooster.models.gate import Permit
from wooster.models.model import (
    ChatRequest,
    Died,
    Look,
    Message,
    Provider,
    ProviderEvent,
    Refused,
    Rejected,
    Tool,
)
from wooster.models.rejections import rejection, without_model

if TYPE_CHECKING:
    import httpx

_CONNECT_S = 2.0
_ERROR_BODY_BYTES = 64 * 1024
_LIST_BYTES = 4 << 20
_LIST_S = 2.0
# What a server may still say after its answer's end: the usage, "[DONE]".
_AFTER_END_S = 1.0


def body(request: ChatRequest, provider: Provider) -> bytes:
    """The request's body, as sent."""
    payload: dict[str, Any] = {
        "model": provider.asked_for or provider.model,
        "messages": [_message(each) for each in request.messages],
        "max_tokens": request.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.schema is not None:
        payload["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": dict(request.schema), "strict": True},
        }
    if request.tools:
        payload["tools"] = [_tool(each) for each in request.tools]
        if not request.may_call:
            payload["tool_choice"] = "none"
    if request.background and provider.is_ours:
        # It lets requests of the lower tier wait for those of a person.
        payload["service_tier"] = "flex"
    # JSON can't spell half of a character in UTF-8.
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _message(message: Message) -> dict[str, Any]:
    told: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.calls:
        told["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.calls
        ]
    if message.call_id:
        told["tool_call_id"] = message.call_id
    return told


def _tool(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.help, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}


async def stream(
    client: httpx.AsyncClient,
    provider: Provider,
    content: bytes,
    permit: Permit | None = None,
) -> AsyncGenerator[ProviderEvent, None]:
    """What `provider` answers to the body `content`; ends after `Finished` or a failure.

    `permit` is the gate's; without one the client connects to no other machine.
    """
    import httpx

    headers = _headers(provider)
    if headers is None:
        yield Rejected(f"the key for {provider.title} can't be sent: it isn't one", False, "key")
        return
    timeout = httpx.Timeout(None, connect=_CONNECT_S)
    try:
        async with client.stream(
            "POST", _url(provider, "chat/completions"), content=content, headers=headers,
            timeout=timeout, extensions={"permit": permit},
        ) as response:  # fmt: skip
            if response.status_code != 200:
                yield await _rejection(client, response, provider)
                return
            async with aclosing(_events(response, provider)) as events:
                async for event in events:
                    yield event
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        yield Refused(_unreachable(provider, error))
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        yield Refused(f"the address of {provider.title} isn't one: {provider.url}")
    except (httpx.HTTPError, OSError):
        yield Died(f"{provider.title} broke off")


async def look(
    client: httpx.AsyncClient,
    provider: Provider,
    path: str,
    timeout_s: float,
    permit: Permit | None = None,
) -> Look:
    """Whether the server behind `provider` answers a simple question, at `path`, within a time."""
    import httpx

    headers = _headers(provider) or {}
    url = f"{provider.url.rstrip('/')}{path}"
    try:
        async with (
            asyncio.timeout(timeout_s),
            client.stream("GET", url, headers=headers, extensions={"permit": permit}) as answer,
        ):
            status = answer.status_code
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError):
        return "silent"
    if status in (401, 403):
        return "refuses key"
    # One that loads its model says 503 and lives: llama.cpp does.
    return "fails" if status >= 500 and status != 503 else "answers"


async def model_names(
    client: httpx.AsyncClient, provider: Provider, permit: Permit | None = None
) -> list[str]:
    """The models that a server says it has; empty when it doesn't say."""
    import httpx

    url, headers = _url(provider, "models"), _headers(provider) or {}
    try:
        async with (
            asyncio.timeout(_LIST_S),
            client.stream("GET", url, headers=headers, extensions={"permit": permit}) as response,
        ):
            raw = await _read(response, _LIST_BYTES)
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError):
        return []
    listed = (parse_object(raw) or {}).get("data")
    entries = listed if isinstance(listed, list) else []
    names = (entry.get("id") for entry in entries if isinstance(entry, dict))
    return [name for name in names if isinstance(name, str)]


def _headers(provider: Provider) -> dict[str, str] | None:
    """None when the key can't stand in a header."""
    headers = {"content-type": "application/json", "accept": "text/event-stream"}
    key = provider.api_key.strip()
    if not (key.isascii() and key.isprintable()):
        return None
    if key:
        headers["authorization"] = f"Bearer {key}"
    return headers


def _url(provider: Provider, what: str) -> str:
    return f"{provider.url.rstrip('/')}/v1/{what}"


async def _events(
    response: httpx.Response, provider: Provider
) -> AsyncGenerator[ProviderEvent, None]:
    """The events of a 200 answer, for as long as they matter."""
    reader = AnswerReader(provider.title, response.headers.get("content-type", ""))
    chunks = aiter(response.aiter_bytes())
    while not reader.is_over:
        try:
            # A server may keep the connection open after the answer's end.
            async with asyncio.timeout(_AFTER_END_S if reader.has_ended else None):
                chunk = await anext(chunks)
        except (TimeoutError, StopAsyncIteration):
            break
        for event in reader.feed(chunk):
            yield event
    for event in reader.end():
        yield event


async def _rejection(
    client: httpx.AsyncClient, response: httpx.Response, provider: Provider
) -> Rejected:
    raw = b""
    try:
        async with asyncio.timeout(_LIST_S):
            raw = await _read(response, _ERROR_BODY_BYTES)
    except TimeoutError:
        pass  # the status alone says enough
    told = rejection(provider, response.status_code, response.headers, raw)
    if told.fault != "model" or provider.leaves:
        # Nothing is asked of another host beyond what the person's rules were asked for.
        return told
    names = await model_names(client, provider)
    # A server that lists the model means something else, and a 404 may be a wrong path.
    asked = provider.asked_for or provider.model
    return without_model(provider, names) if names and asked not in names else told


async def _read(response: httpx.Response, limit_bytes: int) -> bytes:
    """The body, or its beginning where it is longer."""
    raw = bytearray()
    async for chunk in response.aiter_bytes():
        raw += chunk
        if len(raw) > limit_bytes:
            break
    return bytes(raw)


def _unreachable(provider: Provider, error: Exception) -> str:
    told = str(error)
    if "CERTIFICATE" in told.upper():
        return f"the certificate of {provider.title} can't be trusted"
    if "SSL" in told.upper():
        return f"{provider.title} speaks no https at {provider.url}; is it http there?"
    return f"{provider.title} doesn't answer at {provider.url}"
