"""Whatever turns, pauses, clocks, restarts and models do: nothing is lost and nothing doubled."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.memory.distilling.talk import (
    A_WHILE_S,
    ScriptedChat,
    covered,
    distiller,
    findings,
    known,
    told,
)
from wooster.core.clock import ManualClock
from wooster.core.errors import DiskFull
from wooster.memory.model import Ending, Turn
from wooster.memory.service import Conversations
from wooster.storage import Database

_LIKED = ["tea", "tulips", "trains"]
_CLIENTS = ["repl", "say"]
_DAY_S = 86_400.0

_STEPS = st.one_of(
    st.tuples(st.just("ask"), st.integers(0, 2), st.sampled_from(_LIKED)),
    st.tuples(st.just("end"), st.integers(0, 2), st.sampled_from(["done", "cut_off", "failed"])),
    st.tuples(st.just("wait"), st.sampled_from([1.0, A_WHILE_S, -A_WHILE_S, _DAY_S, -9 * _DAY_S])),
    st.tuples(st.just("plain")),
    st.tuples(st.just("model"), st.sampled_from(["well", "away", "fails", "breaks"])),
    st.tuples(st.just("restart")),
    st.tuples(st.just("full disk")),
)


class _Life:
    """Three sessions of two clients, one distiller, and a disk that can be full for one write."""

    def __init__(self, database: Database, most: int) -> None:
        self.database = database
        self.clock = ManualClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
        self.kept = Conversations(database, self.clock)
        self.chat = ScriptedChat()
        self.most = most
        self.sessions: dict[int, str] = {}
        self.running: dict[int, Turn] = {}
        self.liked: set[str] = set()
        self.is_full = False
        self.restart()

    def restart(self) -> None:
        self.made = distiller(self, self.clock, self.chat, self.most)

    async def write(self, change: Any) -> Any:
        """The database as the distiller sees it."""
        if self.is_full:
            self.is_full = False
            raise DiskFull("The disk is full.")
        return await self.database.write(change)

    async def read(self, query: Any) -> Any:
        return await self.database.read(query)

    async def do(self, step: Any) -> None:
        match step:
            case "ask", number, liked:
                if number not in self.running:
                    turn = await self.kept.begin(
                        f"I like {liked}", self.sessions.get(number), _CLIENTS[number % 2]
                    )
                    self.sessions[number], self.running[number] = turn.session_id, turn
                    self.liked.add(liked)
            case "end", number, state:
                if number in self.running:
                    await self.kept.end(self.running.pop(number), Ending(state))
            case "wait", seconds:
                self.clock.advance(seconds)
            case ("plain",):
                await self._ignoring_a_full_disk(self.made.catch_up)
            case "model", how:
                self.chat.away = how == "away"
                self.chat.text = "nonsense" if how == "fails" else ""
                at = len(self.chat.requests) + 2
                self.chat.fails_at = frozenset([at] if how == "breaks" else [])
                await self._ignoring_a_full_disk(self.made.improve)
            case ("restart",):
                self.restart()
            case ("full disk",):
                self.is_full = True

    async def _ignoring_a_full_disk(self, work: Any) -> None:
        try:
            await work()
        except DiskFull:
            pass

    async def settle(self) -> None:
        """Everything ends, rests, and a good model comes up."""
        for number in list(self.running):
            await self.do(("end", number, "done"))
        self.is_full = False
        self.clock.advance(30 * _DAY_S)
        await self.made.catch_up()
        self.chat.away, self.chat.text, self.chat.fails_at = False, "", frozenset()
        await self.made.retry()
        await self.made.improve()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(_STEPS, max_size=30), most=st.integers(1, 4))
def test_each_turn_is_told_of_once_and_no_fact_is_doubled(
    empty_database: Path, steps: list[Any], most: int
) -> None:
    """In the end each ended turn of a talk is in exactly one episode and one stretch, each thing
    that is liked is one fact, and all that is derived agrees; on the way nothing is doubled."""

    async def live(folder: Path) -> None:
        database = await asyncio.to_thread(Database.open, folder / "wooster.db", folder / "backups")
        try:
            life = _Life(database, most)
            for step in steps:
                await life.do(step)
                for counts in (await covered(database)).values():
                    assert counts in ((0, 0), (1, 1))
            await life.settle()
            assert set((await covered(database)).values()) <= {(1, 1)}
            assert {row[3] for row in await told(database)} <= {"done"}
            assert [value for value, *_ in await known(database)] == sorted(life.liked)
            assert await findings(database) == []
        finally:
            await database.close()

    folder = Path(tempfile.mkdtemp(prefix="wooster-"))
    try:
        shutil.copy(empty_database, folder / "wooster.db")
        asyncio.run(live(folder))
    finally:
        shutil.rmtree(folder)
