"""What a typed line means: names, phrases, the words after them, and what is only nearly so."""

from __future__ import annotations

import pytest

from wooster.actions.action import Action, Parameters
from wooster.actions.registry import Registry
from wooster.core.errors import UsageError
from wooster.wire.requests import ActionResult


class Text(Parameters):
    text: str = ""


async def done(given: Text) -> ActionResult:
    return ActionResult(given.text)


async def is_number(words: str) -> bool:
    return words.isdigit()


def action(name: str, *phrases: str, rest: str = "text", fits: object = None) -> Action[Text]:
    return Action(name, "does", "read", Text, phrases, done, rest, fits=fits)  # type: ignore[arg-type]


@pytest.fixture
def registry() -> Registry:
    made = Registry()
    made.add(action("habits", "habits", rest=""))
    made.add(action("habits_add", "add habit NAME RULE", "/habits add NAME RULE"))
    made.add(action("habits_stats", "habit stats", "habit stats NAME"))
    made.add(action("tasks_add", "add TEXT", fits=is_number))
    made.add(action("capture", "cap: TEXT", "capture TEXT"))
    made.add(action("inbox_process", "process inbox", "sort inbox", rest=""))
    made.add(action("done", "done N", fits=is_number))
    made.add(action("forget", "/forget last", "/forget WORDS"))
    made.add(action("egress", "egress", "/egress 2026-11"))
    return made


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("habits", ("habits", {})),
        ("add habit run every day", ("habits_add", {"text": "run every day"})),
        ("  Add  HABIT  Run every day ", ("habits_add", {"text": "Run every day"})),
        ("add habit", ("habits_add", {})),
        ("habit stats", ("habits_stats", {})),
        ("habit stats run", ("habits_stats", {"text": "run"})),
        ("cap: buy milk", ("capture", {"text": "buy milk"})),
        ("cap:buy milk: two", ("capture", {"text": "buy milk: two"})),
        ("capture", ("capture", {})),
        ("sort inbox", ("inbox_process", {})),
        ("inbox process", ("inbox_process", {})),
        ("sort inbox by date, how?", None),
        ("done 3", ("done", {"text": "3"})),
        ("done deal, as they say", None),
        ("add 3", ("tasks_add", {"text": "3"})),
        ("add up these numbers", None),
        ("habits of mind", None),
        ("cap the bottle", None),
        ("adds habit", None),
        ("add habit run\nevery day", None),
        ("/add habit run every day", ("habits_add", {"text": "run every day"})),
        ("/habit add run", ("habits_add", {"text": "run"})),
        ("/habits add run", ("habits_add", {"text": "run"})),
        ("/done deal", ("done", {"text": "deal"})),
        ("/cap: milk", ("capture", {"text": "milk"})),
        ("/inbox process", ("inbox_process", {})),
        ("/forget last", ("forget", {"text": "last"})),
        ("/egress 2026-11", ("egress", {"text": "2026-11"})),
        ("/egress", ("egress", {})),
    ],
)
async def test_a_line_is_the_longest_phrase_that_it_begins_with(
    registry: Registry, line: str, meant: object
) -> None:
    """In any case and spacing; with words after it only where it takes some, and where those that
    a chat might begin with say that they fit. A slash leaves no doubt."""
    assert await registry.parse(line) == meant


async def test_a_slash_that_is_wrong_names_what_is_near(registry: Registry) -> None:
    """`/habts` is no message; what may have been meant is said."""
    with pytest.raises(UsageError, match=r"no command /habts\. Is /habits meant\?"):
        await registry.parse("/habts")
    with pytest.raises(UsageError, match="takes nothing after it"):
        await registry.parse("/habits dance")


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("habts", "habits"),
        ("ad habit run every day", "add habit run every day"),
        ("add habbit run", "add habit run"),
        ("procss inbox", "process inbox"),
        ("hi", ""),
        ("doing well, thanks", ""),
        ("habitat for humanity", ""),
        ("add a habit to my life?", ""),
        ("What is a habit?", ""),
        ("habts\nhabts", ""),
    ],
)
async def test_what_is_nearly_a_command_is_asked_about(
    registry: Registry, line: str, meant: str
) -> None:
    """It is never run as it is; and it can always be said as a message."""
    assert await registry.parse(line) is None
    choice = registry.near(line)
    assert (choice.options[0].type if choice else "") == meant
    if choice:
        assert choice.options[1].say == line and choice.options[0].action == ""


@pytest.mark.parametrize(
    "other",
    [
        action("other", "add habit NAME"),
        action("process_inbox", "/do it", rest=""),
        action("sort_inbox", "/sort inbox", rest=""),
    ],
)
def test_two_actions_never_share_words(registry: Registry, other: Action[Text]) -> None:
    """A phrase means one thing; who declares it twice is told at the start, in every test."""
    with pytest.raises(AssertionError, match="too"):
        registry.add(other)


async def test_an_action_without_phrases_is_not_typed(registry: Registry) -> None:
    """What only `undo` or a choice runs is no command by its name, and hides no other."""
    registry.add(action("habits_put"))
    assert await registry.parse("habits put") is None
    with pytest.raises(UsageError, match="takes nothing after it"):
        await registry.parse("/habits put")
