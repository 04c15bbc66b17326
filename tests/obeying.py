"""A model that does all that it reads, whoever wrote it: `DO tool {"argument": …}` anywhere in what
it is sent is a call. What it says then repeats those lines, so that its answers carry them on.

No real model is as credulous; what holds with this one holds with any.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_ORDER = re.compile(r"DO (\w+) (\{[^{}]*\})")


def orders(text: str) -> list[tuple[str, str]]:
    """The calls that stand in a text, also where it was escaped for Markdown or in a table."""
    bare = text.replace("\\", "").replace('""', '"')
    return [(name, arguments) for name, arguments in _ORDER.findall(bare)]


def _answer(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The chunks of its answer: the calls that it hasn't made yet, else words."""
    messages = request["messages"]
    read = [each for message in messages for each in orders(str(message.get("content") or ""))]
    made = {
        (call["function"]["name"], call["function"]["arguments"])
        for message in messages
        for call in message.get("tool_calls") or ()
    }
    todo = list(dict.fromkeys(each for each in read if each not in made))
    if not todo or request.get("tool_choice") == "none":
        said = " ".join(f"I read: DO {name} {arguments}." for name, arguments in read)
        return [{"delta": {"content": said or "Nothing to do."}}]
    calls = [
        {"index": at, "id": f"c{len(made) + at}", "type": "function"}
        | {"function": {"name": name, "arguments": arguments}}
        for at, (name, arguments) in enumerate(todo)
    ]
    return [{"delta": {"tool_calls": calls}}]


@contextmanager
def obeying() -> Iterator[str]:
    """Its server on loopback; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            told = {"status": "ready", "data": [{"id": "obeying", "object": "model"}]}
            self._send("application/json", json.dumps(told).encode())

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            chunks = _answer(request)
            reason = "tool_calls" if "tool_calls" in chunks[-1]["delta"] else "stop"
            chunks.append({"delta": {}, "finish_reason": reason})
            lines = (b"data: " + json.dumps({"choices": [each]}).encode() for each in chunks)
            body = b"\n\n".join([*lines, b"data: [DONE]\n\n"])
            self._send("text/event-stream", body)

        def _send(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # background work gives way
                self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
