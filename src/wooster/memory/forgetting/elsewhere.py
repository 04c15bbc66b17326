"""Where words stand besides conversations and facts: in what the person set up, and in their files.

Habits, goals and reminders are cleared only where the person says `everywhere`; calendars and
documents are shown, and stay: they are others', or files. What each room has it tells itself.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wooster.config.replacing import replace_file
from wooster.core.text import clip
from wooster.memory.forgetting import wording
from wooster.memory.forgetting.wording import Wording

_SHOWN_CHARACTERS = 60
_ENTRY = re.compile(r"^(?:\ufeff)?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?=\s|$)")

Says = Callable[[str], bool]
"""Whether a text says what is to be forgotten."""


@dataclass(frozen=True, slots=True)
class Room:
    """A capability's: what of it says something, in words for a person, and how that goes; None
    where it stays."""

    saying: Callable[[sqlite3.Connection, Says], list[str]]
    clear: Callable[[sqlite3.Connection, Says], None] | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The rooms of one home, and the text files that Wooster writes in it."""

    rooms: Sequence[Room] = ()
    texts: Callable[[], Sequence[Path]] = tuple

    def standing(self, connection: sqlite3.Connection, words: Wording) -> list[str]:
        """What could be cleared. Blocking."""
        found = [
            each
            for room in self.rooms
            if room.clear is not None
            for each in room.saying(connection, words.stands_in)
        ]
        return found + [
            f"“{clip(' '.join(unit.split()), _SHOWN_CHARACTERS)}” in {path.name}"
            for path in self.texts()
            for unit in _units(path.name, _read(path))
            if words.stands_in(unit)
        ]

    def staying(self, connection: sqlite3.Connection, words: Wording) -> list[str]:
        """What isn't Wooster's to clear."""
        return [
            each
            for room in self.rooms
            if room.clear is None
            for each in room.saying(connection, words.stands_in)
        ]

    def clear(self, connection: sqlite3.Connection, words: Wording) -> None:
        for room in self.rooms:
            if room.clear is not None:
                room.clear(connection, words.stands_in)

    def clear_texts(self, words: Sequence[Wording]) -> list[Path]:
        """Take out the lines, and remove the files that say nothing else; returns those that were
        changed. Raises `OSError`. Blocking."""
        changed = []
        for path in self.texts():
            old = _read(path)
            new = without(path, old, words)
            if new is None:
                path.unlink()
            elif new != old:
                replace_file(path, new.encode("utf-8", "surrogateescape"))
            else:
                continue
            changed.append(path)
        return changed


def without(path: Path, text: str, words: Sequence[Wording]) -> str | None:
    """A file's text without the lines, or the entries of a log, that say any of it; None where it
    says nothing else, and goes. Pure."""
    units = _units(path.name, text)
    new = "".join(unit for unit in units if not any(each.stands_in(unit) for each in words))
    return None if _is_bare(new) and (new != text or _is_named(path, words)) else new


def _units(name: str, text: str) -> Iterator[str]:
    """Lines; in a log, entries, of which one may have several lines."""
    is_log, unit = name.endswith(".log.md"), ""
    for line in text.splitlines(keepends=True):
        if unit and (not is_log or _ENTRY.match(line)):
            yield unit
            unit = ""
        unit += line
    if unit:
        yield unit


def _is_bare(text: str) -> bool:
    """Whether nothing is left but what stands before the text of a note."""
    if text.startswith("---\n") and "\n---\n" in text[3:]:
        text = text[text.index("\n---\n", 3) + 5 :]
    return not text.strip()


def _is_named(path: Path, words: Sequence[Wording]) -> bool:
    said = wording.form(path.stem.replace("_", " ").replace("-", " "))
    return any(each.stands_in(said) for each in words)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
