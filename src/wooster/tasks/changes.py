"""Changes of files as values: which lines go, which come, and at what place. Each has its inverse.

A change is found again by its lines where the file has changed since. Pure: it reads and writes
nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from wooster.core.errors import UsageError
from wooster.tasks.document import BOM, Document

_ENCODED = "base64:"
_AROUND = 3


class AlreadyThere(UsageError):
    """What was to be made stands there."""


@dataclass(frozen=True, slots=True)
class Change:
    """Of `file`, the lines `gone` at line `at` make place for `put`. `above` and `below` are some
    of the lines around them, which lead to the place where others came or went.

    `makes`: the file isn't there before. `removes`: it isn't there afterwards. `begins`: it may be
    missing before, and `ends`: nor is it kept afterwards if nothing is left in it.
    """

    file: str
    at: int
    gone: tuple[bytes, ...]
    put: tuple[bytes, ...]
    above: tuple[bytes, ...] = ()
    below: tuple[bytes, ...] = ()
    makes: bool = False
    removes: bool = False
    begins: bool = False
    ends: bool = False

    @property
    def inverse(self) -> Change:
        turned = replace(self, gone=self.put, put=self.gone, begins=self.ends, ends=self.begins)
        return replace(turned, makes=self.removes, removes=self.makes)


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
    last = len(document.lines) - count
    if change.at <= last and _around(document, change, change.at) == _whole(change):
        found = [change.at] if _stands(document, change, change.at) else []
    else:
        found = []
    found = found or [at for at in range(last + 1) if _stands(document, change, at)]
    if not found:
        return None
    best = max(found, key=lambda at: (_around(document, change, at), -abs(at - change.at)))
    if not count and not _around(document, change, best):
        best = min(change.at, document.ends)
    return replace(change, at=best)


def applied(document: Document, change: Change) -> Document:
    """After `place`."""
    return document.replaced(change.at, len(change.gone), change.put)


def _stands(document: Document, change: Change, at: int) -> bool:
    return document.lines[at : at + len(change.gone)] == change.gone


def _whole(change: Change) -> int:
    return len(change.above) + len(change.below)


def _around(document: Document, change: Change, at: int) -> int:
    """How many of the lines around a place are those that were there, from it outwards."""
    count, end = 0, at + len(change.gone)
    for there, was in zip(reversed(document.lines[:at]), reversed(change.above), strict=False):
        if there != was:
            break
        count += 1
    for there, was in zip(document.lines[end:], change.below, strict=False):
        if there != was:
            break
        count += 1
    return count


# --- making them ------------------------------------------------------------------------------


def replacing(
    document: Document, file: str, at: int, count: int, put: Sequence[bytes] = ()
) -> Change:
    """`put` in the place of `count` lines. Lines that are taken from the end of a file without a
    last line feed leave it as it was: without one."""
    gone = document.lines[at : at + count]
    if not put and at + count == len(document.lines):
        if not at:
            return _change(document, file, (at, count), [BOM if gone[0].startswith(BOM) else b""])
        # The line above becomes the last, and ends as the last one did.
        ended = document.lines[at - 1].removesuffix(b"\r")
        return _change(document, file, (at - 1, count + 1), [ended])
    if not put and not at and gone[0].startswith(BOM):
        return _change(document, file, (0, count + 1), [BOM + document.lines[count]])
    return _change(document, file, (at, count), put)


def inserting(document: Document, file: str, at: int, texts: Sequence[bytes]) -> Change:
    """`texts`, without line ends, as lines above line `at`, with the line ends of the file."""
    ending = document.ending
    put = [text.removesuffix(b"\r") + ending for text in texts]
    if at == len(document.lines):  # behind a last line without a line feed
        last = document.lines[-1]
        new = [last + ending, *put[:-1], put[-1].removesuffix(b"\r")]
        return _change(document, file, (at - 1, 1), new)
    if not at and document.lines[0].startswith(BOM):  # the mark stays in front
        there = document.lines[0]
        return _change(document, file, (0, 1), [BOM + put[0], *put[1:], there.removeprefix(BOM)])
    return _change(document, file, (at, 0), put)


def _change(document: Document, file: str, span: tuple[int, int], put: Sequence[bytes]) -> Change:
    at, end = span[0], sum(span)
    above, below = document.lines[max(at - _AROUND, 0) : at], document.lines[end : end + _AROUND]
    return Change(file, at, document.lines[at:end], tuple(put), above, below)


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
        "above": [told(line) for line in step.above],
        "below": [told(line) for line in step.below],
        "makes": step.makes,
        "removes": step.removes,
        "begins": step.begins,
        "ends": step.ends,
    }


def undo(steps: Sequence[Step]) -> Undo:
    """The action that takes steps back, with the exact lines and places."""
    return ("tasks_put", {"steps": [step_data(step) for step in inverse(steps)]})
