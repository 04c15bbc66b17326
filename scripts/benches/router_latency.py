"""What the router adds to a direct call, and what a provider that fails costs.

All against scripted servers on loopback, so that no model's own time is in the figures.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path

import httpx
from scripts.benches.report import figure, median, p95

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import SystemClock
from wooster.models import openai_http
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate, Rules
from wooster.models.model import ChatRequest, Fragment, Message, Provider
from wooster.models.router import Router, Surroundings
from wooster.models.spec import Watching
from wooster.models.supervisor import Supervisor
from wooster.storage import Database

BENCH = "router"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
WORD = b'data: {"choices":[{"delta":{"content":"word "}}]}\n\n'
END = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
REQUEST = ChatRequest((Message("user", "Hello"),), 50, "chat", "bench")
WORDS = 50


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + WORD * WORDS + END)
    await writer.drain()
    writer.close()


async def _die(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + WORD)
    await writer.drain()
    writer.close()


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(4096):
        pass
    writer.close()


class _Setting:
    """A database, a client and scripted servers, for routers over them."""

    def __init__(self, database: Database, client: httpx.AsyncClient, paths: Paths) -> None:
        self._gate_of = EgressLedger(database, SystemClock())
        self._client = client
        self._routing = load_settings(paths, {}).routing

    async def client(self) -> httpx.AsyncClient:
        return self._client

    @asynccontextmanager
    async def router(self, providers: Sequence[Provider]) -> AsyncIterator[Router]:
        gate = Gate(self._gate_of, Rules.of(self._routing))
        none_of_ours = Supervisor([], Watching(self.client, lambda *_: None, 1.0, 1.0))
        around = Surroundings(none_of_ours, gate, self.client, lambda *_: None)
        by_tier = {"quality": providers, "fast": providers}
        router = Router(by_tier, self._routing, around, "Go on.")  # type: ignore[arg-type]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(router.run())
            await asyncio.sleep(0)
            yield router
            router.stop()


async def _first_and_last(router: Router) -> tuple[float, float]:
    """Milliseconds to the first piece of the answer, and to its end."""
    began, first = time.perf_counter(), 0.0
    async with aclosing(router.answer(REQUEST)) as events:
        async for event in events:
            if isinstance(event, Fragment) and not first:
                first = time.perf_counter()
    return (first - began) * 1000, (time.perf_counter() - began) * 1000


async def _direct(client: httpx.AsyncClient, provider: Provider) -> tuple[float, float]:
    began, first = time.perf_counter(), 0.0
    content = openai_http.body(REQUEST, provider)
    async with aclosing(openai_http.stream(client, provider, content)) as events:
        async for event in events:
            if isinstance(event, Fragment) and not first:
                first = time.perf_counter()
    return (first - began) * 1000, (time.perf_counter() - began) * 1000


async def _measure(rounds: int, folder: Path) -> None:
    paths = Paths(folder)
    paths.prepare()
    database = await asyncio.to_thread(Database.open, paths.database, paths.backups)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        found: dict[str, Provider] = {}
        for name, play in (("good", _answer), ("dying", _die), ("hanging", _hang)):
            server = await asyncio.start_server(play, "127.0.0.1", 0)
            stack.callback(server.close)
            port = server.sockets[0].getsockname()[1]
            found[name] = Provider(name, f"http://127.0.0.1:{port}", "m", leaves=False)
        found["refused"] = Provider("refused", "http://127.0.0.1:1", "m", leaves=False)
        setting = _Setting(database, client, paths)
        plain = await _added(setting, client, found["good"], rounds)
        for name in ("refused", "dying", "hanging"):
            await _fallback(setting, name, [found[name], found["good"]], plain)


async def _added(
    setting: _Setting, client: httpx.AsyncClient, good: Provider, rounds: int
) -> float:
    """Direct and routed calls in turn; returns the routed median to the first piece, in ms."""
    direct: list[tuple[float, float]] = []
    routed: list[tuple[float, float]] = []
    async with setting.router([good]) as router:
        for number in range(rounds + 3):
            pair = await _direct(client, good), await _first_and_last(router)
            if number >= 3:
                direct.append(pair[0])
                routed.append(pair[1])
    added = [r[0] - d[0] for d, r in zip(direct, routed, strict=True)]
    figure(BENCH, "latency.added.p50", median(added), "ms")
    figure(BENCH, "latency.added.p95", p95(added), "ms")
    first = median([r[0] for r in routed])
    figure(BENCH, "latency.first.p50", first, "ms", {"direct": median([d[0] for d in direct])})
    whole, alone = median([r[1] for r in routed]), median([d[1] for d in direct])
    per_piece = {"direct": alone * 1000 / WORDS}
    figure(BENCH, "piece.p50", whole * 1000 / WORDS, "us", per_piece)
    return first


async def _fallback(
    setting: _Setting, name: str, providers: Sequence[Provider], plain: float
) -> None:
    """The first request that meets the failure, and the one after it."""
    async with setting.router(providers) as router:
        for which in ("first", "next"):
            first, last = await _first_and_last(router)
            # A death in the middle costs nothing before the first word, and shows in the whole.
            taken = last if name == "dying" else first
            figure(BENCH, f"fallback.{name}.{which}", taken, "ms", {"nobody fails": plain})


def measure(rounds: int = 100) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="wooster-") as folder:
        asyncio.run(_measure(rounds, Path(folder)))


if __name__ == "__main__":
    measure()
