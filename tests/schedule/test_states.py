"""A schedule and its engine through whatever comes: what holds of the rows after each step."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

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
from wooster.schedule.model import Job, Missed, Occurrence, State, Times
from wooster.schedule.planning import rule_of, wall_of
from wooster.schedule.rules import Rule, next_after
from wooster.schedule.service import Changed, Rows, resumed
from wooster.schedule.zones import instant_of
from wooster.storage import Database

from .conftest import BERLIN, Killed, Time

RULES = ("FREQ=DAILY", "FREQ=HOURLY;INTERVAL=3", "FREQ=DAILY;BYHOUR=9,17;BYMINUTE=30")
POLICIES = (Missed(), Missed("skip"), Missed("within", timedelta(hours=2)))
ZONES = (BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"))
POINTS = ("fired", "claimed", "sending", "sent", "recorded")


@dataclass
class Meant:
    """What a job should have done: the times that have come, and the one that it goes on from;
    `next_wall` is what the person's clock shows then, where it moves with them."""

    job: Job
    next_at: datetime
    next_wall: datetime | None
    come: set[datetime] = field(default_factory=set)
    is_on: bool = True

    def rule(self, local: tzinfo | None) -> Rule:
        return rule_of(self.job.times, local)

    def go_on(self, since: datetime, local: tzinfo | None) -> None:
        """Wait for the first time after `since` that hasn't come."""
        found = next_after(self.rule(local), since)
        while found in self.come:
            found = next_after(self.rule(local), found)
        assert found is not None
        self.wait(found, local)

    def wait(self, instant: datetime, local: tzinfo | None) -> None:
        self.next_at, self.next_wall = instant, wall_of(self.job.times, instant, local)

    def pass_by(self, now: datetime, local: tzinfo | None) -> None:
        """What has come by `now`."""
        if self.next_wall is not None:
            self.next_at = instant_of(self.next_wall, local)
        while self.next_at <= now or self.next_at in self.come:
            self.come.add(self.next_at)
            self.go_on(self.next_at, local)

    def set_back(self, missed: Iterable[Occurrence], now: datetime, local: tzinfo | None) -> None:
        """What a clock that was ahead only let pass lies ahead once more."""
        for row in missed:
            if next_after(self.rule(local), row.due - timedelta(milliseconds=1)) != row.due:
                continue  # it has other times by now
            last = row.until or row.due
            if again := {each for each in self.come if row.due <= each <= last and each > now}:
                self.come -= again
                if (first := min(again)) < self.next_at:
                    self.wait(first, local)


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
        self.moves = 0
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

    def times(self, which: str, zone: str) -> Times:
        """In half an hour, and a second of its own: no two rules share a time."""
        self.moves += 1
        start = self.time.clock.local().replace(tzinfo=None, second=0, microsecond=0)
        return Times(
            rrule=which, start=start + timedelta(minutes=30, seconds=self.moves % 60), zone=zone
        )

    @rule(
        which=st.sampled_from(RULES),
        missed=st.sampled_from(POLICIES),
        zone=st.sampled_from(["Europe/Berlin", ""]),
    )
    def add(self, which: str, missed: Missed, zone: str) -> None:
        times = self.times(which, zone)
        job = Job(0, "reminder", "x", times, self.time.clock.now(), missed)
        made = self.do(self.time.schedule.add(job)).job
        self.meant[made.id] = Meant(made, made.next_at, made.next_wall)

    @rule(index=st.integers(0, 9), which=st.sampled_from(RULES))
    def move(self, index: int, which: str) -> None:
        if meant := self.one(index, is_on=True):
            times = self.times(which, meant.job.times.zone)
            change = self.time.schedule.change(meant.job.id, lambda was: replace(was, times=times))
            meant.job = self.do(change).job
            meant.go_on(self.time.clock.now(), self.time.clock.zone)
            self.undo = []

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
            self.meant[number].is_on = True
        self.undo = []

    @rule(index=st.integers(0, 9))
    def resume(self, index: int) -> None:
        if meant := self.one(index, is_on=False):
            self.do(self.time.schedule.change(meant.job.id, resumed))
            meant.is_on = True
            meant.go_on(self.time.clock.now(), self.time.clock.zone)
            self.undo = []

    @rule(index=st.integers(0, 9), text=st.sampled_from(["y", "z"]))
    def rename(self, index: int, text: str) -> None:
        if meant := self.one(index, is_on=True):
            change = self.time.schedule.change(meant.job.id, lambda was: replace(was, text=text))
            changed: Changed = self.do(change)
            self.undo = [(changed.before, meant.job.id)]

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
            self.add(which, missed, "Europe/Berlin")

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

    @rule(zone=st.sampled_from(ZONES))
    def travel(self, zone: ZoneInfo) -> None:
        self.time.travel(zone)
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
        now, zone = self.time.clock.now(), self.time.clock.zone
        missed = self.rows(["missed"])
        for number, meant in self.meant.items():
            meant.set_back([row for row in missed if row.job_id == number], now, zone)
            if meant.is_on:
                meant.pass_by(now, zone)

    def rows(self, states: Iterable[State]) -> list[Occurrence]:
        async def read() -> list[Occurrence]:
            return await self.database.read(
                lambda c: [row for each in self.meant for row in store.of_job(c, each, states)]
            )

        return self.runner.run(read())

    # --- what holds ---------------------------------------------------------------------------

    @invariant()
    def nothing_disagrees(self) -> None:
        assert self.runner.run(self.database.read(store.verify)) == []

    @invariant()
    def every_time_has_one_row_and_goes_out_once(self) -> None:
        if not self.looked:
            return
        now = self.time.clock.now()
        found, sent = self.rows(get_args(State)), Counter(self.time.post.keys)
        assert sent.keys() <= {str(row.id) for row in found}, "what went out is forgotten"
        of_rules = Counter[int]()
        for row in found:
            if row.snoozed_from is None:
                of_rules[row.job_id] += row.times
            assert row.state != "claimed", "a look ends what it claims"
            assert row.state != "due" or (row.try_at and row.try_at > now), (
                "nothing that is due is left"
            )
            most = 2 if row.maybe_twice else 1
            assert sent[str(row.id)] <= most
            if row.state == "delivered":
                assert sent[str(row.id)] >= 1
            if row.state in ("due", "missed") and not row.maybe_twice:
                assert not sent[str(row.id)]
        for number, meant in self.meant.items():
            assert of_rules[number] == len(meant.come), "a time was lost, or has two rows"
            job = self.runner.run(self.time.schedule.job(number))
            assert not meant.is_on or job.next_at == meant.next_at, "it waits for another time"


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


def test_what_came_by_a_clock_that_was_ahead_comes_no_more_when_it_is_resumed(
    empty_database: Path,
) -> None:
    """Two hours ahead it came and was cancelled; set back and resumed, its next time is the one
    after that. As Hypothesis found it."""
    Ledger.empty = empty_database
    ledger = Ledger()
    try:
        steps: list[Callable[[], None]] = [
            ledger.begin,
            ledger.look,
            ledger.look,
            lambda: ledger.jump(2),
            ledger.look,
            ledger.look,
            ledger.look,
            lambda: ledger.end(0, "cancelled"),
            lambda: ledger.jump(-2),
            lambda: ledger.resume(0),
            lambda: ledger.sleep(5, ""),
        ]
        for step in steps:
            step()
            ledger.nothing_disagrees()
            ledger.every_time_has_one_row_and_goes_out_once()
    finally:
        ledger.teardown()
