"""The junk gate: what a model says, and what of it gets in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.memory.episodes.said import turns
from wooster.memory.distilling import admission
from wooster.memory.distilling.schema import EpisodeOutput, FactOutput, TodoOutput
from wooster.memory.episodes import extract
from wooster.memory.episodes.model import Stretch
from wooster.memory.facts import rules_screen
from wooster.memory.facts.model import ME, Observation
from wooster.memory.model import Turn

CATEGORIES = frozenset(["preference", "relationship", "identity", "habit"])


def stretch(*said: Any, origin: Any = "talk", **named: Any) -> Stretch:
    return Stretch("s", origin, tuple(turns(*said, **named)))


def fact(quote: str, value: str, **named: str) -> FactOutput:
    told = {"about": "me", "category": "preference", "key": "likes", **named}
    return FactOutput(quote=quote, value=value, **told)


def gate(
    of: Stretch, *made: FactOutput, known: list[Observation] | None = None
) -> tuple[list[Observation], dict[str, int]]:
    found = admission.admit_facts(of, made, "tester", CATEGORIES, known or [])
    return list(found.admitted), dict(found.refused)


def test_what_the_person_said_gets_in_with_where_it_is_from() -> None:
    """Turn, date, maker and confidence are written by code; the sentence is the person's."""
    said = stretch("Hello", "Nice day. I really like Earl Grey tea!")
    (found,), refused = gate(said, fact("i REALLY like  earl grey tea", "Earl Grey tea"))
    assert refused == {}
    assert (found.subject, found.key, found.value) == (ME, "likes", "Earl Grey tea")
    assert (found.statement, found.quote) == (
        "You like Earl Grey tea.",
        "I really like Earl Grey tea!",
    )
    assert (found.turn_seq, found.observed) == (2, said.turns[1].asked)
    assert (found.made_by, found.source) == ("tester", "inferred")
    assert found.confidence == admission.CONFIDENCE < 0.6


@pytest.mark.parametrize(
    ("said", "made", "reason"),
    [
        ("I like tea", fact("I like coffee", "coffee"), "quote isn't the person's"),
        ("I like tea", fact("like", "tea"), "quote isn't the person's"),
        ("I like teapots", fact("I like tea", "tea"), "quote isn't the person's"),
        ("I like tea", fact("I like tea", "coffee"), "value isn't in the quote"),
        ("I like tea", fact("I like tea", "…"), "empty value"),
        ("I like tea", fact("I like tea", "it"), "empty value"),
        (
            "I like tea",
            fact("I like tea", "tea", key="Ünfug!! of sorts and more and more"),
            "no key",
        ),
        ("I like tea", fact("I like tea", "tea", key="lives_in"), "no such value"),
        ("I like Porto", fact("I like Porto", "Porto", key="lives_in"), "key isn't said"),
        ("I used to like tea", fact("like tea", "tea"), "not so now"),
        ("I like tea, lol", fact("I like tea", "tea"), "no plain statement"),
        (
            "Pretend that you are me. I like tea.",
            fact("I like tea", "tea"),
            "no plain statement",
        ),
        (
            "My shoe size is big",
            fact("shoe size is big", "big", key="shoe_size", category="weather"),
            "unknown category",
        ),
        ("Do I like tea?", fact("I like tea", "tea"), "a question"),
        ("how do I say that I like tea", fact("I like tea", "tea"), "a question"),
        ("If I like tea, I'll say so", fact("I like tea", "tea"), "not said to be so"),
        ("I wish that I like tea", fact("I like tea", "tea"), "not said to be so"),
        ("I don't think that I like tea", fact("I like tea", "tea"), "denied"),
        ("I never said I like tea", fact("I like tea", "tea"), "denied"),
        ("Ich mag keinen Tee", fact("Ich mag keinen Tee", "Tee"), "denied"),
        ("She said I like tea", fact("I like tea", "tea"), "somebody else's words"),
        ('The ad says: "I like tea a lot"', fact("I like tea", "tea"), "quote isn't the person's"),
        ("> I like tea", fact("I like tea", "tea"), "quote isn't the person's"),
        ("```\nI like tea\n```", fact("I like tea", "tea"), "quote isn't the person's"),
        (
            "Everybody here likes tea",
            fact("Everybody here likes tea", "tea"),
            "key isn't said",
        ),
        ("I like tea", fact("I like tea", "tea", about="Bob"), "key isn't said"),
        ("Bob likes tea", fact("Bob likes tea", "tea", about="Ann"), "not about them"),
    ],
)
def test_junk_is_refused_for_its_reason(said: str, made: FactOutput, reason: str) -> None:
    """What isn't said, isn't said to be so, or isn't the person's own."""
    assert gate(stretch(said), made) == ([], {reason: 1})


def test_nothing_is_learned_from_anybody_else() -> None:
    """Not from answers, other speakers, schedules or pasted pages."""
    made = fact("I like tea", "tea")
    refused = {"quote isn't the person's": 1}
    assert gate(stretch(("Hello", "I like tea")), made) == ([], refused)
    assert gate(stretch("I like tea", speaker="Ada"), made) == ([], refused)
    assert gate(stretch("I like tea", origin="job"), made) == ([], refused)
    assert gate(stretch("I like tea. " + "And so on. " * 400), made) == ([], refused)


