"""Habits as they are typed: what is answered, what is kept, and that it can be taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.habits.conftest import BERLIN, Person
from wooster.core.errors import NotFound, UsageError
from wooster.core.units import Amount
from wooster.habits import checks, store
from wooster.habits.model import CheckIn, DatedRule, Habit, Rule
from wooster.habits.service import changed_rules
from wooster.storage import Database
from wooster.wire.requests import ActionResult

TABLES = ("habits", "habit_rules", "check_ins", "habit_breaks")


async def contents(database: Database) -> dict[str, set[tuple[Any, ...]]]:
    """All rows of habits."""

    def read(connection: sqlite3.Connection) -> dict[str, set[tuple[Any, ...]]]:
        return {
            table: {tuple(row) for row in connection.execute(f"SELECT * FROM {table}")}
            for table in TABLES
        }

    return await database.read(read)


async def test_a_habit_is_begun_and_done(person: Person) -> None:
    """And what is due today says so."""
    assert await person.says("habits") == (
        "There are no habits yet. `add habit meditate every day` begins one."
    )
    begun = await person.types("/habits add meditate every day at 7:30")
    assert begun.text == "Begun: meditate, every day, reminder at 07:30."
    assert begun.data["rule"] == "every day"
    await person.types("/habits add read 20 minutes daily")
    await person.types("/habits add run 3 times a week")
    await person.types("/habits add water plants on Mondays")
    assert await person.says("/habits checkin medi") == "meditate: done today. Streak 1 day."
    assert await person.says("/habits checkin read 15 minutes") == (
        "read: 15 min today. 15 of 20 min."
    )
    assert (await person.says("habits")).splitlines() == [
        "**Thursday 26 November**: 1 of 3 done",
        "",
        "- ○ read  *15 of 20 min*",
        "- ○ run  *0 of 1 this week, 4 days left*",
        "- ✓ meditate  *streak 1 day*",
        "- – water plants  *next on Monday 30 Nov*",
    ]


async def test_a_habit_without_a_rule_is_daily(person: Person) -> None:
    """The original failed with NOT NULL where no frequency was given."""
    assert await person.says("/habits add floss") == "Begun: floss, every day."


async def test_back_fills(person: Person) -> None:
    """In words for days, in any order, and never for a day to come."""
    await person.types("/habits add meditate")
    for line in ("yesterday", "on Monday", "3 days ago", "2026-11-24"):
        await person.types(f"/habits checkin meditate {line}")
    assert await person.streak("meditate") == 3
    assert await person.says("/habits checkin meditate on Tuesday") == (
        "meditate is done already on Tuesday 24 Nov."
    )
    with pytest.raises(UsageError, match="hasn't come yet"):
        await person.types("/habits checkin meditate tomorrow")
    with pytest.raises(UsageError, match="long before"):
        await person.types("/habits checkin meditate 1926-11-24")


async def test_amounts_add_up_and_are_of_one_kind(person: Person) -> None:
    """Ten times 0.2 l is 2 l; without an amount the rest was done; "25" has the habit's unit."""
    await person.types("/habits add drink 2 l of water")
    for _ in range(10):
        done = await person.types("/habits checkin drink 200 ml")
    assert done.data["state"] == "done"
    assert done.text == "drink water: 200 ml today. 2 of 2 l. Streak 1 day."
    assert await person.says("/habits checkin drink") == "drink water is done already today."
    await person.types("/habits add read 20 minutes daily")
    await person.types("/habits checkin read 5")
    rest = await person.types("/habits checkin read")
    assert rest.data["amounts"] == ["15 min"]
    with pytest.raises(UsageError, match="counts min, not l"):
        await person.types("/habits checkin read 2 l")
    await person.types("/habits add bike 20 km a week")
    with pytest.raises(UsageError, match="How much"):
        await person.types("/habits checkin bike")
    await person.types("/habits add pills 3 times a day")
    assert "2 of 3" in [await person.says("/habits checkin pills") for _ in range(2)][1]


