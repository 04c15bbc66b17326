"""A request as the engine sees it: tokens in, events out. It knows nothing of its answering."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wooster.servers.events import Event
from wooster.servers.sampling import Sampling

# From the tokens so far and logits of shape (1, vocabulary) to the logits that are left. It may be
# asked twice about the same tokens: work that was put aside is taken up where it stopped. What it
# can't go on with it says in an attribute `problem`, which ends its request and no other.
Constraint = Callable[[Any, Any], Any]


@dataclass(slots=True, eq=False)
class Job:
    """One request. `emit` is called on one thread at a time; set `cancelled` from any.

    `constraint` narrows the next token last of all; `top_logprobs` None tells no probabilities;
    `background` work yields to everybody else's.
    """

    prompt: list[int]
    max_tokens: int
    sampling: Sampling
    stops: tuple[str, ...]
    emit: Callable[[Event], None]
    constraint: Constraint | None = None
    top_logprobs: int | None = None
    background: bool = False
    cancelled: threading.Event = field(default_factory=threading.Event)
