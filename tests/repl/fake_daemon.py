"""A daemon that speaks the documented wire on a real Unix socket and says what a test scripted.

It knows no model, no storage and no command: a script is a function that is given the open stream
of one turn. Run as a program, it stands in for `wooster daemon` in tests of a real terminal.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socketserver
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from wooster.config.paths import Paths
from wooster.wire import WIRE_HEADER, WIRE_VERSION
from wooster.wire.events import Done, Event, Meta, Progress, Token
from wooster.wire.requests import ActionHelp, Greeting

WAIT_S = 20.0
GREETING = Greeting(
    model="SmolLM2-135M",
    where="on this machine",
    leaves="nothing leaves it",
    ready=True,
    commands=[
        ActionHelp("status", "how everything is", ["status"], "read"),
        ActionHelp("history", "past turns", ["history {words}"], "read"),
    ],
)


class BreakOff(Exception):
    """Raised by a script: the connection ends without a word, as when the daemon is killed."""


class Stream:
    """One turn's open stream."""

    def __init__(self, handler: _Handler, turn_id: str, session_id: str, text: str) -> None:
        self._handler, self.text = handler, text
        self.turn_id, self.session_id = turn_id, session_id
        self.stopped = handler.server.fake.stops.setdefault(turn_id, threading.Event())

    def send(self, *events: Event) -> None:
        for event in events:
            data = json.dumps(asdict(event), ensure_ascii=False)
            self.raw(f"event: {event.event}\ndata: {data}\n\n".encode())

    def raw(self, data: bytes) -> None:
        self._handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self._handler.wfile.flush()

    def meta(self) -> None:
        self.send(Meta(self.turn_id, self.session_id))

    def done(self, state: str = "done", **more: Any) -> None:
        self.send(Done(self.turn_id, state, "local", "SmolLM2-135M", **more))  # type: ignore[arg-type]

    def tokens(self, *texts: str) -> None:
        self.send(*(Token(text) for text in texts))

    def wait_stop(self) -> bool:
        return self.stopped.wait(WAIT_S)


Script = Callable[[Stream], None]


def echo(stream: Stream) -> None:
    """The script used when none is given: it says what it was told."""
    stream.meta()
    stream.tokens("You said: ", stream.text)
    stream.done()


@dataclass
class FakeDaemon:
    """What to answer, and what was asked."""

    paths: Paths
    greeting: Greeting = GREETING
    version: int = WIRE_VERSION
    scripts: list[Script] = field(default_factory=list)
    actions: dict[str, Any] = field(default_factory=dict)
    works: dict[str, Script] = field(default_factory=dict)
    worked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    stops: dict[str, threading.Event] = field(default_factory=dict)
    agreed: list[tuple[str, int, bool]] = field(default_factory=list)
    answered: threading.Event = field(default_factory=threading.Event)
    too_late: bool = False
    gone: threading.Event = field(default_factory=threading.Event)
    _server: _Server | None = None

    def start(self) -> FakeDaemon:
        self.paths.run.mkdir(parents=True, exist_ok=True)
        self.paths.socket.unlink(missing_ok=True)
        self.gone.clear()
        self._server = _Server(str(self.paths.socket), _Handler)
        self._server.fake = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            # In this order, since no lock tells that it still ends: unreachable means gone.
            self.paths.socket.unlink(missing_ok=True)
            server.server_close()
        self.gone.set()


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    fake: FakeDaemon

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass

    def do_GET(self) -> None:
        self._dispatch({})

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        self._dispatch(json.loads(self.rfile.read(size) or b"{}"))

    def _dispatch(self, body: dict[str, Any]) -> None:
        fake = self.server.fake
        fake.asked.append(f"{self.command} {self.path}")
        if self.headers.get(WIRE_HEADER) != str(fake.version):
            self._error(426, "wire_mismatch", "Other version.", 76)
            return
        match self.path.strip("/").split("/"):
            case ["v1", "greeting"]:
                self._json(200, asdict(fake.greeting))
            case ["v1", "turns"]:
                self._turn(body)
            case ["v1", "turns", turn_id, "stop"]:
                fake.stops.setdefault(turn_id, threading.Event()).set()
                self._json(200, {})
            case ["v1", "turns", turn_id, "answer"]:
                fake.agreed.append((turn_id, body["call"], body["agrees"]))
                fake.answered.set()
                if fake.too_late:
                    self._error(404, "not_found", "No question waits for this answer.", 4)
                else:
                    self._json(200, {})
            case ["v1", "actions", name] if name in fake.works:
                fake.worked.append((name, body))
                self._stream(fake.works[name])
            case ["v1", "actions", name] if name in fake.actions:
                self._json(200, fake.actions[name])
            case ["v1", "stop"]:
                self._json(202, {})
                threading.Thread(target=fake.close, daemon=True).start()
            case _:
                self._error(404, "not_found", f"Nothing at {self.path}.", 4)

    def _turn(self, body: dict[str, Any]) -> None:
        fake = self.server.fake
        fake.turns.append(body)
        if body.get("session_id") == "gone":
            self._error(404, "not_found", "There is no session 'gone'.", 4)
            return
        number = len(fake.turns)
        session_id = body.get("session_id") or f"session-{number}"
        script = fake.scripts.pop(0) if fake.scripts else echo
        self._stream(script, f"turn-{number}", session_id, body["text"])

    def _stream(
        self, script: Script, turn_id: str = "", session_id: str = "", text: str = ""
    ) -> None:
        fake = self.server.fake
        self.send_response(200)
        self.send_header(WIRE_HEADER, str(fake.version))
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        stream = Stream(self, turn_id, session_id, text)
        try:
            script(stream)
        except BreakOff:
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def _json(self, status: int, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header(WIRE_HEADER, str(self.server.fake.version))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _error(self, status: int, code: str, message: str, exit_code: int) -> None:
        error = {"code": code, "message": message, "hint": "A hint.", "exit_code": exit_code}
        self._json(status, {"error": error})


@contextlib.contextmanager
def short_home() -> Iterator[Paths]:
    """A home whose socket's path is short enough, removed at the end."""
    folder = tempfile.mkdtemp(prefix="wr-", dir="/tmp")
    paths = Paths(Path(folder))
    paths.prepare()
    try:
        yield paths
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def slow(stream: Stream) -> None:
    """Say a little, then nothing until stopped."""
    stream.meta()
    stream.send(Progress("reading", 512, 4200))
    stream.tokens("A **slow** answer ")
    state = "stopped" if stream.wait_stop() else "done"
    stream.done(state, completion_tokens=4, first_token_s=0.1, total_s=1.0)


def killed(stream: Stream) -> None:
    """Say a little, then break off as a killed daemon does."""
    stream.meta()
    stream.tokens("Half an ans")
    raise BreakOff


_SCRIPTS: dict[str, Script] = {"echo": echo, "slow": slow, "killed": killed}


def main() -> None:
    """`python -m tests.repl.fake_daemon HOME SCRIPT…`: serve until stopped, then exit."""
    fake = FakeDaemon(Paths(Path(sys.argv[1])), scripts=[_SCRIPTS[name] for name in sys.argv[2:]])
    fake.start().gone.wait()


if __name__ == "__main__":
    main()
