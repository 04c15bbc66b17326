"""Documents that a model made in a conversation elsewhere (a canvas, an artifact, a file), as each
was after its last change. Pure.

A change that can't be followed surely is told, and the document kept as it was before. Patterns of
others are never run as such: one of them could take for ever. Nor is one followed that makes more
of it than a file may have: repeated, it would fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wooster.core.text import clean
from wooster.moving.model import Aside, Copy, Event, Found, Remark
from wooster.moving.naming import folder_name
from wooster.moving.texts import MAX_BYTES

_ALL = re.compile(r"\^?\.[*+]\$?|\(\?s\)\.[*+]|\[\\s\\S\][*+]")
_MEANS_MORE = re.compile(r"(?<!\\)(?:\\\\)*[.^$*+?{}\[\]|()]|\\[A-Za-z0-9]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def exchanged(text: str, old: str, new: str, count: int = -1) -> str | None:
    """The text with the one in the place of the other; None for one that grows too long."""
    times = text.count(old) if count < 0 else count
    grows = times * (len(new) - len(old))
    return text.replace(old, new, count) if grows <= 0 or len(text) + grows <= MAX_BYTES else None


@dataclass(slots=True)
class Document:
    """One of them. `marks` tell each step of its making from all others."""

    title: str
    language: str
    text: str
    marks: list[str] = field(default_factory=list)
    lost: int = 0

    def change(self, old: str, new: str, *, everywhere: bool = False) -> None:
        """Put the one text in the place of the other, once or wherever it stands."""
        if not old or old not in self.text:
            self.lost += 1
            return
        changed = exchanged(self.text, old, new, -1 if everywhere else 1)
        if changed is None:
            self.lost += 1
        else:
            self.text = changed

    def update(self, told: Mapping[str, Any]) -> None:
        """A change by a pattern, as a canvas has them: by one of all, or of plain words."""
        pattern, new = told.get("pattern"), told.get("replacement")
        if not isinstance(pattern, str) or not isinstance(new, str):
            self.lost += 1
        elif _ALL.fullmatch(pattern):
            self.text = new
        elif _MEANS_MORE.search(pattern) or "\\" in new:
            self.lost += 1
        else:
            old = _ESCAPED.sub(lambda found: found[1], pattern)
            self.change(old, new, everywhere=bool(told.get("multiple")))

    def events(self, client: str, conversation: tuple[str, str], at: int) -> Iterator[Event]:
        """It as a document among the notes; `conversation` is the mark and the title of that."""
        own, title = conversation
        body = clean(self.text).strip("\n")
        if self.lost:
            changes = "a change" if self.lost == 1 else f"{self.lost} changes"
            told = f"of “{self.title}” in the conversation “{title}”"
            yield Remark(f"{changes} {told} couldn't be followed, and it is as it was before")
        if not body.strip():
            yield Aside("documents that nothing was written in", len(self.marks))
            return
        if self.language:
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
            body = f"{fence}{self.language}\n{body}\n{fence}"
        head = "" if body.startswith("# ") else f"# {' '.join(self.title.split())}\n\n"
        data = f"{head}{body}\n".encode("utf-8", "replace")
        path = f"{client}/{folder_name(title)}/{folder_name(self.title).removesuffix('.md')}.md"
        ids = tuple(f"made\0{own}\0{mark}" for mark in self.marks)
        things = (*(0 for _ in ids[1:]), 1)
        yield Found("work", ids, Copy("notes", path, data), (1,) * len(ids), at, things)
