"""A conversation out of an export of Claude. Pure: JSON values in.

What a message is made of besides its words is told of, too: artifacts and files that the model
wrote become documents, and its thoughts and tools are set aside and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from wooster.memory.model import ASSISTANT, ME
from wooster.moving.made import Document
from wooster.moving.model import Aside, Event, Total
from wooster.moving.said import Said, instant, taken

CLAUDE = "Claude"
_WORDS = ("text", "voice_note")
# What stands in a message's plain text for each of its parts that isn't words.
_NOT_SHOWN = re.compile(
    r"(?<!\s)\s*```\s*This block is not supported on your current device yet\.\s*```"
)
_PROSE = ("text/markdown", "text/plain", "", "None")


def conversation(told: Mapping[str, Any], at: int) -> Iterator[Event]:
    """What one entry holds."""
    messages = told["chat_messages"]
    yield Total(len(messages) or 1)
    if not messages:
        yield Aside("conversations without a message")
        return
    began = instant(told.get("created_at"))
    name = str(told.get("uuid") or told.get("name") or at)
    yield from taken(CLAUDE, name, _read(messages, began), at)
    works = _Works()
    for place, message in enumerate(messages):
        if isinstance(message, dict):
            works.take(message, str(message.get("uuid") or place))
    yield Total(works.used + works.steps)
    if works.used:
        yield Aside("thoughts and tools of a model", works.used)
    for document in works.documents.values():
        title = str(told.get("name") or "a conversation")
        yield from document.events(CLAUDE, (name, title), at)


def _read(messages: list[Any], began: datetime | None) -> Iterator[Said]:
    for place, message in enumerate(messages):
        if not isinstance(message, dict):
            yield str(place), "", "", None, "?"
            continue
        text = _text(message)
        is_mine = message.get("sender") == "human"
        what = ""
        if message.get("sender") not in ("human", "assistant"):
            what = "messages of programs"
        elif not text.strip():
            what = "messages without words"
        at = instant(message.get("created_at")) or began
        yield str(message.get("uuid") or place), ME if is_mine else ASSISTANT, text, at, what


def _text(message: Mapping[str, Any]) -> str:
    parts = [
        str(each["text"])
        for each in _dicts(message.get("content"))
        if each.get("type") in _WORDS and each.get("text")
    ]
    text = "\n".join(parts) or _NOT_SHOWN.sub("", str(message.get("text") or ""))
    named: set[str] = set()
    for each in _dicts(message.get("attachments")):
        name = str(each.get("file_name") or "a file")
        named.add(name)
        text += f"\n\n[{name}]"
        if each.get("extracted_content"):
            text += f"\n{each['extracted_content']}"
    for each in (*_dicts(message.get("files")), *_dicts(message.get("files_v2"))):
        name = str(each.get("file_name") or "")
        if name and name not in named:
            named.add(name)
            text += f"\n\n[{name}]"
    return text.strip("\n")


def _dicts(told: Any) -> list[dict[str, Any]]:
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


class _Works:
    """What the messages are made of besides words: `used` are thoughts and tools, `steps` those by
    which `documents` came about."""

    def __init__(self) -> None:
        self.used = 0
        self.documents: dict[str, Document] = {}

    @property
    def steps(self) -> int:
        return sum(len(each.marks) for each in self.documents.values())

    def take(self, message: Mapping[str, Any], mark: str) -> None:
        for place, part in enumerate(_dicts(message.get("content"))):
            if part.get("type") in _WORDS:
                continue
            given = part.get("input")
            document = None
            if part.get("type") == "tool_use" and isinstance(given, dict):
                is_artifact = part.get("name") == "artifacts"
                make = self._artifact if is_artifact else self._file
                document = make(str(part.get("name")), given)
            if document is None:
                self.used += 1
            else:
                document.marks.append(f"{mark}\0{place}")

    def _artifact(self, _: str, given: Mapping[str, Any]) -> Document | None:
        key = f"artifact {given.get('id')}"
        there = self.documents.get(key)
        content = given.get("content")
        if given.get("command") == "update":
            if there is not None:
                there.change(str(given.get("old_str") or ""), str(given.get("new_str") or ""))
            return there
        if not isinstance(content, str) or not content.strip():
            return None
        if there is not None:
            there.text = content
            there.title = str(given.get("title") or there.title)
            return there
        title = str(given.get("title") or given.get("id") or "an artifact")
        kind = str(given.get("type") or "")
        language = "" if kind in _PROSE else str(given.get("language") or kind.rpartition("/")[2])
        self.documents[key] = Document(title, re.sub(r"[^\w+#-]", "", language), content)
        return self.documents[key]

    def _file(self, name: str, given: Mapping[str, Any]) -> Document | None:
        path = str(given.get("path") or "")
        there = self.documents.get(f"file {path}")
        text = given.get("file_text")
        if name == "str_replace" and there is not None:
            there.change(str(given.get("old_str") or ""), str(given.get("new_str") or ""))
            return there
        if name != "create_file" or not isinstance(text, str) or not text.strip() or not path:
            return None
        if there is not None:
            there.text = text
            return there
        ending = re.search(r"\.(\w{1,12})$", path)
        language = "" if ending is None or ending[1].lower() in ("md", "txt") else ending[1]
        self.documents[f"file {path}"] = Document(path.rpartition("/")[2], language, text)
        return self.documents[f"file {path}"]
