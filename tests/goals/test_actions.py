"""Goals as they are typed: what is answered, what is kept, and that it can be taken back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.goals.conftest import Person
from wooster.core.errors import NotFound, UsageError
from wooster.goals import checks, store
from wooster.goals.applied import briefly, standings
from wooster.goals.model import Goal, Measure, Value, ValueKind
from wooster.goals.ports import NoHabits
from wooster.goals.service import Goals
from wooster.goals.steps import Steps
from wooster.storage import Database

TABLES = ("goals", "goal_milestones", "goal_values", "goal_habits")


async def contents(database: Database) -> dict[str, set[tuple[Any, ...]]]:
    """All rows of goals."""

    def read(connection: sqlite3.Connection) -> dict[str, set[tuple[Any, ...]]]:
        assert checks.verify(connection) == []
        return {
            table: {tuple(row) for row in connection.execute(f"SELECT * FROM {table}")}
            for table in TABLES
        }

    return await database.read(read)


async def test_a_goal_is_set_and_measured(person: Person) -> None:
    """And what is open says how far it is, and when it will be done."""
    assert await person.says("/goals") == (
        "There are no goals yet. `set goal read 24 books by 31 December` sets one."
    )
    assert await person.says("/goals set weight from 190 to 170 lb by 22 May 2027") == (
        "Set: weight, from 190 to 170 lb, by 22 May 2027."
    )
    done = await person.types("/goals progress weight 189")
    assert done.text == "weight: 189 lb on the way from 190 to 170, 5 %."
    assert (done.data["progress"], done.data["why_no_pace"]) == (0.05, "it was begun today")
    person.at("2027-02-27T10:00")
    assert await person.says("/goals progress weight 180.12") == (
        "weight: 180.1 lb on the way from 190 to 170, 49 %. At this rate: 3 June, 12 days late."
    )
    assert await person.says("/goals") == (
        "**1 goal, 1 behind**\n\n- ○ weight  *180.1 lb on the way from 190 to 170 · 49 % ·"
        " by 22 May · at this rate: 3 June, 12 days late*"
    )


async def test_an_overdue_goal_is_said_first(person: Person) -> None:
    """The original left it out of what was to come."""
    await person.types("/goals set read 24 books by 31 December")
    await person.types("/goals set write a song by Friday")
    person.at("2026-12-01T10:00")
    text = await person.says("/goals")
    assert text.splitlines()[2] == "- **!** write a song  *4 days overdue (by 27 November)*"
    review = await person.says("/goals review --ascii")
    assert "**Overdue**\n\n- **!** write a song" in review
    assert "**Open**\n\n- ○ read 24 books" in review and "there is no progress yet" in review


async def test_values_add_up_and_are_converted(person: Person) -> None:
    """What came on top counts on its day; another unit of the same kind is the goal's own."""
    await person.types("/goals set read 24 books by 31 December")
    await person.types("/goals progress read +2 books yesterday")
    await person.types("/goals progress read +1")
    added = await person.types("/goals progress read +3 on Monday")
    assert added.data["value"] == 6
    assert (await person.types("/goals progress read 50 %")).data["value"] == 12
    assert (await person.types("/goals progress read +25 %")).data["value"] == 18
    over = await person.types("/goals progress read to 30")
    assert "reached, 25 % more than that" in over.text and over.data["progress"] == 1
    await person.types("/goals set weight from 190 to 170 lb")
    assert (await person.types("/goals progress weight 84 kg")).data["value"] == 185.188
    with pytest.raises(UsageError, match="counts lb, not km"):
        await person.types("/goals progress weight 5 km")
    with pytest.raises(UsageError, match="hasn't come"):
        await person.types("/goals progress weight 180 tomorrow")


