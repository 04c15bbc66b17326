"""Who may ask a model server: programs on this machine, with the key where one is set.

It knows HTTP's headers; it knows nothing of what is asked. It stands before every route and every
error, so that an unknown address tells a stranger nothing either.
"""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from wooster.servers.openai import ApiError

OPEN = "/health"  # whoever watches over a server needs no key
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """Lets a request through to `app`, or answers 401 or 403 in OpenAI's shape."""

    def __init__(self, app: ASGIApp, api_key: str) -> None:
        self._app = app
        self._key = api_key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            headers = Headers(scope=scope)
            _check_place(headers)
            if self._key and scope["path"] != OPEN:
                self._check_key(headers)
        except ApiError as error:
            wanted = {"www-authenticate": "Bearer"} if error.status == 401 else None
            refusal = JSONResponse(error.body(), error.status, wanted)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check_key(self, headers: Headers) -> None:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        # Headers are read as Latin-1: that gives the bytes back as they came.
        right = hmac.compare_digest(given.strip().encode("latin-1"), self._key)
        if scheme.lower() != "bearer":
            told = "An API key is needed: `Authorization: Bearer …`"
            raise ApiError(401, told, code="invalid_api_key")
        if not right:
            raise ApiError(401, "The API key is wrong", code="invalid_api_key")


def _check_place(headers: Headers) -> None:
    """Refuse web pages: a browser would carry their requests to this port without asking."""
    host = headers.get("host", "localhost").rsplit(":", 1)[0]
    origin = headers.get("origin")
    from_here = origin is None or origin.split("//")[-1].rsplit(":", 1)[0] in _LOOPBACK
    if host not in _LOOPBACK or not from_here:
        raise ApiError(403, f"Only this machine may ask (host {host!r}, origin {origin!r})")
