"""The real alarm: at an instant, at a heartbeat, when it is told to, and at no cost otherwise."""

from __future__ import annotations

import asyncio
import resource
from datetime import UTC, datetime, timedelta

import pytest

from wooster.core.clock import SystemClock, to_ms
from wooster.schedule.engine import Engine
from wooster.schedule.waking import Alarm
from wooster.storage import Database

from .conftest import Post

FAR = timedelta(hours=5)


async def test_it_wakes_at_an_instant_and_not_before() -> None:
    """Within the seconds that the heartbeat would have been away."""
    alarm = Alarm(heartbeat_s=60)
    await alarm.start()
    at = datetime.now(UTC) + timedelta(seconds=0.2)
    async with asyncio.timeout(20):
        await alarm.wait(at)
    assert datetime.now(UTC) >= at
    alarm.stop()


async def test_what_is_past_wakes_at_once() -> None:
    """Also an instant before 1970."""
    alarm = Alarm(heartbeat_s=60)
    await alarm.start()
    async with asyncio.timeout(20):
        await alarm.wait(datetime.now(UTC) - FAR)
        await alarm.wait(datetime(1960, 1, 1, tzinfo=UTC))
    alarm.stop()


async def test_it_wakes_at_a_heartbeat_of_a_clock_that_never_jumps() -> None:
    """However far away what is due is: a wall clock that is set back delays no heartbeat."""
    alarm = Alarm(heartbeat_s=0.05)
    await alarm.start()
    async with asyncio.timeout(20):
        await alarm.wait(datetime.now(UTC) + FAR)
        await alarm.wait(None)
    alarm.stop()


async def test_it_wakes_when_something_changed_also_before_it_waits() -> None:
    """A change between a look and the wait isn't missed."""
    alarm = Alarm(heartbeat_s=60)
    await alarm.start()
    alarm.now()
    async with asyncio.timeout(20):
        await alarm.wait(datetime.now(UTC) + FAR)
    alarm.stop()


async def test_it_can_be_stopped_and_started_again() -> None:
    """A stop ends the wait; what it waited for before doesn't ring afterwards."""
    alarm = Alarm(heartbeat_s=60)
    await alarm.start()
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(alarm.wait(datetime.now(UTC) + FAR))
        await asyncio.sleep(0)
        alarm.stop()
        await waiting
    await alarm.start()
    async with asyncio.timeout(20):
        await alarm.wait(datetime.now(UTC) + timedelta(seconds=0.1))
    alarm.stop()


@pytest.mark.slow
async def test_ten_thousand_jobs_at_rest_cost_nothing(database: Database) -> None:
    """The real engine, its heart beating thirty times as fast: still next to no processor time."""
    clock = SystemClock()
    far = to_ms(clock.now() + timedelta(days=30))
    await database.write(
        lambda connection: connection.executemany(
            "INSERT INTO jobs (kind, text, rrule, start_wall, missed, state, next_ms, next_wall,"
            " created_ms) VALUES ('reminder', 'x', 'FREQ=DAILY', '2026-01-01T09:00:00', 'once',"
            " 'active', ?, '', 0)",
            [(far + number,) for number in range(10_000)],
        )
    )
    engine = Engine(database, clock, Post(), Alarm(heartbeat_s=1))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(engine.run())
        await asyncio.sleep(2)  # its libraries load, and the jobs that move are looked at once
        before = resource.getrusage(resource.RUSAGE_SELF)
        await asyncio.sleep(4)
        after = resource.getrusage(resource.RUSAGE_SELF)
        engine.stop()
    used_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert used_s < 0.3, "a heartbeat a second for four seconds"
