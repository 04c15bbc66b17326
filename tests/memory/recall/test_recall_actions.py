"""What a person asks of memory, typed: the words, the day, and what is shown."""

from __future__ import annotations

import pytest

from tests.memory.recall.conftest import Home
from wooster.actions.registry import Registry
from wooster.core.errors import UsageError
from wooster.memory.recall.actions import recall, why


@pytest.fixture
def registry(home: Home) -> Registry:
    registry = Registry()
    registry.add(recall(home.recall, home.clock))
    registry.add(why(home.recall, home.clock))
    return registry


async def typed(registry: Registry, line: str) -> tuple[str, list[str]]:
    command = registry.parse(line)
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
    with pytest.raises(UsageError):
        await typed(registry, "/recall")
    assert (await typed(registry, "why"))[0] == "Nothing was answered yet."
