"""Episodes and what was left to do, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wooster.memory.model import Origin, Turn

Sentiment = Literal["positive", "neutral", "negative"]
Kind = Literal["session", "month", "year"]
# Who told of an episode, where it wasn't a model, whose name stands there then.
RULES = "rules"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Turns of one session that have ended and are told of together, in order, at least one."""

    session_id: str
    origin: Origin
    turns: tuple[Turn, ...]

    @property
    def first_seq(self) -> int:
        return self.turns[0].seq

    @property
    def last_seq(self) -> int:
        return self.turns[-1].seq

    @property
    def is_private(self) -> bool:
        return any(turn.is_private for turn in self.turns)

    @property
    def span(self) -> Span:
        """From the earliest to the latest: a clock may have jumped meanwhile."""
        times = [turn.asked for turn in self.turns]
        return Span(
            "session",
            min(times),
            max(times),
            self.session_id,
            self.first_seq,
            self.last_seq,
            self.is_private,
        )


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of a session, its turns `first_seq` to `last_seq`; or a month or year of many, with
    neither these nor a session. `made_by` is `rules` or a model's name. `dates` are ISO dates
    that were spoken of. `part_of` is the longer period that has taken it in."""

    id: int
    kind: Kind
    session_id: str | None
    first_seq: int | None
    last_seq: int | None
    began: datetime
    ended: datetime
    summary: str
    topics: tuple[str, ...]
    sentiment: Sentiment
    actions: tuple[str, ...]
    people: tuple[str, ...]
    dates: tuple[str, ...]
    made_by: str
    is_private: bool = False
    part_of: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """What an episode is of: when, and which turns of which session where it is of one."""

    kind: Kind
    began: datetime
    ended: datetime
    session_id: str | None = None
    first_seq: int | None = None
    last_seq: int | None = None
    is_private: bool = False


FollowupState = Literal["open", "done", "dropped"]


@dataclass(frozen=True, slots=True)
class Followup:
    """Something that was left to do. `turn_seq` is where it was said, `closed` since when it isn't
    open any more."""

    id: int
    episode_id: int
    turn_seq: int
    text: str
    state: FollowupState
    made: datetime
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a distillation says of a stretch of conversation, before it is stored."""

    summary: str
    topics: tuple[str, ...] = ()
    sentiment: Sentiment = "neutral"
    actions: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    followups: tuple[tuple[int, str], ...] = ()
    """Each with the turn in which it was said."""
