"""Tools for a model whose template doesn't know them: told as text, in the form of Hermes.

It knows messages and the prompts of `prompts/tools*.txt`; it knows no templates and no tokens.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from wooster.config.resources import prompt
from wooster.servers.tool_calls import CallForm

_RESULT_MARKS = ("<tool_response>", "</tool_response>")


def taught(
    messages: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]], form: CallForm
) -> list[dict[str, Any]]:
    """The messages with the tools in the system's text, earlier calls as the model would write
    them, and their results as a person's text in a marked block."""
    told: list[dict[str, Any]] = []
    for message in messages:
        if message["role"] != "tool":
            told.append(_with_calls(message, form) if message.get("tool_calls") else message)
        elif told and told[-1].get("has_results"):
            told[-1] = {**told[-1], "content": f"{told[-1]['content']}\n{_result(message)}"}
        else:
            told.append({"role": "user", "content": _result(message), "has_results": True})
    return _with_tools(told, tools) if tools else told


def _with_calls(message: dict[str, Any], form: CallForm) -> dict[str, Any]:
    calls = [
        f"{form.start}\n{json.dumps(call['function'], ensure_ascii=False)}\n{form.end}"
        for call in message["tool_calls"]
    ]
    words = [message["content"]] if message["content"] else []
    return {"role": message["role"], "content": "\n".join([*words, *calls])}


def _result(message: dict[str, Any]) -> str:
    """The result of a call. Its text comes from outside: it can't end the block that it is in."""
    text = message["content"]
    for mark in _RESULT_MARKS:
        text = text.replace(mark, f"{mark[0]}\u200b{mark[1:]}")
    return prompt("tools-result").replace("{result}", text)


def _with_tools(
    messages: list[dict[str, Any]], tools: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    listed = "\n".join(json.dumps(tool, ensure_ascii=False) for tool in tools)
    text = prompt("tools").replace("{tools}", listed)
    first = messages[0] if messages else None
    if first is not None and first["role"] == "system":
        return [{**first, "content": f"{first['content']}\n\n{text}"}, *messages[1:]]
    return [{"role": "system", "content": text}, *messages]
