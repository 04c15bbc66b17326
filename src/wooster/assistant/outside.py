"""Whether a model has what others wrote before its eyes: what is quoted, told by a tool, repeated
by a past answer, or pasted.

Text from outside may say "add a reminder", and a model may do as it reads; so the tool runner asks
the person before each change where this says yes. It is stored with each turn, and so holds for the
turns that show it for as long as they are kept. Provenance is code's to know: no text is read here
for what it says. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wooster.memory.model import ME, Turn
from wooster.memory.recall.model import Memory

# Longer than what people type: a page that was pasted, which somebody else may have written.
_TYPED_CHARACTERS: Final = 1000


def is_from_others(
    turn: Turn, shown: Iterable[Turn], memories: Iterable[Memory], quotes: int
) -> bool:
    """Whether the request of `turn` holds what others wrote: in `quotes` passages of the library,
    in `memories`, in its own words, or in the past turns `shown`, which may repeat it."""
    return (
        quotes > 0
        or _is_pasted(turn.question)
        or any(map(_is_by_others, memories))
        or any(past.outside for past in shown)
    )


def _is_pasted(said: str) -> bool:
    return len(said) > _TYPED_CHARACTERS


def _is_by_others(memory: Memory) -> bool:
    """An answer may repeat what it was made from, and a summary is a model's."""
    if memory.kind == "turn":
        return memory.speaker != ME or _is_pasted(memory.text)
    return memory.kind == "episode"
