"""A message through all of it, over actions made for this."""

from __future__ import annotations

import doctest
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from wooster.actions.action import Action, Nothing, Parameters
from wooster.actions.sentences import recogniser
from wooster.actions.sentences.deciding import AskFirst, Run
from wooster.actions.sentences.recogniser import Recogniser, examples
from wooster.actions.sentences.talk import TALK
from wooster.core.errors import UsageError
from wooster.wire.requests import ActionResult


class Item(Parameters):
    text: str = ""


async def _nothing(_: Any) -> ActionResult:
    return ActionResult("")


async def _reads(sentence: str) -> dict[str, Any] | None:
    head, to, _ = sentence.rstrip(".!").partition(" to the list")
    return {"text": head.removeprefix("add ")} if to and head.startswith("add ") else None


ADD = Action(
    "items_add",
    "adds an item",
    "write",
    Item,
    ("/items add TEXT",),
    _nothing,
    "text",
    reads=_reads,
    examples=("add milk to the list", "please add tea to the list"),
)
LOOK = Action("items", "shows items", "read", Nothing, ("items",), _nothing)


@dataclass
class Near:
    """Everything is as near as this; what was asked about."""

    scores: dict[str, float] | None
    asked: list[str] = field(default_factory=list)

    async def to(self, text: str) -> dict[str, float] | None:
        self.asked.append(text)
        return self.scores


@pytest.mark.parametrize("scores", [{"items_add": 0.9}, None])
async def test_a_plain_order_is_run(scores: dict[str, float] | None) -> None:
    """By its reading and its examples; without an embedding server, by its reading alone where all
    other words are its examples'."""
    near = Near(scores)
    made = Recogniser([ADD, LOOK], near)
    found = await made.recognise("Could you add *oat milk* to the list, please?")
    assert found == Run("items_add", {"text": "*oat milk*"})
    assert near.asked == ["add *oat milk* to the list"]


async def test_words_that_no_example_has_are_not_certain() -> None:
    """They are compared; where they can't be, they are a message."""
    said = "add oat milk to the list!"

    async def reads(_: str) -> dict[str, Any] | None:
        return {"text": "milk"}

    odd = Action("odd", "", "write", Item, (), _nothing, "text", reads=reads, examples=("add x",))
    assert await Recogniser([odd], Near(None)).recognise(said) is None
    assert await Recogniser([odd], Near({"odd": 0.9})).recognise(said) == Run(
        "odd", {"text": "milk"}
    )


async def test_what_is_asked_shows_the_command() -> None:
    """As it would be done, with nothing of it taken for a mark; and what the message was."""
    loose = replace(ADD, examples=("put milk on the list",))
    made = Recogniser([loose], Near({"items_add": 0.2}))
    found = await made.recognise("add *oat* to the list")
    assert isinstance(found, AskFirst)
    assert found.choice.options[0].label == r"items add \*oat\*: adds an item"
    assert found.choice.options[1].say == "add *oat* to the list"


@pytest.mark.parametrize(
    "said", ["I didn't add milk to the list", "add milk to the list\nand tea", "hello", ""]
)
async def test_talk_is_not_even_compared(said: str) -> None:
    """It costs a turn nothing."""
    near = Near({"items_add": 1.0})
    assert await Recogniser([ADD, LOOK], near).recognise(said) is None
    assert near.asked == []


async def test_what_nobody_reads_is_not_compared_where_every_action_reads() -> None:
    """Nor does most else that is said."""
    near = Near({"items_add": 1.0})
    assert await Recogniser([ADD, LOOK], near).recognise("tea is on the list") is None
    assert near.asked == []


@pytest.mark.parametrize("error", [UsageError("31 June"), ValueError("a bug")])
async def test_a_reading_that_fails_loses_no_message(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """It counts as none; only a bug is logged. The others read all the same."""

    async def reads(_: str) -> dict[str, Any] | None:
        raise error

    broken = Action("broken", "", "write", Item, (), _nothing, reads=reads, examples=("add x",))
    made = Recogniser([broken, ADD], Near({"items_add": 0.9}))
    found = await made.recognise("add milk to the list")
    assert found == Run("items_add", {"text": "milk"})
    logged = [record.getMessage() for record in caplog.records]
    assert logged == (["sentences.reading_failed"] if isinstance(error, ValueError) else [])


def test_examples_are_compared_without_their_courtesies() -> None:
    """As sentences are; talk has each once."""
    assert examples([ADD, LOOK]) == {"items_add": ("add milk to the list", "add tea to the list")}
    assert len(set(TALK)) == len(TALK)


def test_the_docstrings_examples_are_true() -> None:
    """Those of the recogniser."""
    assert doctest.testmod(recogniser).failed == 0
