"""Calendars in files, as they are typed: what is shown, what is changed, and that it comes back."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.calendars.conftest import Person, calendar, event
from wooster.calendars import checks, days, wording
from wooster.calendars.model import CalendarError
from wooster.core.errors import NotFound, UsageError
from wooster.schedule.phrases import Context

Ics = Callable[..., Path]
FRIDAY = "2026-11-27"


async def test_without_calendars_the_agenda_says_how_to_begin(person: Person) -> None:
    """And so does the list."""
    assert "calendars add" in await person.says("agenda")
    assert "no calendars yet" in await person.says("calendars")


async def test_a_day_is_shown_whole_days_first_then_by_the_clock(person: Person, ics: Ics) -> None:
    """With places, with what ends after midnight on both days, and with what isn't attended told
    apart."""
    path = ics(
        event(
            "Stand-up", ";TZID=Europe/Berlin:20261127T091500", "DURATION:PT15M\r\nLOCATION:R4\r\n"
        ),
        event("Birthday", ";VALUE=DATE:20261127"),
        event("Fair", ";VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261129\r\n"),
        event("Party", ":20261127T220000Z", "DTEND:20261128T000000Z\r\n"),
        event("Review", ":20261127T100000Z", "STATUS:CANCELLED\r\n"),
        event("Sales", ":20261127T110000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:Me@example.org\r\n"),
        event("Maybe", ":20261127T120000Z", "DURATION:PT1H\r\nSTATUS:TENTATIVE\r\n"),
    )
    assert "Added 1 calendar" in await person.says("calendars_add", what=f"{path} Job")
    assert person.asked == []
    assert (await person.says("agenda", when="tomorrow")).splitlines() == [
        "**Friday 27 November**, tomorrow",
        "",
        "- all day (2 of 3)  Fair",
        "- all day  Birthday",
        "- 09:15–09:30  Stand-up, R4",
        "- 13:00–14:00  Maybe  *tentative*",
        "- 23:00–01:00 (Sat)  Party",
        "",
        "*Not listed: Review (cancelled), Sales (declined)*",
    ]
    assert "- (Fri 23:00)–01:00  Party" in await person.says("agenda", when="saturday")
    assert "Fair" not in await person.says("agenda", when="sunday")
    week = await person.runs("agenda", when="week")
    assert len(week.data["days"]) == 7


async def test_travel_moves_appointments_and_leaves_days(person: Person, ics: Ics) -> None:
    """An instant is another hour there; a whole day and a time without a zone stay."""
    path = ics(
        event("Call", ";TZID=Europe/Berlin:20261127T010000", "DURATION:PT1H\r\n"),
        event("Holiday", ";VALUE=DATE:20261127"),
        event("Pills", ":20261127T080000", "DURATION:PT5M\r\n"),
    )
    await person.runs("calendars_add", what=str(path))
    assert await person.titles(FRIDAY) == ["Holiday", "Call", "Pills"]
    person.move("America/New_York")
    assert await person.titles(FRIDAY) == ["Holiday", "Pills"]
    assert await person.titles("2026-11-26") == ["Call"]
    assert "- 08:00–08:05  Pills" in await person.says("agenda", when="2026-11-27")


async def test_free_time_is_what_lies_between(person: Person, ics: Ics) -> None:
    """Within the hours that are asked for; whole days and what doesn't keep busy leave it free."""
    path = ics(
        event("A", ";TZID=Europe/Berlin:20261127T100000", "DURATION:PT1H\r\n"),
        event("B", ";TZID=Europe/Berlin:20261127T103000", "DURATION:PT1H\r\n"),
        event(
            "C", ";TZID=Europe/Berlin:20261127T143000", "DURATION:PT2H\r\nTRANSP:TRANSPARENT\r\n"
        ),
        event("D", ";TZID=Europe/Berlin:20261127T160000", "DURATION:PT1H\r\n"),
        event("Fair", ";VALUE=DATE:20261127"),
    )
    await person.runs("calendars_add", what=str(path))
    assert "**Friday 27 November**: 08:00–10:00, 11:30–16:00, 17:00–20:00" in await person.says(
        "free", when="tomorrow"
    )
    assert "**Friday 27 November**: 12:00–16:00" in await person.says(
        "free", when="tomorrow afternoon 90 minutes"
    )
    today = await person.says("free")
    assert "**Thursday 26 November**: 09:30–20:00" in today


