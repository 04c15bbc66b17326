"""An .ics text as its events: which lines are whose. Nothing is interpreted, nothing is lost.

What stands outside of events (the calendar's own lines and its time zones) is the frame, in which
any choice of events is a calendar again. So events can be read a few at a time, one that is
damaged fails alone, and one can be changed without touching a byte of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wooster.core.patterns import Pattern
from wooster.core.text import clean, clip

_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_NAME = Pattern(r"[A-Za-z0-9-]+")
_EVENT = "VEVENT"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One VEVENT: its lines from `first` to before `end`, its UID, "" where it has none."""

    first: int
    end: int
    uid: str


@dataclass(frozen=True, slots=True)
class Blocks:
    """A text's lines, each with its line end, and where its events are. `is_calendar`: it has a
    calendar at all."""

    lines: tuple[str, ...]
    events: tuple[Event, ...]
    is_calendar: bool

    def text(self, events: Iterable[Event]) -> str:
        """The lines of some events."""
        return "".join("".join(self.lines[each.first : each.end]) for each in events)

    def frame(self) -> list[str]:
        """The lines outside of events, but for what follows the calendar's end."""
        kept: list[str] = []
        before = 0
        for each in self.events:
            kept += self.lines[before : each.first]
            before = each.end
        return kept + list(self.lines[before:])

    def by_uid(self) -> list[list[Event]]:
        """Events that belong together: a series and its exceptions. One without a UID is alone."""
        found: dict[str, list[Event]] = {}
        for number, each in enumerate(self.events):
            found.setdefault(each.uid or f"\n{number}", []).append(each)
        return list(found.values())


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8 as the RFC has it, or what older programs wrote."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def encoded(text: str, before: bytes) -> bytes:
    """What takes the place of a file that was read: UTF-8, with its byte order mark where it had
    one."""
    return (_BOM if before.startswith(_BOM) else b"") + text.encode("utf-8")


def split(text: str) -> Blocks:
    """Where the events of `text` are. An event that isn't closed ends before the next begins."""
    lines = tuple(lines_of(text))
    events: list[Event] = []
    start, uid, depth, is_calendar = -1, "", 0, False
    for number, line in enumerate(lines):
        key = line[:16].upper()
        if key.startswith("BEGIN:"):
            name = line[6:].strip().upper()
            is_calendar = is_calendar or name == "VCALENDAR"
            if name == _EVENT:
                if start >= 0:
                    events.append(Event(start, number, uid))
                start, uid, depth = number, "", 0
            elif start >= 0:
                depth += 1
        elif key.startswith("END:") and start >= 0:
            name = line[4:].strip().upper()
            if name == _EVENT:
                events.append(Event(start, number + 1, uid))
                start = -1
            elif name == "VCALENDAR":
                events.append(Event(start, number, uid))
                start = -1
            else:
                depth = max(0, depth - 1)
        elif start >= 0 and depth == 0 and key.startswith("UID") and key[3:4] in (":", ";"):
            uid = value(unfolded(lines, number))
    if start >= 0:
        events.append(Event(start, len(lines), uid))
    return Blocks(lines, tuple(events), is_calendar)


def lines_of(text: str) -> list[str]:
    """The lines with their ends; only a line feed ends one, whatever else Python takes for one."""
    return [found for found in _LINE.findall(text) if found]


def framed(frame: Sequence[str], events: str) -> str:
    """A calendar of the frame's lines, with `events` before its first end."""
    closing = next(
        (n for n, line in enumerate(frame) if line.strip().upper() == "END:VCALENDAR"), len(frame)
    )
    ending = "" if events.endswith("\n") or not events else "\r\n"
    before, after = list(frame[:closing]), list(frame[closing:])
    if before and not before[-1].endswith("\n"):
        before.append("\r\n")
    return "".join(before) + events + ending + "".join(after or ["END:VCALENDAR\r\n"])


def calendar_name(text: str) -> str:
    """What the calendar calls itself, "" for nothing."""
    lines = lines_of(text[:20_000])
    for number, line in enumerate(lines):
        if name_of(line) in ("X-WR-CALNAME", "NAME"):
            return clip(clean(value(unfolded(lines, number)).replace("\\", "")), 100)
        if line.upper().startswith("BEGIN:VEVENT"):
            break
    return ""


# --- content lines ----------------------------------------------------------------------------


def unfolded(lines: Sequence[str], number: int) -> str:
    """The content line that begins in this line, without its line end."""
    whole = lines[number].rstrip("\r\n")
    following = number + 1
    while following < len(lines) and lines[following][:1] in (" ", "\t"):
        whole += lines[following][1:].rstrip("\r\n")
        following += 1
    return whole


def name_of(line: str) -> str:
    """The name of the property in a content line, in capitals."""
    match = _NAME.match(line)
    return match[0].upper() if match else ""


def value(line: str) -> str:
    """What stands after the colon that ends a content line's name and parameters."""
    return line[_colon(line) + 1 :]


def parameters(line: str) -> str:
    """What stands between the name and that colon: `;TZID=Europe/Berlin`."""
    return line[len(name_of(line)) : _colon(line)]


def _colon(line: str) -> int:
    """Its place; a colon within quotes isn't it."""
    is_quoted = False
    for place, character in enumerate(line):
        if character == '"':
            is_quoted = not is_quoted
        elif character == ":" and not is_quoted:
            return place
    return len(line)


def folded(line: str, ending: str = "\r\n") -> str:
    """A content line in lines of at most 75 bytes, no character cut in two."""
    pieces, size = [""], 0
    for character in line:
        width = len(character.encode("utf-8", "replace"))
        if size + width > 75:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += width
    return "".join(piece + ending for piece in pieces)


def quoted(text: str) -> str:
    """Text as it stands in a property's value."""
    marked = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return marked.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
