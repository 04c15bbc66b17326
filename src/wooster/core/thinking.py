"""Parts a model's thoughts from its answer, in text that arrives in pieces.

It knows two marks and where an answer begins; it knows no tokens, templates or HTTP. Whatever the
pieces, the parts are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Beginning = Literal["inside", "assumed", "perhaps", "outside"]
"""Where an answer begins: `inside` a thought that the prompt has opened; `assumed` to be inside
one, since the model's family always thinks and needn't open it; `perhaps` the model opens one as
its first word; `outside`, the prompt has closed it or the model never thinks."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What opens and closes a thought: `<think>` and `</think>`, mostly."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Part:
    """The next text, of a thought or of the answer."""

    text: str
    is_thought: bool


class ThoughtReader:
    """Text in, parts out. Only the first thought counts, and only at the very beginning: an answer
    that mentions a mark later on stays as it is.

    White space around the marks belongs to neither part.
    """

    def __init__(self, marks: Marks | None, beginning: Beginning) -> None:
        self._marks = marks or Marks("", "")
        self._beginning = beginning
        self._held = ""
        self.thought = ""
        self._state: Literal["beginning", "opened", "thought", "closed", "answer"] = "beginning"
        if marks is None or beginning == "outside":
            self._state = "answer"

    @property
    def is_thinking(self) -> bool:
        return self._state in ("opened", "thought")

    def feed(self, text: str) -> list[Part]:
        """The parts that are certain now."""
        self._held += text
        return [part for part in self._parts() if part.text]

    def finish(self, reason: Literal["stop", "length"]) -> list[Part]:
        """What was held back. Where a thought was only assumed and the model has ended without
        closing one, all of it was the answer."""
        held, self._held = self._held, ""
        if self._state == "beginning":
            self._state = "answer" if self._beginning == "perhaps" else "thought"
        if self._state == "answer":
            return [Part(held, False)] if held else []
        if self._state == "closed":
            return []
        last = self._think(held.rstrip())
        if self._beginning == "assumed" and reason == "stop":
            answer, self.thought = self.thought, ""
            return [Part(answer, False)] if answer else []
        return [last] if last.text else []

    def _parts(self) -> Iterator[Part]:
        if self._state == "beginning":
            self._begin()
        if self._state == "opened":
            self._held = self._held.lstrip()
            self._state = "thought" if self._held else "opened"
        if self._state == "thought":
            yield self._thought()
        if self._state == "closed":
            self._held = self._held.lstrip()
            self._state = "answer" if self._held else "closed"
        if self._state == "answer":
            text, self._held = self._held, ""
            yield Part(text, False)

    def _begin(self) -> None:
        """Look for the opening mark as the first word, which comes even where the prompt opened."""
        first = self._held.lstrip()
        if first.startswith(self._marks.start):
            self._held = first.removeprefix(self._marks.start)
            self._state, self._beginning = "opened", "inside"
        elif not self._marks.start.startswith(first):
            self._state = "answer" if self._beginning == "perhaps" else "opened"

    def _thought(self) -> Part:
        before, mark, after = self._held.partition(self._marks.end)
        if mark:
            self._state, self._held = "closed", after
            return self._think(before.rstrip())
        certain = len(self._held) - overlap(self._held, self._marks.end)
        told = self._held[:certain].rstrip()
        self._held = self._held[len(told) :]
        return self._think(told)

    def _think(self, text: str) -> Part:
        self.thought += text
        return Part(text, True)


def overlap(text: str, mark: str) -> int:
    """The length of the longest end of `text` that is a true beginning of `mark`: what has to be
    held back while more may come."""
    longest = min(len(text), len(mark) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(mark[:n])), 0)
