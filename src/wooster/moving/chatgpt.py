"""A conversation out of an export of ChatGPT. Pure: JSON values in.

Of a message that was said again in other words, or answered anew, the version counts that the
conversation went on with; the others, and what programs said to each other, are set aside and
counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from wooster.memory.model import ASSISTANT, ME
from wooster.moving.made import Document, exchanged
from wooster.moving.model import Aside, Event, Remark, Total, Unread
from wooster.moving.said import Said, instant, taken

CHATGPT = "ChatGPT"


def conversation(told: Mapping[str, Any], at: int) -> Iterator[Event]:
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
    documents, rest, strays = _canvases(messages)
    lost: list[str] = []
    yield from taken(CHATGPT, name, _read_chatgpt(rest, began, lost), at)
    title = str(told.get("title") or "a conversation")
    for each in documents:
        yield from each.events(CHATGPT, (name, title), at)
    if strays:
        what = "a change of a document" if strays == 1 else f"{strays} changes of documents"
        where = f"in the conversation “{title}”"
        yield Remark(f"{what} {where} couldn't be followed: what is changed isn't there", at)
    if lost:
        what = "a mark of a page" if len(lost) == 1 else f"{len(lost)} marks of pages"
        yield Remark(f"{what} in the conversation “{title}” would fill the memory: left out", at)


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


def _read_chatgpt(
    messages: list[tuple[str, Any]], began: datetime | None, lost: list[str]
) -> Iterator[Said]:
    """What each says; `lost` gets the marks of pages that no place is for."""
    reports: set[str] = set()
    for key, message in messages:
        if not isinstance(message, dict):
            yield key, "", "", None, "?"
            continue
        author = message.get("author")
        role = author.get("role") if isinstance(author, dict) else None
        metadata = message.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        hidden = metadata.get("is_visually_hidden_from_conversation")
        text, kind = _content(message.get("content"))
        is_answer = role == "assistant"
        text = _plain(text, metadata, lost) if is_answer else _with_files(text, metadata)
        at = instant(message.get("create_time")) or began
        what = ""
        report = _report(metadata, lost)
        if report and report not in reports:
            reports.add(report)
            role, text = "assistant", report
        elif role not in ("user", "assistant") or hidden:
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


def _report(metadata: Mapping[str, Any], lost: list[str]) -> str:
    """What a research ended with, which stands in the state of a tool's window; "" for all else."""
    sdk = metadata.get("chatgpt_sdk")
    try:
        told = json.loads(sdk["widget_state"]) if isinstance(sdk, dict) else {}
        message = told["report_message"] if told.get("status") == "completed" else {}
        about = message.get("metadata")
        text = _content(message.get("content"))[0]
        return _plain(text, about if about else {}, lost).strip()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""  # it is in no form that is known, and counts as a message of a program


def _with_files(text: str, metadata: Mapping[str, Any]) -> str:
    """With the names of the files that were sent along: the files themselves are in no list."""
    sent = metadata.get("attachments")
    for each in sent if isinstance(sent, list) else []:
        name = each.get("name") if isinstance(each, dict) else None
        if isinstance(name, str) and name.strip() and name not in text:
            text += f"\n[{name}]"
    return text.strip("\n")


# --- marks in answers -------------------------------------------------------------------------

_BEGIN, _NEXT, _END = "\ue200", "\ue202", "\ue201"
# Each sign of a mark can be read in one way only, and blanks are looked at from the first of them:
# else a text with many of them, or with a mark that isn't closed, would take for ever.
_MARK = re.compile(
    f"(?<![ \\t])[ \\t]*{_BEGIN}(?P<kind>[^{_BEGIN}{_NEXT}{_END}]*)"
    f"(?P<rest>(?:{_NEXT}[^{_BEGIN}{_END}]*)?){_END}"
)
_LEFT = re.compile("[\ue200-\ue20f]")
_OLD_MARK = re.compile(r"(?<![ \t])[ \t]*【[^【】\n]{0,40}†[^【】\n]{0,80}】")


