"""Reminders as they are typed: read, set, listed, put off, finished, ended, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.schedule.conftest import Time
from wooster.actions import undoing
from wooster.actions.action import Nothing
from wooster.actions.log import ActionLog
from wooster.actions.registry import Registry
from wooster.core.errors import NotFound, UsageError
from wooster.reminders import looking, reading, setting
from wooster.reminders.setting import Reminders
from wooster.schedule.phrases import Context
from wooster.storage import Database

Nothing.model_rebuild()

BERLIN = ZoneInfo("Europe/Berlin")
NOW = Context(datetime(2026, 11, 26, 8, 20, tzinfo=BERLIN))


class Person(Time):
    """Somebody who types commands while time passes."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.registry = Registry()
        reminders = Reminders(self.schedule, self.clock, lambda: Context(self.clock.local()))
        log = ActionLog(self.registry, database, self.clock)
        for action in (
            *setting.actions(reminders),
            *looking.actions(reminders),
            *undoing.actions(log, self.clock),
        ):
            self.registry.add(action)

    async def types(self, line: str) -> str:
        parsed = await self.registry.parse(line)
        assert parsed is not None, f"{line!r} is no command"
        return (await self.registry.run(*parsed)).text


@pytest.fixture
def person(database: Database) -> Person:
    return Person(database)


@pytest.mark.parametrize(
    ("words", "text", "when"),
    [
        ("to call Ana tomorrow at 5", "call Ana", "2026-11-27T17:00"),
        ("tomorrow at 5 to call Ana", "call Ana", "2026-11-27T17:00"),
        ("in 20 minutes about the pasta", "the pasta", "2026-11-26T08:40"),
        ("within 2 hours to send the slides", "send the slides", "2026-11-26T10:20"),
        ("on Friday that the rent is due", "the rent is due", "2026-11-27T09:00"),
        ("to pay 3 bills on 3 December at noon", "pay 3 bills", "2026-12-03T12:00"),
        ("to buy 3 eggs today", "buy 3 eggs", "2026-11-26T09:00"),
        (
            "To water MY plants – all of them – at 20:15",
            "water MY plants – all of them",
            "2026-11-26T20:15",
        ),
    ],
)
def test_what_is_left_without_its_time_is_the_reminder(words: str, text: str, when: str) -> None:
    """In the person's own words and case."""
    said = reading.parse(words, NOW, BERLIN)
    assert said.text == text
    assert said.times is not None and said.times.at is not None
    assert said.times.at == datetime.fromisoformat(when).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("words", "rule", "start"),
    [
        ("every weekday at 8am to stretch", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-27T08:00"),
        ("to take pills every day at 21:00", "FREQ=DAILY", "2026-11-26T21:00"),
    ],
)
def test_what_recurs_is_a_rule_of_the_wall_clock(words: str, rule: str, start: str) -> None:
    """It moves with the person: no zone is fixed."""
    times = reading.parse(words, NOW, BERLIN).times
    assert times is not None
    assert (times.rrule, times.zone) == (rule, "")
    assert times.start == datetime.fromisoformat(start)


def test_until_done_and_urgent_are_heard() -> None:
    """And are no part of the words."""
    said = reading.parse("urgent: to take pills every day at 21:00, until done", NOW, BERLIN)
    assert (said.text, said.repeat, said.priority) == ("take pills", timedelta(minutes=15), "high")


@pytest.mark.parametrize(
    ("words", "text", "minutes", "at"),
    [
        ("every 5 minutes until I say done to take pills at 14:00", "take pills", 5, "14:00"),
        ("to take pills at 14:00 every half an hour until it's done", "take pills", 30, "14:00"),
        ("to take pills at 14:00, then every hour until I confirm", "take pills", 60, "14:00"),
        ("to take pills every 10 minutes until I've done it", "take pills", 10, "08:30"),
        ("to wait until done with lunch at 14:00", "wait until done with lunch", 0, "14:00"),
    ],
)
def test_how_often_until_done_is_heard(words: str, text: str, minutes: int, at: str) -> None:
    """It is no rule: it begins at the time that is said, and ends when it is done."""
    said = reading.parse(words, NOW, BERLIN)
    assert (said.text, said.repeat) == (text, timedelta(minutes=minutes))
    assert said.times is not None and said.times.at is not None and not said.times.rrule
    assert f"{said.times.at.astimezone(BERLIN):%H:%M}" == at


