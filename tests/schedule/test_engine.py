"""What is due goes out, once and on time, whatever fails, sleeps, travels or dies meanwhile."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import pytest

from wooster.core.errors import NotFound, UsageError
from wooster.schedule import store
from wooster.schedule.model import Missed, Times
from wooster.schedule.planning import QuietHours
from wooster.schedule.service import resumed

from .conftest import SKIP, Killed, Time

pytestmark = pytest.mark.usefixtures("time")


async def sound(time: Time) -> None:
    assert await time.database.read(store.verify) == []


async def test_a_reminder_goes_out_word_for_word_and_once(time: Time) -> None:
    """Not before its time, and never again."""
    await time.once("Call Ana – *now*", "2026-11-26T17:00")
    assert await time.pass_by("2026-11-26T20:00") == ["26 17:00 Call Ana – *now*"]
    assert await time.states() == ["delivered"]
    await sound(time)


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2027-03-27T12:00", "2027-03-30T12:00", ["28 07:00", "29 07:00", "30 07:00"]),
        ("2026-10-24T12:00", "2026-10-27T12:00", ["25 07:00", "26 07:00", "27 07:00"]),
    ],
)
async def test_seven_in_the_morning_is_seven_over_every_change_of_the_clocks(
    time: Time, begin: str, end: str, expected: list[str]
) -> None:
    """Wall-clock rules keep their hour in spring and in autumn."""
    time.at(begin)
    await time.daily("up", "2026-01-01T07:00")
    assert await time.pass_by(end) == [f"{each} up" for each in expected]


async def test_half_past_two_fires_once_where_it_does_not_exist_or_exists_twice(
    time: Time,
) -> None:
    """At the first instant after the gap, and the first of the two."""
    time.at("2027-03-27T12:00")
    job = await time.daily("x", "2026-01-01T02:30")
    assert await time.pass_by("2027-03-29T12:00") == ["28 03:00 x", "29 02:30 x"]
    await time.schedule.end(job.id)
    time.at("2027-10-30T12:00")
    await time.daily("y", "2026-01-01T02:30")
    assert await time.pass_by("2027-11-01T12:00") == ["31 02:30 y", "01 02:30 y"]


async def test_three_nights_asleep_give_one_late_reminder_and_a_row_for_the_rest(
    time: Time,
) -> None:
    """Nothing is lost silently: what was missed is a row, and says how many times."""
    await time.daily("pill", "2026-11-26T22:00")
    time.at("2026-11-29T09:00")
    assert await time.look() == ["pill"]
    rows = [due.occurrence for due in await time.schedule.newest(9)]
    assert [(row.state, row.times, row.is_late) for row in rows] == [
        ("delivered", 1, True),
        ("missed", 2, True),
    ]
    assert [row.occurrence.times for row in await time.schedule.unseen()] == [2]
    await time.schedule.mark_seen(await time.schedule.unseen())
    assert await time.schedule.unseen() == []


@pytest.mark.parametrize(
    ("missed", "woken", "expected"),
    [
        (SKIP, "2026-11-26T22:03", []),
        (SKIP, "2026-11-26T22:01", ["late?"]),
        (Missed("within", timedelta(hours=2)), "2026-11-26T23:59", ["late?"]),
        (Missed("within", timedelta(hours=2)), "2026-11-27T00:01", []),
        (Missed("once"), "2027-02-01T00:00", ["late?"]),
    ],
)
async def test_each_job_says_what_becomes_of_it_when_it_is_late(
    time: Time, missed: Missed, woken: str, expected: list[str]
) -> None:
    """`once`, `skip` or `within`; the row is there in any case."""
    await time.once("late?", "2026-11-26T22:00", missed=missed)
    time.at(woken)
    assert await time.look() == expected
    assert await time.states() == ["delivered" if expected else "missed"]


async def test_a_minute_rule_after_a_year_off_is_two_rows(time: Time) -> None:
    """Half a million times are counted as far as makes sense, and the last one goes out."""
    await time.daily("tick", "2026-11-26T08:01", "FREQ=MINUTELY")
    time.at("2027-11-26T08:00")
    assert await time.look() == ["tick"]
    rows = [due.occurrence for due in await time.schedule.newest(9)]
    assert [(row.state, row.times) for row in rows] == [("delivered", 1), ("missed", 1000)]
    assert rows[0].due == time.clock.now()


async def test_a_thousand_jobs_missed_at_once_all_go_out(time: Time) -> None:
    """In one look after another, and nothing else waits for them."""
    for number in range(1000):
        await time.once(f"{number}", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    went: list[str] = []
    while found := await time.look():
        went += found
    assert sorted(map(int, went)) == list(range(1000))
    await sound(time)


async def test_a_channel_that_fails_is_tried_again_later_and_later(time: Time) -> None:
    """Nothing is dropped; the row says why it waits."""
    await time.once("x", "2026-11-26T09:00")
    time.post.fails = {"screen": 3}
    time.at("2026-11-26T09:00")
    assert await time.look() == [] and await time.look() == []
    (waiting,) = await time.schedule.waiting()
    assert waiting.occurrence.error == "screen: the line is busy"
    assert await time.pass_by("2026-11-26T09:05", timedelta(seconds=5)) == ["26 09:01 x"]
    await sound(time)


async def test_the_next_channel_takes_what_one_refuses(time: Time) -> None:
    """At once, in the order of the job, else of the settings."""
    time.post.names = ("phone", "screen")
    time.post.fails = {"phone": 99}
    await time.once("x", "2026-11-26T09:00")
    await time.once("y", "2026-11-26T09:00", channels=("mail",))
    time.at("2026-11-26T09:00")
    await time.look()
    assert time.post.sent == [("screen", "x"), ("mail", "y")]


async def test_what_can_never_go_out_fails_where_it_is_seen(time: Time) -> None:
    """Only where every channel says that trying again changes nothing, or after days."""
    time.post.fails, time.post.final = {"screen": 1}, True
    await time.once("x", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    await time.look()
    assert await time.states() == ["failed"]
    assert [due.job.text for due in await time.schedule.unseen()] == ["x"]
    time.post.fails, time.post.final = {"screen": 10_000}, False
    await time.once("y", "2026-11-26T10:00")
    await time.pass_by("2026-11-29T12:00")
    assert await time.states() == ["failed", "failed"]


@pytest.mark.parametrize("point", ["fired", "claimed", "sending", "sent", "recorded"])
@pytest.mark.parametrize("remembers", [True, False])
async def test_killed_anywhere_it_is_delivered_and_never_lost(
    time: Time, point: str, remembers: bool
) -> None:
    """Once where the channel remembers; else, only after a kill between sending and writing it
    down, twice and marked so."""
    time.post.remembers = remembers
    await time.once("x", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    time.kill_at = point
    with pytest.raises(Killed):
        await time.look()
    time.kill_at = ""
    time.restart()
    await time.engine.recover()
    await time.look()
    assert await time.states() == ["delivered"]
    twice = point == "sent" and not remembers
    assert [text for _, text in time.post.sent] == ["x", "x"] if twice else ["x"]
    (only,) = await time.schedule.newest(9)
    assert only.occurrence.maybe_twice == (not remembers and point in ("sending", "sent"))
    await sound(time)


async def test_a_clock_that_jumps_both_ways_doubles_and_loses_nothing(time: Time) -> None:
    """Two hours ahead, then back: what fired doesn't fire again, what is to come still does."""
    await time.daily("a", "2026-11-26T09:00")
    await time.daily("b", "2026-11-26T12:00")
    time.at("2026-11-26T10:30")
    assert await time.look() == ["a"]
    time.at("2026-11-26T08:30")
    assert await time.look() == []
    assert await time.pass_by("2026-11-27T10:00") == ["26 12:00 b", "27 09:00 a"]


