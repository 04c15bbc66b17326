"""Briefings of a home with all its capabilities: what is told, and what keeps it from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.briefing.conftest import BERLIN, Home, Talker
from wooster.briefing.model import Edition, Heading, Item, Moment, item
from wooster.briefing.phrasing import Phrasing
from wooster.briefing.ports import Asked, NotSetUp
from wooster.briefing.service import Briefings, Outline
from wooster.core.errors import NotFound, UsageError
from wooster.schedule.model import Job, Times

MORNING = "2026-11-26T07:00"
"""A Thursday."""


async def full(home: Home) -> None:
    """A life, the evening before."""
    await home.has_event("Dentist", "2026-11-26T09:00")
    await home.has_event("Theatre", "2026-11-27T19:30", 120)
    await home.types(
        "add pay rent due yesterday",
        "add call Ana due tomorrow",
        "add write the report due friday",
        "add habit run every day at 7:30",
        "check in run",
        "set goal read 24 books by 31 December",
        "update progress read 24 books 6",
        "remind me to take out the bins tomorrow at 6pm",
    )
    home.promised("send Tom the photos")
    home.at(MORNING)


async def test_a_morning_tells_everything(home: Home) -> None:
    """With where each is from, in words that are the same each time."""
    await full(home)
    told = await home.types("brief")
    assert told.text.splitlines() == [
        "**Thursday 26 November**",
        "",
        "**Today's calendar**",
        "",
        "- Dentist  *09:00–10:00*",
        "",
        "**Due**",
        "",
        "- pay rent  *2 days overdue*",
        "- call Ana  *due today*",
        "",
        "**Reminders**",
        "",
        "- take out the bins  *18:00*",
        "",
        "**Habits**",
        "",
        "- run  *at 07:30 · streak 1 day at stake*",
        "",
        "**Goals**",
        "",
        "- read 24 books  *6 of 24 books · 25 % · by 31 December · at this rate: 29 November, "
        "32 days early*",
        "",
        "**From conversations**",
        "",
        "- send Tom the photos  *said yesterday*",
    ]
    assert told.data["wording"] == {"model": None, "why_plain": "no model was asked"}
    ids = [each["id"].partition(":")[0] for s in told.data["sections"] for each in s["items"]]
    assert ids == ["event", "task", "task", "reminder", "habit", "goal", "followup"]


async def test_an_empty_home_says_so(home: Home) -> None:
    """And that no calendar is there; nothing else is asked for."""
    home.at(MORNING)
    assert await home.says("brief") == (
        "**Thursday 26 November**\n\nNothing is planned today.\n\n*Calendar: not set up*"
    )
    assert "nothing is left open" in await home.says("review the day")


async def test_a_huge_home_is_cut_with_counts(home: Home) -> None:
    """Nothing is lost silently."""
    lines = "".join(f"- [ ] task {n} due:2026-11-26\n" for n in range(500))
    folder = home.paths.home / "gtd"
    folder.mkdir(exist_ok=True)
    (folder / "next_actions.md").write_text(lines)
    home.at(MORNING)
    told = await home.types("brief")
    assert "*Tasks: and 488 more; `next due:today` lists them*" in told.text
    (section,) = told.data["sections"]
    assert len(section["items"]) + section["more"] == 500


async def test_as_of_another_time(home: Home) -> None:
    """A dry run: habits, tasks and events as they stand then, and nothing is kept."""
    await full(home)
    told = await home.types('brief --at "Fri 07:00"')
    assert told.data["at"] == "2026-11-27T07:00:00+01:00"
    assert "Theatre  *19:30–21:30*" in told.text
    assert "write the report  *due today*" in told.text
    assert "call Ana  *1 day overdue*" in told.text
    assert "bins" not in told.text
    assert (await home.types("brief --at friday")).data["at"] == "2026-11-27T07:00:00+01:00"
    with pytest.raises(UsageError, match="no time that I can read"):
        await home.types("brief --at blue")


async def test_plain_sentences_and_phrases(home: Home) -> None:
    """What only begins like a command stays a message."""
    home.at(MORNING)
    for line in ("brief", "brief me", "Good morning", "/brief", "review", "weekly review"):
        assert await home.types(line)
    for line in ("good morning to all of you", "brief history of time", "review this code for me"):
        assert await home.registry.parse(line) is None
    brief = next(each for each in home.briefing.actions if each.name == "brief")
    review = next(each for each in home.briefing.actions if each.name == "review")
    assert brief.reads is not None and review.reads is not None
    for line in (*brief.examples, "Can you brief me?", "What's up today"):
        assert await brief.reads(line) == {}
    assert await brief.reads("what is a briefing?") is None
    assert [await review.reads(line) for line in review.examples] == [
        {"span": "day"},
        {"span": "week"},
    ]


async def test_a_name_is_text(home: Home) -> None:
    """Whatever is in it can't look like ours."""
    home.at(MORNING)
    await home.types("add **bold** `code` due today")
    assert r"- \*\*bold\*\* \`code\`  *due today*" in await home.says("brief")


