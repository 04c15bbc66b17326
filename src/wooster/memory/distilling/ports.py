"""What distilling needs of others: somebody who answers a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from wooster.models.model import ChatRequest


@dataclass(frozen=True, slots=True)
class Said:
    """The whole answer, and the name of the model whose it is."""

    text: str
    model: str


@dataclass(frozen=True, slots=True)
class NobodyThere:
    """Nobody is up who may be asked this; another time somebody may be."""

    reason: str


@dataclass(frozen=True, slots=True)
class WentWrong:
    """Somebody was asked, and no whole answer came of it."""

    reason: str


Reply = Said | NobodyThere | WentWrong


class Chat(Protocol):
    """The models, behind one call. A request is `background`, and waits for a person's turn."""

    def context_tokens(self, request: ChatRequest) -> int | None:
        """The most that whoever is asked takes at once, where that is known."""

    async def reply(self, request: ChatRequest) -> Reply:
        """The whole answer to a request, or why there is none. Raises nothing of its own."""
