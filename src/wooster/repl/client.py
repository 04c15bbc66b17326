"""The daemon as seen through its Unix socket: one method for each thing that can be asked.

Built on `http.client`, because the prompt's start budget has no room for a bigger library. It
knows the wire and nothing of terminals, processes or what a person sees.
"""

from __future__ import annotations

import dataclasses
import errno
import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from wooster.core.errors import DaemonUnreachable, WireMismatch, WoosterError
from wooster.wire import WIRE_HEADER, WIRE_VERSION
from wooster.wire.events import Ending, Event, from_json
from wooster.wire.peer import is_own
from wooster.wire.requests import (
    ActionHelp,
    ActionRequest,
    ActionResult,
    Agreement,
    Greeting,
    TurnRequest,
)
from wooster.wire.sse import Parser

CONNECT_TIMEOUT_S = 2.0
# A stream carries a comment every few seconds, so a longer silence is a dead daemon.
SILENCE_S = 60.0
GREETING_TIMEOUT_S = 10.0
# `verify` reads the whole database and says nothing until it is through.
ACTION_TIMEOUT_S = 900.0


class NotConnected(DaemonUnreachable):
    """Nobody took the request: it can be sent again without being answered twice."""


class Mismatch(WireMismatch):
    """Client and daemon speak different versions; `theirs` is None when it wasn't said."""

    def __init__(self, theirs: int | None, ours: int = WIRE_VERSION) -> None:
        self.ours, self.theirs = ours, theirs
        if self.daemon_is_older:
            who, hint = "older", "`wooster restart` brings up a new one, if that works here."
        else:
            who, hint = "newer", "Start this program again, so that the new version runs."
        super().__init__(
            f"The daemon that is running is {who} than this program "
            f"(it speaks version {'?' if theirs is None else theirs}, this program {ours}).",
            hint=hint,
        )

    @property
    def daemon_is_older(self) -> bool:
        return self.theirs is None or self.theirs < self.ours


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path, read_timeout_s: float) -> None:
        super().__init__("wooster")
        self._path, self._read_timeout_s = path, read_timeout_s

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(CONNECT_TIMEOUT_S)
        self.sock.connect(str(self._path))
        if not is_own(self.sock):
            raise PermissionError(errno.EPERM, "what listens there is another user's")
        self.sock.settimeout(self._read_timeout_s)


class TurnStream:
    """The events of one turn or action, as they come. `close` may be called from another thread."""

    def __init__(self, connection: _UnixConnection, response: HTTPResponse) -> None:
        self._connection, self._response = connection, response
        # http.client lets go of its socket when the answer ends with the connection.
        self._socket = connection.sock
        self._events = self._read()

    def __iter__(self) -> Iterator[Event]:
        return self._events

    def __enter__(self) -> TurnStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        self._response.close()
        self._connection.close()

    def close(self) -> None:
        """Hang up; whoever waits for an event gets `DaemonUnreachable`."""
        try:
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # already gone, which is what was wanted

    def _read(self) -> Iterator[Event]:
        parser = Parser()
        while True:
            for frame in parser.feed(self._chunk()):
                event = None if frame.is_comment else _event(frame.name, frame.data)
                if event is not None:
                    yield event
                if isinstance(event, Ending):
                    return

    def _chunk(self) -> bytes:
        try:
            chunk = self._response.read1(65536)
        except (OSError, HTTPException, ValueError, AttributeError) as error:
            # ValueError and AttributeError: http.client's own words for "closed meanwhile".
            raise _broken_off() from error
        if not chunk:
            raise _broken_off()
        return chunk