def test_the_same_gets_in_once() -> None:
    """Said twice by the model, or found by a rule already under another key."""
    said = stretch("I like tea. I prefer tea.")
    made = fact("I like tea", "tea")
    (found,), refused = gate(said, made, made)
    assert refused == {"said already": 1}
    assert gate(said, fact("I prefer tea", "Tea", key="prefers"), known=[found]) == (
        [],
        {"said already": 1},
    )


def test_other_people_and_other_languages_get_in() -> None:
    """A name that stands in the sentence; the person's words in their language."""
    said = stretch("My sister Anna lives in Porto.", "Ich wohne in Köln.")
    found, refused = gate(
        said,
        fact("Anna lives in Porto", "Porto", about="Anna", key="lives_in", category="identity"),
        fact("Ich wohne in Köln", "Köln", key="lives in", category="habit"),
    )
    assert refused == {}
    assert [(each.subject, each.key, each.value, each.category) for each in found] == [
        ("Anna", "lives_in", "Porto", "identity"),
        (ME, "lives_in", "Köln", "identity"),
    ]


def test_what_is_longer_than_rules_read_is_asked_of_no_model() -> None:
    """The gate would refuse all of it."""
    assert admission.PASTED_CHARACTERS == rules_screen.LONGEST


def test_a_model_names_things_in_its_own_way() -> None:
    """A relation and a favourite get the keys that rules give them."""
    said = stretch("My husband is called Paul. My favorite tea is Assam.")
    found, refused = gate(
        said,
        fact("My husband is called Paul", "Paul", key="husband", category="relationship"),
        fact("My favorite tea is Assam", "Assam", key="favorite tea"),
    )
    assert refused == {}
    assert [each.key for each in found] == ["partner", "favourite_tea"]


def test_a_fact_is_as_private_as_its_turn() -> None:
    """What was said where private documents were shown stays here."""
    at = datetime(2026, 11, 22, tzinfo=UTC)
    turn = Turn(1, "t", "s", at, "I like tea", "", "done", at, "", "", "documents", True)
    (found,), _ = gate(Stretch("s", "talk", (turn,)), fact("I like tea", "tea"))
    assert found.is_private


# --- episodes ---------------------------------------------------------------------------------

SAID = stretch(
    ("I moved to Porto and I'll call the school tomorrow.", "Which school is it?"),
    ("The language school of Anna.", "Good luck!"),
)
PROMPT = "Tell of the conversation in two or three plain sentences.\n{conversation}"


def tell(summary: str, **named: Any) -> admission.Episode:
    plain = extract.told(SAID.turns, None)
    return admission.admit_episode(SAID, EpisodeOutput(summary=summary, **named), plain, PROMPT)


def test_a_summary_of_what_was_said_gets_in() -> None:
    """With topics, people and follow-ups that stand there; dates are the code's own."""
    todo = [TodoOutput(message=1, what="call the school")]
    told = tell(
        "You moved to Porto and mean to call Anna's language school.",
        topics=["language school", "Language School", "Brazil", "I moved to Porto. And call"],
        people=["Anna", "Pedro", "school", "Anna moved to Porto and"],
        to_do=[*todo, TodoOutput(message=2, what="buy a car"), TodoOutput(message=9, what="call")],
        sentiment="positive",
    )
    assert told.is_models
    assert told.told.topics == ("language school",)
    assert told.told.people == ("Anna",)
    assert told.told.followups == ((1, "call the school"),)
    assert (told.told.sentiment, told.told.dates) == ("positive", ("2026-11-23",))
    assert dict(told.refused) == {
        "topic that nobody said": 3,
        "name that nobody said": 3,
        "to do that nobody said": 1,
        "to do without a message": 1,
    }


def test_a_bad_mood_must_be_the_persons_own() -> None:
    """It is told at the next start; a good one does no harm."""
    said = "You moved to Porto and mean to call Anna's language school."
    assert tell(said, sentiment="negative").told.sentiment == "neutral"
    assert tell(said, sentiment="positive").told.sentiment == "positive"


@pytest.mark.parametrize(
    ("summary", "reason"),
    [
        ("", "too short"),
        ("Porto.", "too short"),
        ("You moved to Porto. " * 40, "too long"),
        ("Porto Porto Porto Porto Porto Porto", "repeats itself"),
        ("Tell of the conversation in two or three plain sentences.", "copied from the prompt"),
        ("A dragon guarded its golden treasure beneath mountains.", "says what nobody said"),
        ("You moved to Porto and called Pedro at school.", "a name or number that nobody said"),
        ("You moved to Porto 12 school days ago.", "a name or number that nobody said"),
        ("You moved to Porto and you will call the school", "cut off"),
        ("You moved to Porto. Which school is it? Good luck!", "repeats an answer"),
    ],
)
def test_a_summary_that_is_junk_leaves_the_plain_one(summary: str, reason: str) -> None:
    """Empty, endless, cut off, repeating itself, the prompt or an answer, or made up."""
    told = tell(summary, topics=["Porto"])
    assert not told.is_models
    assert told.told == extract.told(SAID.turns, None)
    assert dict(told.refused) == {f"summary: {reason}": 1}
