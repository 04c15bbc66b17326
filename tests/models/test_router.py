"""Who may be asked, and what leaves the machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

import httpx
import pytest

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.models.egress import EgressLedger, leaves_this_machine
from wooster.models.fallback import Answered
from wooster.models.model import ChatRequest, Message, Provider
from wooster.models.router import Router, allowed_providers
from wooster.models.supervisor import Supervisor
from wooster.models.watch import Watching
from wooster.storage import Database


def names(paths: Paths, config: Mapping[str, object], environ: dict[str, str]) -> list[str]:
    (paths.config / "local-model.json").write_text(json.dumps(config))
    return [p.name for p in allowed_providers(load_settings(paths, {}), environ)]


KEY = {"OPENAI_API_KEY": "k"}
ENABLED: dict[str, object] = {"providers": {"openai": {"enabled": True}}}


def test_by_default_nothing_leaves_even_with_a_key(paths: Paths) -> None:
    """A key in the environment is no permission."""
    assert names(paths, {}, KEY) == ["local"]


def test_openai_needs_both_the_permission_and_a_key(paths: Paths) -> None:
    """Enabled without a key, or with an empty one, is not asked either."""
    assert names(paths, {"routing": ENABLED}, {}) == ["local"]
    assert names(paths, {"routing": ENABLED}, {"OPENAI_API_KEY": ""}) == ["local"]
    assert names(paths, {"routing": ENABLED}, KEY) == ["local", "openai"]


def test_local_only_overrules_the_permission(paths: Paths) -> None:
    """The strategy says it in one word."""
    assert names(paths, {"routing": {**ENABLED, "strategy": "local-only"}}, KEY) == ["local"]


def test_the_chain_gives_the_order(paths: Paths) -> None:
    """Who isn't in the chain isn't asked."""
    chain = {"routing": {**ENABLED, "fallbackChain": ["openai"]}}
    assert names(paths, chain, KEY) == ["openai"]


@pytest.mark.parametrize(
    ("url", "leaves"),
    [
        ("http://127.0.0.1:8080", False),
        ("http://localhost:8080", False),
        ("http://[::1]:8080", False),
        ("http://127.9.9.9", False),
        ("https://api.openai.com", True),
        ("http://192.168.1.2:8080", True),
        ("http://localhost.example.com", True),
        ("http://127.0.0.1.example.com", True),
        ("http://", True),
    ],
)
def test_only_loopback_stays(url: str, leaves: bool) -> None:
    """Another host is another host, even on the same network; in doubt it leaves."""
    assert leaves_this_machine(url) is leaves


async def test_a_request_that_leaves_is_in_the_ledger_before_it_goes(
    database: Database, clock: ManualClock
) -> None:
    """The row is committed when the first byte arrives there, with host, purpose and size."""
    ledger = EgressLedger(database, clock)
    seen: list[int] = []

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        seen.append(await ledger.count())
        writer.write(
            b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"
            b'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n'
        )
        writer.close()

    server = await asyncio.start_server(play, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    away = Provider("openai", f"http://127.0.0.1:{port}", "m", leaves=True)
    async with server, httpx.AsyncClient() as client:

        async def get() -> httpx.AsyncClient:
            return client

        supervisor = Supervisor([], Watching(get, lambda *_: None, 1.0, 1.0))
        router = Router([away], supervisor, ledger, get, "go on")
        request = ChatRequest((Message("user", "private"),), 5, "chat", "turn-1")
        events = [event async for event in router.answer(request)]
    assert isinstance(events[-1], Answered)
    assert seen == [1]
    (row,) = await database.read(lambda c: c.execute("SELECT * FROM egress").fetchall())
    assert (row["provider"], row["host"], row["purpose"]) == ("openai", "127.0.0.1", "chat")
    assert row["turn_id"] == "turn-1"
    assert row["sent_bytes"] > len("private")