async def test_a_goal_without_a_number_goes_by_percent_or_milestones(person: Person) -> None:
    """Neither overwrites the other, as they did in the original."""
    await person.types("/goals set learn Portuguese, category learning")
    await person.types("/milestones add portuguese: A1 exam by March")
    await person.types("/milestones add A2 exam to portuguese")
    done = await person.types("/milestones done a1")
    assert done.data["progress"] == 0.5
    assert done.text == "learn Portuguese: A1 exam, done today. 1 of 2 milestones, 50 %."
    told = await person.types("/goals progress portuguese 80 %")
    assert told.data["progress"] == 0.8
    shown = await person.says("/goals show portuguese")
    assert "- ✓ A1 exam, done today\n- ○ A2 exam" in shown
    assert (await person.says("/milestones")) == "- ○ learn Portuguese: A2 exam"


async def test_an_ambiguous_name_is_never_guessed(person: Person) -> None:
    """All that it may be are told; a whole name is that name, whatever number is in it."""
    await person.types("/goals set read 24 books")
    await person.types("/goals set read a book a week")
    await person.types("/goals set walk 5 km")
    with pytest.raises(UsageError, match="“read 24 books” \\(#1\\), “read a book a week” \\(#2\\)"):
        await person.types("/goals progress read 5")
    with pytest.raises(NotFound, match="no goal “alk”"):
        await person.types("/goals progress alk 3")
    with pytest.raises(UsageError, match="says no value"):
        await person.types("/goals progress read 24 books")
    with pytest.raises(UsageError, match="already"):
        await person.types("/goals set Walk 5 km")
    assert (await person.types("/goals progress read 24 5")).data["value"] == 5
    for line in ("/goals show", "/goals close", "/goals progress"):
        with pytest.raises(UsageError):
            await person.types(line)


BEFORE = (
    "/habits add run 3 times a week",
    "/habits add read daily",
    "/goals set read 24 books by 31 December",
    "/goals set weight from 190 to 170 lb by June, category health",
    "/goals set write a novel by 1 May 2027",
    "/goals set old thing",
    "/goals set shelved",
    "/goals delete shelved",
    "/goals progress read +2 yesterday",
    "/goals progress weight 189",
    "/milestones add novel: outline",
    "/milestones add novel: first draft by March",
    "/milestones done outline",
    "/goals link weight to run",
    "/goals close old",
)


@pytest.mark.parametrize(
    "line",
    [
        "/goals set swim 5 km by June",
        "/goals progress weight 185",
        "/goals progress read +1 on Monday",
        "/goals progress novel 10 %",
        "/goals unset weight",
        "/goals unset read yesterday",
        "/goals edit read: 30 books by 1 May 2027, category learning",
        "/goals edit weight: no deadline",
        "/goals edit weight: to 75 kg",
        "/goals edit weight to fighting weight",
        "/goals close weight",
        "/goals close novel as reached",
        "/goals reopen old",
        "/goals delete weight",
        "/goals restore shelved",
        "/goals link read to read",
        "/goals unlink weight from run",
        "/milestones add novel: print it by 1 June 2027",
        "/milestones done first draft",
        "/milestones undone outline",
        "/milestones remove novel: outline",
    ],
)
async def test_every_write_can_be_taken_back_and_done_again(person: Person, line: str) -> None:
    """To the same rows, twice over: the inverse of the inverse is what was done."""
    for before in BEFORE:
        await person.types(before)
    start = await contents(person.database)
    done = await person.types(line)
    changed = await contents(person.database)
    assert changed != start
    undone = await person.undoes(done)
    if not line.startswith("/goals set"):  # that goes to the archive, with what was said since
        assert await contents(person.database) == start
    redone = await person.undoes(undone)
    assert await contents(person.database) == changed
    await person.undoes(redone)


async def test_taking_back_leaves_alone_what_came_later(person: Person) -> None:
    """A deadline that is taken back doesn't open what was closed since."""
    await person.types("/goals set write a song by Friday")
    edited = await person.types("/goals edit song: by 1 May 2027")
    await person.types("/goals close song as dropped")
    back = await person.undoes(edited)
    assert (back.data["deadline"], back.data["state"]) == ("2026-11-27", "dropped")


