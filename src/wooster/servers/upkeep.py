"""What an engine does between steps: signs of life, memory, the figures of `/health`.

It knows clocks and limits; it knows nothing of how answers are made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wooster.core.clock import Clock, Every
from wooster.core.heap import give_back
from wooster.servers.admission import Line
from wooster.servers.desk import Desk
from wooster.servers.jobs import Progress
from wooster.servers.memory import GIVE_BACK_S, Pressure, read_memory
from wooster.servers.metrics import Rate, Tally

SIGN_OF_LIFE_S = 2.0  # to those who wait; routers cut off a server that is silent for longer
LOOK_S = 0.5  # between two looks at the memory


class Upkeep:
    """Of one engine. `say` writes to the server's log."""

    def __init__(self, clock: Clock, line: Line, tally: Tally, say: Callable[[str], None]) -> None:
        self.rate = Rate()
        self.pressure: Pressure | None = None
        self._line = line
        self._tally = tally
        self._say = say
        self._clock = clock
        self._gives_back = Every(clock, GIVE_BACK_S)
        self._looks = Every(clock, LOOK_S)
        self._signs = Every(clock, SIGN_OF_LIFE_S)
        self._busy_at_s = clock.monotonic_s()

    def busy(self) -> None:
        """There is something to do just now."""
        self._busy_at_s = self._clock.monotonic_s()

    def step(self, desk: Desk) -> None:
        """Have the desk take a step, by the clock."""
        before_s = self._clock.monotonic_s()
        tokens = desk.step()
        self.busy()
        if tokens:
            self.rate.add(self._busy_at_s, tokens, self._busy_at_s - before_s)

    @property
    def idle_s(self) -> float:
        """How long there has been nothing to do."""
        return self._clock.monotonic_s() - self._busy_at_s

    def between_steps(self, desk: Desk) -> bool:
        """Look after everything that is due; whether the figures are to be told anew."""
        if self._signs.due():
            self.signs_of_life(desk)
        if not self._looks.due():
            return False
        self.look_at_memory(desk)
        return True

    def signs_of_life(self, desk: Desk | None) -> None:
        """Tell those who wait that they are still in line."""
        for job in self._line.waiting():
            job.emit(Progress(0, len(job.prompt)))
        for answer in desk.answers.values() if desk else ():
            if answer.held:
                answer.progress()

    def look_at_memory(self, desk: Desk) -> None:
        """Give back what is free now and then, and give something up where memory is short."""
        import mlx.core as mx

        if self._gives_back.due():
            give_back()
        if self.pressure is None:
            return
        step = self.pressure.look(read_memory())
        self._line.open_to_background = not self.pressure.tight
        if not step:
            return
        if step == "drop prefixes":
            desk.prefixes.clear()
        mx.clear_cache()
        self._tally.relieved[step] += 1
        self._say(f"memory is short: {step}")


@contextmanager
def repeated(action: Callable[[], None], interval_s: float) -> Iterator[None]:
    """Have `action` called every so often, on a thread of its own, while the block computes."""
    done = threading.Event()

    def run() -> None:
        while not done.wait(interval_s):
            action()

    thread = threading.Thread(target=run, name="signs-of-life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
