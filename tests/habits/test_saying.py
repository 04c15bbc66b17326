"""Plain sentences about habits: what is read of them, and what is left to be talk."""

from __future__ import annotations

from typing import Any

import pytest

from tests.habits.conftest import Person
from wooster.actions.action import Action
from wooster.actions.sentences import wording
from wooster.habits import saying

HABITS = (
    "meditate every day",
    "run 3 times a week",
    "read 20 minutes daily",
    "drink water 2 l daily",
    "workout daily",
    "30 push-ups daily",
    "water plants weekly",
    "morning walk daily",
    "floss daily",
)


@pytest.fixture
async def busy(person: Person) -> Person:
    """A person with habits."""
    for each in HABITS:
        await person.types(f"/habits add {each}")
    return person


def action(person: Person, name: str) -> Action[Any]:
    return next(each for each in person.registry.actions if each.name == name)


async def read(person: Person, name: str, sentence: str) -> dict[str, Any] | None:
    reads = action(person, name).reads
    assert reads is not None
    return await reads(sentence)


@pytest.mark.parametrize(
    ("sentence", "habit", "day", "amount"),
    [
        ("I meditated today", "meditate", "today", ""),
        ("I've just meditated.", "meditate", "", ""),
        ("did my meditation", "meditate", "", ""),
        ("meditation done", "meditate", "", ""),
        ("I ran 5 km yesterday", "run", "yesterday", "5 km"),
        ("I went for a run this morning", "run", "this morning", ""),
        ("I have run 7 km today", "run", "today", "7 km"),
        ("I went running on Monday", "run", "on Monday", ""),
        ("I read for half an hour yesterday", "read", "yesterday", "half an hour"),
        ("log 40 minutes of reading", "read", "", "40 min"),
        ("I drank 2 litres of water today", "drink water", "today", "2 l"),
        ("I worked out today", "workout", "today", ""),
        ("I did 50 push-ups", "push-ups", "", "50 push-ups"),
        ("I watered the plants", "water plants", "", ""),
        ("did my morning walk", "morning walk", "", ""),
        ("mark floss as done for yesterday", "floss", "yesterday", ""),
        ("check off flossing", "floss", "", ""),
    ],
)
async def test_what_was_done_is_read(
    busy: Person, sentence: str, habit: str, day: str, amount: str
) -> None:
    """Whatever form its words have; and what is read is what is checked in."""
    found = await read(busy, "habits_checkin", sentence)
    assert found == {"habit": habit, "day": day, "amount": amount}
    result = await busy.registry.run("habits_checkin", found)
    assert result.text.startswith(habit)
    await busy.undoes(result)


@pytest.mark.parametrize(
    "sentence",
    [
        "I meditated on your question",
        "I meditate today",
        "I run today",
        "I have yoga today",
        "I ran into Bob yesterday",
        "I ran out of milk",
        "I read the news today",
        "I read a book about habits",
        "I drank wine",
        "I watered down my plans",
        "I worked today",
        "I swam today",
        "did I meditate today?",
        "I did 50",
        "I did",
        "",
    ],
)
async def test_what_says_more_than_a_habit_is_talk(busy: Person, sentence: str) -> None:
    """A word that is left over is about something else."""
    assert await read(busy, "habits_checkin", sentence) is None


async def test_which_of_two_habits_is_not_guessed(busy: Person) -> None:
    """Two that the same words name are read as none; neither is one in the archive."""
    await busy.types("/habits add running daily")
    assert await read(busy, "habits_checkin", "I ran today") is None
    await busy.types("/habits delete floss")
    assert await read(busy, "habits_checkin", "I flossed") is None


@pytest.mark.parametrize(
    ("name", "sentence", "wanted"),
    [
        ("habits", "which habits are due?", {}),
        ("habits", "What habits do I still have to do today?", {}),
        ("habits", "show me my habits", {}),
        ("habits", "what habits are bad for the teeth?", None),
        ("habits", "show me habits of successful people", None),
        ("habits_stats", "what's my meditation streak?", {"habit": "meditate"}),
        ("habits_stats", "how long is my streak for running?", {"habit": "run"}),
        ("habits_stats", "how often have I read this month?", {"habit": "read"}),
        ("habits_stats", "what are my streaks?", {}),
        ("habits_stats", "how am I doing with my thesis?", None),
        ("habits_stats", "what is the longest winning streak in football?", None),
        ("habits_add", "new habit: swim twice a week", {"habit": "swim twice a week"}),
        ("habits_add", "add a weekly habit of dusting", {"habit": "dusting weekly"}),
        ("habits_add", "make dusting a weekly habit", {"habit": "dusting weekly"}),
        ("habits_add", "make it a habit", None),
        ("habits_add", "I have a habit of biting my nails", None),
        ("habits_add", "I want a habit that sticks", None),
        ("habits_add", "can a habit be made in 21 days?", None),
        ("habits_add", "add a habit of jogging on the 45th of May daily weekly", None),
    ],
)
async def test_questions_and_new_habits_are_read(
    busy: Person, name: str, sentence: str, wanted: dict[str, Any] | None
) -> None:
    """Where all of them is understood."""
    assert await read(busy, name, sentence) == wanted


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        ("habits", saying.DUE),
        ("habits_stats", saying.STREAKS),
        ("habits_add", saying.NEW),
    ],
)
async def test_the_examples_are_read(busy: Person, name: str, sentences: tuple[str, ...]) -> None:
    """Each may be meant, and is read as its action where such a habit exists."""
    for each in ("yoga", "writing", "swimming", "stretch"):
        await busy.types(f"/habits add {each} daily")
    for sentence in sentences:
        assert wording.may_be_meant(wording.courteous(sentence)), sentence
        assert await read(busy, name, wording.courteous(sentence)) is not None, sentence


async def test_nobody_without_habits_has_streaks(person: Person) -> None:
    """Then the sentence is about something else."""
    assert await read(person, "habits_stats", "what are my streaks?") is None
    assert await read(person, "habits_checkin", "I meditated today") is None