async def test_who_travels_is_woken_by_their_own_clock(time: Time) -> None:
    """What moves with the person keeps its hour in the new zone, and doesn't come twice on a day;
    what was fixed in a zone stays there."""
    await time.daily("float", "2026-11-26T09:00")
    start = datetime.fromisoformat("2026-11-26T09:00")
    await time.job("fixed", Times(rrule="FREQ=DAILY", start=start, zone="Europe/Berlin"))
    time.at("2026-11-26T09:00")
    assert sorted(await time.look()) == ["fixed", "float"]
    time.travel(ZoneInfo("America/New_York"))
    assert await time.pass_by("2026-11-27T12:00") == ["27 03:00 fixed", "27 09:00 float"]
    time.travel(ZoneInfo("Asia/Tokyo"))
    assert await time.pass_by("2026-11-29T00:00") == ["28 09:00 float", "28 17:00 fixed"]


async def test_quiet_hours_hold_back_what_nobody_set_the_hour_of(time: Time) -> None:
    """A reminder that the person timed goes out; so does what is urgent."""
    time.quiet = QuietHours(clock_time(22), clock_time(7))
    time.restart()
    await time.once("mine", "2026-11-26T23:00")
    await time.once("nudge", "2026-11-26T23:00", kind="maintenance")
    await time.once("fire", "2026-11-26T23:30", kind="maintenance", priority="high")
    assert await time.pass_by("2026-11-27T08:00") == [
        "26 23:00 mine",
        "26 23:30 fire",
        "27 07:00 nudge",
    ]


async def test_it_is_said_again_until_it_is_acknowledged(time: Time) -> None:
    """Every so often, and not for ever."""
    await time.once("pill", "2026-11-26T09:00", repeat=timedelta(minutes=15))
    assert len(await time.pass_by("2026-11-26T09:35")) == 3
    (waiting,) = await time.schedule.waiting()
    await time.schedule.acknowledge(waiting.occurrence.id)
    assert await time.pass_by("2026-11-26T12:00") == []
    assert await time.states() == ["delivered"]
    await time.once("pill", "2026-11-27T09:00", repeat=timedelta(minutes=15))
    assert len(await time.pass_by("2026-11-28T09:00")) == 20
    await sound(time)


