"""Changes of files as values: which lines go, which come, and at what place. Each has its inverse.

A change is found again by its lines where the file has changed since. Pure: it reads and writes
nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from wooster.tasks.document import BOM, Document

_ENCODED = "base64:"


@dataclass(frozen=True, slots=True)
class Change:
    """Of `file`, the lines `gone` at line `at` make place for `put`. `before` is the line above
    them; it leads to the place where nothing goes.

    `makes`: the file isn't there before. `removes`: it isn't there afterwards.
    """

    file: str
    at: int
    gone: tuple[bytes, ...]
    put: tuple[bytes, ...]
    before: bytes | None = None
    makes: bool = False
    removes: bool = False

    @property
    def inverse(self) -> Change:
        return replace(self, gone=self.put, put=self.gone, makes=self.removes, removes=self.makes)


@dataclass(frozen=True, slots=True)
class Rename:
    """A folder or file that gets another path; both are relative to the folder of tasks."""

    old: str
    new: str

    @property
    def inverse(self) -> Rename:
        return Rename(self.new, self.old)


Step = Change | Rename
Undo = tuple[str, dict[str, Any]]
"""The name of an action that takes a change back, and its arguments."""


def inverse(steps: Sequence[Step]) -> list[Step]:
    """What takes `steps` back, in its order."""
    return [step.inverse for step in reversed(steps)]


def place(document: Document, change: Change) -> Change | None:
    """`change` at the place where its lines stand now; None where they don't."""
    count = len(change.gone)
    if not count:
        return replace(change, at=_insertion(document, change))
    last = len(document.lines) - count
    wanted = (
        [at for at in range(last + 1) if document.lines[at : at + count] == change.gone]
        if document.lines[change.at : change.at + count] != change.gone
        else [change.at]
    )
    if not wanted:
        return None
    at = min(wanted, key=lambda each: (not _follows(document, change, each), abs(each - change.at)))
    return replace(change, at=at)


def applied(document: Document, change: Change) -> Document:
    """After `place`."""
    return document.replaced(change.at, len(change.gone), change.put)


def _follows(document: Document, change: Change, at: int) -> bool:
    return (document.lines[at - 1] if at else None) == change.before


def _insertion(document: Document, change: Change) -> int:
    """Below the line that stood above, the nearest such; else at the same number, or the end."""
    if change.at <= document.ends and _follows(document, change, change.at):
        return change.at
    if change.before is not None:
        same = [n + 1 for n, line in enumerate(document.lines) if line == change.before]
        if same:
            return min(same, key=lambda each: abs(each - change.at))
    return min(change.at, document.ends)


# --- making them ------------------------------------------------------------------------------


def replacing(
    document: Document, file: str, at: int, count: int, put: Sequence[bytes] = ()
) -> Change:
    """`put` in the place of `count` lines. Lines that are taken from the end of a file without a
    last line feed leave it as it was: without one."""
    gone = document.lines[at : at + count]
    above = document.lines[at - 1] if at else None
    if not put and at + count == len(document.lines) and at:
        # The line above becomes the last, and ends as the last one did.
        ended = above.removesuffix(b"\r") if above is not None else b""
        first = document.lines[at - 2] if at > 1 else None
        assert above is not None
        return Change(file, at - 1, (above, *gone), (ended,), first)
    if not put and at + count == len(document.lines):
        return Change(file, at, gone, (BOM if gone[0].startswith(BOM) else b"",), None)
    if not at and gone and gone[0].startswith(BOM) and not put:
        following = document.lines[count]
        return Change(file, 0, (*gone, following), (BOM + following,), None)
    return Change(file, at, gone, tuple(put), above)


def inserting(document: Document, file: str, at: int, texts: Sequence[bytes]) -> Change:
    """`texts`, without line ends, as lines above line `at`, with the line ends of the file."""
    ending = document.ending
    put = tuple(text.removesuffix(b"\r") + ending for text in texts)
    if at == len(document.lines):  # behind a last line without a line feed
        last = document.lines[-1]
        above = document.lines[-2] if at > 1 else None
        new = (last + ending, *put[:-1], put[-1].removesuffix(b"\r"))
        return Change(file, at - 1, (last,), new, above)
    if not at and document.lines[at].startswith(BOM):  # the mark stays in front
        there = document.lines[at]
        return Change(file, at, (there,), (BOM + put[0], *put[1:], there.removeprefix(BOM)))
    return Change(file, at, (), put, document.lines[at - 1] if at else None)


def making(file: str, data: bytes) -> Change:
    """A new file."""
    return Change(file, 0, (b"",), Document.of(data).lines, makes=True)


def removing(file: str, document: Document) -> Change:
    return making(file, document.data).inverse


# --- as an action takes them back -------------------------------------------------------------


def told(line: bytes) -> str:
    """A line as text that holds every byte of it."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return _ENCODED + base64.b64encode(line).decode()
    return _ENCODED + base64.b64encode(line).decode() if text.startswith(_ENCODED) else text


def untold(text: str) -> bytes:
    if text.startswith(_ENCODED):
        return base64.b64decode(text.removeprefix(_ENCODED))
    return text.encode("utf-8")


def step_data(step: Step) -> dict[str, Any]:
    """A step as an action's argument."""
    if isinstance(step, Rename):
        return {"old": step.old, "new": step.new}
    return {
        "file": step.file,
        "at": step.at,
        "gone": [told(line) for line in step.gone],
        "put": [told(line) for line in step.put],
        "before": None if step.before is None else told(step.before),
        "makes": step.makes,
        "removes": step.removes,
    }


def undo(steps: Sequence[Step]) -> Undo:
    """The action that takes steps back, with the exact lines and places."""
    return ("tasks_put", {"steps": [step_data(step) for step in inverse(steps)]})