@pytest.mark.parametrize(
    ("line", "name", "when"),
    [
        ("what's on Thursday?", "agenda", "Thursday"),
        ("What do I have tomorrow?", "agenda", "tomorrow"),
        ("show me my calendar", "agenda", ""),
        ("do I have anything on next Monday?", "agenda", "next Monday"),
        ("am I free tomorrow afternoon?", "free", "tomorrow afternoon"),
        ("when am I free on Friday?", "free", "Friday"),
        ("what meetings do I have on Friday?", "agenda", "Friday"),
        ("read me tomorrow's agenda", "agenda", "tomorrow"),
        ("when's my next meeting?", "agenda", "week"),
        ("when do I have time on Monday?", "free", "Monday"),
        ("what's the current date?", None, ""),
        ("what is Python?", None, ""),
        ("what's on your mind?", None, ""),
        ("what's on TV tonight?", None, ""),
        ("am I free to go?", None, ""),
        ("free will is an illusion", None, ""),
    ],
)
async def test_plain_sentences_are_read(
    person: Person, line: str, name: str | None, when: str
) -> None:
    """Those about the calendar, and no others."""
    found = {}
    for action in person.registry._actions.values():
        if action.reads is not None and (arguments := await action.reads(line)) is not None:
            found[action.name] = arguments
    assert found == ({} if name is None else {name: {"when": when}})


@pytest.mark.parametrize(
    ("line", "name", "event"),
    [
        (
            "put tea with Jo on Friday at 4 in my calendar",
            "event_add",
            "tea with Jo on Friday at 4",
        ),
        ("add Mia's party to the calendar on 12 May", "event_add", "Mia's party on 12 May"),
        (
            "set up a meeting with Leo for Monday at 11",
            "event_add",
            "meeting with Leo Monday at 11",
        ),
        ("dentist appointment tomorrow at 9am", "event_add", "dentist appointment tomorrow at 9am"),
        ("block Friday 2 to 4 for writing", "event_add", "writing Friday 2 to 4"),
        ("move my choir practice to Saturday", "event_move", "my choir practice to Saturday"),
        ("push the choir practice back to 10 pm", "event_move", "the choir practice to 10 pm"),
        ("cancel choir practice on Friday", "event_cancel", "choir practice on Friday"),
        ("take the choir practice appointment off my calendar", "event_cancel", "choir practice"),
        ("make coffee at eight am", None, ""),
        ("add a meeting with Leo", None, ""),
        ("put it in my calendar", None, ""),
        ("cancel my subscription", None, ""),
        ("move the second paragraph to the end", None, ""),
    ],
)
async def test_events_are_said_in_plain_sentences(
    person: Person, line: str, name: str | None, event: str
) -> None:
    """A new one with its name and its time; one that is moved or cancelled is there."""
    await person.runs("event_add", event="choir practice friday 19:00")
    found = {}
    for action in person.registry._actions.values():
        try:
            if action.reads is not None and (arguments := await action.reads(line)) is not None:
                found[action.name] = arguments["event"]
        except UsageError:
            continue  # as the recogniser has it: it was not what was meant
    assert list(found) == ([name] if name else [])
    if name:
        assert found[name].removeprefix("the ") == event.removeprefix("the ")
        await person.runs(name, event=found[name])


async def test_words_that_begin_like_a_command_are_not_always_one(person: Person) -> None:
    """ "free will" isn't asked of the calendar."""
    free, agenda = (person.registry._actions[name] for name in ("free", "agenda"))
    assert free.fits is not None
    assert agenda.fits is not None
    assert [await free.fits(e) for e in ("tomorrow 2 hours", "will is an illusion")] == [
        True,
        False,
    ]
    assert [await agenda.fits(e) for e in ("week", "setting theory")] == [True, False]


