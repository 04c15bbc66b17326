"""What is to be forgotten, as values."""

from __future__ import annotations

from dataclasses import dataclass

from wooster.memory.facts.model import Fact
from wooster.memory.forgetting.wording import Wording
from wooster.memory.model import Turn


@dataclass(frozen=True, slots=True)
class Named:
    """What the person named: a fact, an exchange, or words. One of them is given."""

    fact_id: int | None = None
    seq: int | None = None
    words: Wording | None = None


@dataclass(frozen=True, slots=True)
class Doomed:
    """What goes. `facts` are what was named, and aren't learned again; `besides` was learned from
    the same `turns` and from nowhere else. `words` go wherever they stand. `others` is how many
    exchanges say it on their own account, and stay.

    Episodes and indexes follow from the turns. A turn that runs still goes when it has ended.
    """

    facts: tuple[Fact, ...] = ()
    besides: tuple[Fact, ...] = ()
    turns: tuple[Turn, ...] = ()
    words: tuple[Wording, ...] = ()
    others: int = 0

    @property
    def seqs(self) -> frozenset[int]:
        return frozenset(turn.seq for turn in self.turns)

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        return (*self.facts, *self.besides)

    @property
    def is_empty(self) -> bool:
        return not self.facts and not self.turns
