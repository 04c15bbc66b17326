"""What the engine asks of whatever turns prompts into tokens, and what it hears from it.

Two things do: `batch`, where all sequences take each step together, and `singles`, where they take
turns. It knows tokens and prompt caches; it knows nothing of jobs or of text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Sampler = Callable[[Any], Any]
Processor = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Start:
    """A sequence to begin. `cache` holds what reading the first `known` tokens of `prompt` gave.

    `sampler` makes a sampler that goes on after so many drawn tokens. Reading pauses at each
    position of `marks`, so that the cache can be copied there. `exact` asks for a sequence whose
    processors see each token once, in order.
    """

    prompt: list[int]
    known: int
    cache: Any
    max_tokens: int
    sampler: Callable[[int], Sampler]
    processors: Sequence[Processor] = ()
    marks: tuple[int, ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """So many of a prompt's tokens are read; `marked` where that is one of its marks."""

    uid: int
    processed: int
    marked: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A cache, and the tokens whose reading made it."""

    tokens: list[int]
    cache: Any


@dataclass(frozen=True, slots=True)
class Decoded:
    """The next token. `logprobs` are of the whole vocabulary, after the processors and before
    temperature and top-p. `kept` comes with the last token, as does `ended`."""

    uid: int
    token: int
    logprobs: Any
    ended: Literal["", "stop", "length"] = ""
    kept: Kept | None = None


@dataclass(slots=True)
class Step:
    """What one step brought. `failed` sequences are gone, for the reasons given."""

    read: list[Read] = field(default_factory=list)
    decoded: list[Decoded] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)


class Decoder(Protocol):
    """Used on the engine's thread only."""

    def insert(self, start: Start) -> int:
        """Begin a sequence; the number that it goes by."""

    def next(self) -> Step:
        """One token for every decoding sequence, one chunk for each that is still reading.

        Whatever it raises has cost the sequences that were not on hold.
        """

    def hold(self, uid: int) -> bool:
        """Put a sequence aside; whether that can be done."""

    def resume(self, uid: int) -> None:
        """Go on with a sequence that is on hold, with its next token."""

    def copy(self, uid: int) -> Kept:
        """The cache of a sequence as it is now, which stays under way."""

    def remove(self, uid: int) -> Kept:
        """End a sequence, on hold or not; what it has read."""

    def reset(self) -> None:
        """Begin anew after `next` has raised: only what was on hold is still there."""
