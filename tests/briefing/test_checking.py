"""What a model may not do to the facts, and that it is caught."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.briefing import wording
from wooster.briefing.checking import can_be_marked, problem, unmarked
from wooster.briefing.glue import GLUE
from wooster.briefing.model import Item, item

DENTIST = item("event:7", "Dentist", "09:00–10:00", "Main St")
RUN = item("habit:3", "run", "2 of 3 this week, 4 days left", "streak 12 weeks at stake")
ANA = item("task:a1", "call Ana", "due today")
RIGHT = (
    "Good morning. You have Dentist at 09:00–10:00 in Main St [event:7]. "
    "Your habit is run: 2 of 3 this week, 4 days left, with streak 12 weeks at stake [habit:3]. "
    "Then there is “call Ana”, due today [task:a1]. Have a nice day!"
)
ITEMS = [DENTIST, RUN, ANA]


def test_words_that_only_join_the_facts_are_right() -> None:
    """In any order of the items, with the marks behind what is said, or before it."""
    assert problem(RIGHT, ITEMS) == ""
    assert problem(RIGHT, [ANA, DENTIST, RUN]) == ""
    before = "[task:a1] call Ana, due today.\n[event:7] Dentist: 09:00–10:00, Main St."
    assert problem(before, [DENTIST, ANA]) == ""


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("09:00", "09:30", "event:7 lost “09:00–10:00”"),
        ("12 weeks", "13 weeks", "habit:3 lost"),
        ("2 of 3", "3 of 2", "habit:3 lost"),
        ("due today", "due tomorrow", "task:a1 lost “due today”"),
        ("Ana", "Anna", "task:a1 lost “call Ana”"),
        ("Dentist", "Doctor", "event:7 lost “Dentist”"),
        ("You have", "You don't have", "event:7 has “don't”"),
        ("Then there is", "Then buy milk, and there is", "task:a1 has “buy”"),
        ("there is “call", "there is Bob and “call", "task:a1 has “Bob”"),
        ("[task:a1]", "", "task:a1 is told 0 times"),
        ("[task:a1]", "[task:a1] [task:a1]", "task:a1 is told 2 times"),
        ("[task:a1]", "[task:a1] and cook [task:b2]", "task:b2 is no item"),
        ("Have a nice day!", "Have a nice day at 5!", "“5” is of no item"),
        ("Have a nice day!", "See you on Friday!", "“See” is of no item"),
        ("at 09:00–10:00", "at 09:00–10:00 🎉", "event:7 has “🎉”"),
    ],
)
def test_what_is_lost_or_invented_is_named(was: str, becomes: str, told: str) -> None:
    """A number, a time, a day, a name, a "not", a task, an item."""
    assert told in problem(RIGHT.replace(was, becomes, 1), ITEMS)


@pytest.mark.parametrize("said", ["-5", "5.5", "15", "50", "5:30", "5 %", "5%", ".5", "5-7"])
def test_a_longer_number_is_another(said: str) -> None:
    """It doesn't help that the right one is in it."""
    five = item("habit:1", "run", "5")
    assert problem("You run 5 [habit:1].", [five]) == ""
    assert problem(f"You run {said} [habit:1].", [five]) != ""


def test_facts_that_change_places_are_caught() -> None:
    """Each stands with its own item."""
    one, two = item("task:1", "call Ana", "due today"), item("task:2", "pay Bob", "3 days overdue")
    right = "You have call Ana, due today [task:1]. Then pay Bob, 3 days overdue [task:2]."
    assert problem(right, [one, two]) == ""
    swapped = "You have call Ana, 3 days overdue [task:1]. Then pay Bob, due today [task:2]."
    assert problem(swapped, [one, two]) == "task:1 lost “due today”"


def test_the_marks_are_not_shown() -> None:
    """Nor the bars, where a model took them over."""
    told = unmarked("Dentist | 09:00 [event:7].\nThen run [habit:3].")
    assert told == "Dentist, 09:00.\nThen run."


