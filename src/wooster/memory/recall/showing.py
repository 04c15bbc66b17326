"""A memory as a line of text, for a person and for a model: what, who, when."""

from __future__ import annotations

from datetime import tzinfo

from wooster.core.text import clip
from wooster.memory.model import ASSISTANT, ME
from wooster.memory.recall.model import Memory

_SHOWN = 400


def line(memory: Memory, zone: tzinfo | None, shown: int = _SHOWN) -> str:
    """`2026-03-01, you said: I moved to Porto.` The person is "you", Wooster by its name."""
    day = f"{memory.at.astimezone(zone):%Y-%m-%d}"
    text = clip(memory.text, shown)
    if memory.kind == "turn":
        who = {ME: "you", ASSISTANT: ASSISTANT}.get(memory.speaker, memory.speaker)
        return f"{day}, {who} said: {text}"
    if memory.until is not None:
        return f"{text} (known since {day}, until {memory.until.astimezone(zone):%Y-%m-%d})"
    return f"{text} ({'known since' if memory.kind == 'fact' else 'talked of on'} {day})"
