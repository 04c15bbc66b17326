"""The tools that a model calls within one turn, as a part of the turn's generator.

It decides what is run, what isn't, and when the model has called enough; it runs nothing. A tool's
end is stored before it is told.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from wooster.assistant.steps import (
    Again,
    Asked,
    Broken,
    Drop,
    Input,
    Interrupted,
    Next,
    Ran,
    Record,
    Run,
    Send,
    Step,
)
from wooster.models.model import ToolCall
from wooster.wire.events import Asking, Progress, Tool

Ended = Interrupted | Broken | None
"""What ended the turn while a tool ran."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a model may call tools before it must answer, and how many calls are run in all."""

    rounds: int = 5
    calls: int = 8


class Rounds:
    """The calls of one turn."""

    def __init__(self, turn_id: str, limits: Limits) -> None:
        self._turn_id = turn_id
        self._limits = limits
        self._rounds = 0
        self._last: tuple[str, str] | None = None
        self._last_result = ""
        self._is_private = False
        self.ran: list[Ran] = []

    @property
    def may_call(self) -> bool:
        """Whether the model may call more tools, or must answer now."""
        return self._rounds < self._limits.rounds and len(self.ran) < self._limits.calls

    def take(self, said: str, calls: Sequence[ToolCall]) -> Generator[Step, Input, Ended]:
        """Run what is called, then have the model asked again."""
        self._rounds += 1
        results: list[str] = []
        for call in calls:
            if self._is_again(call):
                results.append(
                    f"This is the same call again and isn't run twice. {self._last_result}"
                )
            elif len(self.ran) >= self._limits.calls:
                results.append(
                    f"Not run: {self._limits.calls} calls are all that one answer may have."
                )
            else:
                ended = yield from self._run(call)
                if ended is not None:
                    return ended
                results.append(self._last_result)
        yield Again(said, tuple(calls), tuple(results), self._is_private, self.may_call)
        return None

    def _is_again(self, call: ToolCall) -> bool:
        this = call.name, _canonical(call.arguments)
        is_again, self._last = this == self._last, this
        return is_again

    def _run(self, call: ToolCall) -> Generator[Step, Input, Ended]:
        place, ended = len(self.ran), None
        yield Run(place, call)
        while True:
            event = yield Next()
            match event:
                case Ran():
                    break
                case Asked(question, within_s):
                    yield Send(Asking(self._turn_id, place, question, call.name, within_s))
                case Progress():
                    yield Send(event)
                case Interrupted():
                    ended = event  # what runs is ended and stored first
                    yield Drop()
                case Broken():
                    return event
                case _:
                    raise AssertionError(f"a tool runs, and {event!r} came")
        self.ran.append(event)
        self._is_private |= event.is_private
        self._last_result = event.result
        if event.is_stored:
            yield Record(place, event)
        yield Send(Tool(event.name, event.text, event.state, event.summary))
        return ended


def _canonical(arguments: str) -> str:
    """The same for the same arguments, however they are written."""
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments.strip()
