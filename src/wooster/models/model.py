"""What goes to a provider and what comes back, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from wooster.config.settings import Sensitivity

Role = Literal["system", "user", "assistant"]
Task = Literal["chat", "extraction", "summary", "classification"]
Tier = Literal["fast", "quality"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """`purpose` and `turn_id` are for the egress ledger.

    `task` names a tier of models; `sensitivity` is the most private kind of thing that `messages`
    carry; `background` work yields to a person's turn. `schema` is a JSON schema that the answer
    must follow.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    purpose: str
    turn_id: str
    task: Task = "chat"
    sensitivity: Sensitivity = "plain"
    background: bool = False
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """One server that can answer. `url` has no path; `leaves` tells whether it is another host.

    `asked_for` is the model's name in a request, where it differs from the one that is shown.
    """

    name: str
    url: str
    model: str
    leaves: bool
    api_key: str = field(default="", repr=False)
    asked_for: str = ""

    @property
    def title(self) -> str:
        """How a person reads it."""
        if self.name == "openai":
            return "OpenAI"
        return f"the server at {self.url}" if self.leaves else "the model on this machine"


# --- what a provider's stream tells ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loading:
    """The server is up and its model isn't yet."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`done` of `total` prompt tokens are read."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Thought:
    """The next piece of what a reasoning model thinks before it answers: shown as progress."""

    text: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; None where it didn't say."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete. `reason` is OpenAI's: `stop`, `length`, …"""

    reason: str
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing listens there: the cheapest failure, known at once."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The server answered with an error. `is_ours` means that asking elsewhere can't help."""

    reason: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Died:
    """The stream broke off, or fell silent for too long."""

    reason: str


ProviderEvent = Loading | Reading | Thought | Fragment | Finished | Refused | Rejected | Died
