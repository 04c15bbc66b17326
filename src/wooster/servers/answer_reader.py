"""Reads a model's answer as it comes: thoughts, words and tool calls, and whose tokens are whose.

It puts `core.thinking` and `tool_calls` together; it knows nothing of HTTP, OpenAI's shapes or MLX.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wooster.core.thinking import Part, ThoughtReader
from wooster.servers.jobs import Sampled
from wooster.servers.tool_calls import CallReader, Said, Told


@dataclass(frozen=True, slots=True)
class Thought:
    """The next text of what the model thinks before it answers."""

    text: str


Piece = Thought | Told


class AnswerReader:
    """Text in, pieces out."""

    def __init__(self, thoughts: ThoughtReader, calls: CallReader | None) -> None:
        self._thoughts = thoughts
        self._calls = calls
        self._waiting: list[Sampled] = []
        self._words = False

    @property
    def thought(self) -> str:
        """All that was thought so far."""
        return self._thoughts.thought

    @property
    def is_thinking(self) -> bool:
        return self._thoughts.is_thinking

    @property
    def has_called(self) -> bool:
        return self._calls is not None and self._calls.calls > 0

    @property
    def was_cut_off(self) -> bool:
        """Whether the answer has ended in the middle of a call's arguments."""
        return self._calls is not None and self._calls.is_arguing

    def feed(self, text: str, sampled: Sequence[Sampled] = ()) -> list[Piece]:
        """What is certain now; `sampled` are the tokens of the text."""
        pieces = self._pieces(self._thoughts.feed(text))
        self._waiting += sampled
        self._words = any(isinstance(piece, Said) for piece in pieces)
        calling = self._calls is not None and self._calls.is_calling
        if not self._words and (pieces or calling or self._thoughts.is_thinking):
            self._waiting = []  # tokens of a thought, a call or a mark
        return pieces

    def finish(self, reason: Literal["stop", "length"]) -> list[Piece]:
        """What was held back."""
        pieces = self._pieces(self._thoughts.finish(reason))
        if self._calls is not None:
            pieces += self._calls.finish()
        self._words = True
        return pieces

    def take_sampled(self) -> list[Sampled]:
        """The tokens of the words of the last pieces, each once."""
        if not self._words:
            return []
        taken, self._waiting = self._waiting, []
        return taken

    def _pieces(self, parts: Sequence[Part]) -> list[Piece]:
        pieces: list[Piece] = []
        for part in parts:
            if part.is_thought:
                pieces.append(Thought(part.text))
            elif self._calls is None:
                pieces.append(Said(part.text))
            else:
                pieces += self._calls.feed(part.text)
        return pieces
