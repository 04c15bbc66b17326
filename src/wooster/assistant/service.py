"""Turns as they run: each in a task of its own, so that it outlives neither more nor less than it
should. A client only listens; the turn is stored whether or not anybody does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from datetime import tzinfo

from wooster.assistant import context, turn
from wooster.core.clock import Clock
from wooster.core.errors import NotFound, TooLarge, UsageError, WoosterError
from wooster.core.text import clean, rough_tokens
from wooster.memory.model import Turn
from wooster.memory.service import Conversations
from wooster.models.fallback import Restarting
from wooster.models.model import ChatRequest, Fragment
from wooster.models.router import Router
from wooster.models.supervisor import Supervisor
from wooster.wire.events import Event, Failure, Note, Token
from wooster.wire.requests import MAX_MESSAGE_BYTES, TurnRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Budgets:
    """Tokens: past turns shown to the model, the answer, and the most a model takes at once."""

    history: int
    answer: int
    context: int


class RunningTurn:
    """One turn under way: `events` for the client (None ends them), and the way to end it early."""

    def __init__(self, stored: Turn) -> None:
        self.stored = stored
        self.events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._inbox: deque[turn.Input] = deque()
        self._arrived = asyncio.Event()

    def interrupt(self, *, by_person: bool, reason: str = "") -> None:
        """End the turn before anything else that waits for it; what came is kept."""
        self._inbox.appendleft(turn.Interrupted(by_person, reason))
        self._arrived.set()

    def post(self, event: turn.Input) -> None:
        self._inbox.append(event)
        self._arrived.set()

    async def next(self) -> turn.Input:
        """The next event; pieces of text that came in the meantime are one piece.

        They come while the last piece is being committed, so that a fast model costs one commit
        for several tokens and a slow one costs no delay.
        """
        while not self._inbox:
            self._arrived.clear()
            await self._arrived.wait()
        event = self._inbox.popleft()
        if isinstance(event, Fragment):
            texts = [event.text]
            while self._inbox and isinstance(self._inbox[0], Fragment):
                following = self._inbox.popleft()
                assert isinstance(following, Fragment)
                texts.append(following.text)
            event = Fragment("".join(texts))
        return event


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
        self._prompts = prompts
        self._budgets = budgets
        self._clock = clock
        self._running: dict[str, RunningTurn] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._stopping = asyncio.Event()

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
            raise WoosterError("Wooster is being stopped.", hint="Send it again in a moment.")
        text = clean(request.text)
        if not text.strip():
            raise UsageError("The message is empty.", hint="Say something.")
        size_bytes = len(text.encode())
        if size_bytes > MAX_MESSAGE_BYTES:
            raise TooLarge(
                f"The message has {size_bytes} bytes; {MAX_MESSAGE_BYTES} are taken at most.",
                hint="Send a part of it.",
            )
        stored = await self._conversations.begin(text, request.session_id, request.client)
        running = RunningTurn(stored)
        self._running[stored.id] = running
        self._tasks.create_task(self._guard(running))
        return running

    def interrupt(self, turn_id: str) -> None:
        """The person stops an answer. Raises `NotFound` when no such turn runs."""
        running = self._running.get(turn_id)
        if running is None:
            raise NotFound(f"No turn {turn_id!r} is running.", hint="It may have ended just now.")
        running.interrupt(by_person=True)

    async def _guard(self, running: RunningTurn) -> None:
        """The turn's boundary: whatever happens inside, the client is told and the daemon lives."""
        try:
            await self._answer(running)
        except WoosterError as error:
            running.events.put_nowait(
                Failure(error.code, error.message, error.hint, error.exit_code, running.stored.id)
            )
        except Exception:
            log.exception("turn.failed", extra={"fields": {"turn": running.stored.id}})
            text, hint = "Something went wrong inside Wooster.", "`wooster logs` shows what."
            running.events.put_nowait(Failure("internal", text, hint, 70, running.stored.id))
        finally:
            del self._running[running.stored.id]
            running.events.put_nowait(None)

    async def _answer(self, running: RunningTurn) -> None:
        request = await self._request(running.stored)
        async with asyncio.TaskGroup() as inner:
            source = inner.create_task(self._listen(running, request))
            await self._drive(running)
            source.cancel()

    async def _listen(self, running: RunningTurn, request: ChatRequest) -> None:
        """Pass on what the router tells. Its failures become events, so that the turn can end."""
        answer = self._router.answer(request)
        try:
            async for event in answer:
                running.post(event)
        except WoosterError as error:
            running.post(turn.Broken(error.code, error.message, error.hint, error.exit_code))
        finally:
            await answer.aclose()

    async def _drive(self, running: RunningTurn) -> None:
        began_s = self._clock.monotonic_s()
        timing = turn.Timing()
        first = self._router.providers[0] if self._router.providers else None
        machine = turn.run(running.stored.id, running.stored.session_id, first, timing)
        step = next(machine)
        running.events.put_nowait(step.event if isinstance(step, turn.Send) else None)
        for notice in self._supervisor.take_notices():
            running.events.put_nowait(Note("server", notice))
        inbox: turn.Input = None
        parts = 0
        while True:
            try:
                step = machine.send(inbox)
            except StopIteration:
                return
            inbox = None
            match step:
                case turn.Send(event):
                    running.events.put_nowait(event)
                    if isinstance(event, Token) and timing.first_token_s is None:
                        timing.first_token_s = self._clock.monotonic_s() - began_s
                case turn.Keep(text):
                    await self._conversations.keep(running.stored, parts, text)
                    parts += 1
                case turn.End(ending):
                    timing.total_s = self._clock.monotonic_s() - began_s
                    await self._conversations.end(running.stored, ending)
                case turn.Next():
                    inbox = await running.next()
                    if isinstance(inbox, Restarting):
                        self._supervisor.take_notices()  # the turn tells it itself

    async def _request(self, stored: Turn) -> ChatRequest:
        past = await self._conversations.before(stored)
        zone = self._zone()
        limit = self._supervisor.status("chat").health.get("context_length")
        context_tokens = limit if isinstance(limit, int) else self._budgets.context
        fixed = rough_tokens(self._prompts.system) + rough_tokens(stored.question)
        room = context_tokens - self._budgets.answer - fixed
        budget = max(0, min(self._budgets.history, room))
        messages = context.build(self._prompts, past, stored, zone, budget)
        return ChatRequest(messages, self._budgets.answer, "chat", stored.id)

    def _zone(self) -> tzinfo | None:
        return self._clock.local().tzinfo
