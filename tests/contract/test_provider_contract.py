"""What the router relies on in any provider: one list of expectations, over each server's dialect.

The scripted ones speak as the public documents of those servers describe, with their quirks; the
real one is our chat server on the starter model.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.harness import Server, running
from wooster.models import openai_http
from wooster.models.model import (
    ChatRequest,
    Finished,
    Fragment,
    Message,
    Provider,
    ProviderEvent,
    Refused,
    Rejected,
    Thought,
)

ASKED = ChatRequest((Message("user", "Say hello."),), 6, "chat", "t")


@dataclass(frozen=True)
class Dialect:
    """How one server writes its answers and its errors."""

    first: tuple[bytes, ...] = ()
    thought: str = ""
    end_with_text: bool = False
    usage: str = "last"  # or "always", "never"
    says_done: bool = True
    line_end: bytes = b"\n"
    no_model: tuple[int, str] = (404, "model_not_found")
    too_long: tuple[int, str] = (400, "context_length_exceeded")


DIALECTS = {
    "openai": Dialect(),
    "ollama": Dialect(thought="reasoning", no_model=(404, "not_found_error")),
    "lm-studio": Dialect(end_with_text=True, no_model=(400, "model_not_found")),
    "llama.cpp": Dialect(thought="reasoning_content", too_long=(400, "exceed_context_size_error")),
    "vllm": Dialect(usage="always", thought="reasoning_content", line_end=b"\r\n"),
    "exo": Dialect(usage="never", says_done=False, first=(b": ping", b"")),
}


def answer(dialect: Dialect) -> bytes:
    """A thought where it thinks, two pieces of text with a character beyond ASCII, the end."""
    used = {"prompt_tokens": 5, "completion_tokens": 2}
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    if dialect.thought:
        deltas.append({dialect.thought: "hm"})
    deltas += [{"content": "Grüß "}, {"content": "dich 👋"}]
    chunks: list[dict[str, Any]] = [
        {"choices": [{"delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    if dialect.end_with_text:
        chunks[-1]["choices"][0]["finish_reason"] = "stop"
    else:
        chunks.append({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    if dialect.usage == "always":
        chunks = [{**chunk, "usage": used} for chunk in chunks]
    elif dialect.usage == "last":
        chunks.append({"choices": [], "usage": used})
    lines = [*dialect.first]
    for chunk in chunks:
        lines += [b"data: " + json.dumps(chunk, ensure_ascii=False).encode(), b""]
    if dialect.says_done:
        lines += [b"data: [DONE]", b""]
    return dialect.line_end.join([*lines, b""])


@asynccontextmanager
async def imitation(dialect: Dialect) -> AsyncIterator[tuple[Provider, asyncio.Event]]:
    """A server that speaks `dialect`; the event is set when a client leaves in the middle."""
    left = asyncio.Event()

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if head.startswith(b"get"):
            body, status = b'{"data": [{"id": "m"}]}', 200
        else:
            size = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            body, status = reply(dialect, json.loads(await reader.readexactly(size)))
        kind = b"text/event-stream" if body.startswith((b"data", b":")) else b"application/json"
        writer.write(
            b"HTTP/1.1 %d X\r\ncontent-type: %s\r\nconnection: close\r\n\r\n" % (status, kind)
        )
        for at in range(0, len(body), 7):  # characters are cut in half on the way
            writer.write(body[at : at + 7])
            await writer.drain()
            await asyncio.sleep(0)
        if b"LEAVE" in body:
            await reader.read()
            left.set()
        writer.close()

    server = await asyncio.start_server(play, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield Provider("other", f"http://127.0.0.1:{port}", "m", leaves=False), left


def reply(dialect: Dialect, asked: dict[str, object]) -> tuple[bytes, int]:
    told = json.dumps(asked["messages"])
    if asked["model"] != "m":
        status, code = dialect.no_model
        message = f"model '{asked['model']}' not found"
        return json.dumps({"error": {"message": message, "code": code}}).encode(), status
    if "word word" in told:
        status, code = dialect.too_long
        message = "the request exceeds the available context size"
        return json.dumps({"error": {"message": message, "code": code}}).encode(), status
    if "stay" in told:
        return b'data: {"choices":[{"delta":{"content":"LEAVE"}}]}\n\n', 200
    return answer(dialect), 200


async def events(provider: Provider, request: ChatRequest = ASKED) -> list[ProviderEvent]:
    async with httpx.AsyncClient() as client:
        stream = openai_http.stream(client, provider, openai_http.body(request, provider))
        async with aclosing(stream):
            return [event async for event in stream]


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


async def test_text_thoughts_usage_and_the_end(dialect: Dialect) -> None:
    """Whole characters, thoughts apart, one end, the usage where it is told."""
    async with imitation(dialect) as (provider, _):
        told = await events(provider)
    assert "".join(e.text for e in told if isinstance(e, Fragment)) == "Grüß dich 👋"
    assert [e for e in told if isinstance(e, Thought)] == [Thought("hm")] * bool(dialect.thought)
    last = told[-1]
    assert isinstance(last, Finished)
    assert (last.reason, last.usage.prompt_tokens) == (
        "stop",
        None if dialect.usage == "never" else 5,
    )


async def test_a_model_that_is_not_there_is_named_with_those_that_are(dialect: Dialect) -> None:
    """Whatever the status; the next provider may have it."""
    async with imitation(dialect) as (provider, _):
        other = Provider("other", provider.url, "big", leaves=False)
        (told,) = await events(other)
    assert isinstance(told, Rejected)
    assert (told.fault, told.is_ours) == ("model", False)
    assert "'big'" in told.reason
    assert "it has: m" in told.reason


async def test_a_prompt_that_is_too_long_is_known_as_that(dialect: Dialect) -> None:
    """Another model may read more."""
    async with imitation(dialect) as (provider, _):
        long = ChatRequest((Message("user", "word word"),), 6, "chat", "t")
        (told,) = await events(provider, long)
    assert isinstance(told, Rejected)
    assert told.fault == "length"


async def test_leaving_in_the_middle_closes_the_connection(dialect: Dialect) -> None:
    """The server's work ends with the listener's interest."""
    request = ChatRequest((Message("user", "stay"),), 6, "chat", "t")
    async with imitation(dialect) as (provider, left), httpx.AsyncClient() as client:
        stream = openai_http.stream(client, provider, openai_http.body(request, provider))
        assert await anext(stream) == Fragment("LEAVE")
        await stream.aclose()
        await left.wait()


# --- the real one ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(starter_home: Path) -> Iterator[Server]:
    with running("chat", starter_home) as server:
        assert server.settled()["status"] == "ready", server.health()
        yield server


def as_provider(server: Server, model: str = "default") -> Provider:
    url = str(server.client.base_url).rstrip("/")
    return Provider("local", url, model, leaves=False)


@pytest.mark.slow
async def test_the_real_server_keeps_the_contract(real: Server) -> None:
    """Text, the end by length, the usage; a model that isn't there; a prompt that is too long."""
    told = await events(as_provider(real))
    assert any(isinstance(event, Fragment) for event in told)
    last = told[-1]
    assert isinstance(last, Finished)
    assert last.reason in ("stop", "length")
    assert last.usage.prompt_tokens
    assert last.usage.completion_tokens

    (missing,) = await events(as_provider(real, "big"))
    assert isinstance(missing, Rejected)
    assert missing.fault == "model"

    long = ChatRequest((Message("user", "word " * 40_000),), 6, "chat", "t")
    rejected = (await events(as_provider(real), long))[-1]
    assert isinstance(rejected, Rejected)
    assert rejected.fault == "length"


@pytest.mark.slow
async def test_the_real_server_stops_when_the_listener_leaves(real: Server) -> None:
    """Its health shows no request any more."""
    provider = as_provider(real)
    request = ChatRequest((Message("user", "Tell me a long story."),), 400, "chat", "t")
    async with httpx.AsyncClient() as client:
        stream = openai_http.stream(client, provider, openai_http.body(request, provider))
        async for event in stream:
            if isinstance(event, Fragment):
                break
        await stream.aclose()
    await asyncio.to_thread(real.idle)


async def test_nobody_there_is_refused() -> None:
    """Known at once."""
    (told,) = await events(Provider("other", "http://127.0.0.1:1", "m", leaves=False))
    assert isinstance(told, Refused)
