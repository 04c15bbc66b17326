"""Patterns and what they come from, as values.

Times are the person's wall clock, dates their local dates. It refuses to know the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

SubjectKind = Literal["habit", "task", "goal", "topic", "event"]
PatternKind = Literal["time", "weekday", "breaks", "topic", "stall"]
"""time: mostly at the same time of day · weekday: mostly on the same weekday · breaks: a
streak that mostly breaks on one weekday · topic: it comes back · stall: a goal that goes nowhere"""
State = Literal["new", "accepted", "dismissed", "snoozed"]
Rows = tuple[tuple[date, str], ...]
"""Days, and what is known of each: what a pattern was made out from."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done or said. `at` is the wall clock's time, None where it isn't known;
    `ref` says which row it is: "check-in 12"."""

    day: date
    at: datetime | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What events are of: `key` is the same as long as it is the same thing.

    `since` is the first day on which it could have happened. Where the person chose its weekdays
    (`has_days`) or its time (`has_time`), that it keeps them is no pattern; neither is a topic that
    has a project or a goal already (`is_kept`). `asked` are the days on which a daily habit asked
    for something, of which `events` are those that were done. `rhythm` is how often a habit is
    asked for, in days a week.
    """

    kind: SubjectKind
    key: str
    name: str
    events: tuple[Event, ...]
    since: date
    number: int = 0
    has_days: bool = False
    has_time: bool = False
    is_kept: bool = False
    asked: tuple[date, ...] = ()
    rhythm: int = 0


@dataclass(frozen=True, slots=True)
class Tested:
    """One pattern that was looked for. `count` of `total` rows are as it says; `p` is an upper
    bound of the chance that this many are so where there is no pattern. `is_large` tells whether it
    is worth telling, however sure it is; only of such there is the `evidence`."""

    kind: PatternKind
    subject: Subject
    count: int
    total: int
    p: float
    is_large: bool
    evidence: Rows
    weekday: int = 0
    begin: time | None = None
    end: time | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A pattern that beats chance among `tests` that were made; `q` is the level of the false
    discovery rate at which it just does."""

    tested: Tested
    q: float
    tests: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What accepting a pattern makes: an action with its arguments, and what that is in words."""

    what: Literal["habit", "reminder", "rule", "task", "project", "goal"]
    action: str
    arguments: dict[str, Any]
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of a pattern: `mark` and `salt` tell it again without naming it. `until` is the
    first day on which one that was put off is shown again."""

    id: int
    kind: PatternKind
    salt: str
    mark: str
    state: State
    found: date
    until: date | None = None

    def is_shown(self, today: date) -> bool:
        return self.state == "new" or (
            self.state == "snoozed" and self.until is not None and self.until <= today
        )


@dataclass(frozen=True, slots=True)
class Insight:
    """A pattern that holds now, and what was decided of it."""

    row: Row
    finding: Finding
