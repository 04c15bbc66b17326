"""Operations tried with system calls failing in turn, and with kill -9 at them, at most `--most` of
each kind spread over an operation: how many points that are, how many acknowledged writes the next
daemon doesn't find, how often `verify` disagrees.

Beside it the same faults for what a simple program would do instead: SQLite with Python's defaults,
and a JSON file that is written anew. Linux only; it needs a C compiler.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic

from scripts.benches import faults_others
from scripts.benches.faults_home import (
    ANSWER,
    OPERATIONS,
    Operation,
    living,
    missing,
    note,
    prepare,
)
from scripts.benches.report import figure, progress
from tests.fault.points import FAULTS, Fault, Faults, begin_with, in_a_process
from tests.peer import Die, Peer, Script, Status, scripted

from wooster.core.errors import WoosterError

_FAR = 1 << 40
_MODEL_FAILS: dict[str, tuple[Script, ...]] = {
    "refuses": (Status(500, "planted"),),
    "dies": (Die(),),
    "dies within": (*ANSWER[:2], Die()),
    "says nothing": (),
}


@dataclass
class Count:
    """What came of all points so far."""

    points: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)

    def add(self, where: str, lost: Sequence[str], wrong: Sequence[str]) -> None:
        self.points += 1
        self.fired[where.split(" ")[0]] += 1
        for kind, found in ((self.lost, lost), (self.wrong, wrong)):
            if found:
                kind.append(f"{where}: {'; '.join(found)}")
                progress(f"  {kind[-1]}")


@dataclass(frozen=True)
class Trial:
    """A home as it was before, and where copies of it are broken."""

    prepared: Path
    folder: Path
    environ: Mapping[str, str]

    @contextmanager
    def fresh(self) -> Iterator[tuple[Path, Path]]:
        """A home and the world around it, as if nothing had happened yet."""
        at = self.folder / "now"
        shutil.copytree(self.prepared, at)
        try:
            yield at / "home", at / "world"
        finally:
            shutil.rmtree(at)

    def calls(self, operation: Operation, fault: Fault) -> int:
        """How many system calls the operation makes that the fault could be."""
        with self.fresh() as (home, world):
            self.life(operation, home, world, fault, _FAR)
            return int((world / "seen").read_text())

    def life(self, operation: Operation, home: Path, world: Path, fault: Fault, at: int) -> int:
        """The operation in a process of its own, whose `at`-th call is the fault's."""
        return in_a_process(partial(self._live, operation, home, world, fault, at))

    def _live(self, operation: Operation, home: Path, world: Path, fault: Fault, at: int) -> int:
        async def live() -> None:
            faults = Faults(home)
            async with living(home, world, self.environ) as life:
                faults.arm(fault, at)
                try:
                    await operation.does(life)
                    life.told("acknowledged")
                except* (WoosterError, OSError) as failed:
                    note(world / "said", f"{failed.exceptions[0]}\n")
                finally:
                    note(world / "seen", str(faults.disarm()))

        asyncio.run(live())
        return 0

    def judged(self, operation: Operation, home: Path, world: Path) -> tuple[list[str], list[str]]:
        """What the next daemon finds, in a process of its own."""

        def look() -> int:
            found = asyncio.run(missing(operation, home, world, self.environ))
            note(world / "judged", json.dumps(found))
            return 0

        if in_a_process(look):
            return [], ["the next daemon doesn't start"]
        lost, wrong = json.loads((world / "judged").read_text())
        return lost, wrong


