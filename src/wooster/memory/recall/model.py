"""What is asked of memory, and what comes back, as values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wooster.memory.recall.ranking import session_scores

Kind = Literal["turn", "fact", "episode"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to memory. `now` is when it is asked, `earlier` what the person said before it in
    the same conversation, oldest first, for what a short question leaves out. `session_id` is the
    conversation that it is asked in, which is none of the past ones; the turns `shown` are before
    the model's eyes already. With `as_of`, the answer is what was known and held then."""

    text: str
    now: datetime
    earlier: tuple[str, ...] = ()
    session_id: str = ""
    shown: Collection[int] = ()
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Something remembered: what `speaker` said in the turn `item`, a fact or an episode.

    `score` ranks and means nothing across questions, and `reasons` add up to it; `nearness` is as
    in `vectors.nearness`. `since` and `until` are when a fact begins and ceases to be so, where
    that was told; `is_unsure` is one that was made out and not said again.
    """

    kind: Kind
    item: int
    session_id: str
    at: datetime
    speaker: str
    text: str
    score: float
    reasons: Mapping[str, float]
    nearness: float = 0.0
    since: datetime | None = None
    until: datetime | None = None
    is_private: bool = False
    is_answer: bool = False
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Recollections:
    """What was found, the best first; in their order, where `is_period`: all that was said when the
    question says, of which `episodes` tell in short. `without_meaning` says why vectors took no
    part, "" where they did."""

    memories: tuple[Memory, ...]
    is_period: bool = False
    episodes: tuple[Memory, ...] = ()
    without_meaning: str = ""

    def sessions(self) -> list[tuple[str, float]]:
        """The conversations that what was said is of, the best first, with their scores."""
        said = (each for each in self.memories if each.kind == "turn")
        return session_scores((each.session_id, each.score) for each in said)
