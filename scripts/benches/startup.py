"""How long a person waits: the prompt, and the daemon's first answer; and what it weighs.

`--compare "llm --version"` times another program's start in the same run.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pexpect
from scripts.benches.home import RunningDaemon, bench_home, own_ports, store_turns
from scripts.benches.report import figure, median, progress

BENCH = "startup"
# The stored turns aren't embedded meanwhile: that is done once, and not at a start.
_NOTHING_ELSE = {"WOOSTER_ROUTING__PROVIDERS__LOCAL__EMBEDDINGS__ENABLED": "false"}
PROMPT = "\x1b[0m>"  # as prompt_toolkit draws it


def prompt_ms(daemon: RunningDaemon) -> float:
    """From `exec` to the prompt on a real terminal, with the daemon running."""
    command = str(Path(sys.executable).with_name("wooster"))
    environ = {**daemon.environ, "TERM": "xterm-256color"}
    started = time.perf_counter()
    terminal = pexpect.spawn(command, env=environ, dimensions=(40, 100), timeout=30)
    terminal.expect_exact(PROMPT)
    passed = (time.perf_counter() - started) * 1000
    terminal.sendcontrol("d")
    terminal.expect(pexpect.EOF)
    terminal.close()
    return passed


def command_ms(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - started) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench startup", description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--turns", type=int, default=10_000, help="stored turns")
    parser.add_argument("--compare", default="", help="another program's command")
    given = parser.parse_args()
    compared = {"python": [sys.executable, "-c", "pass"]}
    if given.compare:
        compared["compared"] = shlex.split(given.compare)
    with bench_home() as paths:
        store_turns(paths, given.turns)
        settings = {**own_ports(), **_NOTHING_ELSE}
        ready: list[float] = []
        for number in range(given.runs):
            progress(f"daemon start {number + 1} of {given.runs}")
            daemon = RunningDaemon(paths, {**own_ports(), **_NOTHING_ELSE})
            ready.append(daemon.ready_ms)
            daemon.stop()
        daemon = RunningDaemon(paths, settings)
        daemon.wait_for_model()
        prompts: list[float] = []
        others: dict[str, list[float]] = {name: [] for name in compared}
        for number in range(given.runs):
            progress(f"prompt {number + 1} of {given.runs}")
            prompts.append(prompt_ms(daemon))
            for name, command in compared.items():
                others[name].append(command_ms(command))
        rss = daemon.rss_mb()
        daemon.stop()
    versus = {name: median(times) for name, times in others.items()}
    figure(BENCH, "repl.prompt_ms", median(prompts), "ms", versus)
    figure(BENCH, "daemon.ready_ms", median(ready), "ms", {"python": versus["python"]})
    figure(BENCH, "daemon.rss_mb", rss, "MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
