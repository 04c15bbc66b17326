"""A request for a server that takes no tools: what they gave stands in it as plain messages.

A pure function. The results say themselves what they are, so that no words are added here.
"""

from __future__ import annotations

from dataclasses import replace

from wooster.models.model import ChatRequest, Message


def without_tools(request: ChatRequest) -> ChatRequest:
    """`request` itself where nothing of it has to do with tools."""
    has_calls = any(each.calls or each.role == "tool" for each in request.messages)
    if not request.tools and not has_calls:
        return request
    messages: list[Message] = []
    for each in request.messages:
        role = "user" if each.role == "tool" else each.role
        if each.calls and not each.content:
            continue
        # Chat templates want the person's and the assistant's messages in turn.
        if messages and messages[-1].role == role == "user":
            each = replace(each, content=f"{messages.pop().content}\n\n{each.content}")
        messages.append(Message(role, each.content))
    return replace(request, messages=tuple(messages), tools=())
