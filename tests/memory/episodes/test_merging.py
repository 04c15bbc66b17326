"""Many episodes told as one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wooster.memory.episodes import merging
from wooster.memory.episodes.model import Episode, Sentiment

NOON = datetime(2026, 5, 22, 12, tzinfo=UTC)


def part(
    number: int, summary: str, topics: tuple[str, ...] = (), mood: Sentiment = "neutral"
) -> Episode:
    at = NOON + timedelta(hours=number)
    return Episode(
        number, "session", "s", number, number, at, at, summary, topics, mood, (), (), (), "rules"
    )


def test_a_month_tells_what_its_sessions_told_most_of() -> None:
    """Topics by weight, sentences in their order, and no more than its length."""
    parts = [
        part(1, "You planned the garden.", ("garden", "roses")),
        part(2, "The garden got a pond.", ("garden", "pond")),
        part(3, "You asked about taxes.", ("taxes",)),
    ]
    told = merging.merged(parts)
    assert told.topics[0] == "garden"
    assert told.summary == "You planned the garden. The garden got a pond. You asked about taxes."
    many = [part(n, f"Sentence number{n} about subject{n} and nothing else.") for n in range(2000)]
    assert 0 < len(merging.merged(many).summary) <= merging.LONGEST_SUMMARY


@pytest.mark.parametrize(
    ("moods", "mood"),
    [
        (["negative", "negative", "neutral"], "negative"),
        (["negative", "neutral"], "neutral"),
        (["positive", "negative", "neutral"], "neutral"),
        (["positive"], "positive"),
    ],
)
def test_a_mood_is_that_of_most(moods: list[Sentiment], mood: Sentiment) -> None:
    """A bad day doesn't make a bad month."""
    told = merging.merged([part(n, "x y z", mood=each) for n, each in enumerate(moods)])
    assert told.sentiment == mood


def test_a_month_is_the_persons() -> None:
    """It begins and ends at their midnight, also where the clocks changed in between."""
    zone = ZoneInfo("Europe/Lisbon")
    span = merging.span("month", datetime(2026, 3, 31, 23, 30, tzinfo=UTC), zone)
    assert span.began == datetime(2026, 4, 1, tzinfo=zone)
    assert span.ended == datetime(2026, 5, 1, tzinfo=zone)
    assert merging.span("year", NOON, zone).ended == datetime(2027, 1, 1, tzinfo=zone)
    assert merging.beginning("month", NOON, 6, zone) == datetime(2025, 11, 1, tzinfo=zone)
