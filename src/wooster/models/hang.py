"""When silence is a hang: a clock for one request, told what came, asked how long to go on waiting.

Pure: it is given the time and reads none. A long prompt that is being read is no hang, since a
server that reads tells of it; nor is a slow server that answers when it is asked how it is.

    patience.wait(now)          the wait for the next event begins
    patience.look_at_s          when to ask the server's health meanwhile; None: needn't be asked
    patience.deadline_s         until when to wait
    patience.looked(answers)    what the look found; the deadline may move
    patience.saw(event, now)    an event came: the wait is over
    patience.verdict()          why the wait that ran out is a hang
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wooster.models.model import Fragment, Loading, ProviderEvent, Reading, Thought

# Signs of life without a word or a moving count may go on for so many limits, not for ever.
_STANDSTILL = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: until a server must show that it lives, until its first word, between two words.

    A look at it begins `look_after_s` into the first silence: a server that answers at once is
    never asked how it is, and one that hangs is found out by the time it must have shown that it
    lives.
    """

    look_s: float
    first_s: float
    between_s: float
    look_after_s: float = 0.2


class Patience:
    """One request's. It begins unproved: so far the server may be doing no more than listen."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._proved = False
        self._has_words = False
        self._read = -1
        self._began_s = 0.0
        self._moved_s = math.nan

    def wait(self, now_s: float) -> None:
        """Time that the listener needs for itself is not the server's silence."""
        self._began_s = now_s
        if math.isnan(self._moved_s):
            self._moved_s = now_s

    @property
    def look_at_s(self) -> float | None:
        if self._proved:
            return None
        return self._began_s + min(self._limits.look_after_s, self._limits.look_s / 2)

    @property
    def deadline_s(self) -> float:
        if not self._proved:
            return self._began_s + self._limits.look_s
        return min(self._began_s + self._limit_s, self._moved_s + _STANDSTILL * self._limit_s)

    @property
    def _limit_s(self) -> float:
        return self._limits.between_s if self._has_words else self._limits.first_s

    def looked(self, *, answers: bool) -> None:
        """A look that finds nobody leaves the server its time until the deadline."""
        self._proved = self._proved or answers

    def saw(self, event: ProviderEvent, now_s: float) -> None:
        self._proved = True
        if isinstance(event, Fragment | Thought):
            self._has_words = True
            self._moved_s = now_s
        elif isinstance(event, Reading) and event.done != self._read:
            self._read = event.done
            self._moved_s = now_s
        elif isinstance(event, Loading) and self._read >= 0:
            self._read = -1  # it was read to, and begins again: a new model

    def verdict(self) -> str:
        """What to say of a server whose deadline has passed, after its name."""
        if not self._proved:
            return "took the question and gives no sign of life"
        if self._began_s + self._limit_s > self._moved_s + _STANDSTILL * self._limit_s:
            return f"has got no further for {_STANDSTILL * self._limit_s:.0f} s"
        return f"has been silent for {self._limit_s:.0f} s"
