"""Operations tried with system calls failing in turn, kill -9 at them, models that fail at a call,
and the power cut, at most `--most` of each kind (of a model's failing, in each way) spread over an
operation: how many of these points came to pass, at how many of them the next daemon lacks what was
acknowledged, and at how many `verify` disagrees.

Beside it the same faults for what a simple program would do instead: SQLite with Python's defaults,
and a JSON file that is written anew. Linux only; it needs a C compiler.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from scripts.benches import faults_others
from scripts.benches.faults_lives import prepare, subject
from scripts.benches.faults_operations import OPERATIONS, Operation
from scripts.benches.faults_points import Count, Subject, Unharmed, each_call, each_cut, spread
from scripts.benches.faults_servers import WAYS, Models, calendar, models, served
from scripts.benches.report import figure, progress
from tests.fault.points import begin_with, is_begun

# What is asked of a model, and how it may fail: what it says in a conversation is shown as it is.
_ASKS = {"turn": WAYS[:-1], "embed": WAYS, "distil": WAYS}


def each_model(tried: Subject, peer: Models, most: int, count: Count) -> None:
    """Each call to a model fails in each way; it answers again afterwards."""
    with tried.fresh():
        peer.begin()
        tried.live(Unharmed())
        calls = peer.calls
    assert calls, f"{tried.name} asks no model"
    for at in spread(calls, most):
        for way in _ASKS[tried.name]:
            with tried.fresh():
                peer.begin(at, way)
                tried.live(Unharmed())
                if peer.calls < at:
                    count.missed += 1
                    continue
                peer.begin()
                count.add(tried.name, "model", f"{way} at {at}", tried.judged())
    peer.begin()


def _prepared(folder: Path, url: str, address: str) -> dict[str, str]:
    """All is done once, where it will be done again; which also imports what is needed."""
    environ = {
        "WOOSTER_CHAT__START": "false",
        "WOOSTER_EMBED__START": "false",
        "WOOSTER_ROUTING__PROVIDERS__LOCAL__SERVERURL": url,
        "WOOSTER_ROUTING__PROVIDERS__LOCAL__EMBEDDINGS__SERVERURL": url,
        "WOOSTER_ROUTING__PROVIDERS__LOCAL__EMBEDDINGS__BATCHSIZE": "2",
    }
    home, world = folder / "now" / "home", folder / "now" / "world"
    world.mkdir(parents=True)
    (world / "address").write_text(address)
    progress("preparing")
    asyncio.run(prepare(home, world, environ))
    (folder / "now").rename(folder / "prepared")
    return environ


def tried(folder: Path, operations: Sequence[Operation], most: int) -> Count:
    """What came of the operations."""
    count, texts = Count(), [calendar("Lunch")]
    with models() as peer, served(texts) as address:
        environ = _prepared(folder, peer.url, address)
        texts[0] = calendar("Dinner")
        gc.freeze()  # what was imported isn't copied to every process
        for operation in operations:
            begun, before = monotonic(), count.points.total()
            each = subject(operation, folder / "prepared", environ)
            each_call(each, -(-most // 4) if operation.is_slow else most, count)
            each_cut(each, most, count)
            if operation.name in _ASKS:
                each_model(each, peer, most, count)
            points = count.points.total() - before
            progress(f"{operation.name}: {points} points in {monotonic() - begun:.0f} s")
    return count


def run(folder: Path, operations: Sequence[Operation], most: int) -> int:
    """Tell the figures; the exit code."""
    begun = monotonic()
    count = tried(folder, operations, most)
    others = {name: faults_others.tried(folder, name, most) for name in faults_others.STORES}
    for name, each in (("wooster", count), *others.items()):
        progress(f"{name}:\n{each.told()}")
    progress(f"took {monotonic() - begun:.0f} s; {count.missed} faults didn't come to pass")
    for name, unit in (("points", "points"), ("lost", "points"), ("wrong", "points")):
        ours, *theirs = (getattr(each, name).total() for each in (count, *others.values()))
        versus = dict(zip(others, theirs, strict=True))
        figure("faults", f"faults.{_FIGURES[name]}", ours, unit, versus)
    return int(bool(count.lost or count.wrong))


_FIGURES = {"points": "points", "lost": "lost_writes", "wrong": "verify_failures"}


def in_memory(operations: Sequence[Operation], most: int) -> int:
    """`run`, in a folder that is gone afterwards."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        os.environ["HOME"] = folder
        return run(Path(folder), operations, most)


def begun() -> None:
    """Go on as a process whose system calls can fail; whoever is one removes the library at its
    end."""
    if not sys.platform.startswith("linux"):
        sys.exit("scripts/bench faults: system calls are made to fail on Linux only")
    if not is_begun():
        begin_with(Path(tempfile.mkdtemp(prefix="wooster-faults-")))


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench faults", description=__doc__)
    names = {each.name: each for each in OPERATIONS}
    parser.add_argument("operations", nargs="*", help=f"of: {', '.join(names)}")
    parser.add_argument("--most", type=int, default=25, help="points a fault and an operation")
    given = parser.parse_args()
    if wrong := set(given.operations) - set(names):
        parser.error(f"no such operation: {', '.join(sorted(wrong))}")
    return in_memory([names[name] for name in given.operations or names], given.most)


if __name__ == "__main__":
    begun()
    try:
        sys.exit(main())
    finally:
        shutil.rmtree(Path(os.environ["LD_PRELOAD"]).parent)
