"""A schedule and its engine through whatever comes: what holds of the rows after each step."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from wooster.schedule import store
from wooster.schedule.model import Job, Missed, State, Times
from wooster.schedule.planning import rule_of
from wooster.schedule.rules import next_after
from wooster.schedule.service import Changed, Rows
from wooster.storage import Database

from .conftest import Killed, Time

RULES = ("FREQ=DAILY", "FREQ=HOURLY;INTERVAL=3", "FREQ=DAILY;BYHOUR=9,17;BYMINUTE=30")
POLICIES = (Missed(), Missed("skip"), Missed("within", timedelta(hours=2)))
POINTS = ("fired", "claimed", "sending", "sent", "recorded")


@dataclass
class Meant:
    """What a job should have done: its next time, and how many times have come."""

    job: Job
    next_at: datetime | None
    come: int = 0
    is_on: bool = True


class Ledger(RuleBasedStateMachine):
    """Somebody's reminders. `Meant` counts what comes by the rule alone."""

    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.empty, self.folder / "wooster.db")
        self.database = Database.open(self.folder / "wooster.db", self.folder / "backups")
        self.time = Time(self.database)
        self.meant: dict[int, Meant] = {}
        self.undo: list[tuple[Rows, int]] = []
        self.looked = False
        self.killed = False

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        self.looked = False
        return self.runner.run(work)

    def one(self, index: int, *, is_on: bool) -> Meant | None:
        found = [each for each in self.meant.values() if each.is_on is is_on]
        return found[index % len(found)] if found else None

    # --- a person -----------------------------------------------------------------------------

    @rule(which=st.sampled_from(RULES), missed=st.sampled_from(POLICIES))
    def add(self, which: str, missed: Missed) -> None:
        start = self.time.clock.local().replace(tzinfo=None, microsecond=0)
        times = Times(rrule=which, start=start + timedelta(minutes=30), zone="Europe/Berlin")
        job = Job(0, "reminder", "x", times, self.time.clock.now(), missed)
        made = self.do(self.time.schedule.add(job)).job
        self.meant[made.id] = Meant(made, made.next_at)

    @rule(index=st.integers(0, 9), state=st.sampled_from(["cancelled", "paused"]))
    def end(self, index: int, state: Any) -> None:
        if meant := self.one(index, is_on=True):
            changed: Changed = self.do(self.time.schedule.end(meant.job.id, state))
            meant.is_on = False
            self.undo = [(changed.before, meant.job.id)]

    @rule()
    def take_back(self) -> None:
        for rows, number in self.undo:
            self.do(self.time.schedule.put(rows))
            meant = self.meant[number]
            meant.is_on, meant.next_at = True, rows.jobs[0].next_at
        self.undo = []

    @rule(index=st.integers(0, 9))
    def resume(self, index: int) -> None:
        if meant := self.one(index, is_on=False):
            changed: Changed = self.do(self.time.schedule.resume(meant.job.id))
            meant.is_on, meant.next_at = True, changed.job.next_at
            self.undo = []

    @rule(index=st.integers(0, 9), text=st.sampled_from(["y", "z"]))
    def rename(self, index: int, text: str) -> None:
        if meant := self.one(index, is_on=True):
            change = self.time.schedule.change(meant.job.id, lambda was: replace(was, text=text))
            self.do(change)

    @rule(minutes=st.sampled_from([1, 10, 300]))
    def snooze(self, minutes: int) -> None:
        async def last() -> None:
            found = await self.time.schedule.newest(1, ["delivered"])
            found = found or await self.time.schedule.waiting()
            if found:
                until = self.time.clock.now() + timedelta(minutes=minutes)
                await self.time.schedule.snooze(found[0].occurrence.id, until)

        self.do(last())

    @rule()
    def acknowledge(self) -> None:
        async def first() -> None:
            for due in (await self.time.schedule.waiting())[:1]:
                await self.time.schedule.acknowledge(due.occurrence.id)

        self.do(first())

    # --- the world ----------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        for which, missed in zip(RULES, POLICIES, strict=True):
            self.add(which, missed)

    @rule(minutes=st.sampled_from([1, 29, 30, 31, 180]), looks=st.sampled_from([True, True, False]))
    def pass_by(self, minutes: int, looks: bool) -> None:
        self.time.clock.advance(minutes * 60)
        self.looked = False
        if looks:
            self.look()

    @rule(hours=st.sampled_from([5, 24, 30, 72]), point=st.sampled_from(["", *POINTS]))
    def sleep(self, hours: int, point: str) -> None:
        self.time.clock.advance(hours * 3600)
        self.look_and_die(point)

    @rule(times=st.sampled_from([1, 7]))
    def days_go_by(self, times: int) -> None:
        for _ in range(4 * times):
            self.pass_by(180, True)

    @rule(hours=st.sampled_from([-2, 2]))
    def jump(self, hours: int) -> None:
        self.time.clock._now += timedelta(hours=hours)
        self.looked = False

    @rule(times=st.integers(1, 3))
    def channel_fails(self, times: int) -> None:
        self.time.post.fails = {"screen": times}

    @rule()
    def look(self) -> None:
        self._come()
        self.do(self.time.look())
        self.looked = True

    @rule(point=st.sampled_from(POINTS))
    def look_and_die(self, point: str) -> None:
        self._come()
        self.time.kill_at = point
        try:
            self.do(self.time.look())
        except Killed:
            self.killed = True
        self.time.kill_at = ""
        self.time.restart()
        self.do(self.time.engine.recover())
        self.do(self.time.look())
        self.looked = True

    def _come(self) -> None:
        """What a look finds to have come."""
        now = self.time.clock.now()
        for meant in self.meant.values():
            zoned = rule_of(meant.job.times, None)
            while meant.is_on and meant.next_at is not None and meant.next_at <= now:
                meant.come += 1
                meant.next_at = next_after(zoned, meant.next_at)

    # --- what holds ---------------------------------------------------------------------------

    @invariant()
    def nothing_disagrees(self) -> None:
        assert self.runner.run(self.database.read(store.verify)) == []

    @invariant()
    def every_time_has_one_row_and_goes_out_once(self) -> None:
        if not self.looked:
            return
        now = self.time.clock.now()
        states = get_args(State)

        async def rows() -> list[Any]:
            return await self.database.read(
                lambda c: [r for each in self.meant for r in store.of_job(c, each, states)]
            )

        found, sent = self.runner.run(rows()), Counter(self.time.post.keys)
        of_rules = Counter[int]()
        for row in found:
            if row.snoozed_from is None:
                of_rules[row.job_id] += row.times
            assert row.state != "claimed", "a look ends what it claims"
            assert row.state != "due" or row.try_at > now, "nothing that is due is left"
            most = 2 if row.maybe_twice else 1
            assert sent[str(row.id)] <= most
            if row.state == "delivered":
                assert sent[str(row.id)] >= 1
            if row.state in ("due", "missed") and not row.maybe_twice:
                assert not sent[str(row.id)]
        for number, meant in self.meant.items():
            assert of_rules[number] == meant.come, "a time was lost, or has two rows"


def test_whatever_comes_each_time_has_one_row_and_goes_out_once(empty_database: Path) -> None:
    """Adding, ending, undo, snooze, sleep, jumps of the clock, failing channels and kills."""
    Ledger.empty = empty_database
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=checks
        ),
    )