async def test_an_event_is_added_to_a_file_and_taken_back_byte_for_byte(
    person: Person, ics: Ics
) -> None:
    """Also moved and cancelled: each undo, and the undo of that, is exact."""
    path = ics(
        event("A", ":20261127T080000Z"),
        event("B", ":20261127T090000Z", "DTEND:20261127T100000Z\r\nX-MINE:ä;b\\,\r\n"),
        event("C", ";VALUE=DATE:20261127"),
        more="X-WR-CALNAME:Job\r\n",
    )
    await person.runs("calendars_add", what=str(path))
    for name, words in (
        ("event_add", "lunch with Ana friday 13:00-14:00 at Café X in job"),
        ("event_add", "yoga every monday 7am in job"),
        ("event_move", "B to saturday 15:00"),
        ("event_move", "C to sunday"),
        ("event_cancel", "B"),
    ):
        before = path.read_bytes()
        done = await person.runs(name, event=words)
        after = path.read_bytes()
        assert after != before
        undone = await person.undoes(done)
        assert path.read_bytes() == before
        await person.undoes(undone)
        assert path.read_bytes() == after
    assert person.asked == []
    assert await person.titles("2026-11-29") == ["C"]
    assert await person.titles("2026-11-30") == ["yoga"]


async def test_a_first_event_begins_a_calendar_of_ones_own(person: Person, ics: Ics) -> None:
    """Though there is a file that can be written, which may be anybody's; it is said where."""
    path = ics(event("A", ":20261127T080000Z"))
    await person.runs("calendars_add", what=str(path))
    before = path.read_bytes()
    told = await person.says("event_add", event="dentist tomorrow at 9")
    assert told.startswith("Added to “Personal”: “dentist” tomorrow, 09:00–10:00.")
    assert await person.titles(FRIDAY) == ["A", "dentist"]
    assert (person.paths.home / "calendar.ics").exists() and path.read_bytes() == before


async def test_a_calendar_that_was_begun_with_an_event_goes_with_it(person: Person) -> None:
    """When that is taken back; it comes again with the event, and stays where another is in it."""

    async def there() -> tuple[bool, int]:
        found = await person.runs("calendars")
        return (person.paths.home / "calendar.ics").exists(), len(found.data["calendars"])

    first = await person.runs("event_add", event="dentist tomorrow at 9")
    back = await person.undoes(first)
    assert await there() == (False, 0)
    again = await person.undoes(back)
    assert await there() == (True, 1) and await person.titles(FRIDAY) == ["dentist"]
    back = await person.undoes(again)
    assert await there() == (False, 0)

    again = await person.undoes(back)
    second = await person.runs("event_add", event="tea tomorrow at 16")
    back = await person.undoes(again)
    assert await there() == (True, 1) and await person.titles(FRIDAY) == ["tea"]
    await person.undoes(second)
    again = await person.undoes(back)
    assert await there() == (True, 1) and await person.titles(FRIDAY) == ["dentist"]
    await person.undoes(again)
    assert await there() == (False, 0)
    assert person.asked == []


async def test_which_time_of_a_series_is_next_goes_by_the_persons_clock(
    person: Person, ics: Ics
) -> None:
    """What lasts whole days, or is in no zone, is over when the day or the clock there says so."""
    path = ics(
        event("Bins", ";VALUE=DATE:20261126", "RRULE:FREQ=WEEKLY\r\n"),
        event("Walk", ":20261126T180000", "DURATION:PT1H\r\nRRULE:FREQ=DAILY\r\n"),
    )
    await person.runs("calendars_add", what=str(path))
    person.clock.advance(9 * 3600)  # in Auckland it is Friday morning, and Thursday by UTC
    person.move("Pacific/Auckland")
    (bins,) = (await person.room.calendars.matching("bins")).first
    (walk,) = (await person.room.calendars.matching("walk")).first
    now = person.clock.local()
    assert bins.first_day > now.date() - timedelta(days=1)
    assert walk.ends is not None
    assert now < walk.ends <= now + timedelta(days=1)


