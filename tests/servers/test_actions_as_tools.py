"""The real chat server is given our own tools, and what it calls is run.

The starter model isn't wise; that its calls are whole, and of the schema, is the server's work.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.habits.conftest import Person, person, someone  # noqa: F401 - fixtures
from wooster.actions.repair import arguments_of
from wooster.actions.tools import Offer
from wooster.core.errors import WoosterError
from wooster.models.dialect import AnswerReader
from wooster.models.model import (
    ChatRequest,
    Finished,
    Message,
    Provider,
    ProviderEvent,
    Tool,
    ToolCall,
)
from wooster.models.openai_http import body

from .harness import Server

pytestmark = pytest.mark.slow


def called(
    chat: Server, messages: tuple[Message, ...], tools: tuple[Tool, ...], choice: Any
) -> Any:
    """What the daemon would read of the server's answer to what it would send."""
    here = Provider("local", str(chat.client.base_url), "default", leaves=False)
    sent = json.loads(body(ChatRequest(messages, 64, "chat", "t", tools=tools), here))
    sent |= {"tool_choice": choice, "temperature": 0}
    reader, events = AnswerReader("it"), list[ProviderEvent]()
    with chat.client.stream("POST", "/v1/chat/completions", json=sent) as answer:
        for chunk in answer.iter_bytes():
            events += reader.feed(chunk)
    events += reader.end()
    last = events[-1]
    assert isinstance(last, Finished), last
    return last.calls


async def test_the_real_server_calls_an_action_and_reads_what_it_gave(
    chat: Server,
    person: Person,  # noqa: F811 - the fixture
) -> None:
    """A named tool gives a call that runs, a required one calls that run or are refused in words;
    what came of it is taken back, and the model goes on in words."""
    await person.types("/habits add meditation every day")
    offer = Offer(list(person.registry.actions))
    tools = offer.needed("check in meditation", 600)
    asked = (Message("user", "Please check in my habit: meditation"),)
    named = {"type": "function", "function": {"name": "habits_checkin"}}
    for choice in (named, "required"):
        calls: tuple[ToolCall, ...] = await asyncio.to_thread(called, chat, asked, tools, choice)
        assert calls
        assert choice == "required" or [call.name for call in calls] == ["habits_checkin"]
        for call in calls:
            schema = offer.parameters(call.name)
            assert schema is not None
            arguments = arguments_of(call.arguments, schema)
            try:
                text = (await person.registry.run(call.name, arguments)).text
            except (
                WoosterError
            ) as refused:  # which tool a very small model takes is anybody's guess
                assert choice == "required"
                text = refused.message
            assert text
    results = tuple(Message("tool", text, call_id=call.id) for call in calls)
    messages = (*asked, Message("assistant", "", calls), *results)
    assert await asyncio.to_thread(called, chat, messages, tools, "none") == ()