async def test_what_was_missed_is_told(home: Home) -> None:
    """Until somebody was told of it."""
    await home.types("remind me to take pills tomorrow at 3am")
    home.at(MORNING)
    (job,) = await home.living.schedule.jobs()

    def miss(connection: object) -> None:
        connection.execute(  # type: ignore[attr-defined]
            "INSERT INTO occurrences (job_id, due_ms, state, ended_ms) VALUES (?, ?, 'missed', ?)",
            (job.id, int(job.next_at.timestamp() * 1000) if job.next_at else 0, 1),
        )

    await home.database.write(miss)
    assert "- take pills  *was missed, due 03:00*" in await home.says("brief")


# --- reviews ----------------------------------------------------------------------------------


async def test_the_day_is_reviewed(home: Home) -> None:
    """What went well, what is open, what comes tomorrow, and a line for each habit and goal."""
    await full(home)
    await home.types("add habit read every day", "check in run", "done pay rent")
    home.at("2026-11-26T21:00")
    told = (await home.types("review the day")).text
    well, rest = told.split("**Still open: habits**")
    assert "- pay rent  *done*" in well
    assert "- run  *streak 2 days*" in well
    assert "- read\n" in rest
    assert "- call Ana  *due today*" in rest
    assert "- Theatre  *19:30–21:30*" in rest
    assert "- write the report  *due tomorrow*" in rest
    assert "run                 " + " " * 26 + "██" in rest
    assert "read 24 books       " in rest


async def test_the_week_is_reviewed(home: Home) -> None:
    """By what was asked in it so far."""
    await home.types("add habit run every day", "check in run", "set goal walk 100 km by June")
    await home.types("update progress walk 10")
    home.at("2026-11-29T18:00")
    told = (await home.types("review week")).text
    assert told.startswith("**The week to Sunday 29 November**")
    assert "**Could go better: habits**\n\n- run  *1 of 4 days this week*" in told
    assert "- walk" in told.split("**Could go better")[0]


# --- what breaks ------------------------------------------------------------------------------


HEADINGS = ("Calendar", "Tasks", "Habits")


def outline(broken: str, error: Exception) -> Briefings:
    async def source(of: str) -> Sequence[Item]:
        if of == broken:
            raise error
        return [item(f"{of.casefold()}:1", f"something of {of}")]

    def asked(of: str) -> Asked:
        async def told(_: Moment) -> Sequence[Item]:
            return await source(of)

        return Asked(Heading(of, of, of.casefold()), told)

    def made(edition: Edition, at: object) -> Outline:
        from tests.briefing.conftest import berlin

        now = berlin(MORNING)
        return Outline(Moment(now, now.date(), BERLIN), [asked(of) for of in HEADINGS])

    return Briefings(made)


@pytest.mark.parametrize("broken", HEADINGS)
@pytest.mark.parametrize(
    ("error", "why"),
    [
        (NotSetUp(), "not set up"),
        (NotFound("The file is gone."), "could not be read: The file is gone."),
        (KeyError("x"), "could not be read: 'x'"),
        (OSError(28, "No space left"), "could not be read: [Errno 28] No space left"),
        (TimeoutError(), "could not be read: it took too long"),
    ],
)
async def test_a_source_that_fails_is_a_line(broken: str, error: Exception, why: str) -> None:
    """And the others are told all the same."""
    page = await outline(broken, error).page("morning")
    assert page.notes == (f"{broken}: {why}",)
    assert len(page.items) == len(HEADINGS) - 1


