"""What an action asks before it does what can't be undone."""

from __future__ import annotations

import pytest

from wooster.actions.action import Action, Parameters
from wooster.actions.registry import Registry
from wooster.core.errors import NotConfirmed, NotFound
from wooster.wire.requests import ActionResult


class Named(Parameters):
    name: str


@pytest.fixture
def registry() -> Registry:
    async def work(given: Named) -> ActionResult:
        return ActionResult(f"dropped {given.name}")

    async def asks(given: Named) -> str:
        if given.name == "nobody":
            raise NotFound("There is no nobody.", hint="Name somebody.")
        return f"Drop {given.name} and 3 more?"

    made = Registry()
    made.add(Action("drop", "drops", "outward", Named, ("drop",), work, asks=asks))
    made.add(Action("end", "ends", "outward", Named, ("end",), work, question="End {name}?"))
    made.add(Action("show", "shows", "read", Named, ("show",), work, question="Show?", asks=asks))
    return made


async def test_a_question_may_be_looked_up(registry: Registry) -> None:
    """It tells what the action would do; a plain one names its parameters; reading asks nothing."""
    for name, question in (
        ("drop", "Drop Ann and 3 more?"),
        ("end", "End Ann?"),
        ("show", ""),
    ):
        assert await registry.prepare(name, {"name": "Ann"}).question() == question


async def test_without_a_yes_nothing_is_done(registry: Registry) -> None:
    """The error has the question."""
    with pytest.raises(NotConfirmed, match="Drop Ann and 3 more"):
        await registry.run("drop", {"name": "Ann"})
    assert (await registry.run("show", {"name": "Ann"})).text == "dropped Ann"


async def test_what_cannot_be_is_an_error_before_it_is_asked(registry: Registry) -> None:
    """Nobody says yes to nothing."""
    with pytest.raises(NotFound, match="nobody"):
        await registry.prepare("drop", {"name": "nobody"}).question()
