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

_WRITTEN = rb"(?:\xef\xbb\xbf)?(\d{4}-[01]\d-[0-3]\d) ([0-2]\d:[0-5]\d:[0-5]\d)(?=[ \t\r\n]|\Z)"
_FIRST = re.compile(_WRITTEN)
# With its line feed before it, which is found many times faster than the begin of any line.
_STAMP = re.compile(rb"\n" + _WRITTEN)
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
    for match in _stamps(data):
        if begun is not None:
            yield _entry(data, begun, _line(match))
        begun = match if low <= match[1] <= high else None
    if begun is not None:
        yield _entry(data, begun, len(data))


def newest(data: bytes) -> Entry | None:
    """The one with the latest date and time; None where there is none."""
    latest: re.Match[bytes] | None = None
    said, end = b"", len(data)
    for match in _stamps(data):
        if latest is not None and end < 0:
            end = _line(match)
        written = match[0].lstrip(b"\n").removeprefix(_BOM)
        if latest is None or written >= said:
            latest, said, end = match, written, -1
    return None if latest is None else _entry(data, latest, end if end >= 0 else len(data))


def _stamps(data: bytes) -> Iterator[re.Match[bytes]]:
    """What each entry begins with, with the line feed before it."""
    if first := _FIRST.match(data):
        yield first
    yield from _STAMP.finditer(data)


def _line(stamp: re.Match[bytes]) -> int:
    """Where the line of a stamp begins."""
    return stamp.start() + stamp[0].startswith(b"\n")


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