async def test_a_name_that_is_taken_meanwhile_is_not_taken_twice(person: Person) -> None:
    """Neither by an undo nor by opening again."""
    await person.types("/goals set read 24 books by 31 December")
    closed = await person.types("/goals close read as reached")
    await person.types("/goals set read 24 books by 31 December 2027")
    with pytest.raises(UsageError, match="already"):
        await person.undoes(closed)
    with pytest.raises(UsageError, match="already"):
        await person.types("/goals reopen #1")


async def test_closing_says_how_it_stood(person: Person) -> None:
    """What isn't reached is dropped, unless it is said; what can't be measured is reached."""
    await person.types("/goals set weight from 190 to 170 lb")
    await person.types("/goals progress weight 189")
    dropped = await person.types("/goals close weight")
    assert dropped.text.startswith("weight is closed as dropped at 5 %.")
    with pytest.raises(UsageError, match="is closed"):
        await person.types("/goals progress weight 180")
    assert (await person.types("/goals reopen weight")).data["state"] == "reopened"
    await person.types("/goals progress weight 170")
    assert (await person.types("/goals close weight")).data["state"] == "reached"
    await person.types("/goals set be kind")
    assert (await person.types("/goals close kind")).data["state"] == "reached"


async def test_a_new_target_leaves_what_was_measured(person: Person) -> None:
    """And the start; the name says the new one where it said the old."""
    await person.types("/goals set read 24 books")
    await person.types("/goals progress read 6")
    edited = await person.types("/goals edit read: 30 books")
    assert (edited.data["name"], edited.data["progress"]) == ("read 30 books", 0.2)
    await person.types("/goals set weight from 190 to 170 lb")
    data = (await person.types("/goals edit weight to 165")).data
    assert (data["start"], data["target"], data["unit"]) == (190, 165, "lb")
    with pytest.raises(UsageError, match="What of “weight”"):
        await person.types("/goals edit weight")
    with pytest.raises(UsageError, match="over already"):
        await person.types("/goals edit weight: by 1 May 2020")


async def test_a_new_unit_converts_what_was_measured(person: Person) -> None:
    """Or it is said that it can't be; nothing is read as what it isn't."""
    await person.types("/goals set weight from 190 to 170 lb")
    await person.types("/goals progress weight 180")
    edited = await person.types("/goals edit weight: to 75 kg")
    assert (edited.data["start"], edited.data["value"]) == (86.182, 81.647)
    assert (await person.undoes(edited)).data["value"] == 180
    with pytest.raises(UsageError, match="is in lb, not in km"):
        await person.types("/goals edit weight: from 0 to 5 km")
    await person.types("/goals set write a novel")
    await person.types("/goals progress novel 40 %")
    with pytest.raises(UsageError, match="counts %, not pages"):
        await person.types("/goals progress novel 20 pages")
    pages = await person.types("/goals edit novel: from 0 to 300 pages")
    assert (pages.data["value"], pages.data["progress"]) == (120, 0.4)
    assert (await person.types("/goals progress novel +20 pages")).data["value"] == 140


async def test_without_habits_there_is_nothing_to_link(person: Person) -> None:
    """It is said where they are switched on."""
    context = person.goals.context
    goals = Goals(person.database, person.goals.days, context, NoHabits())
    await person.types("/goals set be kind")
    steps = Steps(person.database, person.goals.days, NoHabits())
    with pytest.raises(UsageError, match="no habits to link") as caught:
        await steps.link("kind", "run")
    assert "services.habits.enabled" in caught.value.hint
    assert (await goals.show("kind")).habits == []


async def test_parts_may_be_given_apart(person: Person) -> None:
    """As a program or a model gives them; the name is then taken as it is."""
    run = person.registry.run
    made = await run(
        "goals_set",
        {"goal": "stand by me", "target": "from 190 to 170 lb", "deadline": "by June"},
    )
    assert made.data["name"] == "stand by me"
    assert (made.data["start"], made.data["deadline"]) == (190, "2027-06-30")
    done = await run(
        "goals_progress",
        {"goal": "stand by me", "value": "180", "day": "yesterday", "note": "after a run"},
    )
    assert done.data["value"] == 180
    assert "180 lb yesterday (after a run)" in await person.says("/goals show stand")
    edited = await run("goals_edit", {"goal": "#1", "deadline": "none", "category": "health"})
    assert (edited.data["deadline"], edited.data["category"]) == (None, "health")
    with pytest.raises(UsageError, match="is no day"):
        await run("goals_set", {"goal": "x", "deadline": "whenever"})
    with pytest.raises(UsageError, match="nothing to measure"):
        await run("goals_set", {"goal": "x", "target": "a lot"})


