"""Who may ask a model server."""

from __future__ import annotations

import httpx
import pytest
from starlette.responses import PlainTextResponse

from wooster.servers.guard import Guard

KEY = "grüße-42"


async def ask(path: str, headers: list[tuple[bytes, bytes]], key: str = KEY) -> httpx.Response:
    transport = httpx.ASGITransport(app=Guard(PlainTextResponse("in"), api_key=key))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get(path, headers=headers)


@pytest.mark.parametrize("given", ["Bearer grüße-42", "bearer  grüße-42"])
async def test_the_key_opens(given: str) -> None:
    """The right key is let through, also one with letters beyond ASCII."""
    assert (await ask("/v1/models", [(b"authorization", given.encode())])).text == "in"


@pytest.mark.parametrize(
    "given",
    [b"", b"Bearer", b"Bearer gr", "Bearer grüße-4".encode(), b"Basic x", b"Bearer \xff\xfe"],
)
@pytest.mark.parametrize("path", ["/v1/models", "/metrics", "/nowhere", "/health/"])
async def test_without_the_key_nothing_is_told(given: bytes, path: str) -> None:
    """Anything but the key is a 401 at every address, whatever bytes it is made of."""
    refused = await ask(path, [(b"authorization", given)] if given else [])
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "invalid_api_key"
    assert refused.headers["www-authenticate"] == "Bearer"


async def test_health_needs_no_key() -> None:
    """Whoever watches over the server may see how it is."""
    assert (await ask("/health", [])).text == "in"


async def test_without_a_key_set_none_is_needed() -> None:
    """A server without a key answers every program on this machine."""
    assert (await ask("/v1/models", [], key="")).text == "in"