async def test_a_snoozed_one_comes_again_and_the_rule_goes_on(time: Time) -> None:
    """Ten minutes later, once, beside the next day's."""
    await time.daily("walk", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    await time.look()
    (came,) = await time.schedule.newest(1)
    snoozed, before = await time.schedule.snooze(
        came.occurrence.id, time.clock.now() + timedelta(minutes=10)
    )
    assert await time.pass_by("2026-11-27T09:30", timedelta(minutes=5)) == [
        "26 09:10 walk",
        "27 09:00 walk",
    ]
    assert snoozed.snoozed_from == came.occurrence.id
    assert before.occurrences[0] == came.occurrence


async def test_what_is_cancelled_stays_silent_and_comes_back_as_it_was(time: Time) -> None:
    """Also what waited to be tried again; `undo` puts both back."""
    time.post.fails = {"screen": 1}
    await time.daily("x", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    await time.look()
    (job,) = await time.schedule.jobs()
    ended = await time.schedule.end(job.id)
    assert await time.pass_by("2026-11-26T12:00") == []
    silent = await time.schedule.put(ended.before)
    assert await time.look() == ["x"]
    assert await time.pass_by("2026-11-27T10:00") == ["27 09:00 x"]
    await time.schedule.put(silent)
    assert await time.pass_by("2026-11-28T10:00") == []
    await time.schedule.change(job.id, resumed)
    assert await time.pass_by("2026-11-29T10:00") == ["29 09:00 x"]


async def test_a_job_that_breaks_does_not_delay_another(time: Time) -> None:
    """It is tried again, alone."""

    def says(due: object) -> str:
        text: str = due.job.text  # type: ignore[attr-defined]
        if text == "broken":
            raise ZeroDivisionError
        return text

    time.post.says = says
    await time.once("broken", "2026-11-26T09:00")
    await time.once("fine", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    assert await time.look() == ["fine"]
    (waiting,) = await time.schedule.waiting()
    assert waiting.occurrence.error.startswith("ZeroDivisionError")


async def test_what_has_nothing_to_tell_is_skipped(time: Time) -> None:
    """A habit that is done needs no reminder; its row says so."""
    time.post.says = lambda due: None
    await time.once("x", "2026-11-26T09:00", kind="habit")
    time.at("2026-11-26T09:00")
    assert await time.look() == []
    assert await time.states() == ["skipped"]


async def test_two_looks_at_once_hand_over_once(time: Time) -> None:
    """Claiming is one transaction."""
    await time.once("x", "2026-11-26T09:00")
    time.at("2026-11-26T09:00")
    first, second = await time.engine.tick(), await time.engine.tick()
    assert len(first) == 1 and second == []


async def test_what_never_comes_is_refused(time: Time) -> None:
    """A rule without any day, and a job that there isn't."""
    with pytest.raises(UsageError, match="never comes"):
        await time.daily("x", "2026-11-26T09:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    with pytest.raises(NotFound):
        await time.schedule.end(99)


async def test_simulating_changes_nothing_and_says_what_would_fire(time: Time) -> None:
    """The same instants as passing the time, in order."""
    await time.daily("a", "2026-11-26T09:00")
    await time.daily("b", "2026-11-26T10:00", "FREQ=WEEKLY;BYDAY=FR")
    await time.once("c", "2026-11-27T09:30")
    begin, end = time.clock.now(), time.clock.now() + timedelta(days=2)
    found = await time.schedule.simulated(begin, end)
    expected = [f"{at.astimezone(time.clock.zone):%d %H:%M} {job.text}" for at, job in found]
    assert expected == ["26 09:00 a", "27 09:00 a", "27 09:30 c", "27 10:00 b"]
    assert time.post.sent == []
    assert await time.pass_by("2026-11-28T08:00") == expected


async def test_ten_thousand_jobs_at_rest_are_one_lookup(time: Time) -> None:
    """Neither asks for when to wake, nor a look that finds nothing, reads the jobs."""
    job = await time.daily("x", "2026-11-26T09:00")

    def plan(connection: sqlite3.Connection) -> list[str]:
        found = []
        for query in (
            "SELECT min(next_ms) FROM jobs WHERE state = 'active' AND next_ms IS NOT NULL",
            "SELECT min(try_ms) FROM occurrences WHERE state = 'due'",
            "SELECT id FROM jobs WHERE state = 'active' AND next_ms IS NOT NULL AND next_ms <= 1"
            " ORDER BY next_ms, id",
            "SELECT id FROM occurrences WHERE state = 'due' AND try_ms <= 1 ORDER BY try_ms, id",
        ):
            found += [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
        return found

    steps = await time.database.read(plan)
    assert all("INDEX jobs_next" in step or "INDEX occurrences_try" in step for step in steps)
    assert job.next_at is not None
