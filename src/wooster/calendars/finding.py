"""Where an event stands in a long text, without reading all of its lines.

Each function answers None where the text is written in a way that only reading its lines can tell.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from wooster.calendars import blocks

_BEGIN: Final = "BEGIN:VEVENT"
_END: Final = "END:VEVENT"
_CLOSING: Final = "END:VCALENDAR"
_BEGINS = re.compile(r"\nBEGIN:VEVENT[ \t\r]*(?=\n)")
_FOLDED = re.compile(r"\nUID[:;][^\n]*\n[ \t]")
_LONGEST: Final = 60
"""A longer UID may be folded over two lines."""


def spans(text: str, uid: str) -> list[tuple[int, int]] | None:
    """Where each event of `uid` begins and ends in `text`."""
    if not 0 < len(uid) <= _LONGEST or _FOLDED.search(text):
        return None
    found: list[tuple[int, int]] = []
    at = text.find(uid)
    while at >= 0:
        start, closing = text.rfind(_BEGIN, 0, at), text.find(_END, at)
        if start < 1 or closing < 0 or not text[start - 1] == text[closing - 1] == "\n":
            return None
        end = text.find("\n", closing) + 1 or len(text)
        if text[closing + len(_END) : end].strip():
            return None
        parts = blocks.split(text[start:end])
        if len(parts.events) != 1 or parts.events[0].end != len(parts.lines):
            return None
        if parts.events[0].uid == uid:
            found.append((start, end))
        at = text.find(uid, end)
    return found


def place(text: str, at: int) -> int | None:
    """How many events begin before this place."""
    return text.count(f"\n{_BEGIN}", 0, at) if _is_usual(text, at) else None


def begin_of(text: str, number: int) -> int | None:
    """Where the event with this number begins; -1 where there are fewer."""
    if not _is_usual(text):
        return None
    found = next(islice(_BEGINS.finditer(text), number, None), None)
    return found.start() + 1 if found else -1


def closing(text: str) -> int | None:
    """Where the line begins that ends the calendar."""
    at = text.find(f"\n{_CLOSING}")
    is_only = text.count(_CLOSING) == 1 and _CLOSING.lower() not in text
    if at < 0 or not is_only or text[at + 1 + len(_CLOSING) :].strip():
        return None
    return at + 1


def _is_usual(text: str, end: int | None = None) -> bool:
    """Whether what begins and ends events is in capitals, as nearly everybody writes it."""
    is_other = text.find("vevent", 0, end) >= 0 or text.find("Vevent", 0, end) >= 0
    return text.startswith("BEGIN:VCALENDAR") and not is_other
