"""What of the person's memory a model is shown with a message, and how it looks there.

It refuses to know how memory is searched: `Memory` is all that it asks for.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final, Protocol

from wooster.assistant.passages import harmless
from wooster.core.patterns import Pattern
from wooster.core.text import fill, rough_tokens
from wooster.memory.model import Turn
from wooster.memory.recall import gate
from wooster.memory.recall.model import Asked, Memory, Recollections
from wooster.memory.recall.showing import line

log = logging.getLogger(__name__)

# A greeting or a thank-you has nothing to remember.
_SAYS_NOTHING: Final = Pattern(
    r"\W*(?:h(?:i|ello|ey)(?:\s+there)?|good\s+(?:morning|afternoon|evening|night)|thanks?(?:\s+you)?"
    # Possessive: given back piece by piece, a long line of dashes behind "no" would take minutes.
    r"|thx|bye|goodbye|ok(?:ay)?|yes|no|sure|great|cool|nice|go\s+on|continue)\W*+(?:wooster)?\W*",
    re.IGNORECASE,
)


class Recalling(Protocol):
    """Where memories are found."""

    async def find(self, asked: Asked, limit: int = 50) -> Recollections:
        """What is remembered of a message. Raises a `WoosterError` where it can't search."""


@dataclass(frozen=True, slots=True)
class Remembering:
    """The memory, the prompt around what is given of it, and how many tokens that may take.

    `heed` keeps what a message says to remember, and tells so; "" where it says nothing.
    """

    recall: Recalling
    heed: Callable[[Turn], Awaitable[str]]
    prompt: str
    budget_tokens: int


@dataclass(frozen=True, slots=True)
class Given:
    """What a model is given of memory, the oldest first, and the text that says it."""

    memories: tuple[Memory, ...] = ()
    text: str = ""

    @property
    def is_private(self) -> bool:
        return any(each.is_private for each in self.memories)


async def given(
    remembering: Remembering,
    stored: Turn,
    past: Sequence[Turn],
    shown: Sequence[Turn],
    zone: tzinfo | None,
) -> Given:
    """What is remembered of a message, for the model; nothing rather than noise."""
    if not remembering.budget_tokens or _SAYS_NOTHING.fullmatch(stored.question):
        return Given()
    found = await remembering.recall.find(
        Asked(
            stored.question,
            stored.asked,
            tuple(before.question for before in past),
            stored.session_id,
            {before.seq for before in (*shown, stored)},
        )
    )
    if found.without_meaning:
        log.info("recall.by_words", extra={"fields": {"reason": found.without_meaning}})
    # What stands around them is of the budget too.
    budget_tokens = remembering.budget_tokens - rough_tokens(remembering.prompt)
    memories = gate.chosen(found, budget_tokens, lambda each: _line(each, zone))
    if not memories:
        return Given()
    # Told as it happened: a model takes what it reads last for what holds now.
    in_order = sorted(memories, key=lambda each: (each.at, each.kind, each.item, each.is_answer))
    lines = "\n".join(_line(each, zone) for each in in_order)
    return Given(tuple(memories), fill(remembering.prompt, {"memories": lines}))


def _line(memory: Memory, zone: tzinfo | None) -> str:
    # Not even a passage's number of an answer that quoted: the next one to quote would cite it.
    return f"- {harmless(line(memory, zone))}"
