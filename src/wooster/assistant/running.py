"""A turn under way: what is heard from the model and from its person, and what its client is told.

Neither may grow without bound. A model that sends faster than it is stored waits; a client that
reads slower than the model sends loses the rest, since what it is told must not hold the model up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from wooster.assistant import steps
from wooster.assistant.calling import Calling
from wooster.memory.model import Turn
from wooster.models.model import ChatRequest, Fragment, Thought
from wooster.wire.events import Event, Token
from wooster.wire.requests import About

MOST_WAITING: Final = 256 * 1024
"""Characters of an answer that wait to be stored, and that wait to be read: some 60 000 words."""
_OTHER: Final = 16
"""What is told beside the words of an answer counts as so many characters."""


class Outbox:
    """What the client hasn't read yet; None ends it. `waiting` is how many characters that is,
    about."""

    def __init__(self) -> None:
        self.waiting = 0
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()

    def put(self, event: Event | None) -> None:
        self.waiting += _length(event)
        self._events.put_nowait(event)

    async def get(self) -> Event | None:
        event = await self._events.get()
        self.waiting -= _length(event)
        return event


class RunningTurn:
    """One turn under way: `events` for the client (None ends them), and the way to end it early."""

    def __init__(self, stored: Turn, about: About = "", *, can_ask: bool = False) -> None:
        self.stored = stored
        self.about = about
        self.can_ask = can_ask
        self.events = Outbox()
        # What is asked of who may not see what is remembered.
        self.plainer: ChatRequest | None = None
        # What was asked last, and what runs the tools that are called.
        self.request: ChatRequest | None = None
        self.calling: Calling | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self.parts = 0
        self._inbox: deque[steps.Input] = deque()
        self._waiting = 0
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()
        self._interrupted = False

    def interrupt(self, *, by_person: bool, reason: str = "") -> None:
        """End the turn before anything else that waits for it; what came is kept.

        The first reason holds: who stops an answer and then leaves has stopped it.
        """
        if not self._interrupted:
            self._interrupted = True
            self._inbox.appendleft(steps.Interrupted(by_person, reason))
            self._arrived.set()

    def tell(self, event: Event | None) -> None:
        """Have the client told. The turn of one that had too much to read already ends here."""
        if self.events.waiting > MOST_WAITING:
            self.interrupt(by_person=False, reason="The client reads too slowly.")
        self.events.put(event)

    def post(self, event: steps.Input) -> None:
        self._waiting += _heard(event)
        self._inbox.append(event)
        self._arrived.set()

    async def room(self) -> None:
        """Wait until not too much is waiting."""
        while self._waiting > MOST_WAITING:
            self._taken.clear()
            await self._taken.wait()

    async def next(self) -> steps.Input:
        """The next event; pieces of text that came in the meantime are one piece.

        They come while the last piece is being committed, so that a fast model costs one commit
        for several tokens and a slow one costs no delay.
        """
        while not self._inbox:
            self._arrived.clear()
            await self._arrived.wait()
        event = self._inbox.popleft()
        self._waiting -= _heard(event)
        if isinstance(event, Fragment):
            texts = [event.text]
            while self._inbox and isinstance(self._inbox[0], Fragment):
                following = self._inbox.popleft()
                assert isinstance(following, Fragment)
                self._waiting -= _heard(following)
                texts.append(following.text)
            event = Fragment("".join(texts))
        self._taken.set()
        return event


def _heard(event: steps.Input) -> int:
    return len(event.text) if isinstance(event, Fragment | Thought) else 0


def _length(event: Event | None) -> int:
    return len(event.text) if isinstance(event, Token) else _OTHER
