"""What goes to a provider and what comes back, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from wooster.config.settings import Rate, Sensitivity
from wooster.core.hosts import is_here

Role = Literal["system", "user", "assistant", "tool"]
Task = Literal["chat", "extraction", "summary", "classification"]
Tier = Literal["fast", "quality"]

# How our own chat servers are asked for the model that they have, whatever its name.
OWN_MODEL = "default"


# What tools tell is of the person's own days, as what is remembered is: who may not see that is
# offered no tools.
TOOLS_TELL: Final[Sensitivity] = "memory"


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may call; `parameters` is the JSON schema of its arguments."""

    name: str
    help: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's call of a tool. `arguments` is JSON text as the model wrote it, perhaps broken."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """`calls` are those of an assistant's message; `call_id` says whose result a tool's is."""

    role: Role
    content: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """`purpose` and `turn_id` are for the egress ledger.

    `task` names a tier of models; `sensitivity` is the most private kind of thing that `messages`
    carry; `background` work yields to a person's turn. `schema` is a JSON schema that the answer
    must follow. With `stays`, only a server on this machine itself may be asked, whatever the
    settings allow. `text` is the person's own newest words and `earlier` those before them, oldest
    first, as typed: the messages wrap them, and a tier is chosen by what was said. `plainer` is the
    same request without what is remembered, for a provider that may not see that. `tools` may be
    called, unless `may_call` is False: then they are told of and an answer in words is wanted.
    `outside` says that `messages` hold what others wrote: documents, calendars, a pasted page.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    purpose: str
    turn_id: str
    task: Task = "chat"
    sensitivity: Sensitivity = "plain"
    stays: bool = False
    background: bool = False
    schema: Mapping[str, Any] | None = None
    text: str = ""
    earlier: tuple[str, ...] = ()
    plainer: ChatRequest | None = None
    tools: tuple[Tool, ...] = ()
    may_call: bool = True
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Provider:
    """One server that can answer. `url` has no path; `leaves` is False for this machine and for the
    person's other ones, and only then may it see whatever it is asked (`may_see` is for the rest).

    `asked_for` is the model's name in a request, where it differs from the one that is shown. With
    neither, the settings name no model, and the server is asked which it has. `price` is None where
    it isn't known.
    """

    name: str
    url: str
    model: str
    leaves: bool
    api_key: str = field(default="", repr=False)
    asked_for: str = ""
    may_see: frozenset[Sensitivity] = frozenset({"plain"})
    price: Rate | None = None

    @property
    def title(self) -> str:
        """How a person reads it."""
        if self.name == "openai":
            return "OpenAI"
        if self.name != "local":
            return self.name
        return "the model on this machine" if self.is_here else f"the server at {self.url}"

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine: neither another one of the person's nor anybody's."""
        return is_here(self.url)

    @property
    def is_ours(self) -> bool:
        """Whether it is one of our own chat servers, which are asked for their default model."""
        return self.asked_for == OWN_MODEL

    @property
    def needs_model(self) -> bool:
        """Whether the server must be asked for the name of its model before it is asked more."""
        return not (self.asked_for or self.model)


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

    def __add__(self, other: Usage) -> Usage:
        """Both together; what only one says counts."""
        return Usage(
            _sum(self.prompt_tokens, other.prompt_tokens),
            _sum(self.completion_tokens, other.completion_tokens),
            _sum(self.cached_tokens, other.cached_tokens),
        )


def _sum(one: int | None, other: int | None) -> int | None:
    return one if other is None else other + (one or 0)


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete. `reason` is OpenAI's: `stop`, `length`, `tool_calls`, …

    With `calls`, it waits for what they give.
    """

    reason: str
    usage: Usage = Usage()
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing listens there: the cheapest failure, known at once."""

    reason: str


Fault = Literal["server", "key", "model", "busy", "request", "length", "format", "tools"]
"""What an error is about: the server itself · the key · a model that isn't there · too many
requests at once · the request, which would be wrong anywhere · a request longer than this model
reads · a schema for the answer, or tools, which this server doesn't take."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The server answered with an error. `is_ours` means that asking elsewhere can't help.

    `retry_after_s` is how long it wants to be left alone, where it says.
    """

    reason: str
    is_ours: bool
    fault: Fault = "server"
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Died:
    """The stream broke off, or fell silent for too long, which `hangs` tells."""

    reason: str
    hangs: bool = False


@dataclass(frozen=True, slots=True)
class Alive:
    """A sign of life that says nothing: a comment, a chunk without text."""


Failure = Refused | Rejected | Died
ProviderEvent = Loading | Reading | Thought | Fragment | Alive | Finished | Failure

Look = Literal["answers", "fails", "refuses key", "silent"]
"""What a look at a server found: it answers · it answers with an error of its own · it refuses the
key · nothing came in time."""
