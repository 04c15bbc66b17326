"""A model server that says what a test scripted, as bytes, and waits where it is told. It is on
loopback unless a test needs it to be another machine's.

It stands in where a real one can't be made to fail at a certain byte; what a real one does is
tested with the real servers.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Die:
    """Close the connection in the middle."""


@dataclass(frozen=True)
class Status:
    """Answer with an HTTP error instead."""

    code: int
    message: str


@dataclass(frozen=True)
class Count:
    """Tell these tokens with the end."""

    prompt: int
    completion: int


Script = str | threading.Event | Die | Status | Count


@dataclass
class Peer:
    """`script` is what each request gets: words, an Event to wait for, `Die`, or a `Status`.

    `asked` has each request's line and key, also of those that ask for no answer.
    """

    url: str
    script: list[Script] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)


def address_beyond_loopback() -> str:
    """An address of this machine that is as good as another machine's to us; "" for none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a datagram's connection sends nothing
        except OSError:
            return ""
        address = str(probe.getsockname()[0])
    return "" if address.startswith("127.") else address


@contextmanager
def scripted(*script: Script, host: str = "127.0.0.1") -> Iterator[Peer]:
    """A running peer; its port closes at the end of the block."""
    peer = Peer("", list(script))

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self._note()
            models = [{"id": "scripted", "object": "model"}]
            try:
                self._json(200, {"status": "ready", "service": "scripted", "data": models})
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client was killed

        def do_POST(self) -> None:
            self._note()
            body = self.rfile.read(int(self.headers["content-length"]))
            peer.bodies.append(body)
            peer.requests.append(json.loads(body))
            if peer.script and isinstance(peer.script[0], Status):
                status = peer.script[0]
                self._json(status.code, {"error": {"message": status.message}})
                return
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            try:
                self._play()
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client left, which is what some tests are about

        def _note(self) -> None:
            line = f"{self.command} {self.path}"
            peer.asked.append((line, self.headers.get("authorization", "")))

        def _play(self) -> None:
            for step in peer.script:
                if isinstance(step, threading.Event):
                    assert step.wait(60)
                elif isinstance(step, Die):
                    return
                elif isinstance(step, str):
                    self._chunk({"choices": [{"delta": {"content": step}}]})
            self._chunk({"choices": [{"delta": {}, "finish_reason": "stop"}]})
            for step in peer.script:
                if isinstance(step, Count):
                    usage = {"prompt_tokens": step.prompt, "completion_tokens": step.completion}
                    self._chunk({"choices": [], "usage": usage})
            self.wfile.write(b"data: [DONE]\n\n")

        def _chunk(self, data: dict[str, Any]) -> None:
            self.wfile.write(b"data: " + json.dumps(data).encode() + b"\n\n")
            self.wfile.flush()

        def _json(self, status: int, data: dict[str, Any]) -> None:
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # many may come at once

    server = Server((host, 0), Handler)
    peer.url = f"http://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield peer
    finally:
        for step in peer.script:
            if isinstance(step, threading.Event):
                step.set()
        server.shutdown()
        server.server_close()
        thread.join()
