"""What the model is shown: pure functions from turns to messages.

The prefix is the same, byte for byte, as long as a session lasts: each past message is rendered
with its own time of sending, so that a model server that caches prefixes reads only what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from wooster.assistant.passages import unmarked
from wooster.core.text import fill, rough_tokens
from wooster.memory.model import Turn
from wooster.models.model import Message

# Names in English whatever the process's locale is, because the prompts are.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


# What the time of sending and a chat template's marks add to a turn; 35 with SmolLM2.
FRAME_TOKENS = 40
_RAN_TOKENS = 30
_NO_ANSWER = "…"


@dataclass(frozen=True, slots=True)
class Prompts:
    """The texts of `prompts/` that a turn uses."""

    system: str
    message: str
    ran: str = "{calls}"


def build(
    prompts: Prompts, shown: Sequence[Turn], turn: Turn, zone: tzinfo | None, text: str
) -> tuple[Message, ...]:
    """The messages for `turn` after the past turns of `window`.

    `text` is what the newest message says: the person's words, perhaps after passages, which stand
    nowhere else and are gone from a turn that is past. `zone` None is the machine's zone.
    """
    messages = [Message("system", prompts.system)]
    for earlier in shown:
        said = earlier.question + _ran(prompts, earlier)
        messages.append(Message("user", render(prompts, said, earlier.asked, zone)))
        messages.append(Message("assistant", earlier.answer or _NO_ANSWER))
    messages.append(Message("user", render(prompts, text, turn.asked, zone)))
    return tuple(messages)


def render(prompts: Prompts, text: str, asked: datetime, zone: tzinfo | None) -> str:
    """A message of the person as the model reads it."""
    return fill(prompts.message, {"sent": say_when(asked.astimezone(zone)), "text": text})


def _ran(prompts: Prompts, turn: Turn) -> str:
    """The tools that ran in a past turn, each on a line; it stands with the message, so that no
    model takes it for a way of answering."""
    if not turn.tools:
        return ""
    lines = (f"- {ran.words}: {ran.summary or ran.state}" for ran in turn.tools)
    return "\n\n" + fill(prompts.ran, {"calls": unmarked("\n".join(lines))})


def say_when(local: datetime) -> str:
    """`Sunday 22 November 2026, 17:35 UTC`."""
    day, month = _DAYS[local.weekday()], _MONTHS[local.month - 1]
    return f"{day} {local.day} {month} {local.year}, {local:%H:%M} {local.tzname() or ''}".strip()


def window(past: Iterable[Turn], budget: int) -> list[Turn]:
    """The newest answered turns of `past` (oldest first) that fit into `budget` tokens.

    When the budget is exceeded the oldest go until half of it is left: dropping one turn with each
    new message would change the prefix every time, and nothing cached could be used again.
    """
    kept: list[Turn] = []
    total = 0
    for turn in past:
        if not (turn.answer or turn.tools):
            continue
        kept.append(turn)
        total += _cost(turn)
        if total > budget:
            while kept and total > budget // 2:
                total -= _cost(kept.pop(0))
    return kept


def _cost(turn: Turn) -> int:
    told = sum(rough_tokens(f"{ran.words}{ran.summary}") + 4 for ran in turn.tools)
    frame = FRAME_TOKENS + (_RAN_TOKENS if turn.tools else 0)
    return rough_tokens(turn.question) + rough_tokens(turn.answer) + told + frame
