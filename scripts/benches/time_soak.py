"""A year of the whole engine, on a clock that is moved by hand: what every job fired beside what a
second reading of its rule has, and what the process holds at its begin and at its end."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

import psutil
from scripts.benches import time_oracle, time_rules
from scripts.benches.report import figure, progress

from wooster.core.clock import ManualClock
from wooster.schedule import store
from wooster.schedule.carrying import Parcel
from wooster.schedule.engine import Engine
from wooster.schedule.model import Due, Job, Times
from wooster.schedule.service import Schedule
from wooster.storage import Database

_ZONE = "Europe/Berlin"
_BEGIN, _END = datetime(2027, 1, 10, tzinfo=UTC), datetime(2028, 1, 10, tzinfo=UTC)
_RULES_OF = 2027


class Post:
    """A carrier that counts, and is asked for nothing else."""

    def __init__(self) -> None:
        self.sent = Counter[int]()

    async def compose(self, due: Due) -> Parcel | None:
        return Parcel(str(due.occurrence.id), "", due.job.text, due)

    def channels(self, due: Due) -> Sequence[str]:
        return ["screen"]

    async def send(self, channel: str, parcel: Parcel) -> None:
        self.sent[parcel.due.job.id] += 1

    def takes_once(self, channel: str) -> bool:
        return True


class Turning:
    """A `Waking` that moves the clock to when something is due, and never waits."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.held, self.woken = clock, asyncio.Event(), 0
        self.parts = [_BEGIN + (_END - _BEGIN) * part / 12 for part in range(1, 13)]
        self.reached: asyncio.Queue[datetime] = asyncio.Queue()
        self.own = asyncio.all_tasks()

    async def start(self) -> None:
        pass

    async def wait(self, until: datetime | None) -> None:
        self.own.add(asyncio.current_task())  # type: ignore[arg-type]
        if others := asyncio.all_tasks() - self.own:
            await asyncio.wait(others)  # what is being handed over ends before the clock goes on
            return
        until = min(until or _END, _END)
        self.clock.advance(max((until - self.clock.now()).total_seconds(), 0))
        self.woken += 1
        if self.parts and self.clock.now() >= self.parts[0]:
            self.reached.put_nowait(self.parts.pop(0))
        if self.clock.now() >= _END:
            await self.held.wait()

    def now(self) -> None:
        pass

    def stop(self) -> None:
        self.held.set()


def run(jobs: int) -> int:
    # In memory where there is such a place: that a disk keeps what is written is tested elsewhere.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        return asyncio.run(_year(Path(folder), jobs))


async def _year(folder: Path, count: int) -> int:
    database = Database.open(folder / "wooster.db", folder / "backups")
    zone = ZoneInfo(_ZONE)
    clock, post = ManualClock(_BEGIN, zone), Post()
    schedule = Schedule(database, clock)
    # As people set them: what comes many times a day is a few of them.
    often = ("MINUTELY", "SECONDLY", "HOURLY;INTERVAL=1", "HOURLY;INTERVAL=2", "HOURLY;INTERVAL=3")
    cases = [e for e in time_rules.rules(_RULES_OF) if not any(each in e.rrule for each in often)]
    cases = [e for e in cases if e.rrule != "FREQ=HOURLY"]
    cases = (cases * (1 + count // len(cases)))[:count]
    expected: dict[int, int] = {}
    offsets = time_oracle.offsets_of(_ZONE, datetime(2027, 1, 1, tzinfo=UTC), _END)
    for case in cases:
        times = Times(None, case.rrule, case.start, "", case.except_days)
        job = (await schedule.add(Job(0, "reminder", "x", times, _BEGIN))).job
        of_days = time_oracle.walls(case, _END + timedelta(days=1))
        all_of_it = time_oracle.expected(case, of_days, offsets, _END).instants
        after = all_of_it > _BEGIN.timestamp()
        expected[job.id] = int((after & (all_of_it < _END.timestamp())).sum())
    waking = Turning(clock)
    engine = Engine(database, clock, post, waking)
    process, begun = psutil.Process(), monotonic()
    held: list[tuple[float, float, int, int]] = []
    tracemalloc.start()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(engine.run())
        for _ in range(12):
            await waking.reached.get()
            held.append(_held(process))
            rows = sum(post.sent.values())
            progress(f"{clock.now():%Y-%m-%d} {rows} sent, {_said(held[-1])}")
        engine.stop()
    took = monotonic() - begun
    wrong = sum(abs(post.sent[number] - wanted) for number, wanted in expected.items())
    findings = await database.read(store.verify)
    await database.close()
    size = (folder / "wooster.db").stat().st_size
    sent, last, middle = sum(post.sent.values()), held[-1], held[len(held) // 2]
    progress(f"{sent} sent of {len(cases)} jobs in {took:.0f} s; verify: {findings or 'nothing'}")
    figure("time", "time.soak.wrong", wrong, "fires")
    figure("time", "time.soak.fires", sent, "fires")
    figure("time", "time.soak.took", took, "s")
    figure("time", "time.soak.memory_grown", last[0] - middle[0], "MB")
    figure("time", "time.soak.objects_grown", last[1] - middle[1], "MB")
    figure("time", "time.soak.tasks_left", last[2] - held[0][2], "tasks")
    figure("time", "time.soak.descriptors_grown", last[3] - held[0][3], "files")
    figure("time", "time.soak.row_size", size / max(sent, 1), "bytes")
    return 0 if not wrong and not findings else 1


def _held(process: psutil.Process) -> tuple[float, float, int, int]:
    """Megabytes resident and of Python's objects, tasks, and open files."""
    gc.collect()
    files = process.num_fds()
    traced = tracemalloc.get_traced_memory()[0] / 1e6
    return process.memory_info().rss / 1e6, traced, len(asyncio.all_tasks()), files


def _said(held: tuple[float, float, int, int]) -> str:
    return f"{held[0]:.0f} MB resident, {held[1]:.1f} MB traced, {held[2]} tasks, {held[3]} files"
