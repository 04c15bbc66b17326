"""What a person, a clock or a broken rule does while something is being handed over."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wooster.core.clock import ManualClock, SystemClock
from wooster.schedule import store
from wooster.schedule.model import Due, Times
from wooster.schedule.rules import Rule, following
from wooster.schedule.service import Rows

from .conftest import Time


async def handed_over(time: Time) -> Due:
    """One that is being handed over now."""
    time.at("2026-11-26T09:00")
    (due,) = await time.engine.tick()
    return due


async def sound(time: Time) -> None:
    assert await time.database.read(store.verify) == []


@pytest.mark.parametrize("state", ["cancelled", "paused"])
async def test_what_is_ended_while_a_channel_refuses_it_is_not_tried_again(
    time: Time, state: str
) -> None:
    """Cancelled or paused in the second between a claim and its failure."""
    job = await time.daily("x", "2026-11-26T09:00")
    time.post.fails = {"screen": 1}
    due = await handed_over(time)
    await time.schedule.end(job.id, state)  # type: ignore[arg-type]
    await time.engine.hand_over(due)
    assert await time.pass_by("2026-11-26T12:00") == []
    assert await time.states() == ["skipped"]
    await sound(time)


async def test_what_is_cancelled_while_it_is_said_again_stays_said(time: Time) -> None:
    """It was delivered, and isn't repeated; a crash meanwhile changes nothing of that."""
    job = await time.once("pill", "2026-11-26T09:00", repeat=timedelta(minutes=15))
    due = await handed_over(time)
    await time.schedule.end(job.id)
    await time.engine.hand_over(due)
    assert await time.pass_by("2026-11-26T12:00") == []
    assert await time.states() == ["delivered"]
    await time.once("other", "2026-11-27T09:00")
    time.at("2026-11-27T09:00")
    (due,) = await time.engine.tick()
    await time.schedule.end(due.job.id)
    time.restart()
    await time.engine.recover()
    assert await time.look() == [] and await time.states() == ["delivered", "skipped"]
    await sound(time)


async def test_acknowledged_or_put_off_while_it_is_sent_it_goes_out_no_more_than_once(
    time: Time,
) -> None:
    """And the undo of either, after it went out, doesn't send it again."""
    await time.once("x", "2026-11-26T09:00", repeat=timedelta(minutes=15))
    due = await handed_over(time)
    rows = await time.schedule.acknowledge(due.occurrence.id)
    await time.engine.hand_over(due)
    assert await time.states() == ["delivered"]
    await time.schedule.put(rows)
    time.restart()
    await time.engine.recover()
    assert await time.look() == []
    await sound(time)


async def test_what_is_put_off_before_it_could_be_sent_comes_once_and_later(time: Time) -> None:
    """A reminder that waits for a channel, snoozed: only the later one; undone, only the first."""
    time.post.fails = {"screen": 1}
    await time.once("x", "2026-11-26T09:00")
    await time.engine.hand_over(await handed_over(time))
    (waiting,) = await time.schedule.waiting()
    later = time.clock.now() + timedelta(hours=1)
    _, rows = await time.schedule.snooze(waiting.occurrence.id, later)
    assert await time.pass_by("2026-11-26T12:00") == ["26 10:00 x"]
    await time.schedule.put(rows)
    assert [row.occurrence.state for row in await time.schedule.waiting()] == ["due"]
    assert await time.look() == ["x"]
    await sound(time)


