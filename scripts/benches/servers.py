"""Our model servers: against mlx-lm's own on the same files, and against themselves.

Runs of the two alternate, so that a busy moment of the machine meets both. Both chat servers get
the same float32 weights, the same BLAS and the same requests, drawn at temperature 0.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from scripts.benches.home import bench_home, free_port
from scripts.benches.report import figure, median, progress

from wooster.config.paths import Paths

BENCH = "servers"
STORY = "Number {}: tell me a long story about a lighthouse and its keeper."
PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "hobbies": {"type": "array", "items": {"type": "string"}, "minItems": 4},
    },
    "required": ["name", "age", "hobbies"],
    "additionalProperties": False,
}
FACTS = "The keeper wrote on day {} that the sea was calm and the lamp had burned all night. "
NOTE = "Note {}: we talked about the garden, the train to Berlin and the invoice of last month."


@dataclass
class Running:
    """A server as a process."""

    process: subprocess.Popen[bytes]
    client: httpx.Client
    model: str

    def peak_mb(self) -> float:
        """The most memory that the process has held so far; not on Linux, what it holds now."""
        status = Path(f"/proc/{self.process.pid}/status")
        if status.exists():
            (line,) = [each for each in status.read_text().splitlines() if "VmHWM" in each]
            return int(line.split()[1]) / 1024
        return float(psutil.Process(self.process.pid).memory_info().rss / 1024 / 1024)


@dataclass
class Timed:
    """One streamed answer: seconds to its first token, of all tokens after, and the counts."""

    first_s: float
    rest_s: float
    tokens: int
    cached: int
    text: str

    @property
    def rate(self) -> float:
        return (self.tokens - 1) / self.rest_s


@contextmanager
def server(command: list[str], paths: Paths, port: int, model: str) -> Iterator[Running]:
    """A server from its start to the end of the block, ready to answer."""
    environ = {**os.environ, "WOOSTER_HOME": str(paths.home), "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", *command], env=environ, stdin=subprocess.DEVNULL, stdout=2
    )
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=url, timeout=300, trust_env=False) as client:
            _wait_until_ready(process, client)
            yield Running(process, client, model)
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], client: httpx.Client) -> None:
    while process.poll() is None:
        try:
            report = client.get("/health").json()
        except httpx.HTTPError:
            report = {}
        if report.get("status") in ("ready", "ok"):
            return
        if report.get("status") == "failed":
            raise SystemExit(f"a server can't serve: {report['detail']}")
        time.sleep(0.1)
    raise SystemExit("a server has ended before it was ready")


def ask(running: Running, messages: list[dict[str, str]], tokens: int, **more: Any) -> Timed:
    """One streamed answer. Raises `httpx.HTTPStatusError` for a refusal."""
    body = {
        "model": running.model,
        "messages": messages,
        "max_tokens": tokens,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
        **more,
    }
    began = time.perf_counter()
    times: list[float] = []
    text, usage = "", dict[str, Any]()
    with running.client.stream("POST", "/v1/chat/completions", json=body) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if not line.startswith("data: {"):
                continue
            data = json.loads(line[6:])
            usage = data.get("usage") or usage
            choices = data.get("choices") or [{}]
            if piece := choices[0].get("delta", {}).get("content"):
                times.append(time.perf_counter())
                text += piece
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
    first, last = times[0], times[-1]
    return Timed(first - began, last - first, usage["completion_tokens"], cached, text)


def user(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def side_by_side(ours: Running, peer: Running, runs: int, tokens: int) -> None:
    """Time to the first token and tokens a second of one answer after the other."""
    timed: dict[str, list[Timed]] = {"ours": [], "mlx_lm": []}
    for number in range(-1, runs):
        progress(f"answer {number + 1} of {runs}, each server")
        pair = [("ours", ours), ("mlx_lm", peer)]
        for name, running in pair if number % 2 else pair[::-1]:
            answer = ask(running, user(STORY.format(number + 10)), tokens)
            if number >= 0:  # the first pair warms up
                timed[name].append(answer)
    first = {name: median([t.first_s for t in each]) * 1000 for name, each in timed.items()}
    rate = {name: median([t.rate for t in each]) for name, each in timed.items()}
    _against(first, "ttft_ms", "ms", first["mlx_lm"] / first["ours"])
    _against(rate, "tokens_per_s", "tokens/s", rate["ours"] / rate["mlx_lm"])


def _against(values: dict[str, float], name: str, unit: str, ratio: float) -> None:
    """One figure beside mlx-lm's; a `ratio` above 1 is in our favour."""
    figure(BENCH, name, values["ours"], unit, {"mlx_lm": values["mlx_lm"], "ratio": ratio})


