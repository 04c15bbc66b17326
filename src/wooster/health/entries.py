"""The health log as bytes: entries `YYYY-MM-DD HH:MM:SS text` with a blank line between them.

A text may have many lines: it goes on until the next line that begins with a date and a time. All
else stays byte for byte: a head before the first entry, a BOM, line ends, what isn't UTF-8. Pure;
it refuses to know files and kinds of entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

_STAMP = re.compile(
    rb"^(?:\xef\xbb\xbf)?(\d{4}-[01]\d-[0-3]\d) ([0-2]\d:[0-5]\d:[0-5]\d)(?=[ \t\r\n]|\Z)",
    re.MULTILINE,
)
_STAMP_TEXT = re.compile(r"\d{4}-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d(?=\s|\Z)")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was said, at a local date and time as they are written; `start` to `end` are its bytes,
    with the blank lines after it."""

    day: str
    time: str
    text: str
    start: int
    end: int


def entries(data: bytes, first: str = "", last: str = "9999-12-31") -> Iterator[Entry]:
    """Those whose day is from `first` to `last` (ISO dates), in the order of the file."""
    low, high = first.encode(), last.encode()
    begun: re.Match[bytes] | None = None
    for match in _STAMP.finditer(data):
        if begun is not None:
            yield _entry(data, begun, match.start())
        begun = match if low <= match[1] <= high else None
    if begun is not None:
        yield _entry(data, begun, len(data))


def newest(data: bytes) -> Entry | None:
    """The one with the latest date and time; None where there is none."""
    stamps = list(_STAMP.finditer(data))
    if not stamps:
        return None
    place = max(range(len(stamps)), key=lambda at: (stamps[at].groups(), at))
    end = stamps[place + 1].start() if place + 1 < len(stamps) else len(data)
    return _entry(data, stamps[place], end)


def _entry(data: bytes, stamp: re.Match[bytes], end: int) -> Entry:
    text = data[stamp.end() : end].decode("utf-8", "replace").replace("\r\n", "\n").strip()
    return Entry(stamp[1].decode(), stamp[2].decode(), text, stamp.start(1), end)


def appended(data: bytes, at: datetime, text: str) -> bytes:
    """What has to be added to the end of `data` for a new entry, in its own line ends.

    A line of the text that looks like the begin of an entry is moved in by two blanks, so that it
    stays a part of this one.
    """
    return appended_text(data, f"{at:%Y-%m-%d %H:%M:%S} {text.strip()}")


def appended_text(data: bytes, entry: str) -> bytes:
    """As `appended`, of an entry that begins with its date and time."""
    line_end = b"\r\n" if b"\r\n" in data else b"\n"
    first, *rest = (line.rstrip() for line in entry.strip().split("\n"))
    lines = [first, *(f"  {line}" if _STAMP_TEXT.match(line) else line for line in rest)]
    return _gap(data, line_end) + line_end.join(line.encode() for line in lines) + line_end


def _gap(data: bytes, line_end: bytes) -> bytes:
    """What makes a blank line between the end of `data` and what comes."""
    if not data.removeprefix(_BOM):
        return b""
    if not data.endswith(b"\n"):
        return line_end * 2
    is_blank = data.endswith((b"\n\n", b"\n\r\n")) or not data.removeprefix(_BOM).strip()
    return b"" if is_blank else line_end


def located(data: bytes, raw: bytes, start: int) -> int | None:
    """Where `raw` stands: at `start`, else where it is found once; None where it isn't clear."""
    if data[start : start + len(raw)] == raw:
        return start
    return data.find(raw) if data.count(raw) == 1 else None


def without(data: bytes, start: int, raw: bytes) -> bytes:
    return data[:start] + data[start + len(raw) :]


def put(data: bytes, start: int, raw: bytes) -> bytes:
    return data[:start] + raw + data[start:]