async def test_a_plain_habit_takes_an_amount_and_a_note(person: Person) -> None:
    """They are kept; a second check-in without either changes nothing."""
    await person.types("/habits add meditate")
    done = await person.registry.run(
        "habits_checkin", {"habit": "meditate", "amount": "25 minutes", "note": "in the park"}
    )
    assert done.text == "meditate: 25 min today. Streak 1 day."
    (made,) = await person.habits.latest(done.data["id"], 5)
    assert (str(made.amount), made.note) == ("25 min", "in the park")
    again = await person.types("/habits checkin meditate")
    assert again.undo is None


async def test_an_ambiguous_name_is_never_guessed(person: Person) -> None:
    """And "run" isn't "prune": the original checked in the first that had the letters."""
    await person.types("/habits add prune roses weekly")
    await person.types("/habits add read Ovid")
    await person.types("/habits add read Homer")
    with pytest.raises(NotFound, match="no habit “run”"):
        await person.types("/habits checkin run")
    with pytest.raises(UsageError, match="“read Ovid” \\(#2\\), “read Homer” \\(#3\\)"):
        await person.types("/habits checkin read")
    with pytest.raises(UsageError, match="already"):
        await person.types("/habits add READ ovid daily")
    with pytest.raises(UsageError, match="Say which habit"):
        await person.types("/habits checkin")


async def test_days_and_numbers_in_a_name_stay_in_it(person: Person) -> None:
    """A name that is typed in full is that name, whatever its words could mean."""
    await person.types('/habits add "walk on Sunday"')
    done = await person.types("/habits checkin walk on sunday")
    assert done.data["for_day"] == "2026-11-26"


@pytest.mark.parametrize(
    "line",
    [
        "/habits add swim 5 km a week at 6:00",
        "/habits checkin read 10 minutes yesterday",
        "/habits checkin read",
        "/habits uncheck read",
        "/habits uncheck pills",
        "/habits skip read on 2026-12-03",
        "/habits unskip gym on Friday",
        "/habits vacation until Sunday",
        "/habits vacation read from 1 Dec to 10 Dec",
        "/habits vacation over",
        "/habits pause read",
        "/habits resume run",
        "/habits edit read: 30 minutes 3 times a week at 21:00",
        "/habits edit read: no amount",
        "/habits edit run to jog",
        "/habits edit pills without a reminder",
        "/habits delete read",
        "/habits restore old",
    ],
)
async def test_every_write_can_be_taken_back_and_done_again(person: Person, line: str) -> None:
    """To the same rows, twice over: the inverse of the inverse is what was done."""
    for before in (
        "/habits add read 20 minutes daily",
        "/habits add run 3 times a week",
        "/habits add gym on Fridays",
        "/habits add pills 3 times a day at 8:00",
        "/habits add old habit",
        "/habits checkin read 5 minutes",
        "/habits checkin pills",
        "/habits checkin pills",
        "/habits skip gym on Friday",
        "/habits delete old",
    ):
        await person.types(before)
    person.at("2026-11-27T10:00")
    await person.types("/habits checkin read 5 minutes")
    await person.types("/habits checkin pills")
    await person.types("/habits vacation gym until 2026-12-24")
    await person.types("/habits vacation until Monday")
    await person.types("/habits pause run")
    person.at("2026-11-27T11:00")
    start = await contents(person.database)
    done = await person.types(line)
    changed = await contents(person.database)
    assert changed != start
    undone = await person.undoes(done)
    if not line.startswith("/habits add"):
        assert await contents(person.database) == start
    redone = await person.undoes(undone)
    again = await contents(person.database)
    if line == "/habits restore old":  # the time away gets a new number
        for each in (again, changed):
            each["habit_breaks"] = {row[1:] for row in each["habit_breaks"]}
    assert again == changed
    await person.undoes(redone)


async def test_a_begun_habit_is_taken_back_into_the_archive(person: Person) -> None:
    """Its name is free again, and it can come back."""
    begun = await person.types("/habits add meditate")
    await person.undoes(begun)
    assert "no habits yet" in await person.says("habits")
    again = await person.types("/habits add meditate")
    with pytest.raises(UsageError, match="already"):
        await person.types("/habits restore meditate")
    await person.undoes(again)
    with pytest.raises(UsageError, match="may be"):
        await person.types("/habits restore meditate")
    assert "Back: meditate" in await person.says("/habits restore #1")


