"""Conversations out of the exports of ChatGPT and Claude, one by one. Pure: JSON values in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wooster.moving import chatgpt, claude
from wooster.moving.model import Event, Total, Unread


def conversation(told: Any, at: int) -> Iterator[Event]:
    """What one entry of `conversations.json` holds, whoever made it."""
    if isinstance(told, dict) and isinstance(told.get("mapping"), dict):
        yield from chatgpt.conversation(told, at)
    elif isinstance(told, dict) and isinstance(told.get("chat_messages"), list):
        yield from claude.conversation(told, at)
    else:
        yield Total(1)
        yield Unread("it is no conversation of ChatGPT or Claude", 1, at)


def is_conversation(told: Any) -> bool:
    """Whether it is one, by what only that has."""
    return isinstance(told, dict) and ("mapping" in told or "chat_messages" in told)
