"""The registry: what is a command and what is a message, and arguments that make no sense."""

from __future__ import annotations

import pytest

from wooster.actions.action import Action, Parameters, Question
from wooster.actions.registry import Registry
from wooster.core.errors import NotFound, UsageError
from wooster.wire.requests import ActionResult, TurnRequest


class Search(Parameters):
    words: str = ""
    limit: int = 1


class Nothing(Parameters):
    pass


@pytest.fixture
def registry() -> Registry:
    async def search(given: Search) -> ActionResult:
        return ActionResult(given.words)

    async def look(_: Nothing) -> ActionResult:
        return ActionResult("fine")

    made = Registry()
    made.add(Action("history", "searches", "read", Search, ("history",), search, rest="words"))
    made.add(Action("status", "looks", "read", Nothing, ("status",), look))
    return made


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("status", ("status", {})),
        ("  STATUS ", ("status", {})),
        ("/status", ("status", {})),
        ("/history blue café", ("history", {"words": "blue café"})),
        ("history", ("history", {})),
        ("history of Rome", None),
        ("status of my order?", None),
        ("Hello", None),
        ("/usr/bin/env is where?", None),
        ("/history\nof Rome", None),
        ("", None),
    ],
)
async def test_a_line_is_a_command_only_when_it_can_be_nothing_else(
    registry: Registry, line: str, meant: object
) -> None:
    """A sentence that begins with a command's name is a message."""
    assert await registry.parse(line) == meant


@pytest.mark.parametrize("line", ["/nonsense", "/status now"])
async def test_a_wrong_command_is_an_error_not_a_message(registry: Registry, line: str) -> None:
    """Who types a slash means a command; the model is not asked what it might be."""
    with pytest.raises(UsageError):
        await registry.parse(line)


async def test_arguments_are_checked(registry: Registry) -> None:
    """A wrong type, an unknown argument and an unknown action are clear errors."""
    assert (await registry.run("history", {"words": "x"})).text == "x"
    with pytest.raises(UsageError, match="limit"):
        await registry.run("history", {"limit": "many"})
    with pytest.raises(UsageError, match="colour"):
        await registry.run("history", {"colour": "red"})
    with pytest.raises(NotFound, match="dance"):
        await registry.run("dance", {})


async def test_a_name_of_two_words_is_typed_with_a_space(registry: Registry) -> None:
    """`models_pull` is `/models pull NAME`; the longest name that fits is meant."""

    async def look(given: Search) -> ActionResult:
        return ActionResult(given.words)

    registry.add(Action("models", "lists", "read", Nothing, ("models",), look))  # type: ignore[arg-type]
    registry.add(Action("models_pull", "gets", "read", Search, ("p",), look, rest="words"))
    assert await registry.parse("/models pull big one") == ("models_pull", {"words": "big one"})
    assert await registry.parse("/models") == await registry.parse("models") == ("models", {})
    assert await registry.parse("models of behaviour") is None
    with pytest.raises(UsageError, match="/models takes nothing after it"):
        await registry.parse("/models push")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("/ask who was Anna?", "who was Anna?"),
        (" /ASK  who\nwas Anna? ", "who\nwas Anna?"),
        ("ask who was Anna?", None),
        ("/asking", None),
        ("/status", None),
        ("", None),
    ],
)
def test_a_question_is_a_message_about_something(
    registry: Registry, line: str, text: str | None
) -> None:
    """Only with its slash, of as many lines as there are; all else stays as it was."""
    registry.add_question(Question("ask", "answers", ("/ask QUESTION",), "library"))
    asked = TurnRequest(line, "repl", "s")
    meant = asked if text is None else TurnRequest(text, "repl", "s", "library")
    assert registry.as_question(asked) == meant


async def test_a_question_is_in_the_help_and_needs_words(registry: Registry) -> None:
    """Completion and help know it; without words it is wrong use, and says how to use it."""
    registry.add_question(Question("ask", "answers", ("/ask QUESTION",), "library"))
    assert [item.name for item in registry.help()] == ["history", "status", "ask"]
    with pytest.raises(UsageError, match="/ask needs a question"):
        registry.as_question(TurnRequest(" /ask "))
    with pytest.raises(UsageError) as caught:
        await registry.parse("/nonsense")
    assert "ask" in caught.value.hint
