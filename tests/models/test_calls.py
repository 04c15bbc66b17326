"""Calls of tools in a stream: however a server splits them, they are the same calls."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models.test_dialect import data, delta, read
from wooster.models.model import (
    ChatRequest,
    Died,
    Finished,
    Fragment,
    Message,
    Provider,
    Tool,
    ToolCall,
)
from wooster.models.openai_http import body
from wooster.models.toolless import without_tools

ARGUMENTS = '{"habit": "Meditate é", "day": "yesterday"}'
CALL = ToolCall("c1", "checkin", ARGUMENTS)


def piece(**fields: Any) -> bytes:
    return delta(tool_calls=[fields])


def called(stream: bytes) -> tuple[ToolCall, ...]:
    last = read(stream)[-1]
    assert isinstance(last, Finished), last
    return last.calls


WHOLE = {"name": "checkin", "arguments": ARGUMENTS}


@pytest.mark.parametrize(
    "stream",
    [
        piece(index=0, id="c1", type="function", function={"name": "checkin", "arguments": ""})
        + piece(index=0, function={"arguments": ARGUMENTS[:9]})
        + piece(index=0, function={"arguments": ARGUMENTS[9:]})
        + delta("tool_calls"),
        piece(index=0, id="c1", function=WHOLE) + delta("tool_calls"),
        piece(id="c1", function=WHOLE) + delta("stop"),
        piece(id="c1", function=WHOLE) + b"data: [DONE]\n\n",
        piece(index=0, id="c1", function={"name": "check"})
        + piece(index=0, id="c1", function={"name": "in", "arguments": ARGUMENTS})
        + delta("tool_calls"),
        piece(index=0, id="c1", function={"name": "checkin", "arguments": ARGUMENTS[:5]})
        + piece(index=0, id="c1", function={"name": "checkin", "arguments": ARGUMENTS[5:]})
        + delta("tool_calls"),
        piece(index=0, id="c1", function={"name": "checkin", "arguments": json.loads(ARGUMENTS)})
        + delta("tool_calls"),
        piece(id="c1", function={"name": "checkin"})
        + piece(function={"arguments": ARGUMENTS})
        + delta("tool_calls"),
        data(
            choices=[
                {
                    "message": {"content": None, "tool_calls": [{"id": "c1", "function": WHOLE}]},
                    "finish_reason": "tool_calls",
                }
            ]
        ).removeprefix(b"data: "),
    ],
)
def test_each_servers_way_of_calling(stream: bytes) -> None:
    """In pieces or at once, with or without numbers, the name said once or always."""
    (call,) = called(stream)
    assert (call.id, call.name) == ("c1", "checkin")
    assert json.loads(call.arguments) == json.loads(ARGUMENTS)


def test_the_older_form_and_a_call_without_an_id() -> None:
    """A call gets an id where it has none, because its result must name one."""
    old = delta(function_call={"name": "checkin"}) + delta(function_call={"arguments": ARGUMENTS})
    assert called(old + delta("function_call")) == (ToolCall("call_0", "checkin", ARGUMENTS),)


def test_two_calls_that_are_both_numbered_0_are_two() -> None:
    """Some servers number every call 0; their ids tell them apart, and no id is used twice."""
    two = piece(index=0, id="a", function=WHOLE) + piece(index=0, id="b", function=WHOLE)
    assert [call.id for call in called(two + delta("stop"))] == ["a", "b"]
    same = piece(index=0, id="a", function=WHOLE) + piece(index=1, id="a", function=WHOLE)
    assert [call.id for call in called(same + delta("stop"))] == ["a", "call_1"]


def test_words_come_before_calls_and_what_breaks_off_has_called_nothing() -> None:
    """Half of a call is no call: who goes on elsewhere runs nothing of it."""
    stream = delta(content="Let me see.") + piece(index=0, id="c1", function=WHOLE)
    assert read(stream + delta("tool_calls")) == [
        Fragment("Let me see."),
        Finished("tool_calls", calls=(CALL,)),
    ]
    assert isinstance(read(stream)[-1], Died)


@pytest.mark.parametrize("told", [None, "x", [None], [{}], [{"function": []}], [{"index": "a"}]])
def test_what_is_no_call_is_none(told: object) -> None:
    """Whatever stands where calls should: no exception, no call."""
    assert called(delta("stop", content="Hi", tool_calls=told)) == ()


@given(st.lists(st.integers(0, len(ARGUMENTS)), max_size=6), st.lists(st.integers(1, 40)))
def test_calls_are_the_same_in_any_split(cuts: list[int], sizes: list[int]) -> None:
    """Two calls whose arguments are cut anywhere, in a stream that is cut anywhere."""
    ends = [0, *sorted(cuts), len(ARGUMENTS)]
    parts = [ARGUMENTS[one:other] for one, other in pairwise(ends)]
    stream = b""
    for number in (0, 1):
        stream += piece(index=number, id=f"c{number}", function={"name": f"n{number}"})
        stream += b"".join(piece(index=number, function={"arguments": part}) for part in parts)
    stream += delta("tool_calls")
    chunks, at = [], 0
    for size in [*sizes, len(stream)]:
        chunks.append(stream[at : at + size])
        at += size
    (last,) = read(*chunks)
    assert last == Finished(
        "tool_calls",
        calls=(ToolCall("c0", "n0", ARGUMENTS), ToolCall("c1", "n1", ARGUMENTS)),
    )


# --- what is sent -----------------------------------------------------------------------------

HERE = Provider("local", "http://127.0.0.1:1", "m", leaves=False)
ASKED = ChatRequest((Message("user", "Hi"),), 5, "chat", "t")
TOOL = Tool("checkin", "It checks in.", {"type": "object", "properties": {}})
RESULT = Message("tool", "Done.", call_id="c1")


def sent(request: ChatRequest) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(body(request, HERE))
    return told


def test_a_request_without_tools_says_nothing_of_them() -> None:
    """What needs no tools is as small as ever."""
    assert set(sent(ASKED)) == {"model", "messages", "max_tokens", "stream", "stream_options"}
    assert sent(ASKED)["messages"] == [{"role": "user", "content": "Hi"}]


def test_tools_calls_and_results_are_sent_as_the_protocol_has_them() -> None:
    """Arguments go back as the model wrote them; who has called enough may call no more."""
    messages = (*ASKED.messages, Message("assistant", "", (CALL,)), RESULT)
    request = ChatRequest(messages, 5, "chat", "t", tools=(TOOL,), may_call=False)
    told = sent(request)
    assert told["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "checkin",
                "description": "It checks in.",
                "parameters": {"type": "object", "properties": {}},
            },
        }
    ]
    assert told["tool_choice"] == "none"
    assert told["messages"][1:] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c1", "type": "function", "function": WHOLE}],
        },
        {"role": "tool", "content": "Done.", "tool_call_id": "c1"},
    ]


def test_a_server_that_takes_no_tools_reads_what_they_gave() -> None:
    """The roles alternate as templates want them, and no word of a result is lost."""
    messages = (*ASKED.messages, Message("assistant", "", (CALL,)), RESULT, RESULT)
    plain = without_tools(ChatRequest(messages, 5, "chat", "t", tools=(TOOL,)))
    assert plain.tools == ()
    assert plain.messages == (Message("user", "Hi\n\nDone.\n\nDone."),)
    said = (*ASKED.messages, Message("assistant", "Let me see.", (CALL,)), RESULT)
    assert without_tools(ChatRequest(said, 5, "chat", "t")).messages == (
        Message("user", "Hi"),
        Message("assistant", "Let me see."),
        Message("user", "Done."),
    )
    assert without_tools(ASKED) is ASKED
