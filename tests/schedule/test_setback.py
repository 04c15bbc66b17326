"""A clock that is set back, and a person who travels, while jobs are paused, put off and undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wooster.core.errors import UsageError
from wooster.schedule import store
from wooster.schedule.model import Job, Missed, Times
from wooster.schedule.service import resumed

from .conftest import SKIP, Time


async def sound(time: Time) -> None:
    assert await time.database.read(store.verify) == []


@pytest.fixture
async def ahead(time: Time) -> Time:
    """It is eight, and the clock shows half past ten."""
    time.clock._now += timedelta(hours=2, minutes=30)
    return time


def _at(start: str) -> Callable[[Job], Job]:
    times = Times(rrule="FREQ=DAILY", start=datetime.fromisoformat(start))
    return lambda was: replace(was, times=times)


def set_back(time: Time) -> None:
    time.clock._now -= timedelta(hours=2, minutes=30)


async def test_one_that_came_early_swallows_none_of_those_that_follow(ahead: Time) -> None:
    """Cancelled, set back and resumed, it sleeps over three times: the first came and is left out,
    the second is told as missed, and the last one comes."""
    ahead.clock._now -= timedelta(hours=2)
    job = await ahead.daily("x", "2026-11-26T09:00", "FREQ=HOURLY")
    ahead.clock._now += timedelta(hours=1)
    assert await ahead.look() == ["x"]
    await ahead.schedule.end(job.id)
    ahead.clock._now -= timedelta(hours=1)
    again = (await ahead.schedule.change(job.id, resumed)).job
    assert again.next_at is not None
    assert again.next_at.astimezone(ahead.clock.zone).hour == 10
    ahead.at("2026-11-26T11:30")
    assert await ahead.look() == ["x"]
    rows = [due.occurrence for due in await ahead.schedule.newest(9)]
    local = [(row.due.astimezone(ahead.clock.zone).hour, row.state) for row in rows]
    assert sorted(local) == [(9, "delivered"), (10, "missed"), (11, "delivered")]


@pytest.mark.parametrize("restarts", [False, True])
async def test_what_a_clock_that_was_ahead_let_pass_comes_at_its_time(
    time: Time, restarts: bool
) -> None:
    """What was missed by it lies ahead again: once at its time, and no more told as missed; what
    went out by it doesn't come again."""
    await time.daily("hourly", "2026-11-26T09:00", "FREQ=HOURLY")
    await time.once("only on time", "2026-11-26T09:15", missed=SKIP)
    await time.look()
    time.clock._now += timedelta(hours=3, minutes=30)
    assert await time.look() == ["hourly"]
    assert sorted(due.occurrence.times for due in await time.schedule.unseen()) == [1, 2]
    time.clock._now -= timedelta(hours=2, minutes=20)
    if restarts:
        time.restart()
    assert await time.look() == []
    (missed,) = await time.schedule.unseen()
    assert (missed.job.text, missed.occurrence.times) == ("hourly", 1)
    assert await time.pass_by("2026-11-26T12:30", timedelta(minutes=5)) == [
        "26 09:15 only on time",
        "26 10:00 hourly",
        "26 12:00 hourly",
    ]
    await sound(time)


async def test_what_is_moved_meanwhile_keeps_what_was_missed_and_comes_by_its_new_time(
    time: Time,
) -> None:
    """A row of times that a job no longer has stays; the new time lies ahead, and comes."""
    job = await time.daily("x", "2026-11-26T09:00", missed=SKIP)
    await time.look()
    time.clock._now += timedelta(days=2)
    assert await time.look() == []
    await time.schedule.change(job.id, _at("2026-11-26T10:00"))
    time.clock._now -= timedelta(days=2)
    assert await time.look() == []
    assert [due.occurrence.times for due in await time.schedule.unseen()] == [2]
    await time.schedule.change(job.id, _at("2026-11-26T11:00"))
    assert await time.pass_by("2026-11-27T12:00") == ["26 11:00 x", "27 11:00 x"]


async def test_what_came_once_is_not_set_to_come_at_the_same_instant_again(ahead: Time) -> None:
    """It is said, instead of a reminder that would never come."""
    job = await ahead.once("x", "2026-11-26T09:00", missed=Missed("once"))
    assert await ahead.look() == ["x"]
    set_back(ahead)
    with pytest.raises(UsageError, match="never comes"):
        await ahead.schedule.change(job.id, resumed)


async def test_taken_back_after_its_time_came_a_change_sends_and_counts_nothing_twice(
    time: Time,
) -> None:
    """The text is as it was; how far the job has come stays."""
    job = await time.daily("old", "2026-11-26T09:00")
    changed = await time.schedule.change(job.id, lambda was: replace(was, text="new"))
    time.at("2026-11-28T09:00")
    assert await time.look() == ["new"]
    await time.schedule.put(changed.before)
    assert await time.look() == []
    time.at("2026-11-30T09:00")
    assert await time.look() == ["old"]
    rows = [due.occurrence for due in await time.schedule.newest(9)]
    assert sorted((row.due.day, row.state, row.times) for row in rows) == [
        (26, "missed", 2),
        (28, "delivered", 1),
        (29, "missed", 1),
        (30, "delivered", 1),
    ]


async def test_a_cancelling_undone_after_the_clock_was_set_back_loses_nothing_ahead(
    ahead: Time,
) -> None:
    """The time that the clock had let pass is before the one that the job waited for then."""
    ahead.clock._now -= timedelta(hours=2)
    job = await ahead.daily("x", "2026-11-26T09:00", missed=SKIP)
    ahead.clock._now += timedelta(hours=2)
    assert await ahead.look() == [] and await ahead.states() == ["missed"]
    ended = await ahead.schedule.end(job.id)
    set_back(ahead)
    assert await ahead.look() == [] and await ahead.states() == []
    silent = await ahead.schedule.put(ended.before)
    await ahead.schedule.put(await ahead.schedule.put(silent))
    assert await ahead.pass_by("2026-11-27T10:00") == ["26 09:00 x", "27 09:00 x"]


async def test_put_off_to_the_next_time_both_come(time: Time) -> None:
    """Snoozed to the very instant at which the rule comes again, and that taken back: the rule's
    time is not lost with it."""
    await time.daily("x", "2026-11-26T09:00", "FREQ=HOURLY")
    time.at("2026-11-26T09:00")
    await time.look()
    (came,) = await time.schedule.newest(1)
    _, rows = await time.schedule.snooze(came.occurrence.id, time.clock.now() + timedelta(hours=1))
    await time.schedule.put(rows)
    assert await time.pass_by("2026-11-26T11:30") == ["26 10:00 x", "26 11:00 x"]


async def test_a_cancelling_that_is_undone_abroad_comes_by_the_clock_there(time: Time) -> None:
    """Nine in the morning stays nine in the morning."""
    job = await time.daily("x", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    await time.look()
    ended = await time.schedule.end(job.id)
    time.travel(ZoneInfo("America/New_York"))
    assert await time.look() == []
    await time.schedule.put(ended.before)
    assert await time.pass_by("2026-11-27T12:00") == ["27 09:00 x"]
