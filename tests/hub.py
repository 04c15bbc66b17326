"""A model hub that speaks Hugging Face's HTTP API on a real port, and breaks as it is told to. Its
repositories all have the same files."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

REPOSITORY = "mlx-community/Tiny-4bit"
WEIGHTS = bytes(range(256)) * 4096
FILES = {
    "config.json": b'{"model_type": "llama", "num_hidden_layers": 1, "num_attention_heads": 1, '
    b'"hidden_size": 64}',
    "model.safetensors": WEIGHTS,
    "tokenizer.json": b"{}",
    "chat_template.jinja": b"{{ messages }}",
    "1_Pooling/config.json": b"{}",
    "evil.py": b"import os",
    "pytorch_model.bin": b"pickle",
    "onnx/model.json": b"{}",
    "README.md": b"# Tiny",
}


@dataclass
class Hub:
    """`breaks_at`: bytes of an answer after which the connection ends, one for each answer."""

    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    repositories: tuple[str, ...] = (REPOSITORY,)
    breaks_at: list[int] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    takes_ranges: bool = True
    redirects: bool = False
    lies: bool = False
    status: int = 200
    more: list[dict[str, Any]] = field(default_factory=list)
    holds: threading.Event | None = None
    url: str = ""

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def listing(self) -> list[dict[str, Any]]:
        return [_entry(path, content) for path, content in self.files.items()] + self.more


def _entry(path: str, content: bytes) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": "file", "path": path, "size": len(content)}
    blob = b"blob %d\0" % len(content) + content
    entry["oid"] = hashlib.sha1(blob, usedforsecurity=False).hexdigest()
    if path.endswith(".safetensors"):
        entry["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content)}
    return entry


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: Any) -> None:
        """Tests read `asked` instead."""

    def do_GET(self) -> None:
        hub = self.hub
        path = unquote(urlsplit(self.path).path)
        hub.asked.append((path, self.headers.get("range", "")))
        if hub.status != 200:
            self._answer(hub.status, b"no", {})
        elif path in [f"/api/models/{each}/tree/main" for each in hub.repositories]:
            self._answer(200, json.dumps(hub.listing()).encode(), {})
        elif path.startswith(self._places) and hub.redirects:
            self._answer(302, b"", {"location": f"{hub.url}/cdn/{path.rsplit('main/')[1]}"})
        elif path.startswith((*self._places, "/cdn/")):
            self._file(path.partition("main/")[2] or path.removeprefix("/cdn/"))
        else:
            self._answer(404, b"no", {})

    @property
    def _places(self) -> tuple[str, ...]:
        return tuple(f"/{each}/resolve/main/" for each in self.hub.repositories)

    def _file(self, name: str) -> None:
        hub = self.hub
        content = hub.files[name]
        if hub.lies and name.endswith(".safetensors"):
            content = b"\xff" + content[1:]
        begin = int(self.headers.get("range", "bytes=0-")[6:-1]) if hub.takes_ranges else 0
        if begin:
            told = f"bytes {begin}-{len(content) - 1}/{len(content)}"
            self._answer(206, content[begin:], {"content-range": told})
        else:
            self._answer(200, content, {})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        hub = self.hub
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        breaks_at = hub.breaks_at.pop(0) if len(body) > 10_000 and hub.breaks_at else len(body)
        self.wfile.write(body[:breaks_at])
        if breaks_at < len(body):
            self.wfile.flush()
            if hub.holds is not None:
                hub.holds.wait(20)
            self.close_connection = True


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    """`hub` on a port of this machine for the block."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            if hub.holds is not None:
                hub.holds.set()
            server.shutdown()
            thread.join()
