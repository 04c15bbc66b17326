"""A time that is told by something that happened."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from tests.conftest import NOON
from tests.memory.recall.conftest import Home
from wooster.memory.recall.anchors import dated, day_of, event


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did we talk about two weeks before the wedding?", "the wedding"),
        ("What did I say the day after my operation?", "my operation"),
        ("A month before our trip to Lisbon, what did we discuss?", "our trip to Lisbon"),
        ("What did we say after the funeral?", "the funeral"),
        ("What do I need before the meeting?", None),
        ("What did we say two weeks before the 8th of May?", None),
        ("What did we say after our last conversation?", None),
        ("Remind me before the exam.", None),
        ("Where do I live?", None),
    ],
)
def test_what_time_is_counted_from(question: str, words: str | None) -> None:
    """An event, and neither a date nor what something is for."""
    found = event(question, NOON, UTC)
    assert (found.words if found else None) == words
    if found is not None:
        told = dated(question, found, date(2026, 6, 12))
        assert "12 June 2026" in told
        assert found.words not in told


def test_when_it_was() -> None:
    """The date that was said of it, counted from when that was said; else that day."""
    assert day_of("The wedding is on 12 June.", NOON, UTC).month == 6
    assert day_of("My operation was yesterday.", NOON, UTC) == date(2026, 11, 21)
    assert day_of("We got married!", NOON, UTC) == date(2026, 11, 22)


async def test_what_was_said_before_an_event_is_found(home: Home) -> None:
    """The event's date is looked up, and all that was said two weeks before it comes back."""
    await home.talk("I bought new shoes.", "Nice.", days_ago=60)
    await home.talk("The tailor took my measurements.", "Good.", days_ago=24)
    await home.talk("The wedding was yesterday!", "Congratulations!", days_ago=9)
    await home.embed()
    found = await home.ask("What did we talk about two weeks before the wedding?")
    assert found.is_period
    assert [each.text for each in found.memories[:2]] == [
        "The tailor took my measurements.",
        "Good.",
    ]
