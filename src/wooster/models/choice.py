"""Which tier of models a request needs: a pure function of its words and the settings.

It knows no servers, no prices of a moment and no time: the same words get the same answer, and the
answer carries its reasons.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from wooster.config.settings import Routing
from wooster.models.features import see
from wooster.models.model import ChatRequest, Provider, Task, Tier
from wooster.models.weights import LABELS, START, WEIGHTS

# A classification's answer is a word from a list, and a summary repeats what stands there: small
# models do both well. What is extracted is kept for years, and nobody waits for it.
TASK_TIERS: Final[dict[Task, Tier]] = {
    "classification": "fast",
    "summary": "fast",
    "extraction": "quality",
}
# "And why?" needs what the conversation needs; beyond some messages it is another conversation.
_EARLIER = 6
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """A feature that was found, and what it adds to the score."""

    feature: str
    value: float
    weight: float

    @property
    def adds(self) -> float:
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Choice:
    """A tier, and why in the words of a person.

    `need` is how likely only the larger model will do, from 0 to 1; None where the message wasn't
    judged. `marks` are what it was judged by.
    """

    tier: Tier
    because: tuple[str, ...]
    need: float | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Judged:
    need: float
    marks: tuple[Mark, ...]
    is_small_talk: bool
    leans: bool


def choose(request: ChatRequest, routing: Routing) -> Choice:
    """The tier for `request`. Takes well under a millisecond; reads a bounded part of the text."""
    if not routing.enabled:
        return Choice("quality", ("routing is switched off: always the quality model",))
    match routing.strategy:
        case "fast" | "quality" as tier:
            return Choice(tier, (f"the strategy is {tier!r}",))
        case "cheapest":
            return Choice("fast", ("the strategy is 'cheapest': the smaller model",))
        case "intelligent" | "local-only":
            if request.task != "chat":
                return Choice(TASK_TIERS[request.task], (f"the task is {request.task}",))
            if request.tools:
                return Choice("quality", ("it may need one of Wooster's commands",))
            return judge(_words(request), request.earlier)


def judge(text: str, earlier: Sequence[str] = ()) -> Choice:
    """The tier that a message needs, after those of `earlier` (oldest first)."""
    own = _judge(text)
    if own.is_small_talk:
        return Choice("fast", ("a greeting, thanks or small talk: nothing is asked",), own.need)
    if own.need < 0.5 and own.leans:
        before = _leant_on(earlier)
        if before is not None and before.need >= 0.5:
            told = ("it goes on from an earlier message", *_reasons(before))
            return Choice("quality", told, before.need, before.marks)
    return Choice("quality" if own.need >= 0.5 else "fast", _reasons(own), own.need, own.marks)


def in_order(providers: Iterable[Provider], routing: Routing) -> tuple[Provider, ...]:
    """The order in which `providers`, given as in the chain, are asked.

    With `cheapest`, what costs nothing comes first, then the others by price, then those without a
    known one; those of one price stay as in the chain.
    """
    if routing.enabled and routing.strategy == "cheapest":
        return tuple(sorted(providers, key=_dollars))
    return tuple(providers)


def _dollars(provider: Provider) -> float:
    if provider.price is not None:
        return provider.price.input + provider.price.output
    return math.inf if provider.leaves else 0.0


def _words(request: ChatRequest) -> str:
    """The person's newest words; what is no conversation has them in its last message only."""
    if request.text:
        return request.text
    said = (message.content for message in reversed(request.messages) if message.role == "user")
    return next(said, "")


def _judge(text: str) -> _Judged:
    seen = see(text)
    if seen.is_small_talk:
        return _Judged(0.0, (), is_small_talk=True, leans=False)
    marks = tuple(Mark(name, value, WEIGHTS[name]) for name, value in seen.values.items())
    need = 1 / (1 + math.exp(-(START + sum(mark.adds for mark in marks))))
    return _Judged(need, marks, is_small_talk=False, leans=seen.leans)


def _leant_on(earlier: Sequence[str]) -> _Judged | None:
    """The newest message that stands on its own."""
    for text in reversed(earlier[-_EARLIER:]):
        judged = _judge(text)
        if not judged.is_small_talk and (judged.need >= 0.5 or not judged.leans):
            return judged
    return None


def _reasons(judged: _Judged) -> tuple[str, ...]:
    """What spoke loudest for the tier."""
    if judged.need < 0.5:
        return ("little in it asks for more than the fast model",)
    loudest = sorted(judged.marks, key=lambda mark: -mark.adds)[:_TOLD]
    return tuple(LABELS[mark.feature] for mark in loudest if mark.adds > 0)