def each_call(trial: Trial, operation: Operation, most: int, count: Count) -> None:
    """Every fault at every call, or at `most` of them."""
    for fault in FAULTS:
        calls = trial.calls(operation, fault)
        step = max(1, -(-calls // most))
        for at in range(1, calls + 1, step):
            with trial.fresh() as (home, world):
                code = trial.life(operation, home, world, fault, at)
                where = f"{operation.name} {fault.name} {at}"
                lost, wrong = trial.judged(operation, home, world)
                if code not in (0, -signal.SIGKILL):
                    wrong.append(f"the process ended with {code}")
                count.add(where, lost, wrong)


def each_model(trial: Trial, peer: Peer, count: Count) -> None:
    """A turn whose model fails in each way; it answers again afterwards."""
    (turn,) = (each for each in OPERATIONS if each.name == "turn")
    never = Fault("model", 0)
    for name, script in _MODEL_FAILS.items():
        peer.script[:] = script
        with trial.fresh() as (home, world):
            trial.life(turn, home, world, never, _FAR)
            count.add(f"turn model {name}", *trial.judged(turn, home, world))
    peer.script[:] = ANSWER


@contextmanager
def served(texts: list[str]) -> Iterator[str]:
    """The address of a server whose calendar is the first of `texts`."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            body = texts[0].encode()
            self.send_response(200)
            self.send_header("content-type", "text/calendar")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def calendar(summary: str) -> str:
    """One event, next week."""
    day = f"{datetime.now(UTC) + timedelta(days=7):%Y%m%d}"
    lines = (
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//bench//EN", "BEGIN:VEVENT"),
        *("UID:1", f"SUMMARY:{summary}", "DTSTAMP:20260101T000000Z"),
        *(f"DTSTART:{day}T120000Z", f"DTEND:{day}T130000Z", "END:VEVENT", "END:VCALENDAR", ""),
    )
    return "\r\n".join(lines)


def _prepared(folder: Path, peer: Peer, address: str, texts: list[str]) -> Trial:
    """All is done once, where it will be done again; which also imports what is needed."""
    environ = {
        "WOOSTER_CHAT__START": "false",
        "WOOSTER_EMBED__START": "false",
        "WOOSTER_ROUTING__PROVIDERS__LOCAL__SERVERURL": peer.url,
    }
    home, world = folder / "now" / "home", folder / "now" / "world"
    world.mkdir(parents=True)
    (world / "address").write_text(address)
    progress("preparing")
    asyncio.run(prepare(home, world, environ))
    (folder / "now").rename(folder / "prepared")
    texts[0] = calendar("Dinner")
    return Trial(folder / "prepared", folder, environ)


def run(folder: Path, names: Sequence[str], most: int) -> int:
    begun, count = monotonic(), Count()
    texts = [calendar("Lunch")]
    with scripted(*ANSWER) as peer, served(texts) as address:
        trial = _prepared(folder, peer, address, texts)
        gc.freeze()  # what was imported isn't copied to every process
        for operation in OPERATIONS:
            if operation.name in names:
                before = count.points
                each_call(trial, operation, most, count)
                progress(f"{operation.name}: {count.points - before} points")
        if "turn" in names:
            each_model(trial, peer, count)
    others = {name: faults_others.tried(folder, name, most) for name in faults_others.STORES}
    progress(f"took {monotonic() - begun:.0f} s")
    for name, ours, theirs, unit in (
        ("points", count.points, [each.points for each in others.values()], "points"),
        ("lost_writes", len(count.lost), [each.lost for each in others.values()], "writes"),
        ("verify_failures", len(count.wrong), [e.unreadable for e in others.values()], "homes"),
    ):
        figure("faults", f"faults.{name}", ours, unit, dict(zip(others, theirs, strict=True)))
    return int(bool(count.lost or count.wrong))


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench faults", description=__doc__)
    names = [each.name for each in OPERATIONS]
    parser.add_argument("operations", nargs="*", help=f"of: {', '.join(names)}")
    parser.add_argument("--most", type=int, default=25, help="points a fault and an operation")
    given = parser.parse_args()
    if wrong := set(given.operations) - set(names):
        parser.error(f"no such operation: {', '.join(sorted(wrong))}")
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        os.environ["HOME"] = folder
        return run(Path(folder), given.operations or names, given.most)


if __name__ == "__main__":
    if not sys.platform.startswith("linux"):
        sys.exit("scripts/bench faults: system calls are made to fail on Linux only")
    begin_with(Path(tempfile.mkdtemp(prefix="wooster-faults-")))
    try:
        sys.exit(main())
    finally:
        shutil.rmtree(Path(os.environ["LD_PRELOAD"]).parent)
