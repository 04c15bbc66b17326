"""What a reading child says to its parent: frames of a head in JSON and a text beside it.

A text of many megabytes in JSON would be escaped, parsed and copied on the way, and a chunk's text
is a part of it: only offsets are sent. JSON, because the child has read files of anybody, and what
it sends is data.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wooster.knowledge.model import Chunk, Link, ReadDocument

SIZES = struct.Struct("!II")


@dataclass(frozen=True, slots=True)
class Ready:
    """The first frame: the child can be asked."""


@dataclass(frozen=True, slots=True)
class Done:
    """Every document of the file was sent before."""


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such file."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    reason: str


Frame = ReadDocument | Ready | Done | Missing | Unreadable


def pack(frame: Frame) -> bytes:
    """The frame with its sizes in front."""
    head: dict[str, Any]
    text = ""
    match frame:
        case ReadDocument():
            head, text = {"document": _head(frame)}, frame.text
        case Unreadable(reason):
            head = {"unreadable": reason}
        case _:
            head = {type(frame).__name__.lower(): {}}
    packed = json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass")
    encoded = text.encode("utf-8", "surrogatepass")
    return SIZES.pack(len(packed), len(encoded)) + packed + encoded


def unpack(packed: bytes, encoded: bytes) -> Frame:
    """The inverse, of a head and a text."""
    ((kind, value),) = json.loads(packed).items()
    if kind == "document":
        return _document(value, encoded.decode("utf-8", "surrogatepass"))
    if kind == "unreadable":
        return Unreadable(value)
    plain: dict[str, Frame] = {"ready": Ready(), "done": Done(), "missing": Missing()}
    return plain[kind]


def _head(document: ReadDocument) -> dict[str, Any]:
    return {
        "format": document.format,
        "title": document.title,
        "part": document.part,
        "tags": sorted(document.tags),
        "aliases": document.aliases,
        "links": [(link.target, link.heading, link.line) for link in document.links],
        "date": document.date.isoformat() if document.date else None,
        "is_private": document.is_private,
        "chunks": [
            (chunk.key, chunk.start, chunk.end, chunk.line, chunk.headings, chunk.page)
            for chunk in document.chunks
        ],
    }


def _document(head: dict[str, Any], text: str) -> ReadDocument:
    return ReadDocument(
        format=head["format"],
        title=head["title"],
        text=text,
        chunks=tuple(
            Chunk(key, text[start:end], start, end, line, tuple(headings), page)
            for key, start, end, line, headings, page in head["chunks"]
        ),
        part=head["part"],
        tags=frozenset(head["tags"]),
        aliases=tuple(head["aliases"]),
        links=tuple(Link(*link) for link in head["links"]),
        date=datetime.fromisoformat(head["date"]) if head["date"] else None,
        is_private=head["is_private"],
    )
