"""Where words stand besides conversations and facts: in what the person set up, and in their files.

Habits, goals, reminders and events of Wooster's own calendars are cleared only where the person
says `everywhere`; other calendars and documents are shown, and stay: they are others', or files.
What each room has it tells itself.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from wooster.config.replacing import remove_file, replace_file
from wooster.core.text import Says, clip
from wooster.memory.forgetting import wording
from wooster.memory.forgetting.wording import Wording

_SHOWN_CHARACTERS = 60
_ENTRY = re.compile(r"^(?:\ufeff)?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?=\s|$)")

Changed = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Room:
    """A capability's: what of it says something, in words for a person, and how that goes; None
    where it stays."""

    saying: Callable[[sqlite3.Connection, Says], list[str]]
    clear: Callable[[sqlite3.Connection, Says], None] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """Files that aren't lines of Markdown: what in a text says something, in words for a person,
    and the text without that; the text of a file's bytes, and the bytes of another one for those
    that were."""

    saying: Callable[[str, Says], list[str]]
    without: Callable[[str, Says], str]
    decoded: Callable[[bytes], str]
    encoded: Callable[[str, bytes], bytes]


class Names(Protocol):
    """What files and folders are called; Wooster names them by what the person says."""

    def saying(self, says: Says) -> list[str]:
        """Those that say something, in words for a person."""

    def staying(self, says: Says) -> list[str]:
        """Those that say something and aren't Wooster's to change, in words for a person."""

    def clear(self, says: Says) -> list[Path]:
        """Rename them; returns the paths that were, and that are. Raises `OSError`, `HomeError`."""

    def check(self) -> None:
        """Raises `HomeError` where what lines name by them can't be looked at."""

    def renamed(self, says: Says, paths: Collection[Path]) -> dict[Path, Path]:
        """Which of these paths, which needn't be there, get another name, and which."""

    def retagging(self, says: Says, paths: Collection[Path] | None = None) -> Callable[[str], str]:
        """What a line is with those names in it by which they are called then: those that are
        there, or those of `paths`."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The rooms of one home, and the text files that Wooster writes in it: those with the ending of
    one of `forms` are of that form."""

    rooms: Sequence[Room] = ()
    texts: Callable[[], Sequence[Path]] = tuple
    forms: Mapping[str, Form] = field(default_factory=dict)
    names: Names | None = None

    def in_rooms(self, connection: sqlite3.Connection, words: Wording) -> list[str]:
        """What of the rooms could be cleared."""
        found = (
            each
            for room in self.rooms
            if room.clear is not None
            for each in room.saying(connection, words.stands_in)
        )
        return list(dict.fromkeys(found))

    def standing(self, connection: sqlite3.Connection, words: Wording) -> list[str]:
        """What could be cleared. Blocking."""
        found = self.in_rooms(connection, words)
        changed = self.changing(words)
        for path in self.texts():
            found += self._text_saying(path, words, changed)
        found += [] if self.names is None else self.names.saying(words.stands_in)
        return list(dict.fromkeys(found))

    def _text_saying(self, path: Path, words: Wording, changed: Changed) -> list[str]:
        text = self.decoded(path, _read(path))
        if form := self.forms.get(path.suffix):
            return form.saying(text, words.stands_in)
        return [
            f"“{clip(' '.join(unit.split()), _SHOWN_CHARACTERS)}” in {path.name}"
            for unit in _units(path.name, text)
            if words.stands_in(changed(unit))
        ]

    def staying(self, connection: sqlite3.Connection, words: Wording) -> list[str]:
        """What isn't Wooster's to clear."""
        found = [
            each
            for room in self.rooms
            if room.clear is None
            for each in room.saying(connection, words.stands_in)
        ]
        return found + ([] if self.names is None else self.names.staying(words.stands_in))

    def clear(self, connection: sqlite3.Connection, words: Wording) -> None:
        for room in self.rooms:
            if room.clear is not None:
                room.clear(connection, words.stands_in)

    def clear_texts(self, words: Sequence[Wording]) -> Iterator[Path]:
        """Take out the lines, and remove the files that say nothing else; then change the names;
        gives each path that was changed. Raises `OSError`, `HomeError`. Blocking."""
        # One after the other: what a name becomes depends on those that there are by then.
        for each in words:
            if self.names is not None:
                self.names.check()
            line = self.changing(each)
            for path in self.texts():
                if self._cleared(path, each, line):
                    yield path
            if self.names is not None:
                yield from self.names.clear(each.stands_in)

    def _cleared(self, path: Path, words: Wording, changed: Changed) -> bool:
        while True:
            old = _read(path)
            text = self.decoded(path, old)
            new = self.without(path, text, words, changed)
            if new == text:
                return False
            if _put(path, old, None if new is None else self.encoded(path, new, old)):
                return True  # else somebody changed it meanwhile

    def changing(self, words: Wording, paths: Collection[Path] | None = None) -> Changed:
        """What becomes of a line that only names what gets another name."""
        return _as_it_is if self.names is None else self.names.retagging(words.stands_in, paths)

    def without(self, path: Path, text: str, words: Wording, changed: Changed) -> str | None:
        """A file's text without the lines, or the entries of a log, that say it when they are
        `changed`; None where it says nothing else, and goes. Pure."""
        if form := self.forms.get(path.suffix):
            return form.without(text, words.stands_in)
        units = [changed(unit) for unit in _units(path.name, text)]
        new = "".join(unit for unit in units if not words.stands_in(unit))
        is_named = words.stands_in(wording.name_of(path))
        return None if _is_bare(new) and (new != text or is_named) else new

    def decoded(self, path: Path, data: bytes) -> str:
        """The text of a file's bytes. Pure."""
        form = self.forms.get(path.suffix)
        return form.decoded(data) if form else data.decode("utf-8", "surrogateescape")

    def encoded(self, path: Path, text: str, before: bytes) -> bytes:
        """The bytes of a text that takes the place of those `before`. Pure."""
        form = self.forms.get(path.suffix)
        return form.encoded(text, before) if form else text.encode("utf-8", "surrogateescape")


def _as_it_is(unit: str) -> str:
    return unit


def _put(path: Path, old: bytes, new: bytes | None) -> bool:
    """Whether it is done; not where `old` isn't there any more. Without `new`, the file goes; what
    a link leads to is emptied."""

    def is_still() -> bool:
        return _read(path) == old

    if new is None and not path.is_symlink():
        return remove_file(path, is_still)
    return replace_file(path, new or b"", is_still) is not None


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


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
