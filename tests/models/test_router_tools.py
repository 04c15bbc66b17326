"""Tools and the providers: who is offered them, who takes none, and who goes on after a result."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.daemon.test_ask import Cloudy
from tests.models.test_fallback import CLOUD, LOCAL, Play
from tests.models.town import GOOD, Scripted, reply, town
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.models import fallback
from wooster.models.fallback import Answer, NobodyAnswers, WithoutTools
from wooster.models.model import (
    Fragment,
    Message,
    Rejected,
    Tool,
    ToolCall,
)
from wooster.models.rejections import rejection
from wooster.storage import Database

TOOL = Tool("checkin", "It checks in.", {"type": "object", "properties": {}})
AFTER = (
    Message("user", "Hello"),
    Message("assistant", "", (ToolCall("c1", "checkin", "{}"),)),
    Message("tool", "Meditate: done.", call_id="c1"),
)


def error(status: int, message: str) -> tuple[bytes, ...]:
    return (reply(status, json.dumps({"error": {"message": message}}).encode()),)


def bodies(server: Scripted) -> list[dict[str, Any]]:
    return [json.loads(each) for each in server.asked]


def words(events: list[Answer]) -> str:
    return "".join(event.text for event in events if isinstance(event, Fragment))


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "registry.ollama.ai/library/gemma:latest does not support tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser'),
        (500, "tools param requires --jinja flag"),
        (404, "No endpoints found that support tool use."),
    ],
)
def test_each_servers_way_of_taking_no_tools(status: int, message: str) -> None:
    """Ollama, vLLM, llama.cpp and OpenRouter; another server may take them."""
    body = json.dumps({"error": {"message": message}}).encode()
    told = rejection(LOCAL, status, {}, body)
    assert (told.fault, told.is_ours) == ("tools", False)


def test_tools_that_are_not_taken_are_left_away_once() -> None:
    """The same provider is asked again without them; a second no goes to the next."""
    no = Rejected("no tools here", False, "tools")
    play = Play(fallback.ask([LOCAL, CLOUD], frozenset()))
    play.expect(fallback.Open(LOCAL, "")).expect(fallback.Next()).give(no)
    play.expect(fallback.Open(LOCAL, "", with_tools=False)).expect(fallback.Next()).give(no)
    play.expect(fallback.Open(CLOUD, ""))


async def test_a_provider_without_tools_is_asked_without_them_from_then_on(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """It is told each time that they were wanted, and only then."""

    class Toolless(Scripted):
        async def _answer(self, *ends: Any) -> None:
            offered = "tools" in json.loads(self.asked[-1])
            self.chunks = error(400, "this model does not support tools") if offered else GOOD
            await super()._answer(*ends)

    model = Toolless()
    async with town(database, paths, clock, model) as there:
        for _ in range(2):
            events = await there.ask(tools=(TOOL,))
            assert words(events) == "Good evening"
            told = [each for each in events if isinstance(each, WithoutTools)]
            assert told == [WithoutTools(there.providers[0], may_not_see=False)]
        plain = await there.ask()
        assert not any(isinstance(each, WithoutTools) for each in plain)
    assert ["tools" in each for each in bodies(model)] == [True, False, False, False]


async def test_who_goes_on_after_a_result_gets_it_and_nothing_runs_again(
    database: Database, paths: Paths, clock: ManualClock
) -> None:
    """A fallback is in the middle of a conversation with calls: whoever answers reads what they
    gave, in words where it takes no tools."""
    refuses, toolless = Scripted(*error(500, "broken")), Scripted(*GOOD)
    async with town(database, paths, clock, refuses, toolless) as there:
        events = await there.ask(messages=AFTER, tools=(TOOL,))
        assert words(events) == "Good evening"
        assert bodies(toolless)[0]["messages"][2]["tool_call_id"] == "c1"
        toolless.chunks = error(400, "no tools")
        await there.ask(messages=AFTER, tools=(TOOL,))
    last = bodies(toolless)[-1]
    assert "tools" not in last
    assert last["messages"] == [{"role": "user", "content": "Hello\n\nMeditate: done."}]


@pytest.mark.parametrize("may_see", [True, False])
async def test_who_may_not_see_what_tools_tell_is_neither_offered_them_nor_given_results(
    database: Database, paths: Paths, clock: ManualClock, may_see: bool
) -> None:
    """The schemas stay here, and after a result the request goes to nobody who may not see it."""
    model = Scripted(*GOOD)
    levels = frozenset({"plain", "profile", "documents", "memory"} if may_see else {"plain"})
    rules = Cloudy(frozenset(), frozenset({"127.0.0.1"}), 10**9, False)
    more = {"rules": rules, "provider": {0: {"leaves": True, "may_see": levels}}}
    async with town(database, paths, clock, model, **more) as there:  # type: ignore[arg-type]
        url = there.providers[0].url
        object.__setattr__(rules, "far", frozenset({url}))
        told = await there.ask(tools=(TOOL,))
        unseen = WithoutTools(there.providers[0], may_not_see=True)
        assert (unseen in told) == (not may_see)
        assert ["tools" in each for each in bodies(model)] == [may_see]
        after = await there.ask(messages=AFTER, tools=(TOOL,), sensitivity="memory")
        assert isinstance(after[-1], NobodyAnswers) == (not may_see)
    assert len(model.asked) == (2 if may_see else 1)