def _plain(text: str, metadata: Mapping[str, Any], lost: list[str]) -> str:
    """An answer with the pages that it names in the place of the marks for them; of a mark whose
    page isn't told, only the words that it shows are kept."""
    if _BEGIN not in text and "†" not in text and not _LEFT.search(text):
        return text
    for matched, shown in _references(metadata):
        replaced = exchanged(text, matched, _LEFT.sub("", shown))
        if replaced is None:
            lost.append(matched)
        else:
            text = replaced
    text = _MARK.sub(_shown, text)
    return _LEFT.sub("", _OLD_MARK.sub("", text))


def _references(metadata: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each mark with what is shown in its place."""
    told = metadata.get("content_references")
    for each in told if isinstance(told, list) else []:
        matched = each.get("matched_text") if isinstance(each, dict) else None
        if isinstance(matched, str) and (_BEGIN in matched or "†" in matched):
            shown = each.get("alt")
            if isinstance(shown, str) and shown.strip() and shown != matched:
                yield matched, shown


def _shown(mark: re.Match[str]) -> str:
    """The words of a mark: an entity has its name in it, an address its title."""
    rest = mark["rest"].removeprefix(_NEXT)
    space = mark[0][: len(mark[0]) - len(mark[0].lstrip(" \t"))]
    if mark["kind"] == "entity":
        try:
            told = json.loads(rest)
        except (ValueError, RecursionError):
            return ""
        has_name = isinstance(told, list) and len(told) > 1 and isinstance(told[1], str)
        return f"{space}{told[1]}" if has_name else ""
    if mark["kind"] == "url":
        return f"{space}{rest.partition(_NEXT)[0]}"
    return ""


# --- canvases ---------------------------------------------------------------------------------

_CREATE, _UPDATE = "canmore.create_textdoc", "canmore.update_textdoc"
_Message = tuple[str, Any]


def _canvases(messages: list[_Message]) -> tuple[list[Document], list[_Message], int]:
    """The documents that messages made, the other messages, and how many of those would change a
    document that isn't there."""
    documents: list[Document] = []
    by_id: dict[str, Document] = {}
    rest: list[_Message] = []
    strays = 0
    for place, (key, message) in enumerate(messages):
        recipient = message.get("recipient") if isinstance(message, dict) else None
        told = _call(message) if recipient in (_CREATE, _UPDATE) else None
        canvas_id = _canvas_id(messages[place + 1 : place + 2])
        document = None
        if told is not None and recipient == _CREATE:
            document = _created(told)
            documents += [document] if document else []
        elif told is not None and isinstance(told.get("updates"), list):
            # Where nobody says which one it was, it was the newest; of an id that nobody has said
            # before, the newest without one.
            nameless = [e for e in documents if all(e is not each for each in by_id.values())]
            others = nameless if canvas_id else documents
            document = by_id.get(canvas_id) or (others[-1] if others else None)
            strays += document is None
            for each in told["updates"]:
                if document is not None:
                    document.update(each if isinstance(each, dict) else {})
        if document is None:
            rest.append((key, message))
            continue
        if canvas_id:
            by_id[canvas_id] = document
        document.marks.append(str(message.get("id") or key))
    return documents, rest, strays


def _call(message: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        told = json.loads(_content(message.get("content"))[0])
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _canvas_id(following: list[_Message]) -> str:
    """Which canvas it was: the answer of the tool tells."""
    message = following[0][1] if following else None
    metadata = message.get("metadata") if isinstance(message, dict) else None
    canvas = metadata.get("canvas") if isinstance(metadata, dict) else None
    return str(canvas.get("textdoc_id") or "") if isinstance(canvas, dict) else ""


def _created(told: Mapping[str, Any]) -> Document | None:
    """It may be empty, and be written by the changes of it."""
    text = told.get("content") or ""
    if not isinstance(text, str):
        return None
    kind = str(told.get("type") or "document")
    language = kind.partition("/")[2] if kind.startswith("code") else ""
    return Document(str(told.get("name") or "a canvas"), language, text)