def second_turn(ours: Running, peer: Running) -> None:
    """The second turn of a conversation of about 2 000 tokens, as a part of the first's wait."""
    ratios: dict[str, float] = {}
    waits: dict[str, float] = {}
    cached = 0
    for name, running in (("ours", ours), ("mlx_lm", peer)):
        progress(f"a long conversation, {name}")
        told = "".join(FACTS.format(day) for day in range(1, 96))
        messages = user(f"{told}What did the keeper write?")
        one = ask(running, messages, 8)
        messages += [{"role": "assistant", "content": one.text}, *user("And on the last day?")]
        two = ask(running, messages, 8)
        ratios[name] = two.first_s / one.first_s
        waits |= {f"{name}_first_ms": one.first_s * 1000, f"{name}_second_ms": two.first_s * 1000}
        if name == "ours":
            cached = two.cached
    versus = {"mlx_lm": ratios["mlx_lm"], "cached_tokens": float(cached), **waits}
    figure(BENCH, "second_turn_ratio", ratios["ours"], "ratio", versus)


def parallel(ours: Running, tokens: int) -> None:
    """Four answers at once against four in a row."""
    progress("4 answers in a row, then at once")

    def one(number: int) -> Timed:
        return ask(ours, user(STORY.format(number)), tokens)

    began = time.perf_counter()
    made_in_a_row = sum(one(number).tokens for number in range(100, 104))
    in_a_row_s = time.perf_counter() - began
    began = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        made_at_once = sum(each.tokens for each in pool.map(one, range(200, 204)))
    at_once_s = time.perf_counter() - began
    row, once = made_in_a_row / in_a_row_s, made_at_once / at_once_s
    versus = {"in_a_row_tokens_s": row, "at_once_tokens_s": once}
    figure(BENCH, "parallel_speedup", once / row, "ratio", versus)


def constrained(ours: Running, runs: int, tokens: int) -> None:
    """Tokens a second of an answer that is held to a schema, against a free one."""
    schema = {"name": "person", "schema": PERSON}
    held = {"type": "json_schema", "json_schema": schema}
    rates: dict[str, list[float]] = {"held": [], "free": []}
    for number in range(-1, runs):
        progress(f"answer {number + 1} of {runs}, held to a schema and free")
        asked = user(f"Number {number + 300}: describe a lighthouse keeper as JSON.")
        try:
            one = ask(ours, asked, tokens, response_format=held)
        except httpx.HTTPStatusError as error:
            progress(f"skipped: the server refuses a schema (HTTP {error.response.status_code})")
            return
        two = ask(ours, asked, tokens)
        if number >= 0:  # the first pair warms up: the grammar is made once
            rates["held"].append(one.rate)
            rates["free"].append(two.rate)
    free = median(rates["free"])
    versus = {"free": free, "ratio": median(rates["held"]) / free}
    figure(BENCH, "constrained_tokens_per_s", median(rates["held"]), "tokens/s", versus)


def embeddings(running: Running, runs: int) -> None:
    """Texts a second, one a request and 64 a request."""
    rates = {}
    for size in (1, 64):
        progress(f"embedding, {size} a request")
        found = []
        for number in range(-1, runs * (8 if size == 1 else 1)):
            texts = [NOTE.format(number * size + at) for at in range(size)]
            began = time.perf_counter()
            running.client.post("/v1/embeddings", json={"input": texts}).raise_for_status()
            if number >= 0:
                found.append(size / (time.perf_counter() - began))
        rates[size] = median(found)
        versus = {} if size == 1 else {"batch_1": rates[1], "ratio": rates[64] / rates[1]}
        figure(BENCH, f"embeddings_per_s.batch_{size}", rates[size], "texts/s", versus)


def chat_benches(paths: Paths, runs: int, tokens: int) -> None:
    model = paths.home / "float32"
    progress("writing the starter model's weights in float32, for both servers")
    starter = paths.models / "smollm2-135m-instruct"
    peer = [str(paths.cache), "--widen", str(starter), str(model)]
    command = [sys.executable, "-m", "scripts.benches.peer_server", *peer]
    subprocess.run(command, check=True, stdout=2)
    ports = free_port(), free_port()
    our_command = ["wooster.servers.chat", "--port", str(ports[0]), "--model", str(model)]
    peer_command = ["scripts.benches.peer_server", str(paths.cache), "--model", str(model)]
    peer_command += ["--port", str(ports[1]), "--log-level", "WARNING"]
    with ExitStack() as stack:
        ours = stack.enter_context(server(our_command, paths, ports[0], "default"))
        progress(f"our blas: {ours.client.get('/health').json()['blas']}")
        other = stack.enter_context(server(peer_command, paths, ports[1], "default_model"))
        side_by_side(ours, other, runs, tokens)
        second_turn(ours, other)
        # Before what only one of them is asked.
        peaks = {"ours": ours.peak_mb(), "mlx_lm": other.peak_mb()}
        _against(peaks, "peak_memory_mb", "MB", peaks["mlx_lm"] / peaks["ours"])
        parallel(ours, tokens)
        constrained(ours, runs, tokens)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench servers", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=48, help="length of an answer")
    given = parser.parse_args()
    with bench_home() as paths:
        chat_benches(paths, given.runs, given.tokens)
        port = free_port()
        command = ["wooster.servers.embed", "--port", str(port)]
        with server(command, paths, port, "default") as running:
            embeddings(running, given.runs)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