async def test_of_many_events_the_first_are_told_and_all_are_counted(
    person: Person, ics: Ics
) -> None:
    """In the order in which an agenda has them: whole days, then by the clock, in whatever zone."""
    starts = (":20261127T{:02}0000Z", ":20261127T{:02}0000", ";VALUE=DATE:202612{:02}")
    events = [
        event(f"{number}-{kind}", start.format(20 - number), title="Tea party")
        for number in range(4)
        for kind, start in enumerate(starts)
    ]
    await person.runs("calendars_add", what=str(ics(*events)))
    person.move("Pacific/Auckland")
    every = await person.room.calendars.matching("tea", most=99)
    assert every.count == len(every.first) == 12
    assert list(every.first) == sorted(every.first, key=days.order)
    some = await person.room.calendars.matching("party", most=5)
    assert (some.first, some.count) == (every.first[:5], 12)


def test_a_calendar_is_named_by_its_own_letters() -> None:
    """Whatever their case; a name that is only like one of another length cuts nothing off."""
    now = Context(datetime(2026, 11, 26, 9, 0, tzinfo=UTC))
    said = wording.a_new("lunch tomorrow at noon in WORK", now, UTC, ["Work"])
    assert (said.summary, said.calendar) == ("lunch", "Work")
    said = wording.a_new("lunch tomorrow at noon in Stra\u00dfe", now, UTC, ["Strasse"])
    assert "Stra\u00dfe" in said.summary + said.location and said.calendar == ""


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("dinner with Max saturday at 7", (19, 20)),
        ("dinner saturday 7 to 9", (19, 21)),
        ("dinner saturday 07:30", (7, 8)),
        ("dinner saturday at 7 am", (7, 8)),
        ("run saturday at 7", (7, 8)),
    ],
)
def test_dinner_is_in_the_evening(text: str, hours: tuple[int, int]) -> None:
    """Unless the hour says otherwise."""
    span = wording.a_new(text, Context(datetime(2026, 11, 26, 9, 0, tzinfo=UTC)), UTC).span
    assert isinstance(span.starts, datetime)
    assert isinstance(span.ends, datetime)
    assert (span.starts.hour, span.ends.hour) == hours


async def test_an_ambiguous_event_is_never_guessed(person: Person, ics: Ics) -> None:
    """The candidates are listed, one key each, and the key does it."""
    path = ics(
        event("1", ":20261127T080000Z", title="Lunch with Ana"),
        event("2", ":20261128T080000Z", title="Lunch with Bob"),
    )
    await person.runs("calendars_add", what=str(path))
    before = path.read_bytes()
    asked = await person.runs("event_cancel", event="lunch")
    assert path.read_bytes() == before
    assert asked.choice is not None
    assert [each.key for each in asked.choice.options] == ["1", "2", "n"]
    option = asked.choice.options[1]
    await person.runs(option.action, **option.arguments)
    assert await person.titles("2026-11-28") == []
    assert await person.titles(FRIDAY) == ["Lunch with Ana"]
    with pytest.raises(NotFound, match="no event “breakfast”"):
        await person.runs("event_cancel", event="breakfast")
    with pytest.raises(UsageError, match="to when"):
        await person.runs("event_move", event="lunch with Ana")


async def test_a_time_of_day_alone_keeps_the_day(person: Person, ics: Ics) -> None:
    """ "to 15:00" moves it on its own day, as long as it was."""
    path = ics(event("Talk", ":20261130T080000Z", "DTEND:20261130T093000Z\r\n"))
    await person.runs("calendars_add", what=str(path))
    await person.runs("event_move", event="talk to 15:00")
    assert "15:00–16:30  Talk" in await person.says("agenda", when="2026-11-30")


async def test_a_calendar_that_cannot_be_read_is_told_of(person: Person, ics: Ics) -> None:
    """What was known stays, with its age; what in it is damaged is named, and costs no other."""
    path = ics(
        event("Good", ":20261127T080000Z"),
        event("Bad", ":2026-11-27 at nine"),
        event("Odd", ":20261127T100000Z", "RRULE:FREQ=SOMETIMES\r\n"),
    )
    await person.runs("calendars_add", what=str(path))
    assert await person.titles(FRIDAY) == ["Good", "Odd"]
    listed = await person.says("calendars")
    assert "“Bad” can't be read" in listed
    assert "“Odd” repeats by a rule that can't be read" in listed
    path.unlink()
    person.clock.advance(7200)
    refreshed = await person.runs("calendars_refresh")
    assert refreshed.exit_code == 1
    assert "No such file" in refreshed.text
    agenda = await person.says("agenda", when="tomorrow")
    assert "Good" in agenda
    assert "as of 2 hours ago; " in agenda


