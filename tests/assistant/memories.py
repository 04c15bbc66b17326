"""A memory of a test: memories as they are wanted, whatever is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from wooster.assistant.remembering import Remembering
from wooster.config import resources
from wooster.memory.model import Turn
from wooster.memory.recall.model import Asked, Memory, Recollections

# Read here, because a file that is read on the event loop is an error.
_PROMPT = resources.prompt("memory")
THEN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def memory(text: str, **more: Any) -> Memory:
    """Something near that the person said on 1 March, unless more is said."""
    plain = Memory("turn", 1, "s", THEN, "me", text, 1.0, {"words": 1.0}, nearness=0.9)
    return replace(plain, **more)


class Memories:
    """`found` is what every message finds; `asked` has what was asked of it."""

    def __init__(self, *memories: Memory, kept: str = "") -> None:
        self.found = Recollections(memories)
        self.asked: list[Asked] = []
        self.heeded: list[Turn] = []
        self._kept = kept

    async def find(self, asked: Asked, limit: int = 50) -> Recollections:
        del limit
        self.asked.append(asked)
        return self.found

    async def heed(self, turn: Turn) -> str:
        self.heeded.append(turn)
        return self._kept

    def remembering(self, budget_tokens: int = 800) -> Remembering:
        return Remembering(self, self.heed, _PROMPT, budget_tokens)