# --- with a model -----------------------------------------------------------------------------


def by(home: Home, talker: Talker, timeout_s: float = 5) -> Briefings:
    home.briefing.briefings._phrasing = Phrasing(talker, "{day}\n{items}", timeout_s)
    return home.briefing.briefings


async def test_a_model_that_keeps_to_the_facts_words_it(home: Home) -> None:
    """Its marks aren't shown; what it wasn't given is told by us."""
    await home.has_event("Dentist", "2026-11-26T09:00")
    home.at(MORNING)
    (event,) = (await home.briefing.briefings.page("morning")).items
    talker = Talker(f"Good morning. You have Dentist at 09:00–10:00 [{event.id}].")
    told = await by(home, talker).phrased("morning")
    assert told.model == "talker"
    assert told.text == (
        "**Thursday 26 November**\n\nGood morning. You have Dentist at 09:00–10:00."
    )
    assert talker.asked == [f"Thursday 26 November\n[{event.id}] Dentist | 09:00–10:00"]
    home.clock.advance(60)
    assert (await home.briefing.briefings.phrased("morning")).text == told.text
    assert len(talker.asked) == 1, "what tells the same isn't worded again"
    await home.types("add call Ana due today")
    assert "call Ana" in (await home.briefing.briefings.phrased("morning")).text
    assert len(talker.asked) == 2


@pytest.mark.parametrize(
    ("talker", "why"),
    [
        (Talker("You have Dentist at 10:00–11:00 [event:1]."), "talker: event:1 lost"),
        (Talker("Good morning!"), "talker: event:1 is told 0 times"),
        (Talker(""), "nobody is up"),
        (Talker("", hangs=True), "the model took longer than 0.01 s"),
    ],
)
async def test_else_the_plain_words_go_out(home: Home, talker: Talker, why: str) -> None:
    """With the reason."""
    await home.has_event("Dentist", "2026-11-26T09:00")
    home.at(MORNING)
    briefings = by(home, talker, 0.01 if talker.hangs else 5)
    told = await home.types("brief --phrased")
    assert told.data["wording"]["why_plain"].startswith(why)
    assert told.text == (await briefings.plain("morning")).text


async def test_no_model_is_asked_to_word_nothing_or_too_much(home: Home) -> None:
    """A list of forty is a list."""
    home.at(MORNING)
    briefings = by(home, talker := Talker("Good morning!"))
    assert (await briefings.phrased("morning")).reason == "there is nothing to phrase"
    for n in range(12):
        await home.types(f"add habit h{n} every day", f"add t{n} due today")
    for n in range(12):
        await home.types(f"remind me to r{n} today at 9pm")
    assert "more than a model" in (await briefings.phrased("morning")).reason
    assert talker.asked == []


# --- jobs -------------------------------------------------------------------------------------


async def jobs(home: Home) -> list[Job]:
    found = await home.living.schedule.jobs(("active", "paused", "ended", "cancelled"))
    return [each for each in found if each.kind in ("briefing", "review")]


async def test_it_is_made_once_and_goes_out_each_morning(home: Home) -> None:
    """However often the daemon begins."""
    for _ in range(3):
        home.live()
        await home.briefing.keep_in_step()
    (job,) = await jobs(home)
    assert job.next_at is not None
    assert job.next_at.astimezone(BERLIN).isoformat() == "2026-11-26T07:00:00+01:00"
    assert (job.missed.policy, job.missed.within) == ("within", timedelta(hours=4))


async def test_what_the_person_did_to_it_stays(home: Home) -> None:
    """Moved or cancelled, until they change the setting itself."""
    await home.briefing.keep_in_step()
    (job,) = await jobs(home)
    await home.living.schedule.end(job.id)
    home.live()
    await home.briefing.keep_in_step()
    assert [each.state for each in await jobs(home)] == ["cancelled"]
    home.sets(at="06:30")
    await home.briefing.keep_in_step()
    (again,) = await jobs(home)
    assert (again.id, again.state) == (job.id, "active")
    assert again.next_at is not None and f"{again.next_at.astimezone(BERLIN):%H:%M}" == "06:30"


