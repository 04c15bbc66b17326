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
from functools import partial
from pathlib import Path
from typing import Protocol

from wooster.config.replacing import replace_file
from wooster.core.text import clip
from wooster.memory.forgetting import wording
from wooster.memory.forgetting.wording import Wording

_SHOWN_CHARACTERS = 60
_ENTRY = re.compile(r"^(?:\ufeff)?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?=\s|$)")

Says = Callable[[str], bool]
"""Whether a text says what is to be forgotten."""
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
    and the text without that."""

    saying: Callable[[str, Says], list[str]]
    without: Callable[[str, Says], str]


class Names(Protocol):
    """Names of files and folders that Wooster gave by what the person said."""

    def saying(self, says: Says) -> list[str]:
        """Those that say something, in words for a person."""

    def clear(self, says: Says) -> list[Path]:
        """Rename them; returns the paths that were, and that are. Raises `OSError`."""

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

    def standing(self, connection: sqlite3.Connection, words: Wording) -> list[str]:
        """What could be cleared. Blocking."""
        found = [
            each
            for room in self.rooms
            if room.clear is not None
            for each in room.saying(connection, words.stands_in)
        ]
        changed = self.changing([words])
        for path in self.texts():
            found += self._text_saying(path, words, changed)
        found += [] if self.names is None else self.names.saying(words.stands_in)
        return list(dict.fromkeys(found))

    def _text_saying(self, path: Path, words: Wording, changed: Changed) -> list[str]:
        text = _read(path)
        if form := self.forms.get(path.suffix):
            return form.saying(text, words.stands_in)
        return [
            f"“{clip(' '.join(unit.split()), _SHOWN_CHARACTERS)}” in {path.name}"
            for unit in _units(path.name, text)
            if words.stands_in(changed(unit))
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
        """Take out the lines, and remove the files that say nothing else; then change the names;
        returns the paths that were changed. Raises `OSError`. Blocking."""
        new = partial(self.without, words=words, changed=self.changing(words))
        changed = [path for path in self.texts() if _cleared(path, new)]
        if self.names is not None:
            changed += [path for each in words for path in self.names.clear(each.stands_in)]
        return changed

    def changing(self, words: Sequence[Wording], paths: Collection[Path] | None = None) -> Changed:
        """What becomes of a line that only names what gets another name."""
        if self.names is None:
            return _as_it_is
        return _one_after_another([self.names.retagging(each.stands_in, paths) for each in words])

    def without(
        self, path: Path, text: str, words: Sequence[Wording], changed: Changed
    ) -> str | None:
        """A file's text without the lines, or the entries of a log, that say any of it when they
        are `changed`; None where it says nothing else, and goes. Pure."""
        if form := self.forms.get(path.suffix):
            for each in words:
                text = form.without(text, each.stands_in)
            return text
        units = [changed(unit) for unit in _units(path.name, text)]
        new = "".join(unit for unit in units if not any(each.stands_in(unit) for each in words))
        return None if _is_bare(new) and (new != text or _is_named(path, words)) else new


def _as_it_is(unit: str) -> str:
    return unit


def _one_after_another(changes: Sequence[Changed]) -> Changed:
    def changed(unit: str) -> str:
        for each in changes:
            unit = each(unit)
        return unit

    return changed


def _cleared(path: Path, without: Callable[[Path, str], str | None]) -> bool:
    while True:
        old = _read(path)
        new = without(path, old)
        if new == old:
            return False
        if new is None:
            path.unlink()
            return True
        if _put(path, old, new):
            return True  # else somebody changed it meanwhile


def _put(path: Path, old: str, new: str) -> bool:
    data = new.encode("utf-8", "surrogateescape")
    return replace_file(path, data, lambda: _read(path) == old) is not None


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
