"""Questions that the person has put to the assistant at a time: a model of this machine answers,
and the answer goes out as a reminder does.

Where none answers, the question goes out on time and says so: nothing waits for a model.
"""

from __future__ import annotations

import asyncio

from wooster.bootstrap.briefing import RoutedPhraser
from wooster.bootstrap.time import Words
from wooster.briefing.ports import Phraser
from wooster.models.router import Router
from wooster.schedule.model import Due

_PATIENCE_S = 120.0
_MOST_TOKENS = 600


class Prompting:
    """`phraser` is who answers. What is told of the person and their memory isn't given to it."""

    def __init__(self, phraser: Phraser) -> None:
        self._phraser = phraser

    @classmethod
    def of(cls, router: Router) -> Prompting:
        return cls(RoutedPhraser(router, "prompt"))

    async def compose(self, due: Due) -> Words:
        """Never fails, and never waits longer than two minutes."""
        question = due.job.text
        try:
            async with asyncio.timeout(_PATIENCE_S):
                said = await self._phraser.say(question, _MOST_TOKENS)
        except TimeoutError:
            return _unanswered(question, f"the model took longer than {_PATIENCE_S:.0f} s")
        if not said.text.strip():
            return _unanswered(question, said.reason or "the model said nothing")
        return Words(f"You asked: {question}", f"{said.text.strip()}\n({said.model})")


def _unanswered(question: str, reason: str) -> Words:
    return Words("You asked", f"{question}\n(no model answered: {reason})")