class Client:
    """One daemon. Every call is a connection of its own, so calls from several threads are fine."""

    def __init__(self, path: Path, *, speaks: int = WIRE_VERSION) -> None:
        self._path, self._speaks = path, speaks

    def greeting(self) -> Greeting:
        """What to show when a client opens."""
        data = self._json("GET", "/v1/greeting", timeout_s=GREETING_TIMEOUT_S)
        commands = [ActionHelp(**_known(ActionHelp, item)) for item in data.get("commands", [])]
        return Greeting(**{**_known(Greeting, data), "commands": commands})

    def act(self, name: str, /, **arguments: Any) -> ActionResult:
        """Run the action `name`."""
        path = f"/v1/actions/{quote(name, safe='')}"
        data = self._json("POST", path, {"arguments": arguments}, timeout_s=ACTION_TIMEOUT_S)
        return ActionResult(**_known(ActionResult, data))

    def work(self, name: str, request: ActionRequest) -> TurnStream:
        """Run the action `name` and follow it; the stream ends with `result` or `error`."""
        return self._stream(f"/v1/actions/{quote(name, safe='')}", dataclasses.asdict(request))

    def turn(self, request: TurnRequest) -> TurnStream:
        """Send a message; the stream ends with `done`, `error`, `result` or `ask`, or raises."""
        return self._stream("/v1/turns", dataclasses.asdict(request))

    def notices(self) -> TurnStream:
        """What the daemon says by itself, until it ends, which raises."""
        return self._stream("/v1/notices", None)

    def notice_shown(self, key: str) -> None:
        """The person has seen a notice."""
        path = f"/v1/notices/{quote(key, safe='')}/shown"
        self._json("POST", path, {}, timeout_s=GREETING_TIMEOUT_S)

    def untold_shown(self, ids: list[int]) -> None:
        """The person has seen the greeting's `untold`."""
        self._json("POST", "/v1/untold", {"ids": ids}, timeout_s=GREETING_TIMEOUT_S)

    def _stream(self, path: str, body: dict[str, Any] | None) -> TurnStream:
        method = "GET" if body is None else "POST"
        connection, response = self._send(method, path, body, timeout_s=SILENCE_S, streams=True)
        return TurnStream(connection, response)

    def stop_turn(self, turn_id: str) -> None:
        """End the answer that is running; its stream then says `done`, state `stopped`."""
        path = f"/v1/turns/{quote(turn_id, safe='')}/stop"
        self._json("POST", path, {}, timeout_s=GREETING_TIMEOUT_S)

    def agree(self, turn_id: str, agreement: Agreement) -> None:
        """Answer what a tool of a running turn asks. Raises `NotFound` when it no longer waits."""
        path = f"/v1/turns/{quote(turn_id, safe='')}/answer"
        self._json("POST", path, dataclasses.asdict(agreement), timeout_s=GREETING_TIMEOUT_S)

    def stop_daemon(self) -> None:
        """Ask the daemon to end; it is gone when its socket is."""
        self._json("POST", "/v1/stop", {}, timeout_s=GREETING_TIMEOUT_S)

    def answers(self) -> bool:
        """Whether anything takes a connection on the socket."""
        connection = _UnixConnection(self._path, CONNECT_TIMEOUT_S)
        try:
            connection.connect()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def _json(
        self, method: str, path: str, body: Any = None, *, timeout_s: float
    ) -> dict[str, Any]:
        connection, response = self._send(method, path, body, timeout_s=timeout_s)
        try:
            data = json.loads(response.read() or b"{}")
        except (OSError, HTTPException) as error:
            raise _no_answer(error) from error
        except ValueError as error:
            raise _unreadable(str(error)) from error
        finally:
            response.close()
            connection.close()
        if not isinstance(data, dict):
            raise _unreadable(f"{data!r:.60}")
        return data

    def _send(
        self, method: str, path: str, body: Any, *, timeout_s: float, streams: bool = False
    ) -> tuple[_UnixConnection, HTTPResponse]:
        connection = _UnixConnection(self._path, timeout_s)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise NotConnected(
                f"The daemon doesn't answer on {self._path} ({error.strerror or error}).",
                hint="Start it with `wooster`, or see `wooster logs`.",
            ) from error
        try:
            accept = "text/event-stream" if streams else "application/json"
            response = self._exchange(connection, method, path, body, accept)
            _check(response, self._speaks)
        except BaseException:
            connection.close()
            raise
        return connection, response

    def _exchange(
        self, connection: _UnixConnection, method: str, path: str, body: Any, accept: str
    ) -> HTTPResponse:
        headers = {
            WIRE_HEADER: str(self._speaks),
            "Content-Type": "application/json",
            "Accept": accept,
        }
        payload = None if body is None else json.dumps(body).encode()
        try:
            try:
                connection.request(method, path, body=payload, headers=headers)
            except (BrokenPipeError, ConnectionResetError):
                pass  # a refusal may come before the whole body is sent: its reason is readable
            return connection.getresponse()
        except (OSError, HTTPException) as error:
            raise _no_answer(error) from error


def _check(response: HTTPResponse, ours: int) -> None:
    """Raises what a refusal says, and `Mismatch` when the daemon is of another version."""
    said = response.getheader(WIRE_HEADER, "")
    theirs = int(said) if said.isdecimal() and said.isascii() else None
    if response.status == WireMismatch.http_status or theirs not in (None, ours):
        raise Mismatch(theirs, ours)
    if response.status < 400:
        return
    try:
        error = json.loads(response.read())["error"]
        raise reported(error["code"], error["message"], error.get("hint", ""), error["exit_code"])
    except (OSError, HTTPException) as broken:
        raise _no_answer(broken) from broken
    except (ValueError, KeyError, TypeError, AttributeError) as garbage:
        raise _unreadable(f"HTTP status {response.status}") from garbage


def reported(code: str, message: str, hint: str, exit_code: int) -> WoosterError:
    """The error that the daemon told of: its class by `code`, with the daemon's exit code."""
    for kind in _tree(WoosterError):
        if kind.code == code and kind.exit_code == exit_code and kind.__init__ is _PLAIN_INIT:
            return kind(message, hint=hint)
    # A class of its own: code and exit code belong to classes in the tree of errors.
    kind = type("Reported", (WoosterError,), {"code": code, "exit_code": exit_code})
    return kind(message, hint=hint)


_PLAIN_INIT = WoosterError.__init__


def _tree(root: type[WoosterError]) -> Iterator[type[WoosterError]]:
    for kind in root.__subclasses__():
        if kind.__module__ == WoosterError.__module__:
            yield kind
            yield from _tree(kind)


def _known(kind: type[Any], data: dict[str, Any]) -> dict[str, Any]:
    """The fields of `data` that this version knows; raises when one that it needs is missing."""
    fields = dataclasses.fields(kind)
    missing = [
        field.name
        for field in fields
        if field.name not in data
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise _unreadable(f"no {missing[0]!r} in it")
    return {field.name: data[field.name] for field in fields if field.name in data}


def _event(name: str, data: str) -> Event | None:
    try:
        return from_json(name, json.loads(data))
    except (ValueError, TypeError, AttributeError) as error:
        raise _unreadable(f"{name} {data!r:.60}") from error


def _broken_off() -> DaemonUnreachable:
    return DaemonUnreachable(
        "The daemon stopped in the middle of the answer.",
        hint="What came is kept, and the answer is marked as cut off.",
    )


def _no_answer(error: Exception) -> DaemonUnreachable:
    return DaemonUnreachable(
        f"The daemon took the request and gave no answer ({error or type(error).__name__}).",
        hint="See `wooster logs`.",
    )


def _unreadable(what: str) -> WoosterError:
    return WoosterError(
        f"The daemon's answer can't be read: {what}.",
        hint="Run `wooster stop` and try again; if it stays, see `wooster logs`.",
    )
