"""Turns for tests of what is told of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from wooster.memory.model import Turn
from wooster.wire.events import TurnState

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""A Sunday."""


def turns(*said: str | tuple[str, str], speaker: str = "", state: TurnState = "done") -> list[Turn]:
    """Messages, each with its answer where it has one, a minute apart."""
    pairs = [each if isinstance(each, tuple) else (each, "") for each in said]
    return [
        Turn(
            seq,
            f"t{seq}",
            "s",
            NOON + timedelta(minutes=seq),
            question,
            answer,
            state,
            NOON + timedelta(minutes=seq),
            "",
            "",
            speaker=speaker,
        )
        for seq, (question, answer) in enumerate(pairs, 1)
    ]
