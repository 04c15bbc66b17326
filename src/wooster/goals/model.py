"""Goals as values: where they begin and end, what was measured, what has been done.

Dates are local dates of the person. Numbers are thousandths of the goal's unit, so that ten times
0.1 is 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Outcome = Literal["reached", "dropped"]
ValueKind = Literal["at", "more"]
PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Measure:
    """From `start` (None: the first value that is measured) to `target`, in `unit`."""

    start: int | None
    target: int
    unit: str = ""

    def __post_init__(self) -> None:
        assert self.start != self.target, "a goal is somewhere else than its start"


AS_PERCENT = Measure(0, 100_000, PERCENT)
"""How a goal without a measure is measured as soon as it has a value."""


@dataclass(frozen=True, slots=True)
class Milestone:
    id: int
    goal_id: int
    name: str
    due: date | None = None
    done: date | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """`at`: what was measured on `day`; `more`: what came on top on it (less than 0: off it)."""

    id: int
    goal_id: int
    day: date
    at: datetime
    kind: ValueKind
    value: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """`milestones` are in the order of their making, `habits` the numbers of those that serve it.

    It is closed with an `outcome`, or open.
    """

    id: int
    name: str
    created: date
    created_at: datetime
    category: str = ""
    deadline: date | None = None
    measure: Measure | None = None
    closed: date | None = None
    outcome: Outcome | None = None
    reopened: date | None = None
    archived: date | None = None
    milestones: tuple[Milestone, ...] = ()
    habits: tuple[int, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.closed is None and self.archived is None
