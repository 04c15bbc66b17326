"""What a person asks of memory, typed: the words, the day, and what is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.memory.recall.conftest import Home
from wooster.actions.registry import Registry
from wooster.core.errors import UsageError
from wooster.memory.recall.actions import _without_meaning, recall, why
from wooster.memory.recall.model import Memory, Recollections
from wooster.memory.recall.showing import line


@pytest.fixture
def registry(home: Home) -> Registry:
    registry = Registry()
    registry.add(recall(home.recall, home.clock))
    registry.add(why(home.recall, home.clock))
    return registry


async def typed(registry: Registry, line: str) -> tuple[str, list[str]]:
    command = await registry.parse(line)
    assert command is not None
    result = await registry.run(*command)
    return result.text, [each["text"] for each in result.data["memories"]]


async def test_what_is_found_is_shown_with_its_source_and_its_reasons(
    home: Home, registry: Registry
) -> None:
    """And nothing that has nothing to do with it."""
    await home.talk("The spare key hangs in the shed.", "Good to know.", days_ago=3)
    await home.talk("Cats sleep all day.", "They do.")
    await home.embed()
    text, told = await typed(registry, "/recall spare key")
    assert told[0] == "The spare key hangs in the shed."
    assert "2026-11-19, you said: The spare key hangs in the shed." in text
    assert "exchange 1" in text
    assert "words +0.50" in text
    assert not any("Cats" in each for each in told)


async def test_as_of_a_day_only_what_was_said_until_then(home: Home, registry: Registry) -> None:
    """That day's evening is in; what is no day is named."""
    await home.talk("The key is in the shed.", "Fine.", days_ago=20)
    await home.talk("The key is in the car.", "Fine.", days_ago=2)
    await home.embed()
    _, told = await typed(registry, "/recall --as-of 2026-11-02 where is the key")
    assert "The key is in the shed." in told
    assert "The key is in the car." not in told
    _, told = await typed(registry, "/recall where is the key --as-of=2026-11-20")
    assert "The key is in the car." in told
    with pytest.raises(UsageError, match="'yesterday' is no day"):
        await typed(registry, "/recall --as-of yesterday key")


async def test_nothing_found_is_said(home: Home, registry: Registry) -> None:
    """Of a subject, of a time, and of no words at all."""
    assert (await typed(registry, "/recall zebras"))[0].startswith("Nothing is remembered of that.")
    await home.talk("The key is in the shed.", "Fine.", days_ago=20)
    await home.embed()
    assert await typed(registry, "/recall what did we say yesterday") == (
        "Nothing was said then.",
        [],
    )
    assert await typed(registry, "/recall --as-of 2026-01-02 the key") == (
        "Nothing was known of that on 2026-01-02.",
        [],
    )
    with pytest.raises(UsageError):
        await typed(registry, "/recall")
    assert (await typed(registry, "why"))[0] == "Nothing was answered yet."


async def test_a_time_by_itself_asks_for_what_was_said_then(home: Home, registry: Registry) -> None:
    """Where nothing was, that is said before what only has the words."""
    await home.talk("The cherry tree is in bloom.", "Lovely.", days_ago=9)
    await home.talk("I dreamt of the sea yesterday.", "A calm one?", days_ago=20)
    await home.embed()
    for time in ("last week", "in November", "between Easter and November"):
        assert "The cherry tree is in bloom." in (await typed(registry, f"/recall {time}"))[1]
    text, told = await typed(registry, "/recall yesterday")
    assert text.startswith("Nothing was said then. These have the words:\n\n- ")
    assert told == ["I dreamt of the sea yesterday."]
    assert (await typed(registry, "/recall in 2019"))[0].startswith("Nothing was said then.")


def test_a_fact_is_told_with_its_own_dates() -> None:
    """What is to come isn't told as what is, nor what was over when it was told as known since."""
    known, before, later = (datetime(2026, month, 1, tzinfo=UTC) for month in (6, 3, 9))
    fact = Memory("fact", 1, "", known, "", "You live in Rome.", 0.0, {})
    told = {
        (since, until): line(replace(fact, since=since, until=until), UTC).partition("(")[2]
        for since in (None, before, later)
        for until in (None, before, later)
    }
    assert told[None, None] == "known since 2026-06-01)"
    assert told[None, later] == "known since 2026-06-01 until 2026-09-01)"
    assert told[None, before] == "until 2026-03-01)"
    assert told[before, None] == "since 2026-03-01)"
    assert told[later, None] == "from 2026-09-01)"


def test_why_only_words_were_searched_is_one_line() -> None:
    """Whoever worded it, with lines and full stops of their own."""
    found = Recollections((), without_meaning="It failed.\nSet `model`.")
    assert _without_meaning(found) == "\n\n*By words only: It failed. Set `model`.*"
