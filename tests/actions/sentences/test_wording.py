"""Whether a line may be an order or a report, by its words alone."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.actions.sentences import wording
from wooster.actions.sentences.wording import courteous, may_be_meant


@pytest.mark.parametrize(
    ("said", "bare"),
    [
        ("Hey Wooster, could you remind me to call Ana?", "remind me to call Ana"),
        ("please mark yoga as done, thanks!", "mark yoga as done"),
        ("okay wooster: undo that", "undo that"),
        ("I'd like you to add milk to the list please", "add milk to the list"),
        ("can you show me my habits for today please?", "show me my habits for today"),
        ("what's on Thursday?", "what's on Thursday?"),
        ("I meditated today.", "I meditated today."),
    ],
)
def test_courtesies_are_left_out(said: str, bare: str) -> None:
    """What is asked for stays as it was written."""
    assert courteous(said) == bare


@pytest.mark.parametrize(
    "said",
    [
        "remind me to call Ana tomorrow at 5",
        "I meditated today",
        "did my yoga",
        "add milk to the shopping list",
        "what's on Thursday?",
        "which habits are due?",
        "don't forget to remind me to pay the rent",
        "schedule a call at 5 p.m. tomorrow",
        "what does my week look like?",
        "what do you know about me?",
        "are there any reminders for today?",
        "I want to start a habit of reading every night",
    ],
)
def test_orders_and_reports_may_be_meant(said: str) -> None:
    """Nothing in their words speaks against it."""
    assert may_be_meant(courteous(said))


@pytest.mark.parametrize(
    "said",
    [
        "I didn't meditate today",
        "I havent meditated yet",
        "I never run on Sundays",
        "if I run today, will it rain?",
        "I should meditate today",
        "I want to run more",
        "I used to run every day",
        "my sister meditated today",
        "she ran 5 km yesterday",
        'she said "I meditated today"',
        "how do I add a task in Todoist?",
        "add a task in Todoist",
        "why should I meditate?",
        "what's a good habit?",
        "write a reminder to my tenants",
        "I ran today. What should I eat now?",
        "I ran today\nand yesterday" * 20,
        "ran",
        "",
    ],
)
def test_talk_is_never_meant(said: str) -> None:
    """Denied, supposed, told of others, quoted, asked about how it is done, or more than one thing:
    it is for the model."""
    assert not may_be_meant(courteous(said))


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    """What is left of a text without its courtesies is a part of it, and has none any more."""
    bare = courteous(text)
    assert bare in " ".join(text.split())
    may_be_meant(bare)


def test_the_examples_are_true() -> None:
    """Those in the docstrings."""
    assert doctest.testmod(wording).failed == 0
