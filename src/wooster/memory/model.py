"""Sessions and turns as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from wooster.config.settings import Sensitivity
from wooster.wire.events import ToolState, TurnState

# Who speaks, where it isn't somebody by name.
ME: Final = "me"
ASSISTANT: Final = "Wooster"

Origin = Literal["talk", "import", "job"]
"""talk: with Wooster · import: taken in from elsewhere · job: a schedule asked, and no person."""


@dataclass(frozen=True, slots=True)
class Line:
    """What `speaker` (`ME`, `ASSISTANT` or a name) said in a conversation from elsewhere."""

    speaker: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ToolRan:
    """A tool that a model called: what it did in words, and what that gave, each on one line."""

    name: str
    words: str
    state: ToolState
    summary: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and its answer. `ended` is None while it runs. `speaker` is "" for the person
    themselves, else the name of who said `question` in a conversation that was taken in.

    `sensitivity` is the most private kind of thing that its request carried, and `is_private` says
    whether private documents were among it: the answer may repeat them. It is `outside` where some
    of what its model read was written by others.
    """

    seq: int
    id: str
    session_id: str
    asked: datetime
    question: str
    answer: str
    state: TurnState
    ended: datetime | None
    provider: str
    model: str
    sensitivity: Sensitivity = "plain"
    is_private: bool = False
    speaker: str = ""
    tools: tuple[ToolRan, ...] = ()
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a turn ended: its last state, who answered, and what it took. `without_memory`: who
    answered may not see what is remembered, and wasn't given it."""

    state: TurnState
    provider: str = ""
    model: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    error_code: str = ""
    without_memory: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What is stored."""

    sessions: int
    turns: int
    cut_off: int
