"""Running what a model calls, one call after another: the tool runner.

Whatever an action does or raises becomes a `Ran`. What must be agreed to is asked of the person,
and a model never agrees for them. Once it has read what others wrote, every change is: they may
have told it to make one. It knows no order of a turn and no database.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from wooster.actions.registry import Call
from wooster.actions.repair import arguments_of
from wooster.actions.tools import in_words
from wooster.assistant.steps import Asked, Broken, Input, Ran
from wooster.assistant.toolbox import Toolbox, tells_private
from wooster.core.errors import InternalError, NotFound, StorageError, WoosterError
from wooster.core.text import clip
from wooster.models.model import ToolCall
from wooster.wire.events import ToolState
from wooster.wire.requests import ActionResult

log = logging.getLogger(__name__)

Begin = Callable[[int, str, str], Awaitable[None]]
"""Stores that the tool with this number, name and words begins."""

# What is quick is let end when the turn is stopped: half of a change would be worse.
_GRACE_S: Final = 5.0
_SUMMARY: Final = 120
_MARKS: Final = re.compile(r"\\([!-/:-@\[-`{-~])|\*\*|^\s*(?:[-*>]|#+)\s+|`")

# Enough to see what would be written, and all that fits on a screen.
_ASKED_CHARACTERS: Final = 600
_NOBODY: Final = "not done: it asks first, and nobody is here to be asked"
_SAID_NO: Final = "not done: you said no"
_SAID_NO_BEFORE: Final = "not done: you said no to a change in this answer"
_SILENT: Final = "not done: the question had no answer"


class Calling:
    """The calls of one turn. `begin` is awaited before anything is done, `post` gets what is to be
    told; `can_ask` says whether somebody is there, and `outside` that the model has read what
    others wrote."""

    def __init__(
        self,
        toolbox: Toolbox,
        begin: Begin,
        post: Callable[[Input], None],
        *,
        can_ask: bool,
        outside: bool = False,
    ) -> None:
        self._toolbox = toolbox
        self._begin = begin
        self._post = post
        self._can_ask = can_ask
        self._outside = outside
        self._said_no = False
        self._limit: asyncio.Timeout | None = None
        self._grace_s = 0.0
        self._is_dropped = False
        self._answer: asyncio.Future[bool] | None = None
        self._place = -1

    async def run(self, place: int, call: ToolCall) -> None:
        """Run one call and post how it ended; a failure to store it breaks the turn."""
        self._place, self._is_dropped = place, False
        try:
            self._post(await self._run(place, call))
        except StorageError as error:
            self._post(Broken(error.code, error.message, error.hint, error.exit_code))
        except Exception:
            log.exception("tool.broken", extra={"fields": {"name": call.name}})
            words = in_words(call.name, {})
            self._post(self._ended(call.name, words, "failed", InternalError().message))
        finally:
            self._outside |= self._toolbox.offer.is_outside(call.name)  # errors tell of it too

    def drop(self) -> None:
        """End what runs: at once where it waits or takes long, else after a grace."""
        self._is_dropped = True
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time() + self._grace_s)

    def answer(self, place: int, agrees: bool) -> None:
        """The person's answer. Raises `NotFound` where nothing waits for it."""
        if self._answer is None or self._answer.done() or place != self._place:
            raise NotFound(
                "No question waits for this answer.", hint="It may have run out of time."
            )
        self._answer.set_result(agrees)

    async def _run(self, place: int, asked: ToolCall) -> Ran:
        name, offer = asked.name, self._toolbox.offer
        words = in_words(name, {})
        try:
            schema = offer.parameters(name)
            if schema is None:
                names = ", ".join(offer.names())
                raise NotFound(f"There is no tool {name!r}.", hint=f"There are: {names}.")
            arguments = arguments_of(asked.arguments, schema)
            words = in_words(name, arguments)
            call = self._toolbox.prepare(name, arguments)
            if no := await self._refused(call):
                await self._begin(place, name, words)
                return self._ended(name, words, "refused", no)
        except WoosterError as error:
            return self._failed(name, words, error, is_stored=False)
        await self._begin(place, name, words)
        return await self._act(call, words)

    async def _act(self, call: Call, words: str) -> Ran:
        self._grace_s = 0.0 if call.takes_long else _GRACE_S
        try:
            result = await self._within(call.run(self._post), None)
        except TimeoutError:
            if not self._is_dropped:
                raise  # the action's own, which is a mistake of it
            told = "stopped; whether it was done isn't known"
            return self._ended(call.name, words, "unknown", told)
        except WoosterError as error:
            return self._failed(call.name, words, error, is_stored=True)
        return self._done(call.name, words, result)

    async def _within(self, work: Awaitable[Any], seconds: float | None) -> Any:
        """What `work` gives. Raises `TimeoutError` when it is dropped, or after so long."""
        async with asyncio.timeout(seconds) as self._limit:
            try:
                if self._is_dropped:
                    self.drop()
                return await work
            finally:
                self._limit = None

    # --- what must be agreed to -----------------------------------------------------------------

    async def _refused(self, call: Call) -> str:
        """Why a call may not run; "" where it may. Raises what its question raises."""
        question = await call.question()
        if self._outside and call.effect != "read":
            if self._said_no:
                return _SAID_NO_BEFORE  # who is asked often enough says yes to have peace
            what = in_words(call.name, call.arguments, _ASKED_CHARACTERS)
            wary = f"The model has read what others wrote, and wants to do this: {what}. Do it?"
            question = question or wary
        if not question:
            return ""
        if not self._can_ask:
            return _NOBODY
        self._answer = asyncio.get_running_loop().create_future()
        self._grace_s = 0.0
        self._post(Asked(question, self._toolbox.ask_s))
        try:
            agrees = await self._within(self._answer, self._toolbox.ask_s)
        except TimeoutError:
            return _SILENT
        finally:
            self._answer = None
        self._said_no |= not agrees
        return "" if agrees else _SAID_NO

    # --- how it ended -----------------------------------------------------------------------------

    def _done(self, name: str, words: str, result: ActionResult) -> Ran:
        told = self._toolbox.result(name, result.text)
        state: ToolState = "done" if result.exit_code == 0 else "failed"
        is_private = tells_private(result.data)
        return Ran(name, words, state, summary(result.text), told, is_private=is_private)

    def _failed(self, name: str, words: str, error: WoosterError, *, is_stored: bool) -> Ran:
        told = self._toolbox.result(
            name, f"It failed, and nothing was done. {error.message} {error.hint}"
        )
        return Ran(name, words, "failed", summary(error.message), told, is_stored)

    def _ended(self, name: str, words: str, state: ToolState, told: str) -> Ran:
        return Ran(name, words, state, told, self._toolbox.result(name, f"{told}."))


def summary(markdown: str) -> str:
    """The first line of a result, without marks."""
    lines = (
        _MARKS.sub(lambda found: found[1] or "", line).strip() for line in markdown.splitlines()
    )
    return clip(next((line for line in lines if line), "done"), _SUMMARY)
