"""Real model servers as processes, and how a test talks to them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

import wooster
from tests.process import free_port, wait_for

DEADLINE_S = 90.0
NO_HUB = "no-hub"  # as on a machine that has never fetched anything from a model hub
MODULES = {"chat": "wooster.servers.chat", "embed": "wooster.servers.embed"}


@dataclass
class Server:
    """A running server and a client for it."""

    process: subprocess.Popen[str]
    client: httpx.Client

    def health(self) -> dict[str, Any]:
        """What `/health` says; empty while nothing listens."""
        try:
            report: dict[str, Any] = self.client.get("/health").json()
        except httpx.ConnectError:
            assert self.process.poll() is None, "the server has ended"
            return {}
        return report

    def settled(self) -> dict[str, Any]:
        """Wait until loading is over, and what `/health` says then."""
        done = ("ready", "failed")
        wait_for("the end of loading", lambda: self.health().get("status") in done)
        return self.health()

    def idle(self) -> None:
        """Wait until no request is worked on."""
        wait_for("the end of all requests", lambda: self.health()["active"] == 0)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.client.post(path, json=body)

    def chat(self, text: str, **more: Any) -> dict[str, Any]:
        """The answer to one message."""
        body = {
            "messages": [{"role": "user", "content": text}],
            "max_tokens": 8,
            "temperature": 0,
            **more,
        }
        response = self.post("/v1/chat/completions", body)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    @contextmanager
    def stream(self, text: str, **more: Any) -> Iterator[Iterator[str]]:
        """The lines of a streamed answer to one message."""
        messages = [{"role": "user", "content": text}]
        body = {"messages": messages, "stream": True, "max_tokens": 8, "temperature": 0, **more}
        with self.client.stream("POST", "/v1/chat/completions", json=body) as response:
            assert response.status_code == 200, response.read()
            yield (line for line in response.iter_lines() if line)

    def chunks(self, text: str, **more: Any) -> list[dict[str, Any]]:
        with self.stream(text, **more) as lines:
            data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
        assert data.pop() == "[DONE]"
        return [json.loads(each) for each in data]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)


@contextmanager
def running(kind: str, home: Path, *flags: str, **variables: str) -> Iterator[Server]:
    """A server of this kind on a free port, ended with the block."""
    port = free_port()
    source = Path(wooster.__file__).parent.parent
    environment = {
        **os.environ,
        "HF_HOME": str(home / NO_HUB),
        **variables,
        "PYTHONPATH": str(source),
        "WOOSTER_HOME": str(home),
    }
    command = [sys.executable, "-m", MODULES[kind], "--port", str(port), *flags]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    )
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=base, timeout=DEADLINE_S, trust_env=False) as client:
            yield Server(process, client)
    finally:
        process.kill()
        process.communicate()
