"""The engine of time when the process is killed and when the disk is full, wherever it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.schedule.conftest import Post, Time
from wooster.core.errors import DiskFull
from wooster.schedule import engine as engine_module
from wooster.schedule import store
from wooster.schedule.engine import Engine
from wooster.storage import Database

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
@pytest.mark.timeout(300)  # some sixty processes, one after the other
@pytest.mark.parametrize("channel", ["once", "twice"])
def test_killed_at_any_step_it_goes_out_once_or_is_marked_and_is_never_lost(
    empty_database: Path, tmp_path: Path, channel: str
) -> None:
    """At each named point, around each commit, and just after a channel took it: once where it
    remembers keys, else at most twice and then marked."""
    told = subprocess.run(
        [
            sys.executable,
            *("-m", "tests.fault.killed_schedule"),
            *(str(empty_database), str(tmp_path), channel),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    lines = told.stdout.splitlines()
    places = {line.split()[1] for line in lines}
    named = {"fired", "claimed", "sending", "taken", "sent", "recorded"}
    assert places == named | {"before-commit", "after-commit"}
    assert [line for line in lines if not line.endswith(" right")] == []


class Turning:
    """A `Waking` that looks again at once, until nothing is left to do."""

    def __init__(self, time: Time) -> None:
        self.time, self.turns = time, count()

    async def start(self) -> None:
        pass

    async def wait(self, until: datetime | None) -> None:
        rows = await self.time.schedule.newest(9)
        if len(rows) == len(JOBS) or next(self.turns) > 20_000:
            self.time.engine.stop()

    def now(self) -> None:
        pass

    def stop(self) -> None:
        pass


JOBS = ("a", "b", "c")


async def test_whichever_write_fails_all_goes_out_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk at the N-th write for N = 1, 2, 3…: what couldn't be written is written later,
    and what was sent isn't sent again for it."""
    monkeypatch.setattr(engine_module, "_STORAGE_RETRY_S", 0)
    write = Database._write
    for failing in count(1):
        time = Time(database)
        time.post = Post()
        for name in JOBS:
            await time.once(name, "2026-11-26T09:00")
        time.at("2026-11-26T09:00")
        steps = count(1)
        failed: list[int] = []

        def full(
            self: Database,
            change: Callable[..., Any],
            steps: Any = steps,
            failed: list[int] = failed,
            failing: int = failing,
        ) -> Any:
            step = next(steps)
            if step in (failing, failing + 1):
                failed.append(step)
                raise DiskFull("The disk is full.", hint="Make room.")
            return write(self, change)

        monkeypatch.setattr(Database, "_write", full)
        time.engine = Engine(database, time.clock, time.post, Turning(time))
        await time.engine.run()
        monkeypatch.setattr(Database, "_write", write)
        assert sorted(text for _, text in time.post.sent) == list(JOBS), failing
        assert await time.states() == ["delivered"] * len(JOBS)
        assert await database.read(store.verify) == []
        await database.write(lambda connection: connection.execute("DELETE FROM jobs"))
        if not failed:
            assert failing > 8, "the writes are found"
            return


@pytest.mark.parametrize("times", [1, 2, 7, 60])
async def test_a_channel_that_fails_however_often_gets_it_in_the_end(
    database: Database, times: int
) -> None:
    """Once, and nothing else is delayed by it."""
    time = Time(database)
    time.post.fails = {"phone": times}
    await time.once("x", "2026-11-26T09:00", channels=("phone",))
    await time.once("y", "2026-11-26T09:01")
    went = await time.pass_by("2026-11-26T09:01", timedelta(seconds=15))
    assert "26 09:01 y" in went
    went += await time.pass_by("2026-11-28T09:00", timedelta(minutes=5))
    assert [each[9:] for each in went if each.endswith("x")] == ["x"]
    assert await database.read(store.verify) == []


async def test_three_nights_without_a_network_are_no_reason_to_give_up(database: Database) -> None:
    """It counts how often it was tried and not the hours: after a long sleep the network is there
    minutes late."""
    time = Time(database)
    time.post.fails = {"screen": 12}
    await time.once("x", "2026-11-26T22:00")
    time.at("2026-11-29T09:00")
    assert [each[9:] for each in await time.pass_by("2026-11-29T18:00")] == ["x"]
