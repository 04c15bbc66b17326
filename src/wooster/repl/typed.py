"""A typed command as the daemon understands it: with a full path where a path is meant.

The daemon works elsewhere, and knows no shell. Which commands take a path is read from their
phrases; it knows no command by name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from wooster.wire.requests import ActionHelp

_PLACE = " PATH"
_OPTIONS = re.compile(r"(?P<before>(?:--[\w-]+\s+)*)(?P<path>.*?)(?P<after>(?:\s+--[\w-]+)*)")
_ESCAPED = re.compile(r"\\(.)")


def with_full_path(line: str, commands: Iterable[ActionHelp]) -> str:
    """`line` with its path in full, where it is a command that takes one; else as it is. What is a
    whole command without one (`/import undo`) has no path, though another begins as it does."""
    commands, typed = list(commands), line.strip()
    if any(_is_whole(typed.lower(), each) for command in commands for each in command.phrases):
        return line
    for begin in _before_paths(commands):
        if typed.lower().startswith(begin) and "\n" not in typed:
            given = _OPTIONS.fullmatch(typed[len(begin) :].strip())
            assert given is not None
            path = _full(given["path"]) if given["path"] else ""
            return f"{begin}{given['before']}{path}{given['after']}"
    return line


def _is_whole(typed: str, phrase: str) -> bool:
    """Whether it is the phrase, with a number where that has an N last."""
    begin, number, rest = phrase.rpartition(" N")
    if number and not rest:
        return typed.startswith(f"{begin} ") and typed[len(begin) + 1 :].strip().isdecimal()
    return typed == phrase


def _before_paths(commands: Iterable[ActionHelp]) -> Iterator[str]:
    """`/library add ` of `/library add PATH --private`."""
    for command in commands:
        for phrase in command.phrases:
            begin, place, _ = phrase.partition(_PLACE)
            if place and begin.startswith("/"):
                yield f"{begin} "


def _full(written: str) -> str:
    """The path that is meant: as it is written where there is such a one, else as a shell reads it,
    which is how a folder comes that was dropped into the terminal."""
    quoted = len(written) > 1 and written[0] == written[-1] and written[0] in "'\""
    read = written[1:-1] if quoted else _ESCAPED.sub(r"\1", written)
    try:
        found = next((path for path in (written, read) if os.path.lexists(_from_here(path))), read)
        return str(_from_here(found))
    except (OSError, RuntimeError, ValueError):  # no folder to be in, nobody of that name, a NUL
        return written


def _from_here(path: str) -> Path:
    return Path(os.path.normpath(Path(path).expanduser().absolute()))
