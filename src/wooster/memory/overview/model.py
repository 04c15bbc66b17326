"""What is said of memory as a whole, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from wooster.memory.episodes.model import Kind as EpisodeKind
from wooster.memory.facts.model import Contradiction, Fact
from wooster.memory.model import Origin
from wooster.vectors.model import Coverage

# --- counting ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EpisodeCount:
    """So many of a kind; `loose` of them are in no longer period's, `by_rules` told by rules."""

    all: int = 0
    by_rules: int = 0
    loose: int = 0


@dataclass(frozen=True, slots=True)
class FactCount:
    """`valid` is what is so now, `past` what has ended, `ahead` what is to begin. Of the valid ones
    the person stated some (`explicit`), and told some to Wooster by a command (`by_person`)."""

    valid: int = 0
    past: int = 0
    ahead: int = 0
    explicit: int = 0
    by_person: int = 0


@dataclass(frozen=True, slots=True)
class Stuck:
    """A stretch of a session that no model could distil: when it was tried last, and why not."""

    session_id: str
    began: datetime
    turns: int
    attempts: int
    problem: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database says. `undistilled` are sessions with turns that nothing tells of yet,
    `plain` the stretches that rules told of and a model is to tell of again, `dead` those that it
    could not, the first of which are `stuck`."""

    sessions: Mapping[Origin, int]
    turns: int
    episodes: Mapping[EpisodeKind, EpisodeCount]
    facts: FactCount
    contradictions: int
    followups: int
    undistilled: int
    plain: int
    dead: int
    stuck: tuple[Stuck, ...]
    tombstones: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Stats:
    """All of it, with how much of each collection is found by meaning."""

    counted: Counted
    coverage: Mapping[str, Coverage]


# --- checking ---------------------------------------------------------------------------------

GroupName = Literal[
    "junk", "duplicates", "contradictions", "never_recalled", "without_source", "low_confidence"
]


@dataclass(frozen=True, slots=True)
class OldEpisode:
    """One that no answer was given yet."""

    id: int
    began: datetime
    summary: str


@dataclass(frozen=True, slots=True)
class Held:
    """What is checked: all facts; which of them have a turn that they were said in, and which were
    given to a model; the old episodes that never were, the first of `never_recalled`; and what is
    open between facts."""

    facts: tuple[Fact, ...]
    sourced: frozenset[int]
    recalled: frozenset[int]
    never_recalled: int
    old_episodes: tuple[OldEpisode, ...]
    contradictions: tuple[Contradiction, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: which facts (or which episode), what is the matter, and the commands
    that mend it, any one of them."""

    what: str
    todo: tuple[str, ...]
    facts: tuple[int, ...] = ()
    episode: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one sort. `count` is how many there are, `findings` as many as are known by
    name. One that `needs_a_look` is a mistake or a question; others are only told."""

    name: GroupName
    count: int
    findings: tuple[Finding, ...]
    needs_a_look: bool


@dataclass(frozen=True, slots=True)
class Audit:
    facts: int
    groups: tuple[Group, ...]

    def of(self, name: GroupName) -> Group:
        return next(group for group in self.groups if group.name == name)

    @property
    def junk_share(self) -> float:
        """Of all facts, 0 to 1."""
        return self.of("junk").count / self.facts if self.facts else 0.0

    @property
    def needs_a_look(self) -> bool:
        return any(group.count for group in self.groups if group.needs_a_look)


# --- writing out ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionHead:
    """A session without what was said in it; `words` are the first ones."""

    id: str
    began: datetime
    client: str
    origin: Origin
    words: str


@dataclass(frozen=True, slots=True)
class Exported:
    """Where it is, and how much."""

    folder: Path
    facts: int
    episodes: int
    sessions: int
    turns: int
