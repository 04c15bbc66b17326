"""What is left to do after what was said: transcripts."""

from __future__ import annotations

import pytest

from tests.memory.episodes.said import turns
from wooster.memory.episodes.pending import MOST, followups


def todo(*said: str | tuple[str, str]) -> list[str]:
    return [text for _, text in followups(turns(*said))]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("I'll call her tomorrow.", ["call her tomorrow"]),
        ("I’ll call her tomorrow.", ["call her tomorrow"]),
        ("I need to renew my passport.", ["renew my passport"]),
        ("I still have to pay the rent, but not today.", ["pay the rent"]),
        ("Remind me to buy milk", ["buy milk"]),
        ("Don't let me forget to water the ferns!", ["water the ferns"]),
        ("Let's go on with the budget next time.", ["go on with the budget next time"]),
        (
            "I'll move it next weekend, and I need to call Anna tomorrow.",
            ["move it next weekend", "call Anna tomorrow"],
        ),
        ("Guests come on Saturday, let's plan the menu tomorrow", ["plan the menu tomorrow"]),
        (
            "I'll send the draft on Wednesday, and then I need to fix the figures.",
            ["send the draft on Wednesday", "fix the figures"],
        ),
        ("Nice. I'm going to write to the landlord.", ["write to the landlord"]),
    ],
)
def test_what_a_person_means_to_do_is_kept_in_their_words(said: str, left: list[str]) -> None:
    """Plans, duties, and what is put off, up to where another thought begins."""
    assert todo(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "If I win, I'll buy a boat.",
        "I would need to ask.",
        "Maybe I'll go.",
        "I'll be honest with you.",
        "I have to say it is nice.",
        "I will never do that.",
        "I don't have to go.",
        "I have to get up at six every day.",
        "Should I call her tomorrow?",
        "I need to write to my boss. Can you help me?",
        "Please write a poem, I need to print it",
        "> I'll call her tomorrow.",
        'She said "I will call you tomorrow".',
        "```\nI'll run\n```",
        "She'll call me tomorrow.",
        "Let's see.",
        "Ich rufe sie morgen an.",
        "",
    ],
)
def test_what_nobody_means_to_do_is_not(said: str) -> None:
    """Conditions, wishes, habits, turns of phrase, others' plans, what is to be done at once."""
    assert todo(said) == []


def test_what_the_assistant_says_is_no_plan() -> None:
    """Neither an answer nor another speaker's words."""
    assert todo(("Fine", "I'll call her tomorrow. You need to rest.")) == []
    assert followups(turns("I'll call her tomorrow.", speaker="Ada")) == ()


def test_each_is_kept_once_with_the_turn_in_which_it_was_said() -> None:
    """And of very many the newest."""
    said = turns("I'll call Bo tomorrow.", "Yes.", "As I said, I'll call Bo tomorrow.")
    assert followups(said) == ((1, "call Bo tomorrow"),)
    many = followups(turns(*(f"I'll read book {n} tonight." for n in range(9))))
    assert [seq for seq, _ in many] == list(range(10 - MOST, 10))


@pytest.mark.parametrize("state", ["failed", "cut_off"])
def test_a_question_without_an_answer_is_left_to_do(state: str) -> None:
    """The last one only: one that was asked again and answered isn't."""
    broken = turns("How far is the moon?", state=state)  # type: ignore[arg-type]
    assert followups(broken) == ((1, "answer “How far is the moon?”"),)
    assert followups([*broken, *turns("", "384 400 km")]) == ()
    assert followups(turns("How far?", state="stopped")) == ()
