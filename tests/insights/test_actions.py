"""Patterns and areas as they are typed: what is answered, kept, and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.insights.conftest import Person
from wooster.core.errors import NotFound, UsageError

MONDAYS = "You mostly do **water the plants** on Mondays: 12 of 12 days."
EVENINGS = "You mostly do **water the plants** at 19:05: 12 of 12 days."


async def numbers(person: Person) -> dict[str, int]:
    """The patterns that are shown, by their kinds."""
    found = await person.types("insights")
    return {each["kind"]: each["number"] for each in found.data["insights"]}


async def test_without_data_nothing_is_told(person: Person) -> None:
    """And it says what it looks at."""
    assert (await person.says("insights")).startswith("No pattern beats chance yet.")


async def test_a_pattern_is_shown_with_what_it_comes_from(person: Person) -> None:
    """Its number, what accepting makes, its days, and how likely it is by chance."""
    await person.does_mondays("water the plants")
    text = await person.says("insights")
    assert MONDAYS in text and EVENINGS in text
    assert "makes a habit “water the plants”, every Monday*" in text
    found = await numbers(person)
    why = await person.says(f"insights why {found['weekday']}")
    assert "- Mon 2026-11-16  19:05 · done: water the plants" in why
    assert "less than once in a billion" in why or "at most once in" in why
    assert "at most 5% of what is told is false" in why
    assert await numbers(person) == found  # they keep their numbers


async def test_accepting_makes_a_habit_and_is_taken_back_whole(person: Person) -> None:
    """One undo takes back the habit and the decision; its own undo does both again."""
    await person.does_mondays("water the plants")
    number = (await numbers(person))["weekday"]
    before = await person.contents()
    done = await person.types(f"insights accept {number}")
    assert done.text.startswith("Accepted: a habit “water the plants”, every Monday. Begun:")
    assert "weekday" not in await numbers(person)
    after = await person.contents()
    back = await person.undoes(done)
    undone = await person.contents()
    assert undone["insights"] == before["insights"]
    assert "weekday" in await numbers(person)
    assert "water the plants" not in await person.says("habits")
    await person.undoes(back)
    assert (await person.contents())["insights"] == after["insights"]
    assert "water the plants" in await person.says("habits list")


async def test_what_cannot_be_made_changes_nothing(person: Person) -> None:
    """A habit of that name is there already; the pattern stays undecided."""
    await person.does_mondays("water the plants")
    number = (await numbers(person))["weekday"]
    await person.types("add habit water the plants every day")
    before = await person.contents()
    with pytest.raises(UsageError):
        await person.types(f"insights accept {number}")
    assert await person.contents() == before
    with pytest.raises(UsageError, match="can't become a goal"):
        await person.types(f"insights accept {number} as a goal")


async def test_dismissed_ones_stay_away_while_figures_change(person: Person) -> None:
    """With more days, in another way of writing, and after looking again; undo brings it back."""
    await person.does_mondays("water the plants")
    number = (await numbers(person))["weekday"]
    done = await person.types(f"insights dismiss {number}")
    assert MONDAYS in done.text
    await person.types("/tasks add Water  the plants")
    await person.types("/tasks done Water the plants")
    person.at("2026-12-08T10:00")
    assert "weekday" not in await numbers(person)
    with pytest.raises(UsageError, match="dismissed already"):
        await person.types(f"insights accept {number}")
    await person.undoes(done)
    assert (await numbers(person))["weekday"] == number


async def test_snoozed_ones_come_back_on_their_day(person: Person) -> None:
    """In words, four weeks without any; not for what is past."""
    await person.does_mondays("water the plants")
    number = (await numbers(person))["weekday"]
    done = await person.types(f"insights snooze {number} in two weeks")
    assert done.text.startswith("Until Thursday 10 December 2026 it isn't shown: ")
    person.at("2026-12-09T22:00")
    assert "weekday" not in await numbers(person)
    person.at("2026-12-10T08:00")
    assert "weekday" in await numbers(person)
    again = await person.types(f"insights snooze {number}")
    assert "7 January 2027" in again.text
    with pytest.raises(UsageError):
        await person.types(f"insights snooze {number} yesterday")
    with pytest.raises(UsageError, match="no day that I can read"):
        await person.types(f"insights snooze {number} blue cheese")


async def test_what_no_longer_holds_is_gone(person: Person) -> None:
    """A year later there is nothing to tell, and no row of it."""
    await person.does_mondays("water the plants")
    number = (await numbers(person))["weekday"]
    person.at("2028-01-01T10:00")
    assert await numbers(person) == {}
    assert (await person.contents())["insights"] == set()
    with pytest.raises(NotFound):
        await person.types(f"insights why {number}")


async def test_what_was_dismissed_stays_so_where_it_was_found_anew_meanwhile(
    person: Person,
) -> None:
    """A decision that is put back goes before what was found while it wasn't there."""
    await person.does_mondays("water the plants")
    number = (await numbers(person))["weekday"]
    undone = await person.undoes(await person.types(f"insights dismiss {number}"))
    person.at("2028-01-01T10:00")
    assert await numbers(person) == {}
    person.at("2026-11-26T20:30")
    anew = await numbers(person)
    assert anew["weekday"] != number
    await person.undoes(undone)
    assert await numbers(person) == {kind: anew[kind] for kind in anew if kind != "weekday"}
    assert len((await person.contents())["insights"]) == len(anew)


async def test_what_it_is_of_is_not_stored(person: Person) -> None:
    """A decision holds nothing that can be read, so that what is forgotten isn't left there."""
    await person.does_mondays("visit Zanzibar")
    await person.types(f"insights dismiss {(await numbers(person))['weekday']}")
    rows = (await person.contents())["insights"]
    assert rows and "zanzibar" not in repr(rows).casefold()