@pytest.mark.parametrize(
    ("words", "text", "channels"),
    [
        ("via signal to call Ana at noon", "call Ana", ("signal",)),
        ("by e-mail, then ntfy to call Ana at noon", "call Ana", ("email", "ntfy")),
        ("to call Ana at noon, via Desktop and signal.", "call Ana", ("desktop", "signal")),
        ("to send the report by email at noon", "send the report by email", ()),
        ("on Monday to call Ana", "call Ana", ()),
    ],
)
def test_the_channels_of_a_reminder_are_heard(
    words: str, text: str, channels: tuple[str, ...]
) -> None:
    """Where they are said of the telling, and not of what is to be done."""
    said = reading.parse(words, NOW, BERLIN)
    assert (said.text, said.channels) == (text, channels)


async def test_a_reminder_goes_to_the_channels_that_it_names(person: Person) -> None:
    """And it is said which."""
    told = await person.types("remind me via signal, then ntfy to call Ana at 9am")
    assert told.endswith("call Ana: today 09:00. By signal, then ntfy.")
    (job,) = await person.schedule.jobs()
    assert (job.text, job.channels) == ("call Ana", ("signal", "ntfy"))


async def test_how_late_a_reminder_may_come_is_heard(person: Person) -> None:
    """What passes while nothing runs comes late, not at all, or only within a while, as it is
    said; and what was not told is a row that is seen."""
    told = await person.types("remind me at 9am to catch the bus, but not if it's late")
    assert told.endswith("catch the bus: today 09:00. Not told when it is late.")
    told = await person.types("remind me at 10am to call Ben, at most 2 hours late")
    assert told.endswith("call Ben: today 10:00. Told up to 2 hours late.")
    await person.types("remind me at 11am to call Ana")
    await person.types("remind me at 12:30 to write why the train was late")
    person.at("2026-11-26T13:00")
    went = await person.look()
    assert sorted(went) == ["call Ana", "write why the train was late"]
    assert (await person.types("schedule history")).count("**missed**") == 2


async def test_done_and_cancel_are_typed_as_they_are_said(person: Person) -> None:
    """ "Done" is of the one that came last, "cancel" takes a number or words of one; what is about
    no reminder that there is stays a message."""
    await person.types("remind me to call Ana at 9am")
    await person.types("remind me to write to Ben every day at 10am")
    await person.types("remind me to stretch at noon")
    person.at("2026-11-26T09:00")
    assert await person.look() == ["call Ana"]
    assert await person.types("done") == "Done: call Ana."
    assert await person.types("cancel 2") == "Cancelled: write to Ben."
    with pytest.raises(NotFound, match="no reminder “7”"):
        await person.types("cancel 7")
    assert await person.types("undo") is not None
    for line in ("cancel it", "cancel my plans, I'm ill", "delete everything, please"):
        assert await person.registry.parse(line) is None
    with pytest.raises(NotFound, match="no reminder “unicorn”"):
        await person.types("delete reminder unicorn")
    assert await person.types("cancel the write to Ben reminder") == "Cancelled: write to Ben."
    assert await person.types("cancel stretch") == "Cancelled: stretch."


@pytest.mark.parametrize(
    "line",
    [
        "remind me what we said about Porto",
        "remind me of my childhood",
        "remind me who Ana is?",
        "Reminders of the past are everywhere",
        "snooze buttons are bad for you",
        "cancel my plans, I'm ill",
    ],
)
async def test_a_message_that_only_begins_so_is_a_message(person: Person, line: str) -> None:
    """Nothing is set by a question."""
    assert await person.registry.parse(line) is None


async def test_a_reminder_is_set_listed_and_comes(person: Person) -> None:
    """What was understood is told at once, with how it was read."""
    told = await person.types("remind me to call Ana tomorrow at 5")
    assert told == "I'll remind you: **1** call Ana: tomorrow 17:00. 5:00 is read as 17:00."
    await person.types("/remind me every weekday at 8am to stretch")  # as the command line has it
    assert (await person.types("reminders")).splitlines() == [
        "- **2** stretch: tomorrow 08:00, every weekday at 08:00",
        "- **1** call Ana: tomorrow 17:00",
    ]
    assert await person.pass_by("2026-11-27T18:00") == ["27 08:00 stretch", "27 17:00 call Ana"]
    assert "call Ana: delivered (screen)" in await person.types("schedule history")


async def test_of_many_reminders_the_next_are_listed(person: Person) -> None:
    """Fifty of them, with how many more there are; all, or those with some words, when asked."""
    for hour in range(1, 53):
        await person.types(f"remind me in {hour} hours to call number {hour}")
    lines = (await person.types("reminders")).splitlines()
    assert len([each for each in lines if each.startswith("- ")]) == 50
    assert "call number 1:" in lines[0] and "call number 50:" in lines[49]
    assert lines[-1] == "and 2 more: `reminders all`, or `reminders WORDS`."
    assert len((await person.types("reminders all")).splitlines()) == 52
    assert "call number 51:" in await person.types("reminders number 51")
    assert await person.registry.parse("reminders of my childhood") is None
    with pytest.raises(NotFound):
        await person.types("/reminders of my childhood")


