"""Speaking to a server: whatever it sends becomes events, never an exception.

The peer is a real HTTP server on loopback that plays a script of bytes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from wooster.models import openai_http
from wooster.models.model import (
    Alive,
    ChatRequest,
    Died,
    Finished,
    Fragment,
    Loading,
    Message,
    Provider,
    ProviderEvent,
    Reading,
    Refused,
    Rejected,
    Usage,
)

Peer = Callable[[list[bytes]], Awaitable[Provider]]
REQUEST = ChatRequest((Message("user", "Hello"),), 10, "chat", "turn")
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


def chunk(**delta: object) -> bytes:
    return b"data: " + json.dumps(delta).encode() + b"\n\n"


def word(text: str) -> bytes:
    return chunk(choices=[{"delta": {"content": text}}])


END = chunk(choices=[{"delta": {}, "finish_reason": "stop"}])


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    """Starts a server that sends the given chunks to whoever connects, then closes."""
    servers: list[asyncio.Server] = []

    async def start(chunks: list[bytes]) -> Provider:
        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            for piece in chunks:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            writer.close()

        server = await asyncio.start_server(play, "127.0.0.1", 0)
        servers.append(server)
        port = server.sockets[0].getsockname()[1]
        return Provider("local", f"http://127.0.0.1:{port}", "m", leaves=False)

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


async def events(provider: Provider) -> list[ProviderEvent]:
    async with httpx.AsyncClient() as client:
        stream = openai_http.stream(client, provider, openai_http.body(REQUEST, provider))
        return [event async for event in stream if event != Alive()]


async def test_progress_text_usage_and_end(peer: Peer) -> None:
    """A whole answer: loading, reading, words, usage, the reason it ended."""
    usage = {
        "prompt_tokens": 5,
        "completion_tokens": 2,
        "prompt_tokens_details": {"cached_tokens": 3},
    }
    provider = await peer(
        [
            *(HEAD, b": loading\n\n", b": keepalive 2/5\n\n", word("Hi"), word("!"), END),
            *(chunk(choices=[], usage=usage), b"data: [DONE]\n\n"),
        ]
    )
    assert await events(provider) == [
        Loading(),
        Reading(2, 5),
        Fragment("Hi"),
        Fragment("!"),
        Finished("stop", Usage(5, 2, 3)),
    ]


async def test_a_character_cut_in_half_by_the_network_is_whole(peer: Peer) -> None:
    """Bytes of one character may come in two chunks."""
    data = b'data: {"choices":[{"delta":{"content":"' + "é".encode() + b'"}}]}\n\n'
    cut = data.index("é".encode()) + 1
    provider = await peer([HEAD, data[:cut], data[cut:], END])
    assert Fragment("é") in await events(provider)


async def test_nothing_listening_is_refused() -> None:
    """A closed port is known at once."""
    provider = Provider("local", "http://127.0.0.1:1", "m", leaves=False)
    (event,) = await events(provider)
    assert isinstance(event, Refused)


@pytest.mark.parametrize(
    ("chunks", "told"),
    [
        ([HEAD, word("Hi")], "broke off"),
        ([HEAD, b"data: <html>\n\n"], "isn't JSON"),
        ([HEAD, b"data: [1, 2]\n\n"], "isn't JSON"),
        ([HEAD, chunk(error={"message": "out of memory"})], "out of memory"),
        ([HEAD], "broke off"),
        ([b""], "broke off"),
    ],
)
async def test_a_stream_that_ends_badly_has_died(
    peer: Peer, chunks: list[bytes], told: str
) -> None:
    """Whatever went wrong after the connection is one event with a reason."""
    *_, last = await events(await peer(chunks))
    assert isinstance(last, Died)
    assert told in last.reason


@pytest.mark.parametrize(
    ("status", "body", "told", "is_ours"),
    [
        (400, b'{"error": {"message": "too long"}}', "too long", True),
        (401, b'{"error": {"message": "no"}}', "refuses the key", False),
        (404, b'{"detail": "no such model"}', "no such model", False),
        (413, b'{"error": {"message": "body too large"}}', "body too large", True),
        (413, b"<html>Request Entity Too Large</html>", "HTTP 413", True),
        (413, b'{"error": {"message": "exceeds the context length"}}', "context length", False),
        (500, b"<html>oops</html>", "HTTP 500", False),
        (503, b'{"error": "still down"}', "still down", False),
    ],
)
async def test_an_error_status_is_a_rejection_with_the_servers_words(
    peer: Peer, status: int, body: bytes, told: str, is_ours: bool
) -> None:
    """A JSON error, a string, another framework's detail, or a page that isn't JSON."""
    head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    (event,) = await events(await peer([head, body]))
    assert isinstance(event, Rejected)
    assert told in event.reason
    assert event.is_ours is is_ours
