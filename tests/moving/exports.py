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
    content: dict[str, Any] = {"content_type": more.pop("kind", "text"), "parts": parts}
    if text := more.pop("text", ""):
        content = {"content_type": "code", "language": "json", "text": text}
    metadata = {
        "content_references": more.pop("references", []),
        "attachments": [{"name": name} for name in more.pop("sent", [])],
        "canvas": {"textdoc_id": more.pop("canvas", "")},
        "chatgpt_sdk": {"widget_state": json.dumps(more.pop("state", None))},
    }
    message = {
        "id": key,
        "author": {"role": role},
        "create_time": BEGAN + len(key) + (len(parent or "") * 10),
        "content": content,
        "metadata": metadata,
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


def cited() -> dict[str, Any]:
    """A conversation of ChatGPT with marks of pages, and canvases: one that was changed, in ways
    that can be followed and that can't, and a second."""
    link = "([Pear Society](https://pears.example.org))"
    references = [
        {"matched_text": "\ue200cite\ue202turn0search1\ue201", "alt": link, "type": "webpage"},
        {"matched_text": " ", "alt": "", "type": "sources_footnote"},
    ]
    answer = (
        'Prune \ue200entity\ue202["plant", "Conference", 0]\ue201 in winter.'
        " \ue200cite\ue202turn0search1\ue201 \ue203Not\ue204 in frost."
        " \ue200cite\ue202turn0search9\ue201【3†source】"
    )

    def call(tool: str, told: Any) -> dict[str, Any]:
        return {"recipient": f"canmore.{tool}_textdoc", "kind": "code", "text": json.dumps(told)}

    plan = {"name": "Plan/1", "type": "document", "content": "Saw the dead wood.\nBurn it."}
    script = {"name": "count", "type": "code/python", "content": "print(1)"}
    changes = [
        {"pattern": "Burn it\\.", "replacement": "Compost it.", "multiple": False},
        {"pattern": "(a+)+$", "replacement": "x", "multiple": True},
    ]
    report = {"content": {"content_type": "text", "parts": ["Pears like lime."]}, "metadata": {}}
    ended = {"status": "completed", "report_message": report}
    nodes = dict(
        [
            node("w1", None, "user", ["Look it up, and plan it."], sent=["tree.jpg"]),
            node("w2", "w1", "assistant", [answer], references=references),
            node("w3", "w2", "assistant", [], **call("create", plan)),
            node("w4", "w3", "tool", ["ok"], canvas="d1"),
            node("w5", "w4", "assistant", [], **call("create", script)),
            node("w6", "w5", "tool", ["ok"], canvas="d2"),
            node("w7", "w6", "assistant", [], **call("update", {"updates": changes})),
            node("w8", "w7", "tool", ["ok"], canvas="d1"),
            node("w9", "w8", "assistant", [], **call("update", "no object")),
            node("wa", "w9", "tool", ["x"], state={"status": "running"}),
            node("wb", "wa", "tool", ["x"], state=ended),
            node("wc", "wb", "tool", ["x"], state=ended),
        ]
    )
    return {
        "title": "Pruning",
        "create_time": BEGAN,
        "mapping": nodes,
        "current_node": "wc",
        "conversation_id": "c9",
    }


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
                said("3", "human", "", files=[{"file_name": "flat.jpg"}]),
                said("4", "human", ""),
            ],
        }
    ]


PROJECT = "0b6d2c7e-1111-4222-8333-944445555666.json"


def claude_project() -> dict[str, Any]:
    """A project of an export of today: a file of its own."""
    return {
        "uuid": PROJECT[:-5],
        "name": "Garden",
        "description": "All about the beds",
        "prompt_template": "Answer as a gardener would.",
        "docs": [
            {"filename": "beds.txt", "content": "Peas in the north bed."},
            {"filename": "plan.pdf", "content": ""},
        ],
    }


def with_works() -> dict[str, Any]:
    """A conversation of Claude in which it thought, used tools, and made things."""

    def use(name: str, **given: Any) -> dict[str, Any]:
        return {"type": "tool_use", "name": name, "input": given}

    def said(key: str, sender: str, *parts: dict[str, Any]) -> dict[str, Any]:
        return {
            "uuid": f"w{key}",
            "sender": sender,
            "text": "```\nThis block is not supported on your current device yet.\n```",
            "content": list(parts),
            "created_at": f"2025-03-01T10:0{key}:00Z",
        }

    words = {"type": "text", "text": "Here is the sowing list."}
    made = use("artifacts", command="create", id="a1", title="Sowing", type="text/markdown")
    made["input"]["content"] = "# Sowing\n\nPeas in May."
    return {
        "uuid": "k2",
        "name": "Sowing",
        "chat_messages": [
            said("1", "human", {"type": "text", "text": "Write a sowing list."}),
            said("2", "assistant", {"type": "thinking", "thinking": "hm"}, words, made),
            said(
                *("3", "assistant"),
                use("artifacts", command="update", id="a1", old_str="May", new_str="April"),
                use("artifacts", command="update", id="a1", old_str="gone", new_str="x"),
                {"type": "tool_result", "name": "artifacts", "content": [{"text": "OK"}]},
                use("create_file", path="/mnt/out/sow.py", file_text="print('```')"),
                use("web_search", query="peas"),
            ),
        ],
    }


def zipped(path: Path, conversations: list[Any] | None, **more: Any) -> Path:
    """An export as it is fetched."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if conversations is not None:
            archive.writestr("conversations.json", json.dumps(conversations))
        for name, told in more.items():
            archive.writestr(f"{name}.json", json.dumps(told))
        archive.writestr("chat.html", "<html></html>")
    return path
