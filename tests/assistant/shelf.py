"""A library of a test: passages as they are wanted, whatever is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wooster.assistant.context import Prompts
from wooster.assistant.library import Quoting
from wooster.config import resources
from wooster.knowledge.model import Quotable, Source

# Read here, because a file that is read on the event loop is an error.
PROMPTS = Prompts(*map(resources.prompt, ("system", "message", "tools-ran")))
_AROUND = resources.prompt("library"), resources.prompt("library-chat")


def source(number: int, text: str, title: str = "Rome", **more: Any) -> Source:
    """A passage at line 10 times its number of a note, unless more is said."""
    plain: dict[str, Any] = {
        "path": Path(f"/notes/{title.lower()}.md"),
        "headings": (),
        "line": 10 * number,
        "page": 0,
        "is_private": False,
    }
    return Source(number, number, number, title, text=text, **(plain | more))


class Shelf:
    """`found` is what every question finds; `asked` has the questions."""

    def __init__(self, *sources: Source, note: str = "") -> None:
        self.found = Quotable(sources, note)
        self.asked: list[str] = []

    async def quotable(self, question: str, limit: int = 6) -> Quotable:
        self.asked.append(question)
        return Quotable(self.found.sources[:limit], self.found.note)

    @property
    def quoting(self) -> Quoting:
        return Quoting(self, *_AROUND)
