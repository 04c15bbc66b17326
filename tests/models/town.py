"""A router over scripted servers, for the tests of who answers when somebody doesn't."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.config.settings import HealthCheck, Limits, Routing
from wooster.core.clock import ManualClock
from wooster.models.egress import EgressLedger
from wooster.models.fallback import Answer, Asked
from wooster.models.gate import Gate, Rules
from wooster.models.model import ChatRequest, Fragment, Message, Provider, Tier
from wooster.models.router import Router, Surroundings
from wooster.models.spec import Watching
from wooster.models.supervisor import Supervisor
from wooster.storage import Database

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
TLS = b"\x16"  # how a client begins that wants encryption
Log = Callable[[str, dict[str, Any]], None]
GetClient = Callable[[], Awaitable[httpx.AsyncClient]]


def word(text: str, finish: str = "null") -> bytes:
    choice = b'{"delta":{"content":"%s"},"finish_reason":%s}' % (text.encode(), finish.encode())
    return b'data: {"choices":[' + choice + b"]}\n\n"


GOOD = (HEAD, word("Good"), word(" evening", '"stop"'))


def reply(status: int, body: bytes = b"{}", *headers: bytes) -> bytes:
    """A whole answer that is no stream."""
    lines = [b"HTTP/1.1 %d X" % status, b"content-length: %d" % len(body), *headers]
    return b"\r\n".join([*lines, b"connection: close", b"", body])


class Scripted:
    """A server of a test: what it was asked, and how it answers from now on.

    `looks` are its answers to the looks at it, one each, the last of them for good.
    """

    def __init__(self, *chunks: bytes, hangs: bool = False, resets: bool = False) -> None:
        self.chunks, self.hangs, self.resets = chunks, hangs, resets
        self.looks: list[bytes] = [reply(200)]
        self.looked = 0
        self.asked: list[bytes] = []
        self.left = asyncio.Event()
        self._open: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}

    async def play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            await self._play(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client left, or the test is over
        finally:
            writer.close()
            del self._open[task]

    async def end(self) -> None:
        """Close what is open."""
        tasks = list(self._open)
        for writer in self._open.values():
            writer.transport.abort()
        await asyncio.gather(*tasks)

    async def _play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begins = await reader.readexactly(1)
        if begins == TLS:
            writer.write(reply(400))
            return
        head = await reader.readuntil(b"\r\n\r\n")
        size = re.search(rb"content-length: (\d+)", head, re.I)
        body = await reader.readexactly(int(size[1])) if size else b""
        if body:
            self.asked.append(body)
        if body or self.hangs:
            await self._answer(reader, writer)
        else:
            writer.write(self.looks[min(self.looked, len(self.looks) - 1)])
            self.looked += 1
        if self.resets:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for chunk in self.chunks:
            writer.write(chunk)
            await writer.drain()
        if self.hangs:
            await reader.read()  # until the client leaves
            self.left.set()


class Town:
    """A router over scripted servers, and what they are as providers."""

    def __init__(self, router: Router, providers: list[Provider]) -> None:
        self.router, self.providers = router, providers

    async def ask(self, **more: Any) -> list[Answer]:
        """What is told of one request, but for who `Asked` names."""
        hello = (Message("user", "Hello"),)
        request = ChatRequest(
            **{"messages": hello, **more}, max_tokens=5, purpose="chat", turn_id="t"
        )
        async with aclosing(self.router.answer(request)) as events:
            return [event async for event in events if not isinstance(event, Asked)]


def none_of_ours(get: GetClient) -> Supervisor:
    """A supervisor of no servers."""
    return Supervisor([], Watching(get, lambda *_: None, 1.0, 1.0))


async def quick_routing(
    paths: Paths,
    *,
    enabled: bool = True,
    look_ms: int = 200,
    first_ms: int = 60_000,
    between_ms: int = 30_000,
) -> Routing:
    """The default routing with short times, so that no test waits long."""
    routing = (await asyncio.to_thread(load_settings, paths, {})).routing
    health = HealthCheck.model_construct(interval=20, timeout=look_ms, retries=1)
    limits = Limits.model_construct(first_token=first_ms, between_tokens=between_ms)
    return routing.model_copy(update={"health_check": health, "limits": limits, "enabled": enabled})


@asynccontextmanager
async def town(
    database: Database,
    paths: Paths,
    clock: ManualClock,
    *servers: Scripted | None,
    routing: Routing | None = None,
    rules: Rules | None = None,
    log: Log = lambda *_: None,
    supervisor: Callable[[GetClient], Supervisor] = none_of_ours,
    provider: Mapping[int, Mapping[str, Any]] | None = None,
    tiers: Mapping[Tier, Sequence[int]] | None = None,
) -> AsyncIterator[Town]:
    """None among `servers` is a port that refuses; `provider` has what differs from a plain one,
    by number, and `tiers` the numbers of those that are asked."""
    routing = routing or await quick_routing(paths)
    async with AsyncExitStack() as stack:
        providers: list[Provider] = []
        for number, each in enumerate(servers):
            port = 1
            if each is not None:
                made = await asyncio.start_server(each.play, "127.0.0.1", 0)
                stack.push_async_callback(each.end)
                stack.callback(made.close)
                port = made.sockets[0].getsockname()[1]
            own = (provider or {}).get(number, {})
            url = str(own.get("url", "http://127.0.0.1:{port}")).format(port=port)
            plain = Provider(f"server{number}", url, "m", leaves=False)
            providers.append(replace(plain, **{**own, "url": url}))
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))

        async def get() -> httpx.AsyncClient:
            return client

        gate = Gate(EgressLedger(database, clock), rules or Rules.of(routing))
        around = Surroundings(supervisor(get), gate, get, log)
        everyone = range(len(providers))
        by_tier: dict[Tier, Sequence[Provider]] = {
            tier: [providers[number] for number in (tiers or {}).get(tier, everyone)]
            for tier in ("quality", "fast")
        }
        router = Router(by_tier, routing, around, "Go on.")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(router.run())
            await asyncio.sleep(0)
            try:
                yield Town(router, providers)
            finally:
                router.stop()


def texts(events: list[Answer]) -> str:
    return "".join(event.text for event in events if isinstance(event, Fragment))
