"""A request as the engine sees it: a job goes in, its events come out.

Plain data that crosses from thread to thread. It knows nothing of how a request is answered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from wooster.servers.decoding import Processor
from wooster.servers.sampling import Sampling


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of the prompt's tokens are read.

    Told again every few seconds while a request waits for its turn, or while background work is put
    aside for a person's: a sign of life, also in the middle of an answer.
    """

    processed: int
    total: int


@dataclass(frozen=True, slots=True)
class Logprob:
    """A token's bytes and the natural logarithm of its probability.

    The bytes may be half a character. The probability is the model's own after penalties and the
    constraint, before temperature and top-p.
    """

    token: bytes
    logprob: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """A token that was taken, and the likeliest ones in its place, if asked for."""

    taken: Logprob
    top: tuple[Logprob, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece; `sampled` are the tokens since the last piece, if probabilities are told.

    The text may be empty at the end, where tokens are left that made none.
    """

    text: str
    sampled: tuple[Sampled, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete. Token counts; `cached` of the prompt's were not read anew."""

    reason: Literal["stop", "length"]
    completion_tokens: int
    cached_tokens: int


@dataclass(frozen=True, slots=True)
class Failed:
    """There will be no answer, or no more of it."""

    reason: str


Event = Progress | Text | Finished | Failed


@dataclass(slots=True, eq=False)
class Job:
    """One request. `emit` is called on one thread at a time; set `cancelled` from any.

    `constraint` narrows the next token last of all. It may be asked twice about the same tokens:
    work that was put aside is taken up where it stopped. What it can't go on with it says in an
    attribute `problem`, which ends its request and no other.

    `top_logprobs` None tells no probabilities; `background` work yields to everybody else's.
    """

    prompt: list[int]
    max_tokens: int
    sampling: Sampling
    stops: tuple[str, ...]
    emit: Callable[[Event], None]
    constraint: Processor | None = None
    top_logprobs: int | None = None
    background: bool = False
    cancelled: threading.Event = field(default_factory=threading.Event)