async def test_a_habit_with_history_is_deleted_and_comes_back(person: Person) -> None:
    """The original failed on a foreign key. What was done stays; the time away breaks nothing."""
    person.at("2026-11-20T12:00")
    await person.types("/habits add meditate")
    await person.types("/habits checkin meditate")
    person.at("2026-11-21T12:00")
    await person.types("/habits checkin meditate")
    assert "restore habit #1" in await person.says("/habits delete meditate")
    person.at("2026-11-26T12:00")
    with pytest.raises(NotFound, match="archive"):
        await person.types("/habits checkin meditate")
    told = await person.types("/habits stats meditate")
    assert "in the archive since 2026-11-21" in told.text
    assert told.data["habits"][0]["streak"] == 2
    await person.types("/habits restore meditate")
    assert await person.streak("meditate") == 2
    await person.types("/habits checkin meditate")
    assert await person.streak("meditate") == 3


async def test_breaks_keep_streaks_and_say_until_when(person: Person) -> None:
    """Skipped, on vacation, paused: nothing is due, and it goes on where it was."""
    await person.types("/habits add meditate")
    await person.types("/habits checkin meditate")
    person.at("2026-11-27T12:00")
    assert "its streak goes on" in await person.says("/habits skip meditate")
    assert "skipped already" in await person.says("/habits skip meditate")
    person.at("2026-11-28T12:00")
    await person.types("/habits checkin meditate")
    await person.types("/habits vacation from tomorrow to 5 Dec")
    person.at("2026-12-05T12:00")
    assert "on vacation until Saturday 5 Dec" in await person.says("habits")
    person.at("2026-12-06T12:00")
    assert await person.streak("meditate") == 2
    await person.types("/habits pause meditate")
    person.at("2027-03-06T12:00")
    assert "paused" in await person.says("habits")
    await person.types("/habits resume meditate")
    assert await person.streak("meditate") == 2
    person.at("2027-03-07T12:00")
    assert await person.streak("meditate") == 0
    with pytest.raises(NotFound, match="isn't paused"):
        await person.types("/habits resume meditate")
    with pytest.raises(NotFound, match="no vacation"):
        await person.types("/habits vacation over")


async def test_a_day_that_nothing_is_due_on_cannot_be_skipped(person: Person) -> None:
    """The next one is told."""
    await person.types("/habits add gym on Mondays")
    with pytest.raises(UsageError, match="isn't due on Thursday") as caught:
        await person.types("/habits skip gym")
    assert "2026-11-30" in caught.value.hint
    with pytest.raises(NotFound, match="isn't skipped"):
        await person.types("/habits unskip gym")


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [
        ("until Friday", "2026-11-26", "2026-11-27"),
        ("from Monday to 10 Dec", "2026-11-30", "2026-12-10"),
        ("from 1 Dec for 2 weeks", "2026-12-01", "2026-12-14"),
        ("for a week", "2026-11-26", "2026-12-02"),
        ("1-10 Dec", "2026-12-01", "2026-12-10"),
        ("tomorrow", "2026-11-27", "2026-11-27"),
        ("from tomorrow", "2026-11-27", None),
        ("", "2026-11-26", None),
        ("gym 28 Dec to 3 Jan", "2026-12-28", "2027-01-03"),
        ("from 1 Nov to 10 Nov", "2026-11-01", "2026-11-10"),
    ],
)
async def test_a_vacation_in_words(person: Person, line: str, first: str, last: str | None) -> None:
    """From today where no begin is said, to the end or until further notice."""
    await person.types("/habits add gym daily")
    told = await person.types(f"/habits vacation {line}".strip())
    assert told.data["breaks"] == [{"kind": "vacation", "first": first, "last": last}]
    assert (told.data["habit"] is not None) == line.startswith("gym")


