"""Turns as they run: each in a task of its own, so that it outlives neither more nor less than it
should. A client only listens; the turn is stored whether or not anybody does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Any

from wooster.assistant import context, steps, turn
from wooster.assistant.calling import Calling
from wooster.assistant.library import Quoting
from wooster.assistant.preparation import Budgets, Preparation
from wooster.assistant.remembering import Remembering
from wooster.assistant.rounds import Limits
from wooster.assistant.running import RunningTurn
from wooster.assistant.toolbox import Toolbox
from wooster.core.clock import Clock
from wooster.core.errors import (
    InternalError,
    NotFound,
    StorageError,
    TooLarge,
    UsageError,
    WoosterError,
)
from wooster.core.text import clean
from wooster.memory.model import Ending, Turn
from wooster.memory.service import Conversations
from wooster.models.fallback import BrokeOff, Restarting
from wooster.models.model import TOOLS_TELL, ChatRequest, Message
from wooster.models.router import Router
from wooster.models.supervisor import Supervisor
from wooster.wire.events import Failure, Note, Token, TurnState
from wooster.wire.requests import MAX_MESSAGE_BYTES, TurnRequest

__all__ = ["Assistant", "Budgets", "RunningTurn"]

log = logging.getLogger(__name__)

ToolStep = steps.Run | steps.Drop | steps.Record | steps.Again


class Assistant:
    """Takes messages and answers them."""

    def __init__(
        self,
        conversations: Conversations,
        router: Router,
        supervisor: Supervisor,
        prompts: context.Prompts,
        budgets: Budgets,
        clock: Clock,
    ) -> None:
        self._conversations = conversations
        self._router = router
        self._supervisor = supervisor
        self._preparation = Preparation(conversations, router, prompts, budgets, clock)
        self._clock = clock
        self._running: dict[str, RunningTurn] = {}
        self._unended: list[tuple[Turn, Ending]] = []
        self._tasks: asyncio.TaskGroup | None = None
        self._stopping = asyncio.Event()

    def quote_from(self, quoting: Quoting) -> None:
        """Answer questions about the person's documents from now on."""
        self._preparation.quoting = quoting

    def remember_with(self, remembering: Remembering) -> None:
        """Show models what is remembered, where it fits, from now on."""
        self._preparation.remembering = remembering

    def act_with(self, toolbox: Toolbox) -> None:
        """Let models call tools, where a message may need them, from now on."""
        self._preparation.toolbox = toolbox

    async def run(self) -> None:
        """Own the running turns until `stop`; then wait for them to be stored."""
        async with asyncio.TaskGroup() as self._tasks:
            await self._stopping.wait()
            for running in self._running.values():
                running.interrupt(by_person=False, reason="Wooster is being stopped.")

    def stop(self) -> None:
        self._stopping.set()

    async def begin(self, request: TurnRequest) -> RunningTurn:
        """Store the message and start answering it.

        Raises `UsageError`, `TooLarge`, `NotFound` for the session, or a `StorageError`.
        """
        if self._tasks is None or self._stopping.is_set():
            raise _being_stopped()
        text = clean(request.text)
        if not text.strip():
            raise UsageError("The message is empty.", hint="Say something.")
        if request.about and self._preparation.quoting is None:
            raise UsageError("There is no library to ask.", hint="Say it without `ask`.")
        size_bytes = len(text.encode())
        if size_bytes > MAX_MESSAGE_BYTES:
            raise TooLarge(
                f"The message has {size_bytes} bytes; {MAX_MESSAGE_BYTES} are taken at most.",
                hint="Send a part of it.",
            )
        await self._end_unended()
        stored = await self._conversations.begin(text, request.session_id, request.client)
        running = RunningTurn(stored, request.about, can_ask=request.can_choose)
        if self._stopping.is_set():  # it was stopped while the message was being stored
            await self._conversations.end(stored, Ending("cut_off", error_code="stopping"))
            raise _being_stopped()
        self._running[stored.id] = running
        told = {"turn": stored.id, "client": request.client, "question": text}
        log.info("turn.asked", extra={"fields": told})
        self._tasks.create_task(self._guard(running))
        return running

    def interrupt(self, turn_id: str) -> None:
        """The person stops an answer. Raises `NotFound` when no such turn runs."""
        running = self._running.get(turn_id)
        if running is None:
            raise NotFound(f"No turn {turn_id!r} is running.", hint="It may have ended just now.")
        running.interrupt(by_person=True)

    def agree(self, turn_id: str, call: int, *, agrees: bool) -> None:
        """The person's answer to what a tool asks. Raises `NotFound` when nothing waits for it."""
        running = self._running.get(turn_id)
        if running is None or running.calling is None:
            raise NotFound(
                f"No turn {turn_id!r} asks anything.", hint="It may have ended just now."
            )
        running.calling.answer(call, agrees)

    async def _guard(self, running: RunningTurn) -> None:
        """The turn's boundary: whatever happens inside, the turn is ended and the client told."""
        try:
            await self._answer(running)
        except WoosterError as error:
            why = steps.Broken(error.code, error.message, error.hint, error.exit_code)
            await self._give_up(running, why)
        except Exception:  # noqa: BLE001 - the turn's boundary (design.md, rule 8)
            await self._give_up(running, _internal(running))
        finally:
            del self._running[running.stored.id]
            running.tell(None)

    async def _give_up(self, running: RunningTurn, why: steps.Broken) -> None:
        """End a turn that can't go on; if even that can't be stored now, it is done later."""
        state: TurnState = "cut_off" if running.parts else "failed"
        self._unended.append((running.stored, Ending(state, error_code=why.code)))
        try:
            await self._end_unended()
        except StorageError as error:
            log.warning("turn.not_ended", extra={"fields": {"error": error.message}})
        running.tell(Failure(why.code, why.message, why.hint, why.exit_code, running.stored.id))

    async def _end_unended(self) -> None:
        while self._unended:
            await self._conversations.end(*self._unended[0])
            self._unended.pop(0)

    async def _answer(self, running: RunningTurn) -> None:
        self._start(running, self._listen(running))
        try:
            await self._drive(running)
        finally:
            for task in running.tasks:
                task.cancel()
            if running.tasks:
                await asyncio.wait(running.tasks)

    def _start(self, running: RunningTurn, work: Coroutine[Any, Any, None]) -> None:
        """Do a part of a turn beside it; it ends with the turn at the latest."""
        assert self._tasks is not None
        task = self._tasks.create_task(work)
        running.tasks.add(task)
        task.add_done_callback(running.tasks.discard)

    async def _listen(self, running: RunningTurn) -> None:
        """Pass on what is found and what the router tells. Their failures become events, so that
        the turn can end."""
        try:
            request = running.request
            if request is None:
                request = await self._preparation.request(
                    running.stored, running.about, running.post
                )
                if request is None:
                    return
                running.plainer, running.request = request.plainer, request
            async with aclosing(self._router.answer(request)) as answer:
                async for event in answer:
                    running.post(event)
                    await running.room()
        except WoosterError as error:
            running.post(steps.Broken(error.code, error.message, error.hint, error.exit_code))
        except Exception:  # noqa: BLE001 - the turn's boundary, on its other task
            running.post(_internal(running))

    async def _drive(self, running: RunningTurn) -> None:
        began_s = self._clock.monotonic_s()
        timing = turn.Timing()
        toolbox = self._preparation.toolbox
        limits = toolbox.limits if toolbox is not None else Limits()
        machine = turn.run(running.stored.id, running.stored.session_id, timing, limits)
        step = next(machine)
        running.tell(step.event if isinstance(step, steps.Send) else None)
        for notice in self._supervisor.take_notices():
            running.tell(Note("server", notice))
        inbox: steps.Input = None
        while True:
            try:
                step = machine.send(inbox)
            except StopIteration:
                return
            inbox = None
            match step:
                case steps.Send(event):
                    running.tell(event)
                    if isinstance(event, Token) and timing.first_token_s is None:
                        timing.first_token_s = self._clock.monotonic_s() - began_s
                case steps.Keep(text):
                    await self._conversations.keep(running.stored, running.parts, text)
                    running.parts += 1
                case steps.Run() | steps.Drop() | steps.Record() | steps.Again():
                    await self._use_tools(running, step)
                case steps.End(ending):
                    timing.total_s = self._clock.monotonic_s() - began_s
                    if ending.without_memory and (plainer := running.plainer) is not None:
                        # Else the conversation goes on without this turn, as if it told of memory.
                        await self._conversations.mark(
                            running.stored, plainer.sensitivity, is_private=plainer.stays
                        )
                    await self._conversations.end(running.stored, ending)
                case steps.Next():
                    inbox = await running.next()
                    if isinstance(inbox, Restarting | BrokeOff):
                        self._supervisor.death_is_told(inbox.provider)  # by the turn itself

    async def _use_tools(self, running: RunningTurn, step: ToolStep) -> None:
        toolbox, stored = self._preparation.toolbox, running.stored
        match step:
            case steps.Run(place, call):
                assert toolbox is not None, "tools are called that weren't offered"
                if toolbox.offer.is_outside(call.name):
                    await self._conversations.mark_outside(stored)
                if running.calling is None:
                    running.calling = Calling(
                        toolbox,
                        partial(self._conversations.begin_tool, stored),
                        running.post,
                        can_ask=running.can_ask,
                        outside=running.request is None or running.request.outside,
                    )
                self._start(running, running.calling.run(place, call))
            case steps.Drop():
                assert running.calling is not None
                running.calling.drop()
            case steps.Record(place, ran):
                await self._conversations.end_tool(
                    stored, place, ran.state, ran.summary, is_private=ran.is_private
                )
            case steps.Again():
                assert running.request is not None
                running.request = after(running.request, step)
                self._start(running, self._listen(running))


def after(request: ChatRequest, step: steps.Again) -> ChatRequest:
    """`request` with what was said and called, and what that gave; as private as that is."""
    results = [
        Message("tool", told, call_id=call.id)
        for call, told in zip(step.calls, step.results, strict=True)
    ]
    return replace(
        request,
        messages=(*request.messages, Message("assistant", step.said, step.calls), *results),
        sensitivity=TOOLS_TELL,
        stays=request.stays or step.is_private,
        plainer=None,
        may_call=step.may_call,
    )


def _being_stopped() -> WoosterError:
    return WoosterError("Wooster is being stopped.", hint="Send it again in a moment.")


def _internal(running: RunningTurn) -> steps.Broken:
    """A mistake of ours, logged with its traceback. Call it in the `except` block."""
    log.exception("turn.broken", extra={"fields": {"turn": running.stored.id}})
    error = InternalError()
    return steps.Broken(error.code, error.message, error.hint, error.exit_code)