def test_a_name_that_looks_like_a_mark_is_not_given_to_a_model() -> None:
    """It couldn't be told from ours."""
    assert can_be_marked(ITEMS)
    assert not can_be_marked([item("task:1", "see [task:2] first")])


# --- laws -------------------------------------------------------------------------------------

NAMES = st.from_regex(r"[A-Z][a-zäöü]{2,8}( [a-z]{3,8}){0,2}", fullmatch=True)
FACTS = st.one_of(
    st.integers(1, 999).map(lambda n: f"streak {n} days"),
    st.times().map(lambda at: f"{at:%H:%M}"),
    st.integers(1, 99).map(lambda n: f"{n} days overdue"),
    st.integers(1, 99).map(lambda n: f"{n} %"),
)
PAGES = st.lists(st.tuples(NAMES, st.lists(FACTS, min_size=1, max_size=3)), min_size=1, max_size=6)


def items_of(told: list[tuple[str, list[str]]]) -> list[Item]:
    return [item(f"task:{n}", name, *facts) for n, (name, facts) in enumerate(told)]


def sentence(each: Item) -> str:
    return f"You have {each.name}: {', '.join(each.facts)} [{each.id}]."


@given(PAGES)
def test_what_tells_everything_is_always_right(told: list[tuple[str, list[str]]]) -> None:
    """Whatever the names and the numbers are."""
    items = items_of(told)
    assert problem("Good morning. " + " ".join(map(sentence, items)), items) == ""


@given(PAGES, st.data())
def test_an_item_that_is_dropped_doubled_or_added_is_caught(
    told: list[tuple[str, list[str]]], data: st.DataObject
) -> None:
    """Whichever it is."""
    items = items_of(told)
    lines = [sentence(each) for each in items]
    at = data.draw(st.integers(0, len(lines) - 1))
    assert problem(" ".join(lines[:at] + lines[at + 1 :]), items)
    assert problem(" ".join([*lines, lines[at]]), items)
    other = data.draw(NAMES.filter(lambda name: not set(name.casefold().split()) <= GLUE))
    assert problem(" ".join([*lines, f"You have {other} [task:99]."]), items)
    assert problem(" ".join([*lines[:at], f"You have {other}.", *lines[at:]]), items)


@given(PAGES, st.data())
def test_a_number_that_is_altered_or_lost_is_caught(
    told: list[tuple[str, list[str]]], data: st.DataObject
) -> None:
    """Each digit of each fact."""
    items = items_of(told)
    lines = [sentence(each) for each in items]
    at = data.draw(st.integers(0, len(lines) - 1))
    facts = lines[at].partition(" [")[0]
    digit = data.draw(st.sampled_from(list(re.finditer(r"\d", facts))))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digit[0]] + [""]))
    wrong = f"{lines[at][: digit.start()]}{other}{lines[at][digit.end() :]}"
    assert problem(" ".join([*lines[:at], wrong, *lines[at + 1 :]]), items)


@given(PAGES)
def test_what_a_model_is_given_is_itself_right(told: list[tuple[str, list[str]]]) -> None:
    """The lines as they are: a model that only repeats them loses nothing."""
    items = items_of(told)
    assert (
        problem("\n".join(f"[{e.id}] {' | '.join((e.name, *e.facts))}" for e in items), items) == ""
    )


def test_glue_has_nothing_that_changes_a_fact() -> None:
    """No negation, no time, no number is added to it one day."""
    never = "not no never none without before after until by since today tomorrow tonight cancelled"
    numbers = "one two three ten twice half almost about only less more under over late early"
    assert not GLUE & {*never.split(), *numbers.split()}
    assert not any(re.search(r"\d", word) for word in GLUE)
    assert wording.line(DENTIST) == "Dentist  *09:00–10:00 · Main St*"
