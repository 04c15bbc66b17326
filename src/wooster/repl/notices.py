"""What the daemon says by itself, shown where the person sits: above the line that is being typed,
or after the answer that is being shown.

A thread reads it, and begins anew when the daemon does, without a word. It knows threads and keys,
and nothing of how a line is drawn.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue

from wooster.core.errors import WoosterError
from wooster.repl import wording
from wooster.repl.client import Client
from wooster.repl.terminal import Terminal
from wooster.wire.events import Notice, Withdrawn

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 10.0
_REMEMBERED = 1000


class Notices:
    """One sitting's. `show` writes what waits; it is called where nothing else is written."""

    def __init__(self, client: Client, out: Terminal) -> None:
        self._client, self._out = client, out
        self._came: Callable[[], None] = lambda: None
        self._waiting: dict[str, Notice] = {}
        self._shown: dict[str, None] = {}
        self._lock = threading.Lock()
        self._seen: SimpleQueue[str | list[int]] = SimpleQueue()
        self._closed = threading.Event()

    def start(self, came: Callable[[], None]) -> None:
        """Listen. `came` is called from another thread when there is something to show."""
        self._came = came
        for run in (self._listen, self._acknowledge):
            threading.Thread(target=run, name="notices", daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._closed.set()

    def show(self) -> None:
        """Write what came, and tell the daemon that it was seen."""
        with self._lock:
            waiting = list(self._waiting.values())
            self._waiting.clear()
            self._shown.update(dict.fromkeys(notice.key for notice in waiting))
            while len(self._shown) > _REMEMBERED:
                del self._shown[next(iter(self._shown))]
        for notice in waiting:
            self._out.line(wording.notice(notice), "bold")
            self._seen.put(notice.key)

    def greeted(self, ids: list[int]) -> None:
        """The greeting told of these."""
        if ids:
            self._seen.put(ids)

    def _listen(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while not self._closed.is_set():
            try:
                with self._client.notices() as stream:
                    pause_s = _FIRST_PAUSE_S
                    for event in stream:
                        if isinstance(event, Notice | Withdrawn):
                            self._take(event)
            except WoosterError:
                pass  # the daemon ended, or is an older one: the next try may find another
            self._closed.wait(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _take(self, event: Notice | Withdrawn) -> None:
        with self._lock:
            if isinstance(event, Withdrawn):
                self._waiting.pop(event.key, None)
                return
            if event.key in self._shown:
                self._seen.put(event.key)  # the daemon died before it could write that down
                return
            self._waiting[event.key] = event
        self._came()

    def _acknowledge(self) -> None:
        while True:
            seen = self._seen.get()
            with suppress(WoosterError):  # it is sent again, and then acknowledged again
                if isinstance(seen, str):
                    self._client.notice_shown(seen)
                else:
                    self._client.untold_shown(seen)
