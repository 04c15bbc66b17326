"""Speaking to one OpenAI-compatible server over HTTP, and nothing but speaking.

A failure is an event (`Refused`, `Rejected`, `Died`), never an exception: what to do about it is
decided elsewhere. Comments in the stream tell how far the server has read; the form is that of
`mlx_lm.server`: `: keepalive 512/4200`.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from wooster.models.model import (
    ChatRequest,
    Died,
    Finished,
    Fragment,
    Loading,
    Provider,
    ProviderEvent,
    Reading,
    Refused,
    Rejected,
    Usage,
)
from wooster.wire.sse import Frame, Parser

if TYPE_CHECKING:
    import httpx

_CONNECT_S = 2.0
# Longest silence within a stream. Our servers send a comment at least every few seconds while
# they load or read, so that silence means a server that hangs.
_SILENCE_S = 60.0
_ERROR_BODY_BYTES = 64 * 1024
_READ_PROGRESS = re.compile(r"keepalive (\d+)/(\d+)")


def body(request: ChatRequest, provider: Provider) -> bytes:
    """The request's body, as sent."""
    payload = {
        "model": provider.asked_for or provider.model,
        "messages": [{"role": m.role, "content": m.content} for m in request.messages],
        "max_tokens": request.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


async def stream(
    client: httpx.AsyncClient, provider: Provider, content: bytes
) -> AsyncGenerator[ProviderEvent, None]:
    """What `provider` answers to the body `content`; ends after `Finished` or a failure.

    Leaving the iterator closes the connection, which stops the server's work.
    """
    import httpx

    headers = {"content-type": "application/json", "accept": "text/event-stream"}
    if provider.api_key:
        headers["authorization"] = f"Bearer {provider.api_key}"
    url = f"{provider.url.rstrip('/')}/v1/chat/completions"
    timeout = httpx.Timeout(_SILENCE_S, connect=_CONNECT_S)
    try:
        async with client.stream(
            "POST", url, content=content, headers=headers, timeout=timeout
        ) as response:
            if response.status_code != 200:
                yield await _rejection(response, provider)
                return
            async for event in _events(response):
                yield event
    except (httpx.ConnectError, httpx.ConnectTimeout):
        yield Refused(f"{provider.title} doesn't answer at {provider.url}")
    except httpx.ReadTimeout:
        yield Died(f"{provider.title} has been silent for {_SILENCE_S:.0f} s")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError):
        yield Died(f"{provider.title} broke off")


async def _events(response: httpx.Response) -> AsyncGenerator[ProviderEvent, None]:
    """The events of a 200 answer. Without a finish reason the stream counts as broken off."""
    parser = Parser()
    reason = ""
    usage = Usage()
    async for chunk in response.aiter_bytes():
        for frame in parser.feed(chunk):
            if frame.is_comment:
                progress = _progress(frame.data)
                if progress is not None:
                    yield progress
                continue
            if frame.data == "[DONE]":
                continue
            data = _object(frame)
            if data is None:
                yield Died("the model's server sent something that isn't JSON")
                return
            if "error" in data:
                yield Died(f"the model's server failed: {_message(data)}")
                return
            usage = _usage(data) or usage
            text, finish = _choice(data)
            if text:
                yield Fragment(text)
            reason = finish or reason
    yield Finished(reason, usage) if reason else Died("the model's server broke off")


def _progress(comment: str) -> ProviderEvent | None:
    if comment == "loading":
        return Loading()
    match = _READ_PROGRESS.fullmatch(comment)
    return Reading(int(match[1]), int(match[2])) if match else None


def _object(frame: Frame) -> dict[str, Any] | None:
    try:
        data = json.loads(frame.data)
    except json.JSONDecodeError:
        return None
    return data if isinstance(data, dict) else None


def _choice(data: dict[str, Any]) -> tuple[str, str]:
    """The text and the finish reason of the first choice; empty where there is none."""
    choices = data.get("choices") or [{}]
    choice = choices[0] if isinstance(choices[0], dict) else {}
    delta = choice.get("delta") or {}
    # JSON can spell half of a character, which no file and no terminal can hold.
    text = str(delta.get("content") or "").encode("utf-8", "replace").decode()
    return text, str(choice.get("finish_reason") or "")


def _usage(data: dict[str, Any]) -> Usage | None:
    usage = data.get("usage")
    if not isinstance(usage, dict):
        return None
    details = usage.get("prompt_tokens_details") or {}
    return Usage(
        usage.get("prompt_tokens"), usage.get("completion_tokens"), details.get("cached_tokens")
    )


async def _rejection(response: httpx.Response, provider: Provider) -> Rejected:
    raw = b""
    async for chunk in response.aiter_bytes():
        raw += chunk
        if len(raw) > _ERROR_BODY_BYTES:
            break
    try:
        data = json.loads(raw)
    except (json.JSONDecodeError, UnicodeDecodeError):
        data = None
    told = _message(data) if isinstance(data, dict) else f"HTTP {response.status_code}"
    status = response.status_code
    if status in (401, 403):
        return Rejected(f"{provider.title} refuses the key: {told}", is_ours=False)
    # 400 and 413 are about what was asked, and would be the same anywhere.
    return Rejected(f"{provider.title} said: {told}", is_ours=status in (400, 413, 422))


def _message(data: dict[str, Any]) -> str:
    error = data.get("error")
    told = error.get("message") if isinstance(error, dict) else error
    return _first_line(told or data.get("detail") or data)


def _first_line(what: object) -> str:
    text = str(what).strip()
    return (text.splitlines() or ["no reason given"])[0][:300]