async def test_a_review_tells_how_linked_habits_go(person: Person) -> None:
    """By their rate and streak, found by their names."""
    await person.types("/habits add run daily")
    await person.types("/habits checkin run")
    await person.types("/goals set weight from 190 to 170 lb")
    linked = await person.types("/goals link weight to run")
    assert linked.data["habits"] == [1]
    person.at("2026-11-28T10:00")
    assert "habit run: 50 % done, streak 0 days" in await person.says("/goals review")
    await person.types("/habits edit run to jog")
    assert "habit jog: 50 % done" in await person.says("/goals show weight")
    with pytest.raises(NotFound, match="no habit"):
        await person.types("/goals link weight to swim")


async def test_names_and_notes_stay_text(person: Person) -> None:
    """Nothing of them is a mark of ours."""
    await person.types("/goals set *bold* `code` [x](y)")
    assert "\\*bold\\* \\`code\\` \\[x\\](y)" in await person.says("/goals")


# --- plain lines ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("set goal swim 5 km by June", "goals_set"),
        ("update progress weight 185", "goals_progress"),
        ("Update progress weight -2 lb yesterday", "goals_progress"),
        ("goal review", "goals_review"),
        ("goals review --ascii", "goals_review"),
        ("goals", "goals"),
        ("goals show weight", "goals_show"),
        ("list goals", "goals_list"),
        ("milestones", "milestones"),
        ("milestone add weight: under 180 by March", "milestones_add"),
        ("milestone done weight: start", "milestones_done"),
        ("close goal weight", "goals_close"),
        ("reopen goal weight", "goals_reopen"),
        ("edit goal weight: by May", "goals_edit"),
        ("delete goal weight", "goals_delete"),
        ("link goal weight to run", "goals_link"),
        ("remove progress weight", "goals_unset"),
        ("goals are for football", None),
        ("goal review meetings bore me", None),
        ("milestone done, and now what?", None),
    ],
)
async def test_goals_are_typed_without_a_slash(
    person: Person, line: str, action: str | None
) -> None:
    """As the guide has them; what only begins so is a message."""
    await person.types("/goals set weight from 190 to 170 lb")
    await person.types("/milestones add weight: start")
    found = await person.registry.parse(line)
    assert (found[0] if found else None) == action


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("I weigh 185 today", {"goal": "#1", "value": "to 185", "day": "today"}),
        ("I weighed 84 kg yesterday.", {"goal": "#1", "value": "to 84 kg", "day": "yesterday"}),
        ("I'm at 185 lb", {"goal": "#1", "value": "to 185 lb"}),
        ("my weight is 185", {"goal": "#1", "value": "to 185"}),
        ("I read 2 books", {"goal": "#2", "value": "+2 books"}),
        ("today I read another 2 books", {"goal": "#2", "value": "+2 books"}),
        ("I saved $200", {"goal": "#3", "value": "+$200"}),
        ("update my reading goal to 12 books", {"goal": "#2", "value": "to 12 books"}),
        ("log 3 more books for the reading goal", {"goal": "#2", "value": "+3 books"}),
        ("progress on my weight goal: 182", {"goal": "#1", "value": "to 182"}),
        ("I'm at 11 books now", {"goal": "#2", "value": "to 11 books"}),
        ("update my phone to 18", None),
        ("add 2 eggs to the dough", None),
        ("I'm at 11 Downing Street", None),
        ("I am 42", None),
        ("I weigh 185 cm", None),
        ("I read 20 pages", None),
        ("I bought 2 books", None),
        ("my height is 185", None),
        ("I weigh my options", None),
        ("should I weigh 185?", None),
    ],
)
async def test_a_sentence_is_of_the_one_goal_that_it_can_be_about(
    person: Person, sentence: str, told: dict[str, Any] | None
) -> None:
    """And of none where there is no such goal: then it is a message."""
    assert await person.reads(sentence) is None
    await person.types("/goals set weight from 190 to 170 lb")
    await person.types("/goals set read 24 books")
    await person.types("/goals set save $10,000")
    assert await person.reads(sentence) == told
    if told:
        await person.registry.run("goals_progress", told)


