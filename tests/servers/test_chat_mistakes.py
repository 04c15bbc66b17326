"""What the real chat server says of requests that make no sense, and of those it can't serve."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from .harness import Server

pytestmark = pytest.mark.slow

HI = [{"role": "user", "content": "Hi"}]


def tool(name: str, **parameters: Any) -> dict[str, Any]:
    """A tool's definition."""
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def named(name: str) -> dict[str, Any]:
    """The choice of one tool."""
    return {"type": "function", "function": {"name": name}}


def answer_as(wanted: Any) -> dict[str, Any]:
    """The response format of a schema."""
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": wanted}}


def deep(levels: int) -> dict[str, Any]:
    """A schema of objects inside objects."""
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


CYCLE = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
ONE = [tool("a")]


@pytest.mark.parametrize(
    ("body", "param", "said"),
    [
        ({"tools": 5}, "tools", "list"),
        ({"tools": [{"type": "function"}]}, "tools[0].function", "missing"),
        ({"tools": [tool("a"), tool("a")]}, "tools", "'a'"),
        ({"tools": [tool(f"t{n}") for n in range(10_000)]}, "tools", "10000"),
        ({"tools": [tool(f"t{n}") for n in range(1_000)]}, None, "8192"),
        ({"tools": [tool("two words")]}, "tools[0].function.name", "words"),
        ({"tools": [tool("a", type="array")]}, "tools[0].function.parameters", "array"),
        ({"tools": [tool("a", properties=5)]}, "tools", "properties"),
        ({"tools": ONE, "tool_choice": "b"}, "tool_choice", "'auto'"),
        ({"tools": ONE, "tool_choice": named("b")}, "tool_choice", "'b'"),
        ({"tool_choice": "required"}, "tool_choice", "no tools"),
        ({"functions": []}, "functions", "tools"),
        ({"response_format": "json"}, "response_format", "json"),
        ({"response_format": {"type": "xml"}}, "response_format.type", "xml"),
        ({"response_format": {"type": "json_schema"}}, "response_format", "schema"),
        ({"response_format": answer_as([])}, "response_format.json_schema.schema", "[]"),
        (
            {"response_format": answer_as({"type": "integer", "multipleOf": "a"})},
            "response_format",
            "",
        ),
        ({"response_format": answer_as({"contains": {}})}, "response_format", "contains"),
        ({"response_format": answer_as({"$ref": "#/$defs/gone"})}, "response_format", "gone"),
        ({"response_format": answer_as(CYCLE)}, "response_format", ""),
        ({"response_format": answer_as(deep(300))}, "response_format", ""),
        ({"response_format": {"type": "json_object"}, "tools": ONE}, "response_format", "auto"),
        ({"top_logprobs": 2}, "top_logprobs", "logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", "20"),
        ({"logit_bias": {"Paris": 5}}, "logit_bias", "Paris"),
        ({"logit_bias": {"999999": 5}}, "logit_bias", "999999"),
        ({"chat_template_kwargs": {"tokenize": True}}, "chat_template_kwargs", "tokenize"),
        ({"modalities": ["audio"]}, "modalities", "text"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content", "5"),
        ({"messages": ["Hi"]}, "messages[0]", "Hi"),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"id": "1"}]}]},
            "messages[0].tool_calls[0].function",
            "missing",
        ),
    ],
)
def test_a_mistake_is_named(
    chat: Server, body: dict[str, Any], param: str | None, said: str
) -> None:
    """A field that is wrong or can't be served is a 400 that names it, and never a hang."""
    response = chat.post("/v1/chat/completions", {"messages": HI, "max_tokens": 1, **body})
    assert response.status_code == 400, response.text
    error = response.json()["error"]
    assert error["param"] == param, error
    assert said in error["message"]


def test_deeply_nested_tools_are_refused(chat: Server) -> None:
    """A tool whose schema is nested beyond reason is an error of the request."""
    body = {"messages": HI, "max_tokens": 1, "tools": [tool("a", **deep(300))]}
    assert chat.post("/v1/chat/completions", body).status_code == 400


def test_half_a_body_harms_nobody(chat: Server) -> None:
    """A client that stops in the middle of its request, or goes away there, delays nobody."""
    port = chat.client.base_url.port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port)) as half:
        head = (
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n"
        )
        half.sendall(head.encode() + b'{"messages": [{"role"')
        assert chat.chat("Hi", max_tokens=1)["choices"]
    assert chat.chat("Hi", max_tokens=1)["choices"]