async def test_without_a_time_it_is_asked_for_and_nothing_is_set(person: Person) -> None:
    """The choice sets it when a time is chosen, or typed."""
    parsed = await person.registry.parse("remind me to call Ana")
    assert parsed is not None
    asked = await person.registry.run(*parsed)
    assert asked.exit_code == 2 and asked.choice is not None
    assert await person.types("reminders") == (
        "No reminders. `remind me to call Ana tomorrow at 5` makes one."
    )
    tomorrow = next(each for each in asked.choice.options if "tomorrow" in each.label)
    done = await person.registry.run(tomorrow.action, tomorrow.arguments)
    assert "call Ana: tomorrow 09:00" in done.text


async def test_what_is_past_is_refused(person: Person) -> None:
    """No reminder is set that can never come."""
    with pytest.raises(UsageError, match="past"):
        await person.types("remind me on 1 January 2020 to sleep")


async def test_snooze_puts_off_the_last_one(person: Person) -> None:
    """Ten minutes without a time; by words for another; and `undo` takes it back."""
    await person.types("remind me at 9:00 to walk the dog")
    await person.types("remind me at 9:30 to call Ana")
    await person.pass_by("2026-11-26T09:30")
    assert await person.types("snooze") == "Again today 09:40: call Ana."
    assert await person.types("/snooze dog until 11:00") == "Again today 11:00: walk the dog."
    await person.types("undo")
    assert await person.pass_by("2026-11-26T12:00") == ["26 09:45 call Ana"]
    with pytest.raises(UsageError, match="no time"):
        await person.types("/snooze blue")


async def test_done_ends_what_is_said_again_and_again(person: Person) -> None:
    """Also by words; undone, it goes on."""
    await person.types("remind me at 9:00 to take pills until done")
    assert len(await person.pass_by("2026-11-26T09:20")) == 2
    assert await person.types("got it") == "Done: take pills."
    assert await person.pass_by("2026-11-26T10:00") == []
    await person.types("undo")
    assert await person.pass_by("2026-11-26T10:30") != []


async def test_cancel_pause_move_and_their_undo(person: Person) -> None:
    """By number or words; several are listed and none is taken."""
    await person.types("remind me every day at 9:00 to walk the dog")
    await person.types("remind me every day at 10:00 to feed the dog")
    with pytest.raises(UsageError, match="may be 1"):
        await person.types("cancel reminder dog")
    with pytest.raises(NotFound):
        await person.types("cancel reminder cat")
    await person.types("cancel reminder walk")
    await person.types("pause reminder 2")
    assert await person.pass_by("2026-11-26T12:00") == []
    await person.types("undo")
    await person.types("undo")
    await person.types("move reminder feed to every day at 11:00")
    assert await person.pass_by("2026-11-27T12:00") == [
        "26 12:15 walk the dog",
        "27 09:00 walk the dog",
        "27 11:00 feed the dog",
    ]
    await person.types("undo")
    # What its old time missed meanwhile is told late, as all that is missed.
    assert await person.pass_by("2026-11-27T12:30") == ["27 12:15 feed the dog"]
    assert "feed the dog: tomorrow 10:00" in await person.types("reminders")


async def test_undoing_a_new_reminder_silences_it(person: Person) -> None:
    """Also one that has come already and waits to be tried again."""
    person.post.fails = {"screen": 9}
    await person.types("remind me at 9:00 to walk")
    await person.pass_by("2026-11-26T09:00")
    await person.types("undo")
    assert await person.pass_by("2026-11-26T23:00") == []
    await person.types("redo")
    person.post.fails = {}
    assert await person.pass_by("2026-11-26T23:30") == ["26 23:15 walk"]


async def test_the_schedule_shows_what_comes_and_what_would(person: Person) -> None:
    """By days; between two times; and nothing is sent."""
    await person.types("remind me every Friday at 9:00 to pay Ana")
    assert await person.types("schedule") == "**tomorrow**\n\n- 09:00 pay Ana"
    told = await person.types("/schedule simulate --from 1 December --to 20 December")
    assert "**Fri 4 Dec**" in told and "**Fri 18 Dec**" in told and "25 Dec" not in told
    with pytest.raises(UsageError, match="before the beginning"):
        await person.types("/schedule simulate --from tomorrow --to today at 23:00")
    assert person.post.sent == []
