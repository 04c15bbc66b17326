"""Forgetting over storage that fails: killed at every step, on a full disk, beside a reader."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.fault.test_distilling_faults import Dying, Killed
from tests.memory.forgetting.home import NOON, Home, a_folder, left_of, living
from wooster.core.errors import DiskFull, StorageError
from wooster.memory.forgetting.service import Forgotten
from wooster.storage import Database
from wooster.vectors import keeper

SECRET = "wuzzkdaq"
_SAID = "SELECT question, answer FROM turns ORDER BY seq"


class DyingHome(Dying):
    """The database, and files, of a process that dies at its `at`-th step: here also before and
    after each file is put on disk, renamed or removed."""

    def __init__(
        self, database: Database, at: int, error: type[BaseException], planted: pytest.MonkeyPatch
    ) -> None:
        super().__init__(database, at, error)
        for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "rename"), (Path, "unlink")):
            planted.setattr(owner, name, self._stepped(getattr(owner, name)))

    def _stepped(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            self._reached()
            result = work(*given, **named)
            self._reached()
            return result

        return run

    async def write(self, change: Callable[[sqlite3.Connection], Any]) -> Any:
        self._reached()
        result = await self._database.write(lambda c: change(self._watched(c)))
        if self._error is Killed:  # what is committed doesn't fail any more
            self._reached()
        return result

    async def rewrite(self) -> None:
        self._reached()
        await self._database.rewrite()
        self._reached()

    async def empty_log(self) -> None:
        await self._database.empty_log()
        self._reached()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


async def _talk(home: Home) -> None:
    """It stands in turns, facts, episodes, follow-ups, vectors, history, log and a copy."""
    session = (await home.say(f"I like {SECRET}", f"{SECRET} it is.")).session_id
    await home.say("I like plums", session=session)
    await home.say(f"I'll buy {SECRET} tomorrow.", session=session)
    await home.say("How is the weather?", "Fine.", session)
    await home.distil()
    await home.type(f"/recall {SECRET}")
    await home.log(question=f"I like {SECRET}")
    await home.copy()
    await home.settle()


@asynccontextmanager
async def _lives(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[[], Any]]:
    """Makes homes in which the same was said; gives the folder, in which nobody is any more."""
    monkeypatch.setitem(vars(keeper), "EXACT_LIMIT", 3)
    async with a_folder(empty_database) as said, a_folder(empty_database) as folder:
        async with living(said, NOON) as home:
            await _talk(home)

        async def begin() -> Path:
            await asyncio.to_thread(shutil.rmtree, folder)
            await asyncio.to_thread(shutil.copytree, said, folder)
            return folder

        yield begin


async def _forget(home: Home, at: int, error: type[BaseException]) -> Forgotten:
    with pytest.MonkeyPatch.context() as planted:
        dying: Any = DyingHome(home.database, at, error, planted)
        return await home.forgetting_over(dying).forget(SECRET, lambda _: None)


async def _is_there(home: Home) -> bool:
    """All of it, or nothing: whatever is between is wrong."""
    said = await home.rows(_SAID)
    assert len(said) in (2, 4)
    facts = {row[0] for row in await home.rows("SELECT value FROM facts")}
    assert facts == ({"plums", SECRET} if len(said) == 4 else {"plums"})
    episodes = str(
        await home.rows("SELECT * FROM episodes") + await home.rows("SELECT * FROM followups")
    )
    assert (SECRET in episodes) == (len(said) == 4)
    assert await home.findings() == []
    return len(said) == 4


@pytest.mark.timeout(400)  # a hundred lives, one after the other
async def test_killed_at_every_step_it_is_all_there_or_the_next_start_sweeps_it_out(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each step in turn: before its commit nothing is forgotten; after it nothing is in any
    table, and nothing is left anywhere once the next life has caught up."""
    was_there = was_gone = 0
    async with _lives(empty_database, monkeypatch) as begin:
        for at in count(1):
            folder = await begin()
            async with living(folder, NOON) as home:
                try:
                    await _forget(home, at, Killed)
                    break
                except Killed:
                    pass
            async with living(folder, NOON) as home:
                if await _is_there(home):
                    was_there += 1
                    await home.forget(SECRET)
                else:
                    was_gone += 1
                    assert await home.forgetting.finish() == ""
                assert not await _is_there(home)
            assert await asyncio.to_thread(left_of, folder, SECRET) == []
        assert await asyncio.to_thread(left_of, folder, SECRET) == []
    assert was_there > 30 and was_gone > 15, "it was killed before and after"


@pytest.mark.timeout(400)
async def test_on_a_full_disk_it_is_all_there_or_it_is_said_where_it_may_be(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each step in turn; the same process forgets it for good when there is room again."""
    failed = told = 0
    async with _lives(empty_database, monkeypatch) as begin:
        for at in count(1):
            folder = await begin()
            async with living(folder, NOON) as home:
                try:
                    done = await _forget(home, at, _Full)
                except StorageError:
                    failed += 1
                    assert await _is_there(home)
                    await home.forget(SECRET)
                else:
                    assert not await _is_there(home)
                    if not done.problem and not await home.rows("SELECT * FROM sweeps"):
                        assert at > 60, "it failed nowhere"
                        break
                    told += 1
                    assert await home.forgetting.finish() == ""
            # The history and logs are the person's to look at: that they may have it was said.
            left = await asyncio.to_thread(left_of, folder, SECRET)
            assert left == [] or "history" in done.problem
    assert failed > 30 and told > 10


class _Full(DiskFull, OSError):
    """As SQLite tells it, and as a file does."""

    def __init__(self, told: str) -> None:
        DiskFull.__init__(self, told)


async def test_one_who_reads_an_older_state_delays_it_and_nobody_else(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log keeps what a reader needs: it is emptied when the last such has ended, and until then
    others write."""
    async with _lives(empty_database, monkeypatch) as begin:
        folder = await begin()
        async with living(folder, NOON) as home:
            ended = threading.Event()

            def read(connection: sqlite3.Connection) -> list[Any]:
                before = connection.execute(_SAID).fetchall()
                ended.wait()
                assert connection.execute(_SAID).fetchall() == before
                return before

            reading = asyncio.ensure_future(home.database.read(read))
            forgetting = asyncio.ensure_future(home.forget(SECRET))
            while "rewriting the database" not in home.told:
                await asyncio.sleep(0.01)
            await home.say("I like figs")
            assert not forgetting.done()
            ended.set()
            assert len(await reading) == 4
            assert (await forgetting).problem == ""
        left = await asyncio.to_thread(left_of, folder, SECRET)
        # What was said meanwhile is in segments of its own.
        assert [each for each in left if "segments" not in each] == []
