"""What a person, or a model, can do with times: see how a phrase is read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from wooster.actions.action import Action, Parameters
from wooster.core.clock import Clock
from wooster.core.errors import UsageError
from wooster.reminders import readings
from wooster.schedule.phrases import Context, read
from wooster.wire.requests import ActionResult

_NEXT = 5
_QUOTES = " \t\"'“”„«»?"


class Phrase(Parameters):
    """`phrase` is a time in words: "tomorrow at 5", "every other Friday at 8am"."""

    phrase: Annotated[str, Field(max_length=500)] = ""


def actions(clock: Clock, context: Callable[[], Context]) -> list[Action[Any]]:
    """All of them; `context` gives from where a phrase is looked at."""

    def shown(phrase: str) -> ActionResult:
        said = context()
        when = read(phrase, said)
        if when is None:
            raise UsageError(
                f"{phrase!r} is not a time that I can read.",
                hint='As: "tomorrow at 5", "in 20 minutes", "every weekday at 8am until June".',
            )
        times = readings.next_times(when, said, clock.zone, _NEXT)
        return ActionResult(readings.when_text(when, times, said), readings.when_data(when, times))

    async def handler(given: Phrase) -> ActionResult:
        phrase = given.phrase.strip(_QUOTES)
        if not phrase:
            raise UsageError("`when` needs a time in words after it.", hint="when tomorrow at 5")
        return await asyncio.to_thread(shown, phrase)  # its libraries load with the first

    async def fits(words: str) -> bool:
        return await asyncio.to_thread(read, words.strip(_QUOTES), context()) is not None

    return [
        Action(
            "when",
            "show how a time in words is read, and the next five times",
            "read",
            Phrase,
            ("when TIME",),
            handler,
            rest="phrase",
            fits=fits,
        )
    ]
