"""What the daemon adds to a model server: bytes, time to the first token, throughput.

A relay stands between the daemon and the chat server. It sees when a request reaches the server and
when the first token leaves it, so that what the daemon adds is measured apart from the model's own
time, which on a busy machine varies by more than that.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import threading
import time
from dataclasses import dataclass, field

import httpx
from scripts.benches.home import (
    RunningDaemon,
    bench_home,
    free_port,
    own_ports,
    store_turns,
    wait_until_listening,
)
from scripts.benches.report import figure, median, p95, progress

from wooster.wire.events import Done, Token
from wooster.wire.requests import TurnRequest

BENCH = "turn"
_WORDS = re.compile(rb'"content": ?"[^"]')  # the first chunk has a role and an empty content
STORY = "Tell me a story about a lighthouse, number {}."


@dataclass
class Relay:
    """Passes bytes on to the chat server; remembers the last request and its times."""

    target: int
    port: int = field(default_factory=free_port)
    request: bytes = b""
    asked_at: float = 0.0
    first_token_at: float = 0.0

    def start(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            for ends in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_request: bool) -> None:
        while data := _receive(source):
            if is_request and data.startswith(b"POST"):
                self.asked_at, self.first_token_at = time.perf_counter(), 0.0
                self.request = data
            elif is_request:
                if not data.startswith(b"GET"):  # a question of health, on the same connection
                    self.request += data
            elif not self.first_token_at and _WORDS.search(data):
                self.first_token_at = time.perf_counter()
            sink.sendall(data)
        sink.close()

    def body(self) -> bytes:
        return self.request.split(b"\r\n\r\n", 1)[1]


def _receive(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""


@dataclass
class Timed:
    """Seconds to the first piece and from the first to the last; tokens as the server counted."""

    first_s: float
    rest_s: float
    tokens: int

    @property
    def rate(self) -> float:
        return (self.tokens - 1) / self.rest_s


def through_daemon(daemon: RunningDaemon, text: str, relay: Relay) -> tuple[Timed, float]:
    """One answer through the daemon, and the milliseconds that it added to the first token."""
    began = time.perf_counter()
    times, tokens = [], 0
    with daemon.client.turn(TurnRequest(text, "bench")) as stream:
        for event in stream:
            if isinstance(event, Token):
                times.append(time.perf_counter())
            elif isinstance(event, Done):
                tokens = event.completion_tokens or 0
    added_s = (relay.asked_at - began) + (times[0] - relay.first_token_at)
    timed = Timed(times[0] - began, times[-1] - times[0], tokens)
    return timed, added_s * 1000


def direct(url: str, body: bytes) -> Timed:
    """The same request straight to the chat server."""
    began = time.perf_counter()
    times, tokens = [], 0
    headers = {"content-type": "application/json"}
    with httpx.stream(
        "POST", f"{url}/v1/chat/completions", content=body, headers=headers, timeout=300
    ) as response:
        for line in response.iter_lines():
            if line.startswith("data: {"):
                data = json.loads(line[6:])
                choices = data.get("choices")
                tokens = (data.get("usage") or {}).get("completion_tokens", tokens)
                if choices and choices[0].get("delta", {}).get("content"):
                    times.append(time.perf_counter())
    return Timed(times[0] - began, times[-1] - times[0], tokens)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench turn", description=__doc__)
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--turns", type=int, default=10_000, help="stored turns")
    parser.add_argument("--tokens", type=int, default=48, help="length of an answer")
    given = parser.parse_args()
    with bench_home() as paths:
        store_turns(paths, given.turns)
        ports = own_ports()
        server = int(ports["WOOSTER_CHAT__PORT"])
        owner = RunningDaemon(paths, ports)
        owner.wait_for_model()
        # The daemon that is measured asks the same server, through the relay.
        relay = Relay(server)
        relay.start()
        wait_until_listening(f"http://127.0.0.1:{relay.port}")
        with bench_home() as other:
            store_turns(other, given.turns)
            daemon = RunningDaemon(
                other,
                {
                    "WOOSTER_ROUTING__PROVIDERS__LOCAL__SERVERURL": (
                        f"http://127.0.0.1:{relay.port}"
                    ),
                    "WOOSTER_EMBED__START": "false",
                    # Summing up would go through the relay too, between the answers.
                    "WOOSTER_MEMORY__EPISODIC__ENABLED": "false",
                    "WOOSTER_MEMORY__SEMANTIC__ENABLED": "false",
                    "WOOSTER_TURN__ANSWERTOKENS": str(given.tokens),
                },
            )
            through_daemon(daemon, "Hello", relay)
            hello_bytes = len(relay.body())
            added, via, alone = [], [], []
            for number in range(given.runs):
                progress(f"answer {number + 1} of {given.runs}")
                timed, added_ms = through_daemon(daemon, STORY.format(number), relay)
                via.append(timed)
                added.append(added_ms)
                # Another number, so that no cache helps the second of the two.
                body = relay.body().replace(b"number %d" % number, b"number 9%d" % number)
                alone.append(direct(f"http://127.0.0.1:{server}", body))
            daemon.stop()
        owner.stop()
    figure(BENCH, "hello.request_bytes", hello_bytes, "bytes")
    firsts = {
        "daemon_p50_ms": median([t.first_s for t in via]) * 1000,
        "direct_p50_ms": median([t.first_s for t in alone]) * 1000,
    }
    figure(BENCH, "ttft.added_p95_ms", p95(added), "ms", {**firsts, "added_p50_ms": median(added)})
    rates = {
        "daemon_tokens_s": median([t.rate for t in via]),
        "direct_tokens_s": median([t.rate for t in alone]),
    }
    ratio = rates["daemon_tokens_s"] / rates["direct_tokens_s"]
    figure(BENCH, "stream.ratio", ratio, "ratio", rates)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
