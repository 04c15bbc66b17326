"""Facts as values: one that is stored, and something observed that may become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Source = Literal["explicit", "inferred"]
"""explicit: the person stated it outright, or told Wooster to remember it · inferred: made out."""

# Whose facts are the person's own.
ME = "me"
# Who made a fact out, where it wasn't a model, whose name stands there then.
PERSON, RULES, IMPORT = "person", "rules", "import"


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that may be a fact: what was made out of `quote`, the person's own words.

    `subject` is `ME` or a name as written; `key` one of `keys.py` or another in that style
    (`lives_in`); `statement` a whole sentence that addresses the person ("You live in Porto.").
    `valid_from` and `valid_to` are None where nothing is said of them. With `ends`, it is said that
    this is so no more, `value` "" meaning whatever it was. `instead_of` is the value that it
    corrects ("Anna, not Hanna"); with a `key` of "", that of whichever fact has it. `turn_seq` is
    None for what was told to Wooster by a command. `made_by` is `PERSON`, `RULES` or a model's
    name; code writes it.
    """

    category: str
    subject: str
    key: str
    value: str
    statement: str
    confidence: float
    source: Source
    made_by: str
    quote: str
    observed: datetime
    turn_seq: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    ends: bool = False
    is_private: bool = False
    instead_of: str = ""


# What is made out and said only once is shown to the person, and not yet given to a model.
SURE = 0.6


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known, from when to when it was so, and since when it is known.

    `valid_to` is the end as it is known now; `ended` when that became known. `replaced_by` is the
    fact that took its place; `mentions` in how many turns it was said, and `said` when last.
    """

    id: int
    category: str
    subject: str
    key: str
    value: str
    statement: str
    confidence: float
    source: Source
    made_by: str
    quote: str
    observed: datetime
    valid_from: datetime | None
    valid_to: datetime | None
    ended: datetime | None
    replaced_by: int | None
    mentions: int
    is_private: bool = False
    said: datetime | None = None

    def was_known(self, at: datetime) -> bool:
        """Whether it was known at `at`, and, as far as was known then, so at that moment."""
        if self.observed > at or (self.valid_from is not None and self.valid_from > at):
            return False
        if self.valid_to is None or (self.ended is not None and self.ended > at):
            return True
        return self.valid_to > at

    def is_ahead(self, now: datetime) -> bool:
        """Whether it is known to begin later, for a while at least."""
        begins = self.valid_from
        if begins is None or begins <= now:
            return False
        return self.valid_to is None or self.valid_to > begins


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two facts that can't both be so."""

    older: Fact
    newer: Fact
    raised: datetime
