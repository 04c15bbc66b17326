"""One connection to the daemon: whose it is, how long it may keep silent, and how many there are.

uvicorn's own protocol waits for ever for the rest of a request, and takes as many connections as
come. What a request says is the app's business.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from wooster.wire.peer import is_own

log = logging.getLogger(__name__)

MOST: Final = 512
"""Connections at once. With one more, the oldest that waits without a request goes."""
PATIENCE_S: Final = 30.0
"""For a request's head, and for each further piece of its body."""

_numbers = itertools.count()


class Connection(H11Protocol):
    """One that is another user's is ended before a byte of it is read."""

    patience_s = PATIENCE_S
    most = MOST

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._number = next(_numbers)
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if not _is_own(transport):
            log.warning("connection.refused", extra={"fields": {"why": "another user's"}})
            transport.abort()
            return
        if len(self.connections) > self.most:
            self._oldest_idle().transport.abort()
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    @property
    def _is_idle(self) -> bool:
        """Whether no request of it is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _oldest_idle(self) -> Connection:
        """The one to be ended; this one, where each of the others is being answered."""
        idle = (each for each in self.connections if isinstance(each, Connection))
        return min((each for each in idle if each._is_idle), key=lambda each: each._number)

    def _watch(self) -> None:
        """A head that has begun to come has its time; each piece of a body begins it anew."""
        if self._is_idle and self._timer is not None:
            return
        self._unwatch()
        if self._is_idle or self.cycle.more_body:
            self._timer = self.loop.call_later(self.patience_s, self._give_up)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if self._is_idle or self.cycle.more_body:
            self.transport.abort()


def _is_own(transport: asyncio.Transport) -> bool:
    try:
        return is_own(transport.get_extra_info("socket"))
    except OSError:
        return False  # it is gone again