async def test_settings_switch_them_off_and_on(home: Home) -> None:
    """Also the reviews, which are off until somebody wants them."""
    home.sets(at=None, day_review_at="21:00", week_review_at="18:00")
    await home.briefing.keep_in_step()
    assert {each.text for each in await jobs(home)} == {"Review of the day", "Review of the week"}
    home.sets(at="07:00", day_review_at=None)
    await home.briefing.keep_in_step()
    states = {each.text: each.state for each in await jobs(home)}
    assert states == {
        "Morning briefing": "active",
        "Review of the day": "cancelled",
        "Review of the week": "active",
    }
    home.sets(day_review_at="21:00")
    await home.briefing.keep_in_step()
    assert {each.state for each in await jobs(home)} == {"active"}
    assert len(await jobs(home)) == 3


@pytest.mark.parametrize(
    ("night", "zone", "day"),
    [
        ("2026-03-28T20:00", "Europe/Berlin", "Sunday 29 March"),
        ("2026-10-24T20:00", "Europe/Berlin", "Sunday 25 October"),
        ("2026-03-07T20:00", "America/New_York", "Sunday 8 March"),
        ("2026-04-03T20:00", "Australia/Lord_Howe", "Saturday 4 April"),
    ],
)
async def test_mornings_when_the_clock_changes(home: Home, night: str, zone: str, day: str) -> None:
    """It is seven by the wall, once, and the day's reminders are those of that day."""
    place = ZoneInfo(zone)
    home.clock._zone = place
    home.at(night, place)
    home.live()
    await home.briefing.keep_in_step()
    await home.types("remind me to wind the clock tomorrow at 11:30pm")
    (job,) = await jobs(home)
    assert job.next_at is not None
    local = job.next_at.astimezone(place)
    assert f"{local:%H:%M}" == "07:00"
    home.clock.advance((job.next_at - home.clock.now()).total_seconds())
    told = await home.says("brief")
    assert told.startswith(f"**{day}**")
    assert "- wind the clock  *23:30*" in told


async def test_what_is_due_is_composed(home: Home) -> None:
    """The text that a channel gets: nothing of it is Markdown, and a name is as it was typed."""
    from wooster.schedule.model import Due, Occurrence

    await full(home)
    now = home.clock.now()
    await home.types("add **buy** `milk` due today")
    job = Job(1, "review", "Review of the week", Times(), now, payload={"edition": "week"})
    told = await home.briefing.compose(Due(job, Occurrence(1, 1, now, "claimed")))
    assert told.title == "Review of the week · The week to Thursday 26 November"
    assert told.text.startswith("Went well: habits\n\n- run  1 of 1 day this week · streak 1 day\n")
    assert "- **buy** `milk`  due today" in told.text
    assert "```" not in told.text


async def test_todays_schedule_at_the_start_of_a_session(home: Home) -> None:
    """Events and reminders that are still to come; nothing where there are none."""
    assert await home.briefing.today() == []
    await full(home)
    assert await home.briefing.today() == ["09:00–10:00 Dentist", "18:00 take out the bins"]


async def test_it_is_moved_paused_and_cancelled_like_a_reminder(home: Home) -> None:
    """It stays daily where only the time of day is said; `reminders` lists reminders only."""
    await home.briefing.keep_in_step()
    assert "No reminders" in await home.says("reminders")
    moved = await home.types("/reminders move morning briefing to 6:30am")
    assert "every day at 06:30" in moved.text
    (job,) = await jobs(home)
    assert job.times.rrule == "FREQ=DAILY"
    assert moved.undo is not None
    await home.registry.run(*moved.undo)
    (job,) = await jobs(home)
    assert job.times.start is not None and f"{job.times.start:%H:%M}" == "07:00"
    await home.types("/reminders move morning briefing to every weekday at 8am")
    (job,) = await jobs(home)
    assert "BYDAY=MO,TU,WE,TH,FR" in job.times.rrule
    await home.types("/reminders pause morning briefing")
    assert [each.state for each in await jobs(home)] == ["paused"]
    home.live()
    await home.briefing.keep_in_step()
    assert [each.state for each in await jobs(home)] == ["paused"]
