"""Exports of ChatGPT and Claude, in their forms: made of the facts about those, nobody's words."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

BEGAN = 1_600_000_000.0


def node(
    key: str, parent: str | None, role: str, parts: list[Any], **more: Any
) -> tuple[str, dict[str, Any]]:
    """A message of ChatGPT, as its place in the tree."""
    content = {"content_type": more.pop("kind", "text"), "parts": parts}
    message = {
        "id": key,
        "author": {"role": role},
        "create_time": BEGAN + len(key) + (len(parent or "") * 10),
        "content": content,
        "metadata": {},
        "recipient": "all",
        **more,
    }
    return key, {"id": key, "message": message, "parent": parent, "children": []}


def chatgpt(extra: bool = False) -> list[Any]:
    """A conversation with a branch that was left, hidden and tool messages, an image; and another
    without a message. With `extra` it went on since."""
    nodes = dict(
        [
            ("root", {"id": "root", "message": None, "parent": None, "children": ["s"]}),
            node("s", "root", "system", [""]),
            node("u1", "s", "user", ["How do I prune a pear tree?"]),
            node("old", "u1", "assistant", ["A first answer that was made anew."]),
            node("a1", "u1", "assistant", ["Cut in winter, above a bud."]),
            node("t", "a1", "tool", ["{}"], recipient="all"),
            node(
                "u2",
                "t",
                "user",
                [{"content_type": "image_asset_pointer", "asset_pointer": "x"}, "Is this a bud?"],
                kind="multimodal_text",
            ),
            node("th", "u2", "assistant", ["hm"], kind="thoughts"),
            node("a2", "th", "assistant", ["Yes, that is a fruit bud."], create_time=None),
        ]
    )
    current = "a2"
    if extra:
        nodes |= dict([node("u3", "a2", "user", ["And when does it bloom?"])])
        current = "u3"
    whole = {
        "title": "Pears",
        "create_time": BEGAN,
        "mapping": nodes,
        "current_node": current,
        "conversation_id": "c1",
    }
    empty = {"title": "None", "create_time": BEGAN, "mapping": {}, "conversation_id": "c2"}
    return [whole, empty, {"what": "is this"}]


def claude() -> list[Any]:
    """A conversation with an attachment, and a message without words."""

    def said(key: str, sender: str, text: str, **more: Any) -> dict[str, Any]:
        content = [{"type": "text", "text": text}] if text else []
        at = f"2024-03-01T10:0{key}:00.000000Z"
        return {
            "uuid": f"m{key}",
            "sender": sender,
            "text": text,
            "content": content,
            "created_at": at,
            **more,
        }

    attached = {"file_name": "lease.txt", "extracted_content": "The deposit is 900 euros."}
    return [
        {
            "uuid": "k1",
            "name": "Lease",
            "created_at": "2024-03-01T10:00:00Z",
            "chat_messages": [
                said("1", "human", "Read my lease.", attachments=[attached]),
                said("2", "assistant", "It asks for a deposit."),
                said("3", "human", ""),
            ],
        }
    ]


def zipped(path: Path, conversations: list[Any], **more: Any) -> Path:
    """An export as it is fetched."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", json.dumps(conversations))
        for name, told in more.items():
            archive.writestr(f"{name}.json", json.dumps(told))
        archive.writestr("chat.html", "<html></html>")
    return path
