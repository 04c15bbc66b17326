"""One turn or action from the first byte to the last: events into a display, Ctrl-C into a stop.

The stream is read in a thread of its own, so that what waits to be drawn is drawn in time and
Ctrl-C is heard at once. It knows threads and signals, and nothing of how events look.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from queue import Empty, SimpleQueue

from wooster.core.errors import DaemonUnreachable, NotFound, WoosterError
from wooster.repl.client import Client, TurnStream
from wooster.repl.render import Display
from wooster.wire.events import Asking, Ending, Event, Meta, Progress
from wooster.wire.requests import ActionRequest, Agreement, TurnRequest


class _Sign(Enum):
    CTRL_C = "the person pressed Ctrl-C"
    END = "the stream is over"


_Inbox = SimpleQueue[Event | WoosterError | _Sign]


class Turn:
    """A message and how it went; `session_id` and `turn_id` are known once it is stored.

    `confirm` puts a question to the person; without it nothing is asked in the middle.
    """

    def __init__(
        self, client: Client, request: TurnRequest, confirm: Callable[[str], bool] | None = None
    ) -> None:
        self.session_id = request.session_id
        self.turn_id: str | None = None
        self.interrupted = False
        self._client = client
        self._confirm = confirm
        self._open: Callable[[], TurnStream] = lambda: client.turn(request)
        self._is_action = False
        # SimpleQueue, because a signal handler may put into it while the same thread gets.
        self._inbox: _Inbox = SimpleQueue()
        self._stop_sent = False

    def run(self, display: Display) -> Ending | None:
        """Show the turn's events until it ends; None when a second Ctrl-C gave it up.

        Raises what the client raises, with everything that came already shown.
        """
        pump = _Pump(self._open, self._inbox)
        with _ctrl_c_into(self._inbox):  # before the pump: a Ctrl-C while it starts counts too
            pump.start()
            try:
                return self._follow(display)
            finally:
                pump.hang_up()

    def stop(self) -> None:
        """Ask the daemon to end the answer, without waiting for it."""
        if self.turn_id is None or self._stop_sent:
            return
        self._stop_sent = True
        threading.Thread(target=self._send_stop, args=(self.turn_id,), daemon=True).start()

    def stop_and_wait(self) -> None:
        """Ask the daemon to end the answer; for a program that is about to end itself."""
        if self.turn_id is not None:
            self._send_stop(self.turn_id)

    def _send_stop(self, turn_id: str) -> None:
        try:
            self._client.stop_turn(turn_id)
        except WoosterError:
            pass  # it ended meanwhile, or the daemon did: the stream itself says which

    def _agree(self, asked: Asking) -> None:
        """Ask the person, and tell the daemon. Ctrl-C is a no."""
        with _ctrl_c_raises():
            agrees = self._confirm is not None and self._confirm(asked.question)
        try:
            self._client.agree(asked.turn_id, Agreement(asked.call, agrees))
        except NotFound:
            pass  # it was too late: what became of it is told by the stream

    def _follow(self, display: Display) -> Ending | None:
        while True:
            if self.interrupted and self._is_action:
                display.close()
                return None  # hanging up is what ends an action
            try:
                item = self._inbox.get(timeout=display.due_s())
            except Empty:
                display.redraw()
                continue
            if item is _Sign.CTRL_C:
                if self.interrupted:
                    display.close()
                    return None
                self.interrupted = True
            elif isinstance(item, WoosterError):
                display.close()
                raise item
            elif isinstance(item, _Sign):
                display.close()
                raise DaemonUnreachable("The answer's stream ended without a word.")
            else:
                if isinstance(item, Meta):
                    self.session_id, self.turn_id = item.session_id, item.turn_id
                elif isinstance(item, Progress) and self.turn_id is None:
                    self._is_action = True  # a message is stored before anything else is told
                display.show(item)
                if isinstance(item, Ending):
                    return item
                if isinstance(item, Asking) and not self.interrupted:
                    self._agree(item)
            if self.interrupted:
                self.stop()


class Work(Turn):
    """An action that is followed like a turn; one Ctrl-C ends it."""

    def __init__(self, client: Client, name: str, request: ActionRequest) -> None:
        super().__init__(client, TurnRequest(text=""))
        self._open = lambda: client.work(name, request)
        self._is_action = True


@contextmanager
def _ctrl_c_raises() -> Iterator[None]:
    """While inside, Ctrl-C is a `KeyboardInterrupt`, as whoever reads a line expects."""
    try:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
    except ValueError:
        yield  # not in the main thread, where alone signals arrive
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Pump(threading.Thread):
    """Reads the stream into the inbox."""

    def __init__(self, opener: Callable[[], TurnStream], inbox: _Inbox) -> None:
        super().__init__(name="turn", daemon=True)
        self._open, self._inbox = opener, inbox
        self._stream: TurnStream | None = None
        self._hung_up = threading.Event()

    def run(self) -> None:
        try:
            with self._open() as stream:
                self._stream = stream
                if self._hung_up.is_set():
                    return  # while it was being opened
                for event in stream:
                    self._inbox.put(event)
                    if self._hung_up.is_set():
                        break
        except WoosterError as error:
            self._inbox.put(error)
        finally:
            self._inbox.put(_Sign.END)

    def hang_up(self) -> None:
        self._hung_up.set()
        if self._stream is not None:
            self._stream.close()


@contextmanager
def _ctrl_c_into(inbox: _Inbox) -> Iterator[None]:
    """While inside, Ctrl-C is an item of the inbox, so that it never breaks off a redraw."""
    try:
        before = signal.signal(signal.SIGINT, lambda *_: inbox.put(_Sign.CTRL_C))
    except ValueError:
        yield  # not in the main thread, where alone signals arrive
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