async def test_a_vacation_that_ends_before_it_begins_is_none(person: Person) -> None:
    """Nor is one of a habit that there isn't."""
    with pytest.raises(UsageError, match="no span"):
        await person.types("/habits vacation from 2026-12-10 to 2026-12-01")
    with pytest.raises(NotFound):
        await person.types("/habits vacation surfing until Friday")


async def test_a_changed_rule_leaves_the_past_as_it_was(person: Person) -> None:
    """20 minutes were enough while 20 were asked, and three times a week need no daily past."""
    person.at("2026-11-16T12:00")
    await person.types("/habits add read 20 minutes daily")
    for day in range(16, 26):
        person.at(f"2026-11-{day}T12:00")
        await person.types("/habits checkin read 20 minutes")
    person.at("2026-11-26T12:00")
    changed = await person.types("/habits edit read: 30 minutes")
    assert changed.text == "Changed: read, 30 min every day."
    assert await person.streak("read") == 10
    await person.types("/habits checkin read 20 minutes")
    assert await person.streak("read") == 10
    await person.types("/habits checkin read 10 minutes")
    assert await person.streak("read") == 11


async def test_a_weeks_rule_that_is_changed_holds_for_this_week(person: Person) -> None:
    """What was done since Monday counts for it."""
    person.at("2026-11-16T12:00")
    await person.types("/habits add run 3 times a week")
    for day in (16, 17, 18, 23, 24):
        person.at(f"2026-11-{day}T12:00")
        await person.types("/habits checkin run")
    person.at("2026-11-26T12:00")
    await person.types("/habits edit run: twice a week")
    assert await person.streak("run") == 2


def test_a_rule_never_reaches_back_over_another() -> None:
    """Changed on a Wednesday from days to weeks and again on Thursday, it holds from Wednesday."""
    monday, wednesday, thursday = (date(2026, 11, day) for day in (23, 25, 26))
    daily, weekly = DatedRule(monday, Rule()), DatedRule(wednesday, Rule("week"))
    habit = Habit(1, "run", monday, (daily,))
    assert changed_rules(habit, Rule("week"), wednesday) == [daily, weekly]
    twice = Rule("week", times=2)
    habit = Habit(1, "run", monday, (daily, weekly))
    assert changed_rules(habit, twice, thursday) == [daily, DatedRule(wednesday, twice)]
    assert changed_rules(habit, Rule("week"), thursday) == [daily, weekly]
    assert changed_rules(habit, Rule(), monday) == [DatedRule(monday, Rule())]


async def test_an_edit_of_nothing_or_of_nonsense_says_what_to_do(person: Person) -> None:
    """It changes nothing."""
    await person.types("/habits add read daily")
    await person.types("/habits add run daily")
    before = await contents(person.database)
    for line in ("read", "read: sometimes", "read to run", "nothing: daily", ""):
        with pytest.raises((UsageError, NotFound)) as caught:
            await person.types(f"/habits edit {line}".strip())
        assert caught.value.hint
    assert await contents(person.database) == before


async def test_travel_never_changes_the_past(person: Person) -> None:
    """A check-in counts for the date that its person's was. To Los Angeles the day is lived twice,
    and a day that was missed in Auckland is still today there."""
    person.move(ZoneInfo("Pacific/Auckland"))
    person.at("2026-11-10T20:00")
    await person.types("/habits add meditate")
    await person.types("/habits checkin meditate")
    person.at("2026-11-11T20:00")
    await person.types("/habits checkin meditate")
    person.at("2026-11-12T08:00")
    await person.types("/habits checkin meditate")
    person.move(ZoneInfo("America/Los_Angeles"))
    assert f"{person.clock.local():%m-%d}" == "11-11"
    assert await person.streak("meditate") == 3
    assert "1 of 1 done" in await person.says("habits")
    for zone in ("Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12"):
        person.move(ZoneInfo(zone))
        latest = await person.habits.latest(1, 9)
        assert [f"{each.day:%m-%d}" for each in latest] == ["11-12", "11-11", "11-10"]
        assert {each.zone for each in latest} == {"Pacific/Auckland"}


