"""Tasks as values: what a line says, and where the line stands.

It knows the meaning of a line, not its form (`lines`), and no files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

WaitingForm = Literal["delegated", "logged", "context"]
"""The three ways in which the files say for whom one waits; `lines` has their form."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """For whom one waits (may be ""), since when, and what else stands there: as it is written."""

    who: str
    form: WaitingForm = "delegated"
    since: str = ""
    captured: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What one line says. `contexts` are with their @, `project` is without its +.

    `text` are the words, with such tags as stand amid them. `stamp`, `captured` and `completed` are
    as they are written; `every` is the rule of one that recurs.
    """

    text: str
    is_done: bool = False
    contexts: tuple[str, ...] = ()
    project: str = ""
    due: date | None = None
    every: str = ""
    stamp: str = ""
    captured: str = ""
    completed: str = ""
    id: str = ""
    waiting: Waiting | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A task and its place: `file` is relative to the folder, `line` counts from 0, `lines` are
    the bytes of the task's line and of all that belongs to it."""

    task: Task
    file: str
    line: int
    lines: tuple[bytes, ...]

    def is_same(self, other: Item) -> bool:
        """Whether both are one task, perhaps at another place: by id, else by the exact line."""
        if self.task.id or other.task.id:
            return self.task.id == other.task.id
        return self.file == other.file and self.lines[0].rstrip() == other.lines[0].rstrip()
