"""Everything at once against one daemon with the starter models, for so many minutes: what grows.

Turns, commands, searches, documents that are read and embedded, and reminders that come, side by
side, in a home with 1 000 turns of the same kind in 100 conversations, after a warm-up of some
minutes: in an empty one SQLite's page caches would fill for as long as the database is smaller than
they are, and each answer would be given more memories than the one before. Memory is a
slope over the last two thirds of the time (the median of all slopes between two samples), beside
the least of the second and of the last third, as a model server's goes up and down with its work;
descriptors, threads and tasks are counted at rest before and after; latencies are of the first and
the last fifth. It fails where a step, a reminder or `verify` did, where counts grew, and where the
least of the last third is above that of the second by more than 1.5 %.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psutil
from scripts.benches.home import RunningDaemon, bench_home, own_ports, store_turns
from scripts.benches.report import figure, p95, progress
from scripts.benches.soak_work import Work, question

BENCH = "soak"
_SAMPLE_S = 1.0
_MOST_PAIRED = 400
# What was read before is kept up to a limit, which is reached while warming up.
_SETTINGS = {
    "WOOSTER_TURN__ANSWERTOKENS": "24",
    "WOOSTER_NOTIFY__CHANNELS": '["repl"]',
    "WOOSTER_CHAT__PREFIX_CACHE_MB": "64",
}
_WARM_S = 150.0
_STORED_TURNS = 1000
# A connection that is kept for the next question is there at one moment and not at another.
_FEW = 2
# Of the least that a process holds: what is measured again of one that doesn't grow is within it.
_GROWN = 1.015


@dataclass
class Watched:
    """A process, and its resident megabytes by the second."""

    name: str
    process: psutil.Process
    memory: list[tuple[float, float]] = field(default_factory=list)

    def sample(self) -> None:
        size_mb = self.process.memory_info().rss / 1e6
        self.memory.append((time.monotonic(), size_mb))

    def least(self) -> tuple[float, float]:
        """The fewest megabytes of the second third, and of the last one."""
        third = len(self.memory) // 3
        parts = self.memory[third : 2 * third], self.memory[2 * third :]
        before, after = (min(size_mb for _, size_mb in part) for part in parts)
        return before, after

    def slope(self) -> float:
        """Megabytes an hour, over the last two thirds."""
        late = self.memory[len(self.memory) // 3 :]
        late = late[:: 1 + len(late) // _MOST_PAIRED]
        slopes = [
            (mb - before) / (at - then)
            for number, (at, mb) in enumerate(late)
            for then, before in late[:number]
        ]
        return statistics.median(slopes) * 3600 if slopes else 0.0


def at_rest(daemon: RunningDaemon) -> dict[str, int]:
    """What the daemon holds while nobody asks anything: the least of some seconds."""
    process = psutil.Process(daemon.process.pid)
    seen = []
    for _ in range(10):
        time.sleep(1)
        tasks = int(daemon.client.act("status").data["daemon"]["tasks"])
        seen.append((process.num_fds(), process.num_threads(), tasks))
    files, threads, tasks = (min(column) for column in zip(*seen, strict=True))
    return {"descriptors": files, "threads": threads, "tasks": tasks}


def worked(work: Work, watched: Sequence[Watched], seconds: float) -> None:
    """All kinds of work at once for so long."""
    work.stopping.clear()
    threads = [threading.Thread(target=work.repeat, args=(kind,)) for kind in work.kinds()]
    threads.append(threading.Thread(target=work.listen))
    for thread in threads:
        thread.start()
    end, told = time.monotonic() + seconds, time.monotonic()
    while time.monotonic() < end:
        time.sleep(_SAMPLE_S)
        for each in watched:
            each.sample()
        if time.monotonic() - told > 30 and watched:
            told = time.monotonic()
            sizes = ", ".join(f"{each.name} {each.memory[-1][1]:.0f} MB" for each in watched)
            counts = ", ".join(f"{len(took)} {kind}" for kind, took in work.took.items())
            progress(f"{(end - told) / 60:.1f} min left: {sizes}; {counts}")
    work.stopping.set()
    time.sleep(4)  # the last reminders come
    if work.stream is not None:
        work.stream.close()
    for thread in threads:
        thread.join()


def told(work: Work) -> None:
    """Latencies of the first and the last fifth, in milliseconds."""
    for kind, took in sorted(work.took.items()):
        fifth = max(2, len(took) // 5)
        first, last = ([ms * 1000 for _, ms in part] for part in (took[:fifth], took[-fifth:]))
        if len(took) < 2 * fifth:
            progress(f"{kind}: only {len(took)} steps")
            continue
        name = f"soak.{kind.replace(' ', '_')}"
        figure(
            BENCH, f"{name}.p50", statistics.median(last), "ms", {"start": statistics.median(first)}
        )
        figure(BENCH, f"{name}.p95", p95(last), "ms", {"start": p95(first)})


def measure(daemon: RunningDaemon, work: Work, minutes: float) -> int:
    servers: list[dict[str, Any]] = daemon.client.act("status").data["servers"]
    watched = [Watched("daemon", psutil.Process(daemon.process.pid))]
    watched += [
        Watched(each["name"], psutil.Process(each["pid"])) for each in servers if each["pid"]
    ]
    progress("warming up")
    worked(work, [], _WARM_S)
    work.took.clear()
    work.reminded.clear()
    work.heard.clear()
    before = at_rest(daemon)
    worked(work, watched, minutes * 60)
    after = at_rest(daemon)
    for each in watched:
        begin, end = each.least()
        figure(
            BENCH,
            f"soak.{each.name}.slope",
            each.slope(),
            "MB/h",
            {"least_of_second_third_mb": begin, "least_of_last_third_mb": end},
        )
    for name, count in after.items():
        figure(BENCH, f"soak.{name}", count, name, {"start": before[name]})
    told(work)
    late = [seconds * 1000 for seconds in work.heard.values()]
    lost = work.lost()
    if len(late) > 1:
        figure(BENCH, "soak.reminders.late_p95", p95(late), "ms")
    else:
        progress(f"{len(late)} reminders were heard: how late they come isn't known")
    figure(BENCH, "soak.reminders.lost", lost, "reminders")
    done = sum(len(took) for kind, took in work.took.items() if kind in work.kinds())
    failed = sum(work.failed.values())
    figure(BENCH, "soak.steps", done, "steps", {"failed": failed})
    findings = daemon.client.act("verify").data["findings"]
    figure(BENCH, "soak.verify_failures", len(findings), "findings")
    more = [name for name, count in after.items() if count > before[name] + _FEW]
    for each in watched:
        begin, end = each.least()
        more += [each.name] if end > begin * _GROWN else []
    return 1 if findings or failed or lost or more else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    given = parser.parse_args()
    with bench_home() as paths:
        store_turns(paths, _STORED_TURNS, question)
        daemon = RunningDaemon(paths, {**own_ports(), **_SETTINGS})
        try:
            daemon.wait_for_model()
            return measure(daemon, Work(paths, daemon.client), given.minutes)
        finally:
            daemon.stop()


if __name__ == "__main__":
    raise SystemExit(main())
