"""The servers around a home: a calendar, and models of which a chosen call fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from tests.embedder import vector_of

from wooster.vectors.model import Maker

ANSWER = ("It is ", "behind the ", "old clock.")
WAYS = ("refuses", "dies", "dies within", "says nothing", "says nonsense")
"""How a model fails."""
_EMBEDDER = Maker("words", 16)


@dataclass
class Models:
    """One server that chats, distils and embeds; call number `fails_at`, from 1, goes wrong in its
    `way`."""

    url: str = ""
    fails_at: int = 0
    way: str = ""
    calls: int = 0
    _lock: Lock = field(default_factory=Lock)

    def begin(self, fails_at: int = 0, way: str = "") -> None:
        """From now on calls are counted anew."""
        self.calls, self.fails_at, self.way = 0, fails_at, way

    def called(self) -> str:
        """How this call is to fail; "" for not at all."""
        with self._lock:
            self.calls += 1
            return self.way if self.calls == self.fails_at else ""


@contextmanager
def models() -> Iterator[Models]:
    """A running server of models."""
    made = Models()

    class Handler(_Handler):
        def do_GET(self) -> None:
            about = {"id": _EMBEDDER.model, "object": "model", "dimensions": _EMBEDDER.dimensions}
            self.tells(200, {"status": "ready", "service": "scripted", "data": [about]})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            way = made.called()
            try:
                if way == "refuses":
                    self.tells(500, {"error": {"message": "planted"}})
                elif self.path.endswith("/embeddings"):
                    self._embeds(asked, way)
                else:
                    self._says(_answer(asked), way)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client was killed, or its network failed

        def _embeds(self, asked: dict[str, Any], way: str) -> None:
            texts = asked["input"] if way != "says nothing" else []
            data = [
                {"index": n, "embedding": vector_of(text, _EMBEDDER).tolist()}
                for n, text in enumerate(texts)
            ]
            if way == "says nonsense":
                data = [{**each, "embedding": [1.0, "?"]} for each in data]
            body = json.dumps({"model": _EMBEDDER.model, "data": data}).encode()
            upto = {"dies": 0, "dies within": len(body) // 2}.get(way, len(body))
            self.begins(200, "application/json", len(body))
            self.wfile.write(body[:upto])

        def _says(self, words: list[str], way: str) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            words = {"dies": [], "dies within": words[:-1], "says nothing": []}.get(way, words)
            for word in ["{", "nonsense"] if way == "says nonsense" else words:
                self._chunk({"delta": {"content": word}})
            if not way.startswith("dies"):
                self._chunk({"delta": {}, "finish_reason": "stop"})
                self.wfile.write(b"data: [DONE]\n\n")

        def _chunk(self, choice: dict[str, Any]) -> None:
            self.wfile.write(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")
            self.wfile.flush()

    with _running(Handler) as made.url:
        yield made


def _answer(asked: dict[str, Any]) -> list[str]:
    """The words of a conversation, or what a schema wants, in two pieces."""
    shape = (asked.get("response_format") or {}).get("json_schema", {}).get("schema", {})
    wanted = shape.get("properties", {})
    if "summary" in wanted:
        told: Any = {"summary": "You asked for a key.", "topics": ["keys"], "to_do": []}
    elif "facts" in wanted:
        quote = "I love tulips."
        fact = {"quote": quote, "about": "me", "category": "preference", "key": "likes"}
        told = {"facts": [{**fact, "value": "tulips"}]}
    else:
        return list(ANSWER)
    text = json.dumps(told)
    return [text[:10], text[10:]]


# --- a calendar -------------------------------------------------------------------------------


@contextmanager
def served(texts: list[str]) -> Iterator[str]:
    """The address of a server whose calendar is the first of `texts`."""

    class Handler(_Handler):
        def do_GET(self) -> None:
            body = texts[0].encode()
            try:
                self.begins(200, "text/calendar", len(body))
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # as above

    with _running(Handler) as url:
        yield url


def calendar(summary: str) -> str:
    """One event, next week."""
    day = f"{datetime.now(UTC) + timedelta(days=7):%Y%m%d}"
    lines = (
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//bench//EN", "BEGIN:VEVENT"),
        *("UID:1", f"SUMMARY:{summary}", "DTSTAMP:20260101T000000Z"),
        *(f"DTSTART:{day}T120000Z", f"DTEND:{day}T130000Z", "END:VEVENT", "END:VCALENDAR", ""),
    )
    return "\r\n".join(lines)


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def begins(self, status: int, kind: str, size: int) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(size))
        self.end_headers()

    def tells(self, status: int, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        try:
            self.begins(status, "application/json", len(body))
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # as above


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that was killed as it asked is what is wanted here."""


@contextmanager
def _running(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
