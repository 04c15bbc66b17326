"""What every request passes first: the wire's version, and limits to the body's size and to that of
all bodies that are held at once.

An ASGI middleware of its own, because the framework's would read a body whole before refusing it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from wooster.core.errors import Busy, TooLarge, WireMismatch, WoosterError
from wooster.wire import WIRE_HEADER, WIRE_VERSION
from wooster.wire.requests import MAX_MESSAGE_BYTES

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# JSON may write one byte of text as six (\u0000).
_MAX_BODY_BYTES = 6 * MAX_MESSAGE_BYTES + 64 * 1024
# Two of the longest: many clients that each send one would else take the machine's memory.
_MAX_HELD_BYTES = 2 * _MAX_BODY_BYTES

# A client of any version may stop the daemon: that is how a new one replaces an old one.
_ANY_VERSION = frozenset({"/v1/stop"})


class Guard:
    """Wraps the app; adds the wire's version to every answer."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._held = _Held()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Limited(receive, self._held)
        refused = False

        async def answer(message: Message) -> None:
            nonlocal refused
            if refused:
                return
            if message["type"] == "http.response.start":
                number = (WIRE_HEADER.encode(), str(WIRE_VERSION).encode())
                message["headers"] = [*message.get("headers", ()), number]
                if body.refusal is not None:  # whatever was made of a body that was cut off
                    refused = True
                    await _refuse(body.refusal, number, send)
                    return
            await send(message)

        headers = {key.decode("latin-1"): value for key, value in scope["headers"]}
        problem = _problem(scope["path"], headers)
        if problem is not None:
            number = (WIRE_HEADER.encode(), str(WIRE_VERSION).encode())
            await _refuse(problem, number, send)
            return
        try:
            await self._app(scope, body.receive, answer)
        finally:
            self._held.size_bytes -= body.taken


@dataclass(slots=True)
class _Held:
    """The bodies of all requests that are being answered."""

    size_bytes: int = 0


class _Limited:
    """A body that ends where it has grown too large, when its length wasn't declared, or where all
    of them have."""

    def __init__(self, receive: Receive, held: _Held) -> None:
        self._receive = receive
        self._held = held
        self.taken = 0
        self.refusal: WoosterError | None = None

    async def receive(self) -> Message:
        message = await self._receive()
        size_bytes = len(message.get("body", b""))
        self.taken += size_bytes
        self._held.size_bytes += size_bytes
        if self.taken > _MAX_BODY_BYTES:
            self.refusal = _too_large()
        elif size_bytes and self._held.size_bytes > _MAX_HELD_BYTES:
            self.refusal = Busy(
                "Wooster is taking in other large messages.", hint="Send it again in a moment."
            )
        if self.refusal is not None:
            return {"type": "http.request", "body": b"", "more_body": False}
        return message


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


async def _refuse(error: WoosterError, number: tuple[bytes, bytes], send: Send) -> None:
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
        number,
    ]
    status = error.http_status
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
