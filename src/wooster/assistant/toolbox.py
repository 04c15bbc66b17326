"""What a model can do in a turn, and how that looks to it: the tools, and their results as data.

It refuses to know what any of them does, and who asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from wooster.actions.registry import Call
from wooster.actions.tools import Offer, size_tokens
from wooster.assistant.passages import unmarked
from wooster.assistant.rounds import Limits
from wooster.core.text import fill, rough_tokens
from wooster.memory.model import Turn
from wooster.models.model import Tool

# From the newest turns back: "and yesterday?" needs what the turn before needed.
_LATELY = 1


class Prepare(Protocol):
    """`Registry.prepare` for who calls here: a model, and never the person."""

    def __call__(self, name: str, arguments: dict[str, Any]) -> Call:
        """Raises `NotFound` for the name, `UsageError` for the arguments."""


@dataclass(frozen=True, slots=True)
class ToolPrompts:
    """`hint` stands before a message that tools are offered for, `result` around what one gave."""

    hint: str
    result: str


@dataclass(frozen=True, slots=True)
class Toolbox:
    """`budget_tokens` is for the tools of one request, `result_tokens` for what one call gives.

    A question for the person is answered within `ask_s`, or it is a no.
    """

    offer: Offer
    prepare: Prepare
    prompts: ToolPrompts
    budget_tokens: int
    result_tokens: int = 600
    ask_s: float = 180.0
    limits: Limits = field(default_factory=Limits)

    def offered(self, message: str, past: Sequence[Turn]) -> tuple[Tool, ...]:
        """The tools for a message, after those turns; none where it needs none."""
        if not self.budget_tokens:
            return ()
        lately = {ran.name for turn in past[-_LATELY:] for ran in turn.tools}
        return self.offer.needed(message, self.budget_tokens, lately)

    def result(self, name: str, text: str) -> str:
        """What a call gave, for the model: outside text in a block that it can't leave."""
        values = {"name": name, "result": cut(unmarked(text).strip(), self.result_tokens)}
        return fill(self.prompts.result, values)


def tools_tokens(tools: Sequence[Tool]) -> int:
    return sum(map(size_tokens, tools))


def cut(text: str, budget_tokens: int) -> str:
    """As many of the first lines as fit, and how many are missing."""
    if rough_tokens(text) <= budget_tokens:
        return text
    lines = text.splitlines()
    kept: list[str] = []
    for line in lines:
        budget_tokens -= rough_tokens(line)
        if budget_tokens < 0:
            break
        kept.append(line)
    if not kept:  # one long line
        return f"{lines[0][: 2 * max(0, budget_tokens + rough_tokens(lines[0]))]} … (cut)"
    return "\n".join([*kept, f"… ({len(lines) - len(kept)} more lines are left out)"])


def tells_private(data: object) -> bool:
    """Whether a result says of anything in it that it is private: that never leaves the machine."""
    match data:
        case Mapping():
            return data.get("private") is True or any(map(tells_private, data.values()))
        case list() | tuple():
            return any(map(tells_private, data))
        case _:
            return False
