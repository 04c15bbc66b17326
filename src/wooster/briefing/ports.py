"""What a briefing needs of others: sources of items, charts, one pattern, and a model's words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from wooster.briefing.model import Heading, Item, Moment


class NotSetUp(Exception):
    """A source that the person hasn't begun to use: there is nothing to be read."""


class Source(Protocol):
    """Gives what one section tells, in its order. Raises `NotSetUp`, or whatever goes wrong."""

    async def __call__(self, moment: Moment, /) -> Sequence[Item]: ...


Charts = Callable[[Moment], Awaitable[Sequence[str]]]
"""Lines for a terminal that show how something went."""

Patterns = Callable[[Moment], Awaitable[str]]
"""What is told of patterns, a sentence or lines; "" for nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A section and its source; None for a capability that is switched off, which isn't told."""

    heading: Heading
    source: Source | None


@dataclass(frozen=True, slots=True)
class Phrased:
    """A model's whole answer, and the name of the model; or, with no text, why there is none."""

    text: str
    model: str = ""
    reason: str = ""


class Phraser(Protocol):
    """A model of this machine, behind one call. Raises nothing of its own."""

    async def say(self, prompt: str, max_tokens: int) -> Phrased: ...
