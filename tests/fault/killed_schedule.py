"""A program for test_schedule_faults.py: an engine of time, killed at its N-th step for each N.

`python -m tests.fault.killed_schedule EMPTY.db FOLDER once|twice` prints a line for each N: where
it was killed, and what was wrong at the end, or "right". Each life is a process of its own, killed
with -9 where it stands: at each named point of handing over, before and after each commit, and
when a channel has just taken it. The channel writes to a file; `once`: it remembers keys.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from tests.fault.points import in_a_process
from tests.schedule.conftest import Still
from wooster.core.clock import ManualClock
from wooster.schedule import store
from wooster.schedule.carrying import Parcel
from wooster.schedule.engine import Engine
from wooster.schedule.model import Due, Job, Missed, Times
from wooster.schedule.service import Schedule
from wooster.storage import Database

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
JOBS = ("once", "daily", "asleep")


class Letters:
    """A carrier to a file that stays after a kill."""

    def __init__(self, file: Path, remembers: bool, at: Callable[[str], None]) -> None:
        self.file, self.remembers, self.at = file, remembers, at

    def taken(self) -> list[str]:
        return self.file.read_text().split() if self.file.exists() else []

    async def compose(self, due: Due) -> Parcel | None:
        return Parcel(str(due.occurrence.id), "", due.job.text, due)

    def channels(self, due: Due) -> Sequence[str]:
        return ["file"]

    async def send(self, channel: str, parcel: Parcel) -> None:
        await asyncio.to_thread(self._write, parcel)

    def _write(self, parcel: Parcel) -> None:
        if self.remembers and parcel.key in self.taken():
            return
        with self.file.open("a") as file:
            file.write(f"{parcel.key}\n")
            file.flush()
            os.fsync(file.fileno())
        self.at("taken")

    def takes_once(self, channel: str) -> bool:
        return self.remembers


def killing(step: int) -> Callable[[str], None]:
    """Ends the process at its `step`-th call; says where, first."""
    steps = count(1)

    def reached(name: str) -> None:
        if next(steps) == step:
            sys.stdout.write(f"{step} {name} ")
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    write = Database._write

    def watched(self: Database, change: Callable[..., Any]) -> Any:
        reached("before-commit")
        result = write(self, change)
        reached("after-commit")
        return result

    Database._write = watched  # type: ignore[method-assign]
    return reached


async def life(home: Path, remembers: bool, at: Callable[[str], None]) -> None:
    """What is due is made, claimed, sent and recorded. Goes on wherever the last life ended."""
    database = await asyncio.to_thread(Database.open, home / "wooster.db", home / "backups")
    clock = ManualClock(NOW)
    carrier = Letters(home / "letters", remembers, at)
    engine = Engine(database, clock, carrier, Still(), at=at)
    await engine.recover()
    while found := await engine.tick():
        for due in found:
            await engine.hand_over(due)
    await database.close()


async def prepared(home: Path) -> None:
    """Three jobs that have come: one just now, one again and again, one missed for days."""
    database = await asyncio.to_thread(Database.open, home / "wooster.db", home / "backups")
    begin = NOW - timedelta(days=3)
    schedule = Schedule(database, ManualClock(begin))
    daily = Times(rrule="FREQ=DAILY", start=begin.replace(tzinfo=None))
    await schedule.add(Job(0, "reminder", "once", Times(at=NOW), begin))
    await schedule.add(Job(0, "reminder", "daily", daily, begin, Missed("skip")))
    await schedule.add(Job(0, "reminder", "asleep", Times(at=NOW - timedelta(days=2)), begin))
    await database.close()


async def wrong(home: Path, remembers: bool) -> str:
    """What disagrees with the promise; "" if nothing."""
    database = await asyncio.to_thread(Database.open, home / "wooster.db", home / "backups")
    try:
        findings = await database.read(store.verify)
        schedule = Schedule(database, ManualClock(NOW))
        rows = [due.occurrence for due in await schedule.newest(99)]
        taken = Counter(Letters(home / "letters", remembers, print).taken())
        states = sorted(row.state for row in rows)
        if states != ["delivered", "delivered", "delivered", "missed"]:
            findings.append(f"the rows are {states}")
        for row in rows:
            times = taken[str(row.id)]
            most = 2 if row.maybe_twice else 1
            if row.state == "delivered" and not 1 <= times <= most:
                findings.append(f"{row.id} was taken {times} times")
            if remembers and row.maybe_twice:
                findings.append(f"{row.id} is marked, and its channel remembers")
        return "; ".join(findings)
    finally:
        await database.close()


def killed_life(home: Path, remembers: bool, step: int) -> int:
    asyncio.run(life(home, remembers, killing(step)))
    return 0


def aftermath(home: Path, remembers: bool) -> int:
    asyncio.run(life(home, remembers, lambda name: None))
    sys.stdout.write(f"{asyncio.run(wrong(home, remembers)) or 'right'}\n")
    return 0


def main() -> int:
    empty, folder, remembers = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "once"
    begun = folder / "begun"
    begun.mkdir()
    shutil.copy(empty, begun / "wooster.db")
    in_a_process(lambda: asyncio.run(prepared(begun)) or 0)
    for step in count(1):
        home = folder / str(step)
        shutil.copytree(begun, home)
        code = in_a_process(partial(killed_life, home, remembers, step))
        if code == 0:
            return 0
        if code != -signal.SIGKILL:
            sys.stdout.write(f"{step} ended with {code}\n")
            return 1
        in_a_process(partial(aftermath, home, remembers))
        shutil.rmtree(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