async def test_a_text_changed_just_when_its_time_comes_loses_no_time(time: Time) -> None:
    """The time that has come and has no row yet is the changed job's."""
    job = await time.daily("old", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    await time.schedule.change(job.id, lambda was: replace(was, text="new"))
    assert await time.look() == ["new"]


async def test_what_is_tried_again_in_seconds_does_not_wait_for_a_clock_that_was_set_back(
    time: Time,
) -> None:
    """Two hours back: the second try is due as it was, and not two hours later."""
    await time.once("x", "2026-11-26T10:00")
    time.at("2026-11-26T10:00")
    time.post.fails = {"screen": 1}
    await time.look()
    time.clock._now -= timedelta(hours=2)
    await time.look()
    assert await time.pass_by("2026-11-26T08:05") == ["26 08:05 x"]


async def test_a_look_a_part_of_a_millisecond_early_ends(time: Time) -> None:
    """Rows keep whole milliseconds: what they say has come has come, or a look never ended."""
    await time.once("x", "2026-11-26T09:00")
    time.at("2026-11-26T08:59:59.999700")
    assert await time.look() == ["x"]
    time.at("2026-11-26T09:00")
    start = datetime.fromisoformat("2026-11-26T09:00:00.000300")
    await time.job("hour", Times(rrule="FREQ=HOURLY", start=start))
    assert await time.pass_by("2026-11-26T11:30") == ["26 10:00 hour", "26 11:00 hour"]
    await sound(time)


@pytest.mark.parametrize(
    ("column", "value"), [("rrule", "FREQ=OFTEN"), ("zone", "Mars/Olympus"), ("rrule", "nothing")]
)
async def test_a_rule_that_cannot_be_worked_out_fails_alone(
    time: Time, column: str, value: str
) -> None:
    """It is paused, is told as failed, and keeps no other from firing."""
    broken = await time.daily("broken", "2026-11-26T09:00")
    await time.daily("fine", "2026-11-26T09:00")

    def change(connection: sqlite3.Connection) -> None:
        connection.execute(f"UPDATE jobs SET {column} = ? WHERE id = ?", (value, broken.id))

    await time.database.write(change)
    time.at("2026-11-26T09:00")
    assert await time.look() == ["fine"]
    (told,) = await time.schedule.unseen()
    assert told.job.text == "broken" and "can't be worked out" in told.occurrence.error
    assert [each.text for each in await time.schedule.jobs(["paused"])] == ["broken"]


async def test_a_carrier_without_channels_is_a_reason_and_no_end(time: Time) -> None:
    """It waits until there is one."""
    time.post.names = ()
    await time.once("x", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    assert await time.look() == []
    (waiting,) = await time.schedule.waiting()
    assert waiting.occurrence.error == "There is no channel to send it by."


async def test_an_until_in_utc_ends_a_rule_of_days_at_that_instant() -> None:
    """As calendars write it: 08:00Z is 09:00 in Berlin, and in."""
    zone = ZoneInfo("Europe/Berlin")
    rule = Rule(
        "FREQ=DAILY;UNTIL=20261128T080000Z", datetime.fromisoformat("2026-11-27T09:00"), zone
    )
    fires = following(rule, datetime(2026, 11, 20, tzinfo=UTC), 9)
    assert [each.day for each in fires] == [27, 28]


async def test_an_hour_that_comes_again_is_not_jumped_over() -> None:
    """Casey set its clocks back three hours: 02:00 came twice, and hours that elapse fire at
    both."""
    zone = ZoneInfo("Antarctica/Casey")
    rule = Rule("FREQ=HOURLY;BYHOUR=2", datetime.fromisoformat("2012-02-20T02:00"), zone)
    fires = following(rule, datetime(2012, 2, 21, tzinfo=UTC), 3)
    local = [each.astimezone(zone) for each in fires]
    assert [f"{each:%d %H:%M%z}" for each in local] == [
        "22 02:00+1100",
        "22 02:00+0800",
        "23 02:00+0800",
    ]


async def test_undo_of_nothing_is_nothing(time: Time) -> None:
    """Rows whose occurrence is gone are left out."""
    job = await time.once("x", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    await time.look()
    (came,) = await time.schedule.newest(1)
    await time.database.write(
        lambda connection: connection.execute("DELETE FROM jobs WHERE id = ?", (job.id,))
    )
    assert await time.schedule.put(Rows(occurrences=(came.occurrence,))) == Rows()


def test_the_zone_of_the_machine_is_seen_when_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The C library keeps the zone that it read first, until it is asked to look again."""
    clock, then = SystemClock(), datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    assert then.astimezone(clock.zone).utcoffset() == timedelta(hours=1)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert then.astimezone(clock.zone).utcoffset() == timedelta(hours=9)
    monkeypatch.undo()
    assert clock.local().utcoffset() is not None
    assert ManualClock(then, ZoneInfo("Asia/Tokyo")).local().hour == 9