async def test_a_habit_gets_its_reminder(person: Person) -> None:
    """Accepting when a habit is done has it said then; one that is reminded of is left alone."""
    await person.types("add habit stretch every day")
    begun = person.clock.local()
    for n in range(14):
        person.at(f"{begun + timedelta(days=n):%Y-%m-%d}T07:{10 + n}")
        await person.types("check in stretch")
    found = await person.types("insights")
    assert "You mostly check in **stretch** between 07:10 and 07:23: 14 of 14 days." in found.text
    number = found.data["insights"][0]["number"]
    done = await person.types(f"insights accept {number}")
    assert "a reminder at 07:15" in done.text
    assert await numbers(person) == {}
    await person.undoes(done)
    assert "time" in await numbers(person)


async def test_a_habit_that_breaks_on_one_weekday_leaves_it_out(person: Person) -> None:
    """Accepting changes the rule, and what it takes stays; undo brings the rule back."""
    await person.types("add habit read 20 minutes daily")
    begun = person.clock.local()
    for n in range(70):
        day = begun + timedelta(days=n)
        if day.isoweekday() != 6:
            person.at(f"{day:%Y-%m-%d}T{8 + n % 13:02}:00")
            await person.types("check in read 20 minutes")
    person.at(f"{begun + timedelta(days=70):%Y-%m-%d}T10:00")
    found = await person.types("insights")
    assert "The streak of **read** mostly breaks on Saturdays: 10 of 10 times." in found.text
    number = found.data["insights"][0]["number"]
    before = await person.says("habits list")
    done = await person.types(f"insights accept {number}")
    rule = "read, 20 min on Mondays, Tuesdays, Wednesdays, Thursdays, Fridays and Sundays"
    assert "a rule without Saturdays" in done.text and rule in done.text
    await person.undoes(done)
    assert await person.says("habits list") == before


async def test_plain_sentences_are_understood(person: Person) -> None:
    """And others aren't taken for them."""
    for name in ("insights", "areas"):
        action = person.actions[name]
        assert action.reads is not None
        for sentence in action.examples:
            assert await action.reads(sentence) == {}
        for sentence in ("I like knitting patterns", "what areas of Berlin are nice?", "areas"):
            assert await action.reads(sentence) is None
    assert await person.registry.parse("insights from the meeting were good") is None
    assert await person.registry.parse("areas of Berlin to live in") is None


# --- areas ------------------------------------------------------------------------------------


async def test_areas_show_how_far_they_are_covered(person: Person) -> None:
    """From none to automated, as there is more."""
    text = await person.says("areas")
    assert "- Health & Fitness **none**" in text and text.count("**none**") == 6
    await person.types("add habit run every day")
    assert "Health & Fitness **basic**  *1 habit*" in await person.says("areas")
    await person.types("check in run")
    assert "Health & Fitness **tracked**" in await person.says("areas")
    await person.types("edit habit run: remind at 7:00")
    assert "Health & Fitness **automated**" in await person.says("areas")
    assert "- habit: run" in await person.says("areas health")
    await person.types("/health log slept 7 hours")
    await person.types("/tasks add call the bank")
    text = await person.says("areas")
    assert "*1 habit, the health log*" in text and "Financial **basic**  *1 task*" in text


async def test_a_habit_is_put_into_an_area(person: Person) -> None:
    """And out of it, and back; undo is exact."""
    await person.types("add habit practise scales daily")
    before = await person.contents()
    done = await person.types("area set scales to home")
    assert done.text == "practise scales is in Home & Environment now."
    assert "- habit: practise scales" in await person.says("areas home")
    again = await person.types("area set scales to home")
    assert (again.text, again.undo) == ("practise scales is in Home & Environment already.", None)
    back = await person.undoes(done)
    assert await person.contents() == before
    await person.undoes(back)
    assert "- habit: practise scales" in await person.says("areas home")
    await person.types("area set practise scales to none")
    assert "- habit: practise scales" not in await person.says("areas home")


async def test_what_could_be_two_is_asked(person: Person) -> None:
    """A habit and a goal of one name are told; its kind says which."""
    await person.types("add habit paint every day")
    await person.types("set goal paint")
    with pytest.raises(UsageError, match="the habit “paint”, the goal “paint”"):
        await person.types("area set paint to home")
    await person.types("area set goal paint to learning")
    assert "- goal: paint" in await person.says("areas learning")
    with pytest.raises(NotFound, match="no area"):
        await person.types("/areas set paint to nowhere")


async def test_the_next_step_is_one_a_day(person: Person) -> None:
    """Asked again it is the same; nothing is suggested unasked on that day, nor in quiet hours."""
    first = await person.types("areas next")
    assert "`add habit walk 20 minutes daily`" in first.text
    await person.types("add habit walk 20 minutes daily")
    second = await person.types("areas next")
    assert second.data["next"]["id"] == "health"
    areas = person.home.areas
    assert await areas.unasked(None) is None
    person.at("2026-11-27T06:30")
    quiet = (person.clock.local().time().replace(22, 0), person.clock.local().time().replace(7, 0))
    assert await areas.unasked(quiet) is None
    person.at("2026-11-27T07:00")
    step = await areas.unasked(quiet)
    assert step is not None and step.area.id == "health" and step.coverage == "basic"
    assert await areas.unasked(quiet) is None


async def test_each_step_can_be_typed(person: Person) -> None:
    """What is suggested of the shipped areas is a command that works, and leads further."""
    for area in await person.home.areas.all():
        for step in area.steps.values():
            parsed = await person.registry.parse(step)
            assert parsed is not None, step
            await person.registry.run(*parsed)
    found = await person.types("areas")
    left = [each["id"] for each in found.data["areas"] if each["coverage"] == "none"]
    assert left == []
