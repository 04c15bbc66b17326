"""The conversation that is open: what is told is shown there, above the line that is being typed.

The board holds what was sent until a client says that a person saw it: only then was it taken. It
refuses to know how clients are connected.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from wooster.notify.model import Message, NotSent
from wooster.wire.events import Notice, Withdrawn

_MOST_WAITING = 256  # for a client that reads nothing, as one that was suspended

SHOWN_S = 40.0
"""How long a client may hold a message back, while it shows an answer; then another channel is
tried. Shorter than the schedule's own patience."""


@dataclass(eq=False, slots=True)
class Sitting:
    """One client that is open, and what it is to be told; None at the end of all."""

    queue: asyncio.Queue[Notice | Withdrawn | None] = field(default_factory=asyncio.Queue)


@dataclass(slots=True)
class _Waiting:
    notice: Notice
    shown: asyncio.Future[None]


class Board:
    """Who is there, and what they have been told. `opened` is called when somebody comes."""

    def __init__(self, opened: Callable[[], None] = lambda: None) -> None:
        self.opened = opened
        self._sittings: set[Sitting] = set()
        self._waiting: dict[str, _Waiting] = {}
        self._ended = False

    @property
    def open(self) -> int:
        """How many clients are open."""
        return len(self._sittings)

    def join(self) -> Sitting:
        """A client has come; it is told what the others haven't shown yet."""
        sitting = Sitting()
        if self._ended:
            sitting.queue.put_nowait(None)
            return sitting
        self._sittings.add(sitting)
        for each in self._waiting.values():
            sitting.queue.put_nowait(each.notice)
        self.opened()
        return sitting

    def leave(self, sitting: Sitting) -> None:
        """A client has gone. Where it was the last one, nothing waits for it."""
        self._sittings.discard(sitting)
        if not self._sittings:
            for each in self._waiting.values():
                if not each.shown.done():
                    each.shown.set_exception(NotSent("whoever was there has gone"))

    def shown(self, key: str) -> bool:
        """A person saw it; False where nobody waits for that (any more)."""
        waiting = self._waiting.get(key)
        if waiting is None or waiting.shown.done():
            return False
        waiting.shown.set_result(None)
        return True

    def end(self) -> None:
        """Let all clients go."""
        self._ended = True
        for sitting in self._sittings:
            sitting.queue.put_nowait(None)

    async def tell(self, message: Message, patience_s: float) -> None:
        """Returns when it was shown. Raises `NotSent` where nobody is there, or nobody looked."""
        if not self._sittings or self._ended:
            raise NotSent("nobody is there")
        notice = Notice(message.key, message.title, message.text)
        waiting = _Waiting(notice, asyncio.get_running_loop().create_future())
        self._waiting[message.key] = waiting
        self._put(notice)
        try:
            async with asyncio.timeout(patience_s):
                await waiting.shown
        except TimeoutError:
            raise NotSent("it wasn't shown in time, as something else was") from None
        finally:
            self._waiting.pop(message.key, None)
            self._put(Withdrawn(message.key))

    def post(self, message: Message) -> bool:
        """Show it without waiting; False where nobody is there."""
        self._put(Notice(message.key, message.title, message.text))
        return bool(self._sittings)

    def _put(self, item: Notice | Withdrawn) -> None:
        for sitting in list(self._sittings):
            if sitting.queue.qsize() >= _MOST_WAITING:
                sitting.queue.put_nowait(None)
                self.leave(sitting)  # it is told all when it comes back
            else:
                sitting.queue.put_nowait(item)


class OpenRepl:
    """The channel onto the board. Clients drop a key that they have shown."""

    name = "repl"
    most_bytes = 0
    takes_once = True
    host = ""

    def __init__(self, board: Board, patience_s: float = SHOWN_S) -> None:
        self._board, self._patience_s = board, patience_s

    def lacks(self) -> str:
        return ""

    async def send(self, message: Message) -> None:
        await self._board.tell(message, self._patience_s)
