"""Conversations out of the exports of ChatGPT and Claude, one by one. Pure: JSON values in.

Of a message that was said again in other words, or answered anew, the version counts that the
conversation went on with; the others, and what programs said to each other, are set aside and
counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from wooster.core.text import clean
from wooster.memory.model import ASSISTANT, ME, Line
from wooster.moving.model import Aside, Event, Found, Talk, Total, Unread
from wooster.moving.texts import shown

CHATGPT, CLAUDE = "ChatGPT", "Claude"
_LONGEST_CHAIN = 100_000


def conversation(told: Any, at: int) -> Iterator[Event]:
    """What one entry of `conversations.json` holds, whoever made it."""
    if isinstance(told, dict) and isinstance(told.get("mapping"), dict):
        yield from _chatgpt(told, at)
    elif isinstance(told, dict) and isinstance(told.get("chat_messages"), list):
        yield from _claude(told, at)
    else:
        yield Total(1)
        yield Unread("it is no conversation of ChatGPT or Claude", 1, at)


def instant(told: Any) -> datetime | None:
    """Seconds since 1970 or ISO 8601, as exports have them; None for what is neither."""
    try:
        if isinstance(told, bool):
            return None
        if isinstance(told, int | float):
            return datetime.fromtimestamp(told, UTC)
        found = datetime.fromisoformat(str(told))
    except (ValueError, OverflowError, OSError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


# --- ChatGPT ----------------------------------------------------------------------------------


def _chatgpt(told: Mapping[str, Any], at: int) -> Iterator[Event]:
    nodes = {key: node for key, node in told["mapping"].items() if isinstance(node, dict)}
    said = {key: node["message"] for key, node in nodes.items() if node.get("message")}
    name = str(told.get("conversation_id") or told.get("id") or told.get("title") or at)
    yield Total(len(told["mapping"]) - len(nodes) + len(said) or 1)
    if len(nodes) < len(told["mapping"]):
        yield Unread("it is no message", len(told["mapping"]) - len(nodes), at)
    if not said:
        if len(nodes) == len(told["mapping"]):
            yield Aside("conversations without a message")
        return
    began = instant(told.get("create_time"))
    chain = _chain(nodes, told.get("current_node"))
    if others := len(said) - sum(key in said for key in chain):
        yield Aside("messages that were said again or answered anew", others)
    messages = [(key, said[key]) for key in chain if key in said]
    yield from _taken(CHATGPT, name, _read_chatgpt(messages, began), at)


def _chain(nodes: Mapping[str, Any], current: Any) -> list[str]:
    """The messages from the first to the one that the conversation ended with."""
    at = current if current in nodes else _last(nodes)
    found: list[str] = []
    seen: set[str] = set()
    while isinstance(at, str) and at in nodes and at not in seen:
        seen.add(at)
        found.append(at)
        at = nodes[at].get("parent")
    return found[::-1]


def _last(nodes: Mapping[str, Any]) -> str | None:
    """Where nobody says which is the current one: the newest that nothing follows."""
    ends = [key for key, node in nodes.items() if not node.get("children")]
    return max(ends, key=lambda key: _when(nodes[key]), default=None)


def _when(node: Mapping[str, Any]) -> float:
    message = node.get("message")
    at = message.get("create_time") if isinstance(message, dict) else None
    return float(at) if isinstance(at, int | float) else 0.0


_Said = tuple[str, str, str, datetime | None, str]
"""The id of a message, who said it, its text, when; and what it is where it is no message."""


def _read_chatgpt(messages: list[tuple[str, Any]], began: datetime | None) -> Iterator[_Said]:
    for key, message in messages:
        if not isinstance(message, dict):
            yield key, "", "", None, "?"
            continue
        author = message.get("author")
        role = author.get("role") if isinstance(author, dict) else None
        hidden = (message.get("metadata") or {}).get("is_visually_hidden_from_conversation")
        text, kind = _content(message.get("content"))
        at = instant(message.get("create_time")) or began
        what = ""
        if role not in ("user", "assistant") or hidden:
            what = "messages of programs"
        elif kind in ("thoughts", "reasoning_recap", "code", "execution_output") or message.get(
            "recipient", "all"
        ) not in ("all", None):
            what = "thoughts and programs of a model"
        elif not text.strip():
            what = "messages without words"
        name = str(message.get("id") or key)
        yield name, ME if role == "user" else ASSISTANT, text, at, what


def _content(content: Any) -> tuple[str, str]:
    """A message's text, and the kind of its content."""
    if not isinstance(content, dict):
        return "", ""
    kind = str(content.get("content_type") or "")
    parts = content.get("parts")
    if not isinstance(parts, list):
        return str(content.get("text") or ""), kind
    told = [_part(each) for each in parts]
    return "\n".join(each for each in told if each), kind


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return ""
    kind = str(part.get("content_type") or "")
    if isinstance(part.get("text"), str):
        return str(part["text"])
    named = {"image_asset_pointer": "[an image]", "audio_asset_pointer": "[a recording]"}
    return named.get(kind, "")


# --- Claude -----------------------------------------------------------------------------------


def _claude(told: Mapping[str, Any], at: int) -> Iterator[Event]:
    messages = told["chat_messages"]
    yield Total(len(messages) or 1)
    if not messages:
        yield Aside("conversations without a message")
        return
    began = instant(told.get("created_at"))
    name = str(told.get("uuid") or told.get("name") or at)
    yield from _taken(CLAUDE, name, _read_claude(messages, began), at)


def _read_claude(messages: list[Any], began: datetime | None) -> Iterator[_Said]:
    for place, message in enumerate(messages):
        if not isinstance(message, dict):
            yield str(place), "", "", None, "?"
            continue
        text = _claude_text(message)
        is_mine = message.get("sender") == "human"
        what = ""
        if message.get("sender") not in ("human", "assistant"):
            what = "messages of programs"
        elif not text.strip():
            what = "messages without words"
        at = instant(message.get("created_at")) or began
        yield str(message.get("uuid") or place), ME if is_mine else ASSISTANT, text, at, what


def _claude_text(message: Mapping[str, Any]) -> str:
    parts = [
        str(each["text"])
        for each in message.get("content") or []
        if isinstance(each, dict) and each.get("type") == "text" and each.get("text")
    ]
    text = "\n".join(parts) or str(message.get("text") or "")
    for each in message.get("attachments") or []:
        if isinstance(each, dict) and each.get("extracted_content"):
            text += f"\n\n[{each.get('file_name') or 'a file'}]\n{each['extracted_content']}"
    return text


# --- both -------------------------------------------------------------------------------------


def _taken(client: str, name: str, said: Iterator[_Said], at: int) -> Iterator[Event]:
    """A conversation out of its messages; what is none of them is told."""
    ids, lines = [], []
    last: datetime | None = None
    for key, speaker, text, when, what in said:
        if what == "?":
            yield Unread("it is no message", 1, at)
        elif what:
            yield Aside(what)
        elif (when or last) is None:
            yield Unread("nobody says when it was said", 1, at, shown(text))
        else:
            # What has no time of its own, or an earlier one, comes right after what is before it.
            moment = max(when, last) if when and last else when or last
            assert moment is not None
            last = moment
            ids.append(f"{name}\0{key}")
            lines.append(Line(speaker, clean(text), moment))
    if lines:
        yield Found("message", tuple(ids), Talk(tuple(lines), client), (1,) * len(ids), at)