async def test_a_late_evening_does_not_block_the_next_day(someone: Callable[..., Person]) -> None:
    """In the original, 21:30 in New York was already tomorrow's check-in."""
    person = someone("America/New_York", "2026-11-25T21:30")
    await person.types("/habits add meditate")
    await person.types("/habits checkin meditate")
    person.at("2026-11-26T07:00")
    assert await person.says("/habits checkin meditate") == "meditate: done today. Streak 2 days."


async def test_a_day_may_end_at_three(someone: Callable[..., Person]) -> None:
    """02:59 is yesterday's, 03:00 is today's."""
    person = someone(now="2026-11-26T12:00", ends=3)
    await person.types("/habits add meditate")
    person.at("2026-11-27T02:59")
    done = await person.types("/habits checkin meditate")
    assert done.data["for_day"] == "2026-11-26"
    person.at("2026-11-27T03:00")
    done = await person.types("/habits checkin meditate")
    assert (done.data["for_day"], done.data["streak"]) == ("2026-11-27", 2)


async def test_a_streak_decays(person: Person) -> None:
    """The original still showed it twenty days later."""
    await person.types("/habits add meditate")
    await person.types("/habits checkin meditate")
    person.at("2026-12-16T12:00")
    assert "streak" not in await person.says("habits")


async def test_a_streak_of_years_is_told_whole(person: Person) -> None:
    """Also one that reaches back before what is read at first."""
    person.at("2024-11-01T12:00")
    await person.types("/habits add meditate")
    for _ in range(500):
        await person.types("/habits checkin meditate")
        person.clock.advance(86400)
    assert "streak 500 days" in await person.says("habits")
    assert (await person.types("habits")).data["habits"][0]["streak"] == 500


async def test_statistics_of_one_and_of_all(person: Person) -> None:
    """A calendar of at least twelve weeks, the streaks, the rate and the best day."""
    person.at("2026-11-09T12:00")
    await person.types("/habits add read 20 minutes daily")
    await person.types("/habits add gym on Mondays")
    for day, minutes in ((9, 20), (10, 20), (11, 5), (16, 20), (17, 10)):
        person.at(f"2026-11-{day:02}T12:00")
        await person.types(f"/habits checkin read {minutes} minutes")
    person.at("2026-11-19T12:00")
    told = await person.types("/habits stats read")
    lines = told.text.splitlines()
    assert lines[0] == "**read**: 20 min every day, since 2026-11-09"
    assert [line for line in lines if line.startswith("Mon ")] == ["Mon " + "  " * 10 + "█ █"]
    assert "- streak 0 days, longest 2" in lines
    assert "- 30 %: 3 of 10 days" in lines
    assert "- best on Mondays" in lines
    assert told.data["habits"][0]["rate"] == 0.3
    plain = await person.says("/habits stats read --ascii")
    assert plain.isascii()
    everything = await person.says("/habits stats")
    assert "| read | 0 days | 2 | 30 % | Mon |" in everything
    assert "| gym | 0 in a row | 0 | 0 % |  |" in everything


async def test_a_name_cannot_look_like_ours(person: Person) -> None:
    """Markdown in a name stands as text, in lists and in tables."""
    await person.types("/habits add **x** | `y` daily")
    for line in ("habits", "/habits stats", "/habits list", "/habits checkin #1"):
        assert "\\*\\*x\\*\\* \\| \\`y\\`" in await person.says(line)


async def test_reminders_are_of_what_is_asked_and_not_done(person: Person) -> None:
    """In the order of their times."""
    for line in ("b daily at 21:00", "a 3 times a week at 7:00", "c on Mondays at 8:00", "d daily"):
        await person.types(f"/habits add {line}")
    told = [(each.habit.name, f"{each.at:%H:%M}") for each in await person.habits.reminders()]
    assert told == [("a", "07:00"), ("b", "21:00")]
    await person.types("/habits checkin a")
    await person.types("/habits checkin b")
    assert await person.habits.reminders() == []


