"""Which events say something. They stay: a calendar is read again from where it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from wooster.core.patterns import Pattern

_FOLD = Pattern(r"\r?\n[ \t]")
_ESCAPED = Pattern(r"\\([nN,;\\])")


def saying(connection: sqlite3.Connection, says: Callable[[str], bool]) -> list[str]:
    """Calendars and their events by name, each once."""
    rows = connection.execute(
        "SELECT DISTINCT s.name, o.text FROM calendar_objects AS o"
        " JOIN calendar_sources AS s ON s.id = o.source_id"
    )
    calendars = dict.fromkeys(row[0] for row in rows if says(_unfolded(row[1])))
    return [f"the calendar “{each}” (`event cancel` removes an event)" for each in calendars]


def _unfolded(text: str) -> str:
    """The words as they are read: lines in one piece (RFC 5545, 3.1), signs as they are meant
    (3.3.11)."""
    whole = _FOLD.sub("", text)
    return _ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], whole)
