"""A passage with what stands before and after it: pure."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from wooster.knowledge.found import DocumentLinks, Opened

# What is shown around a passage, in characters.
_AROUND = 600


def opened(links: DocumentLinks, rows: Sequence[sqlite3.Row], passage: int | None) -> Opened:
    """`rows` are passages of the document that follow each other; the one with the id `passage`,
    or the first, is shown whole, and of the others what is next to it."""
    if not rows:
        return Opened(links, (), 1, 0, "", "", "")
    at = next((i for i, row in enumerate(rows) if row["id"] == passage), 0)
    row = rows[at]
    before = "\n\n".join(part["text"] for part in rows[:at])
    after = "\n\n".join(part["text"] for part in rows[at + 1 :])
    return Opened(
        links,
        tuple(json.loads(row["headings"])),
        row["line"],
        row["page"],
        _end_of(before, is_all=rows[0]["place"] == 0),
        row["text"],
        _begin_of(after, is_all=rows[-1]["place"] == rows[-1]["last_place"]),
    )


def _begin_of(text: str, *, is_all: bool) -> str:
    if len(text) <= _AROUND:
        return text if is_all else f"{text}\n\n…"
    cut = text[:_AROUND]
    return (cut.rpartition(" ")[0] or cut) + " …"


def _end_of(text: str, *, is_all: bool) -> str:
    if len(text) <= _AROUND:
        return text if is_all else f"…\n\n{text}"
    cut = text[-_AROUND:]
    return "… " + (cut.partition(" ")[2] or cut)
