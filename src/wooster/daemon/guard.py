"""What every request passes first: the wire's version, and a limit to the body's size.

An ASGI middleware of its own, because the framework's would read a body whole before refusing it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from wooster.core.errors import TooLarge, WireMismatch, WoosterError
from wooster.wire import WIRE_HEADER, WIRE_VERSION
from wooster.wire.requests import MAX_MESSAGE_BYTES

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# JSON may write one byte of text as six (\u0000).
_MAX_BODY_BYTES = 6 * MAX_MESSAGE_BYTES + 64 * 1024

# A client of any version may stop the daemon: that is how a new one replaces an old one.
_ANY_VERSION = frozenset({"/v1/stop"})


class Guard:
    """Wraps the app; adds the wire's version to every answer."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answered = False

        async def send_with_version(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                number = (WIRE_HEADER.encode(), str(WIRE_VERSION).encode())
                message["headers"] = [*message.get("headers", ()), number]
            await send(message)

        headers = {key.decode("latin-1"): value for key, value in scope["headers"]}
        problem = _problem(scope["path"], headers)
        if problem is not None:
            await _refuse(problem, send_with_version)
            return
        try:
            await self._app(scope, _limited(receive), send_with_version)
        except TooLarge as error:
            if answered:
                raise
            await _refuse(error, send_with_version)


def _problem(path: str, headers: dict[str, bytes]) -> WoosterError | None:
    number = headers.get(WIRE_HEADER, str(WIRE_VERSION).encode()).decode("latin-1")
    if number != str(WIRE_VERSION) and path not in _ANY_VERSION:
        return WireMismatch(
            f"This program speaks version {number} of the wire, the daemon version {WIRE_VERSION}.",
            hint="Restart the older of the two.",
        )
    length = headers.get("content-length", b"0")
    if length.isdigit() and int(length) > _MAX_BODY_BYTES:
        return _too_large()
    return None


def _too_large() -> TooLarge:
    return TooLarge(
        f"The request is larger than {_MAX_BODY_BYTES} bytes.",
        hint=f"A message may have {MAX_MESSAGE_BYTES} bytes.",
    )


def _limited(receive: Receive) -> Receive:
    """`receive` that stops a body without a declared length once it has grown too large."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > _MAX_BODY_BYTES:
            raise _too_large()
        return message

    return limited


async def _refuse(error: WoosterError, send: Send) -> None:
    told = {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }
    body = json.dumps({"error": told}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    status = error.http_status
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
