"""What is to be forgotten, as values."""

from __future__ import annotations

from dataclasses import dataclass

from wooster.memory.facts.model import Fact
from wooster.memory.forgetting.wording import Wording
from wooster.memory.model import Turn


@dataclass(frozen=True, slots=True)
class Named:
    """What the person named: a fact, exchanges, or words. One of them is given. With words,
    `subject` is somebody whom they name, and `everywhere` takes them out of habits, goals,
    reminders, events and files too. `document` is a path."""

    fact_id: int | None = None
    seqs: tuple[int, ...] = ()
    words: Wording | None = None
    subject: str = ""
    everywhere: bool = False
    document: str = ""


@dataclass(frozen=True, slots=True)
class Doomed:
    """What goes. `facts` are what was named, and aren't learned again; `besides` was learned from
    the same `turns` and from nowhere else. `words` go wherever they stand. `others` is how many
    exchanges say it on their own account, and stay.

    `elsewhere` is what else says it that Wooster keeps, and goes with `everywhere` only; `staying`
    what isn't Wooster's. `document` is the path of one that isn't read any more.

    Episodes and indexes follow from the turns. A turn that runs still goes when it has ended.
    """

    facts: tuple[Fact, ...] = ()
    besides: tuple[Fact, ...] = ()
    turns: tuple[Turn, ...] = ()
    words: tuple[Wording, ...] = ()
    others: int = 0
    everywhere: bool = False
    elsewhere: tuple[str, ...] = ()
    staying: tuple[str, ...] = ()
    document: str = ""

    @property
    def seqs(self) -> frozenset[int]:
        return frozenset(turn.seq for turn in self.turns)

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        return (*self.facts, *self.besides)

    @property
    def is_empty(self) -> bool:
        reaches = self.everywhere and self.elsewhere
        return not (self.facts or self.turns or self.document or reaches)
