"""Actions as a model is shown them, and which of them a message needs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from wooster.actions.action import Action, Nothing, Parameters
from wooster.actions.tools import Offer, in_words, size_tokens, tool
from wooster.core.clock import ManualClock
from wooster.core.days import LocalDays
from wooster.habits.actions import actions as habit_actions
from wooster.habits.breaks import Breaks
from wooster.habits.service import Habits
from wooster.wire.requests import ActionResult

DAYS = LocalDays(ManualClock(datetime(2026, 11, 26, tzinfo=UTC)))
NOWHERE: Any = None  # only what the actions say is looked at
HABITS = habit_actions(Habits(NOWHERE, DAYS), Breaks(NOWHERE, DAYS), DAYS)
BUDGET = 600


class Row(Parameters):
    id: int


class Everything(Parameters):
    """`what` is a name. `how` and `count` say more
    of it. `rows` and `since` take back that it was removed."""

    what: Annotated[str, Field(max_length=500)]
    how: Literal["fast", "slow"] = "fast"
    count: Annotated[int | None, Field(ge=1, le=2**53)] = None
    day: date | None = None
    tags: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    rows: tuple[Row, ...] = ()
    since: date | None = None


async def nothing(_: Any) -> ActionResult:
    return ActionResult("")


def action(name: str, *phrases: str, **more: Any) -> Action[Any]:
    given: dict[str, Any] = {"effect": "read", "parameters": Nothing, "help": "does it", **more}
    return Action(name=name, phrases=phrases, handler=nothing, **given)


def names(message: str, *acting: Action[Any], **more: Any) -> list[str]:
    offer = Offer(acting or HABITS)
    return [each.name for each in offer.needed(message, more.pop("budget", BUDGET), **more)]


def test_a_schema_says_what_is_needed_and_no_more() -> None:
    """No titles, defaults, lengths or bounds of storage, and nothing that is only for undoing."""
    made = tool(action("things_add", help="adds a thing", parameters=Everything))
    assert made.parameters == {
        "type": "object",
        "properties": {
            "what": {"type": "string"},
            "how": {"type": "string", "enum": ["fast", "slow"]},
            "count": {"type": "integer", "minimum": 1},
            "day": {"type": "string", "format": "date"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["what"],
    }
    assert made.help == "adds a thing. what is a name. how and count say more of it."


def test_what_every_phrase_has_a_place_for_is_needed() -> None:
    """`check in NAME` can't do without a name, and `habit stats` can."""
    needed = {each.name: tool(each).parameters.get("required") for each in HABITS}
    assert needed["habits_checkin"] == ["habit"]
    assert needed["habits_stats"] is None and needed["habits"] is None


def test_every_real_schema_is_small_and_of_plain_kinds() -> None:
    """No action of habits costs more than 150 tokens, or has a parameter without a type."""
    for each in HABITS:
        made = tool(each)
        assert size_tokens(made) < 150, made
        kinds = [shape["type"] for shape in made.parameters["properties"].values()]
        assert set(kinds) <= {"string", "integer", "boolean", "array"}


@pytest.mark.parametrize(
    "message",
    [
        "Hello",
        "Hi there!",
        "Tell me a story about a lighthouse, number 3.",
        "Why is the sky blue?",
        "Can you check the weather in Rome?",
        "Thanks, that's great",
        "Add 3 and 4",
        "What is the capital of France today?",
        "",
        "🙂",
    ],
)
def test_what_is_about_no_action_needs_none(message: str) -> None:
    """A plain message carries no tool, and costs no token for one."""
    assert names(message) == []


@pytest.mark.parametrize(
    ("message", "first"),
    [
        ("How are my habits going?", "habits"),
        ("check in meditate, I did it", "habits_checkin"),
        ("Please skip running on Friday and tell me my streak", "habits_skip"),
        ("I'd like to pause the habit of reading", "habits_pause"),
        ("Show me the habit stats of reading", "habits_stats"),
    ],
)
def test_what_names_an_action_or_its_kind_gets_it(message: str, first: str) -> None:
    """By its phrase, or by what it is about; the whole kind comes as far as it fits."""
    offered = names(message)
    assert first in offered
    assert sum(size_tokens(tool(each)) for each in HABITS if each.name in offered) <= BUDGET


def test_a_sentence_like_an_example_gets_its_action() -> None:
    """Whatever day it names."""
    agenda = action("agenda", "agenda DAY", examples=("what's on Thursday?",))
    assert names("What's on tomorrow?", agenda) == ["agenda"]
    assert names("What's on your mind?", agenda) == []


def test_the_same_need_is_the_same_tools_in_the_same_order() -> None:
    """So that a server's cache of the prefix holds."""
    one, other = names("my habits, please"), names("how many habits have I got?")
    assert one[:3] == other[:3]
    everywhere = [each.name for each in HABITS]
    assert one == sorted(one, key=everywhere.index)


def test_a_short_message_goes_on_with_what_ran_before() -> None:
    """ "And yesterday?" needs what the question before it needed."""
    assert names("And yesterday?") == []
    for message in ("And yesterday?", "Yes, do that", "yes"):
        assert "habits_checkin" in names(message, lately=("habits_checkin",))
    for message in (
        "Hello",
        "Thanks a lot!",
        "Now something else: " + "why is the sky so blue " * 3,
    ):
        assert names(message, lately=("habits_checkin",)) == []


def test_what_models_may_not_call_is_never_offered() -> None:
    """Whatever was said."""
    hidden = action("models", "models", by_model=False)
    assert names("show me the models", hidden) == []
    assert Offer([hidden]).parameters("models") is None


def test_without_room_nothing_is_offered() -> None:
    """A tool that doesn't fit is left out; a smaller one may fit still."""
    assert names("my habits", budget=0) == []
    assert names("my habits", budget=40) == ["habits"]


def test_what_a_call_does_is_said_in_words() -> None:
    """Without what isn't given, and never over a line's length."""
    assert (
        in_words("habits_checkin", {"habit": "Meditate", "day": ""}) == "habits checkin: Meditate"
    )
    assert in_words("habits", {}) == "habits"
    assert len(in_words("x", {"y": "z" * 1000})) <= 80
