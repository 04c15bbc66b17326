"""The lines of an `.env`, as the library that the original read it with takes them, the dotenv of
JavaScript: quotation marks of three kinds, values of several lines, the last of two settings with
one name, and what begins with # is a comment wherever it stands outside of quotation marks. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wooster.moving.model import Aside, Event, Total, Unread
from wooster.moving.texts import lines_of

_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)")
_QUOTED = re.compile(r"(?P<quote>['\"`])(?P<value>.*?)(?P=quote)\s*(?:#.*)?", re.DOTALL)
_BEGUN = re.compile(r"(['\"`])")


@dataclass(frozen=True, slots=True)
class Given:
    """A setting as it is written; `units` is how many lines it takes."""

    at: int
    name: str
    value: str = field(repr=False)
    units: int = 1


def read_env(text: str) -> Iterator[Given | Event]:
    """Its settings, and the lines that are none."""
    lines = lines_of(text)
    yield Total(len(lines))
    at = 0
    while at < len(lines):
        line, number = lines[at], at + 1
        at += 1
        if not line.strip() or line.lstrip().startswith("#"):
            yield Aside("blank lines and comments")
        elif (found := _LINE.fullmatch(line)) is None:
            yield Unread("it is no NAME=VALUE", 1, number)
        elif not (begun := _BEGUN.match(found["value"])) or _QUOTED.fullmatch(found["value"]):
            yield Given(number, found["name"], _unquoted(found["value"]))
        elif (more := _closed(lines[at:], begun[1])) is None:
            yield Unread(f"{found['name']}: its quotation mark isn't closed", 1, number)
        else:
            value = "\n".join([found["value"], *lines[at : at + more]])
            at += more
            yield Given(number, found["name"], _unquoted(value), 1 + more)


def _closed(lines: Sequence[str], quote: str) -> int | None:
    """How many further lines a value goes on that began with a quotation mark. None where it isn't
    closed: then the line of another setting may have the next one."""
    for count, line in enumerate(lines, 1):
        if quote in line:
            return count if re.fullmatch(rf"[^{quote}]*{quote}\s*(?:#.*)?", line) else None
        if _LINE.fullmatch(line):
            return None
    return None


def _unquoted(value: str) -> str:
    if quoted := _QUOTED.fullmatch(value):
        told = quoted["value"]
        return told.replace("\\n", "\n") if quoted["quote"] == '"' else told
    return value.partition("#")[0].strip()


def values_of(text: str) -> dict[str, Given]:
    """The settings that hold: of two of one name the last, as the original read it."""
    return {e.name: e for e in read_env(text) if isinstance(e, Given) and e.value}
