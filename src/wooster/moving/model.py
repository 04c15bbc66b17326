"""What is read of a source, as values: what was found, what can't be read, and what is no data.

Every unit of a file (a line, a row, an entry, a message) is in exactly one of them, so that the sum
tells whether something was lost on the way.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from wooster.goals.past import PastGoal
from wooster.habits.past import PastHabit
from wooster.memory.facts.model import Observation
from wooster.memory.model import Line
from wooster.schedule.model import Job

Unit = Literal["line", "row", "entry", "message", "file"]


# --- what is found ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation, one line a mark; `client` says where it was held."""

    lines: tuple[Line, ...]
    client: str


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of somebody, one observation a mark."""

    observed: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class HealthEntries:
    """`YYYY-MM-DD HH:MM:SS text` each, one a mark."""

    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """Lines for the list `file` (or a project's file), one part a mark: a task with what belongs to
    it, or another line. A part that stands there already is empty. `whole` is what the file is to
    be where there is none yet."""

    file: str
    parts: tuple[tuple[bytes, ...], ...]
    section: str = ""
    whole: bytes | None = field(default=None, repr=False)


Home = Literal["tasks", "notes"]


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that is to stand at `path` of the folder of tasks or of notes, byte for byte."""

    home: Home
    path: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BigCopy:
    """The same of a file that is too large to be held."""

    home: Home
    path: str
    source: Path


@dataclass(frozen=True, slots=True)
class Calendar:
    """An .ics file, which is kept in the home and read from there."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of `local-model.json`; a `secret` one is kept in a file of its own."""

    key: tuple[str, ...]
    value: Any = field(repr=False)
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings that are taken over together. Those that the person has set here stay."""

    each: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """A project that is there, whatever else of it is."""

    name: str


Value = (
    Talk
    | Known
    | HealthEntries
    | Listed
    | Copy
    | BigCopy
    | Calendar
    | Settings
    | Project
    | PastHabit
    | PastGoal
    | Job
)


# --- events of a reader -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Total:
    """How many units the file has; as often as more are counted."""

    units: int


@dataclass(frozen=True, slots=True)
class Found:
    """Something to be stored. Each of `ids` tells one part of it from all others of its `kind`, the
    same at every reading; `units` is how many units of the file each of them stands for, `things`
    how many things a person would count in it: one each, unless it is said."""

    kind: str
    ids: tuple[str, ...]
    value: Value
    units: tuple[int, ...]
    at: int = 0
    things: tuple[int, ...] = ()

    @classmethod
    def one(cls, kind: str, identity: str, value: Value, units: int = 1, at: int = 0) -> Found:
        return cls(kind, (identity,), value, (units,), at)


@dataclass(frozen=True, slots=True)
class Unread:
    """What can't be taken in, and why. `at` is its place in the file, 0 for all of it."""

    why: str
    units: int = 1
    at: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """What is there and is no data: blank lines, headings, a program's own records."""

    what: str
    units: int = 1


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a person should know of what was taken in."""

    text: str
    at: int = 0


Event = Total | Found | Unread | Aside | Remark


LOST = "Wooster lost count here, which is a mistake of its own"
AFTER = "it comes after what can't be read"

# --- accounts ---------------------------------------------------------------------------------


@dataclass(slots=True)
class Account:
    """What became of the units of one file. `imported` counts by kind."""

    file: str
    unit: Unit = "line"
    total: int = 0
    imported: Counter[str] = field(default_factory=Counter)
    there: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    unread: list[Unread] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def counted(self) -> int:
        """All that is told of, which is `total` when nothing was lost."""
        unread = sum(each.units for each in self.unread)
        return self.imported.total() + self.there + self.aside.total() + unread

    def close(self) -> None:
        """What nothing was said of is told, too."""
        left = self.total - self.counted
        if left:
            is_broken = any(not each.at for each in self.unread)
            self.unread.append(Unread(AFTER if is_broken else LOST, left))
