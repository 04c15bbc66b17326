"""The HTTP client for model servers, with no way out but through the gate.

A request to this machine or to an own host passes. Any other must carry a permit of the gate that
hasn't been used, or it is stopped before a connection is made, whoever sent it.
"""

from __future__ import annotations

from typing import Protocol

import httpx

from wooster.core.hosts import Place


class Doorkeeper(Protocol):
    """What is asked of the gate."""

    def place(self, url: str) -> Place:
        """Where a request to `url` goes."""

    def redeem(self, permit: object, url: str) -> None:
        """Use a permit up; raises where it isn't one for `url`."""


class Outlet(httpx.AsyncBaseTransport):
    """Stands before the transport that connects."""

    def __init__(self, inner: httpx.AsyncBaseTransport, gate: Doorkeeper) -> None:
        self._inner = inner
        self._gate = gate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = _address(request.url)
        if self._gate.place(url) == "away":
            self._gate.redeem(request.extensions.get("permit"), url)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def make_client(gate: Doorkeeper) -> httpx.AsyncClient:
    """One client for all model servers. Blocking: httpx takes its time to import certificates."""
    # Nothing of the environment: a proxy named there would take words off this machine on their
    # way to a server on it, past the ledger. Nor redirects, which could do the same.
    inner = httpx.AsyncHTTPTransport(trust_env=False)
    return httpx.AsyncClient(transport=Outlet(inner, gate), trust_env=False, follow_redirects=False)


def _address(url: httpx.URL) -> str:
    """Where httpx will connect to: as it read the address, not as it was written."""
    host = f"[{url.host}]" if ":" in url.host else url.raw_host.decode("ascii")
    return f"{url.scheme}://{host}:{url.port}" if url.port else f"{url.scheme}://{host}"