@pytest.mark.parametrize(
    ("sentence", "name", "told"),
    [
        (
            "set a goal to visit 5 countries by May",
            "goals_set",
            {"goal": "visit 5 countries by May"},
        ),
        ("my goal is to save 900 euros by June", "goals_set", {"goal": "save 900 euros by June"}),
        ("my goal is to be happy", "", {}),
        ("what are my goals?", "goals", {}),
        ("how is my reading goal going?", "goals_show", {"goal": "read 24 books"}),
        ("how is my piano goal going?", "", {}),
    ],
)
async def test_goals_are_set_and_shown_by_plain_sentences(
    person: Person, sentence: str, name: str, told: dict[str, Any]
) -> None:
    """Each by one action; an aim that says neither how much nor by when is talk."""
    await person.types("/goals set read 24 books")
    reads = {each.name: each.reads for each in person.actions.values() if each.reads}
    found = {key: await read(sentence) for key, read in reads.items()}
    assert {key: value for key, value in found.items() if value is not None} == (
        {name: told} if name else {}
    )
    if name:
        await person.registry.run(name, told)


async def test_a_question_about_goals_is_a_review(person: Person) -> None:
    """Its examples are, and other questions aren't."""
    action = person.actions["goals_review"]
    assert action.reads is not None
    for each in action.examples:
        assert await action.reads(each) == {}, each
    for each in ("how are my goals different from yours, and why?", "how are you?", "my goals"):
        assert await action.reads(each) is None, each


async def test_a_line_without_a_slash_fits_only_where_it_is_about_a_goal(person: Person) -> None:
    """Else it is a message for the model."""
    await person.types("/goals set weight from 190 to 170 lb")
    assert await person.fits("goals", "")
    assert not await person.fits("goals", "are for football")
    assert await person.fits("goals_progress", "weight 185")
    assert await person.fits("goals_progress", "wieght 185")
    assert not await person.fits("goals_progress", "bars in the new design look odd")
    assert await person.fits("goals_show", "weight")
    assert not await person.fits("goals_show", "me how it works")
    assert await person.fits("milestones_add", "weight: under 180")
    assert not await person.fits("milestones_add", "value to a company")


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(-50, 50)), max_size=12))
def test_a_goal_stands_the_same_by_its_ends(
    empty_database: Path, said: list[tuple[int, bool, int]]
) -> None:
    """What a list reads of a goal says the same as all of its values do."""
    with closing(sqlite3.connect(":memory:")) as connection:
        with closing(sqlite3.connect(empty_database)) as schema:
            schema.backup(connection)
        connection.row_factory = sqlite3.Row
        day = date(2026, 11, 1)
        now = datetime(2026, 11, 1, tzinfo=UTC)
        goal = store.put_goal(connection, Goal(0, "x", day, now, measure=Measure(None, 100)))
        for days, is_more, value in said:
            kind: ValueKind = "more" if is_more else "at"
            made = Value(0, goal.id, day + timedelta(days=days), now, kind, value)
            store.put_value(connection, made)
        today = day + timedelta(days=9)
        (full,) = standings(connection, [goal], today)
        (brief,) = briefly(connection, [goal], today)
    assert (brief.value, brief.way, brief.pace) == (full.value, full.way, full.pace)
    assert (brief.since, brief.begun) == (full.since, full.begun)
    assert [e.day for e in brief.points[-1:]] == [e.day for e in full.points[-1:]]
