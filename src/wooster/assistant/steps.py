"""What a turn says to its shell, step by step, and what the shell says to it. Values, no more."""

from __future__ import annotations

from dataclasses import dataclass

from wooster.knowledge.model import Source
from wooster.memory.model import Ending
from wooster.models import fallback
from wooster.models.model import ToolCall
from wooster.wire.events import Event, Progress, ToolState

# --- steps ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Send:
    """Show this to the client."""

    event: Event


@dataclass(frozen=True, slots=True)
class Keep:
    """Store this piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class End:
    """Store how the turn ended."""

    ending: Ending


@dataclass(frozen=True, slots=True)
class Next:
    """Give the next event."""


@dataclass(frozen=True, slots=True)
class Run:
    """Run a tool that the model called; `place` is its number in the turn. Send `Ran`."""

    place: int
    call: ToolCall


@dataclass(frozen=True, slots=True)
class Drop:
    """End the tool that runs, as far as that can be; `Ran` comes all the same."""


@dataclass(frozen=True, slots=True)
class Record:
    """Store how a tool ended."""

    place: int
    ran: Ran


@dataclass(frozen=True, slots=True)
class Again:
    """Ask for the answer again, with what the model `said` and called, and the `results`.

    Without `may_call` it has called enough.
    """

    said: str
    calls: tuple[ToolCall, ...]
    results: tuple[str, ...]
    is_private: bool
    may_call: bool


Step = Send | Keep | End | Next | Run | Drop | Record | Again

# --- inputs -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The turn must end now: `stopped` by the person, or `cut_off` by something else."""

    by_person: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """Something failed that has a code and a message for the person."""

    code: str
    message: str
    hint: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Searching:
    """The library is being searched."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """`sources` are given to the model; `note` is the library's word on how it was searched."""

    sources: tuple[Source, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """The message said to remember something, and that is done: `told` says what."""

    told: str


@dataclass(frozen=True, slots=True)
class NotThere:
    """The question was for the library, which has nothing on it: no model is asked."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Stays:
    """What the model is shown carries private documents: only one on this machine is asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The tool that runs has a question for the person, and waits."""

    question: str
    within_s: float


@dataclass(frozen=True, slots=True)
class Ran:
    """A tool has ended. `text` says what it does and `summary` what it gave, for the person;
    `result` is what the model is told. `is_stored`: it got as far as to be an action with arguments
    that make sense. `is_private`: it told of documents that never leave this machine."""

    name: str
    text: str
    state: ToolState
    summary: str
    result: str
    is_stored: bool = True
    is_private: bool = False


Prepared = Searching | Quoted | Kept | Stays
Working = Asked | Ran | Progress
Input = fallback.Answer | Interrupted | Broken | Prepared | NotThere | Working | None