async def test_parts_may_be_given_apart(person: Person) -> None:
    """As a model gives them: a name with a rule beside it, a day and an amount beside the name."""
    run = person.registry.run
    made = await run("habits_add", {"habit": "daily mail", "rule": "weekly", "remind_at": "9am"})
    assert made.text == "Begun: daily mail, once a week, reminder at 09:00."
    done = await run("habits_checkin", {"habit": "daily mail", "day": "yesterday"})
    assert done.data["for_day"] == "2026-11-25"
    edited = await run(
        "habits_edit", {"habit": "daily mail", "name": "post", "rule": "daily", "remind": "off"}
    )
    assert edited.text == "Changed: post, every day."
    for arguments in ({"habit": "x", "rule": "sometimes"}, {"habit": "x", "remind_at": "late"}):
        with pytest.raises(UsageError):
            await run("habits_add", arguments)


async def test_what_is_stored_is_checked(person: Person) -> None:
    """A sound store has no finding; each kind of damage has one."""
    await person.types("/habits add read 20 minutes daily")
    await person.types("/habits checkin read")
    await person.types("/habits vacation until Friday")
    assert await person.database.read(checks.verify) == []
    for damage in (
        "UPDATE check_ins SET day = 'someday'",
        "UPDATE habit_breaks SET first_day = '2026-02-31'",
        "UPDATE habits SET folded = 'other'",
        "UPDATE habit_rules SET since = '2026-11-01'",
        "UPDATE habit_rules SET days = '[9]'",
        "DELETE FROM habit_rules",
    ):

        def spoil(connection: sqlite3.Connection, statement: str = damage) -> list[str]:
            connection.execute("SAVEPOINT here")
            connection.execute(statement)
            found = checks.verify(connection)
            connection.execute("ROLLBACK TO here")
            return found

        assert len(await person.database.write(spoil)) == 1, damage


async def test_what_was_removed_meanwhile_is_said(person: Person) -> None:
    """An inverse whose rows are gone changes nothing."""
    await person.types("/habits add read daily")
    done: ActionResult = await person.types("/habits checkin read")
    await person.types("/habits uncheck read")
    with pytest.raises(NotFound, match="no such check-in"):
        await person.undoes(done)
    with pytest.raises(NotFound, match="no such check-in on 2026-11-26"):
        await person.types("/habits uncheck read")


async def test_an_inverse_never_takes_anothers_check_ins(person: Person) -> None:
    """Whoever names the wrong habit for them changes nothing."""
    await person.types("/habits add read daily")
    await person.types("/habits add run daily")
    await person.types("/habits checkin read")
    gone = await person.types("/habits uncheck read")
    assert gone.undo is not None
    await person.undoes(gone)
    before = await contents(person.database)
    name, arguments = gone.undo
    with pytest.raises(UsageError, match="another habit"):
        await person.registry.run(name, {**arguments, "habit": "run"})
    with pytest.raises(NotFound):
        await person.registry.run("habits_uncheck", {"habit": "run", "check_ins": [1]})
    assert await contents(person.database) == before


@pytest.mark.parametrize(
    "rule", ["daily", "3 times a week", "every Monday and Friday", "2 hours a week", "on the 31st"]
)
async def test_the_last_year_shows_what_all_of_time_does(person: Person, rule: str) -> None:
    """How a habit stands, its streak and its last days are those of all that was ever done."""
    person.at("2024-10-01T12:00")
    await person.says(f"add habit tea {rule}")
    person.at("2026-11-26T20:30")
    today = date(2026, 11, 26)
    days = [today - timedelta(days=n) for n in range(790) if n % 41 != 40 or n < 400]
    amount = Amount(3_600_000, "h") if "hours" in rule else None

    def put(connection: sqlite3.Connection) -> None:
        for day in days:
            at = datetime.combine(day, time(9), BERLIN)
            store.put_check_in(connection, CheckIn(0, 1, day, at, "Europe/Berlin", amount))

    await person.database.write(put)
    (recent,) = await person.habits.lately()
    (figures,) = await person.habits.figures()
    assert recent.looked == figures.looked
    marks = [(today - timedelta(days=n)).toordinal() for n in range(60)]
    assert [recent.count.mark(each) for each in marks] == [figures.count.mark(e) for e in marks]
