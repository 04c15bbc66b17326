"""A memory as a line of text, for a person and for a model: what, who, when."""

from __future__ import annotations

from datetime import tzinfo

from wooster.core.text import clip
from wooster.memory.model import ME
from wooster.memory.recall.model import Memory

_SHOWN = 400
_NAME = 60


def line(memory: Memory, zone: tzinfo | None, shown: int = _SHOWN) -> str:
    """`2026-03-01, you said: I moved to Porto.` The person is "you", Wooster by its name."""
    day = f"{memory.at.astimezone(zone):%Y-%m-%d}"
    text = clip(memory.text, shown)
    if memory.kind == "turn":
        who = {ME: "you"}.get(memory.speaker, clip(memory.speaker, _NAME))
        return f"{day}, {who} said: {text}"
    if memory.kind == "episode":
        return f"{text} (talked of on {day})"
    return f"{text} ({_held(memory, day, zone)})"


def _held(memory: Memory, day: str, zone: tzinfo | None) -> str:
    """From when to when a fact is so. What is to come must not read as what is, nor what was over
    when it was told as known since."""
    told = ""
    if memory.since is not None:
        begins = f"{memory.since.astimezone(zone):%Y-%m-%d}"
        told = f"{'from' if begins > day else 'since'} {begins}"
    elif memory.until is None or memory.until > memory.at:
        told = f"known since {day}"
    if memory.until is not None:
        told += f" until {memory.until.astimezone(zone):%Y-%m-%d}"
    return told.strip()