async def test_a_folder_is_all_its_calendars(person: Person, ics: Ics) -> None:
    """New files are seen, those that are gone leave; a file that is no calendar is named."""
    first = ics(event("A", ":20261127T080000Z"), name="folder/a.ics")
    (first.parent / "broken.ics").write_text("hello")
    await person.runs("calendars_add", what=str(first.parent))
    assert await person.titles(FRIDAY) == ["A"]
    assert "it is no calendar" in await person.says("calendars")
    ics(event("B", ":20261127T090000Z"), name="folder/b.ics")
    first.unlink()
    await person.runs("calendars_refresh")
    assert await person.titles(FRIDAY) == ["B"]


async def test_removing_is_taken_back_with_all_that_was_read(person: Person, ics: Ics) -> None:
    """And a second time the other way."""
    await person.runs("calendars_add", what=str(ics(event("A", ":20261127T080000Z"))), name="Job")
    gone = await person.runs("calendars_remove", calendar="jo")
    assert await person.titles(FRIDAY) == []
    back = await person.undoes(gone)
    assert await person.titles(FRIDAY) == ["A"]
    await person.undoes(back)
    assert await person.titles(FRIDAY) == []


async def test_what_is_wrong_to_add_is_refused(person: Person, tmp_path: Path) -> None:
    """With what would be right; nothing is added."""
    (tmp_path / "note.txt").write_text("hello")
    for what, error, told in (
        ("", UsageError, "Which calendar"),
        ("work.ics", UsageError, "whole path"),
        (str(tmp_path / "none.ics"), CalendarError, "No such file"),
        (str(tmp_path / "note.txt"), CalendarError, "no calendar"),
        ("ftp://example.org/a.ics", UsageError, "no address"),
    ):
        with pytest.raises(error, match=told):
            await person.runs("calendars_add", what=what)
    assert "no calendars" in await person.says("calendars")


async def test_another_program_at_the_same_moment_is_not_overwritten(
    person: Person, ics: Ics
) -> None:
    """The file is written from what it is now, never from what was stored."""
    path = ics(event("A", ":20261127T080000Z"), event("B", ":20261127T090000Z"))
    await person.runs("calendars_add", what=str(path))
    path.write_bytes(
        calendar(event("A", ":20261127T080000Z"), event("N", ":20261127T100000Z")).encode()
    )
    os.utime(path, (1, 1))
    await person.runs("event_cancel", event="A")
    assert await person.titles(FRIDAY) == ["N"]
    with pytest.raises(NotFound):
        await person.runs("event_cancel", event="B")


async def test_what_is_stored_agrees_with_itself(person: Person, ics: Ics) -> None:
    """`verify` finds nothing, and finds a whole day that isn't one."""
    await person.runs("calendars_add", what=str(ics(event("A", ";VALUE=DATE:20261127"))))
    assert await person.database.read(checks.verify) == []

    def spoil(connection: object) -> None:
        connection.execute("UPDATE calendar_instances SET starts_ms = starts_ms + 5")  # type: ignore[attr-defined]

    await person.database.write(spoil)
    assert len(await person.database.read(checks.verify)) == 1


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("supper friday at 8", "20:00–21:00"),
        ("drinks friday 9-12", "21:00–00:00"),
        ("dinner prep friday 9:00-14:00", "09:00–14:00"),
        ("dinner friday 10:00", "10:00–11:00"),
        ("supper friday at 8 in the forenoon", "08:00–09:00"),
    ],
)
async def test_what_is_in_the_evening_is_so_and_ends_there(
    person: Person, said: str, hours: str
) -> None:
    """Not what has a half of the day, nor what would last into the next day."""
    assert hours in await person.says("event_add", event=said)
