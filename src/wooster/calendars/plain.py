"""The one time of an event that doesn't repeat, read without any library.

It reads what is written in the common way, and answers None for all else: `expanding` reads that.
What it does read, it reads as that does.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wooster.calendars import blocks, editing
from wooster.core.text import clean, clip

SUMMARY, LOCATION = 300, 300
"""So many characters of a title and of a place are kept."""
_READ: Final = ("UID", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "STATUS", "TRANSP")
_HARD: Final = (
    "RRULE",
    "RDATE",
    "EXRULE",
    "EXDATE",
    "RECURRENCE-ID",
    "DURATION",
    "ATTENDEE",
)
_STATUSES: Final = {"CANCELLED": "cancelled", "TENTATIVE": "tentative"}
_MARGIN: Final = timedelta(days=2)
_DAY_MS: Final = 86_400_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def rows(event: str, first: date, end: date) -> list[dict[str, Any]] | None:
    """Its row if it is plainly between these days, none if it is plainly not; else None."""
    lines = _lines(event)
    if lines is None or not {"DTSTART", "DTEND", "UID"} <= lines.keys():
        return None
    starts, ends = _moment(lines["DTSTART"]), _moment(lines["DTEND"])
    if starts is None or ends is None or isinstance(starts, datetime) != isinstance(ends, datetime):
        return None
    begun, over = (e.date() if isinstance(e, datetime) else e for e in (starts, ends))
    if begun > end + _MARGIN or over < first - _MARGIN:
        return []
    is_inside = first + _MARGIN <= begun and over <= end - _MARGIN
    starts_ms, ends_ms = in_ms(starts), in_ms(ends)
    if not is_inside or ends_ms < starts_ms:
        return None
    is_timed = isinstance(starts, datetime) and starts.tzinfo is not None
    kind = "timed" if is_timed else "floating" if isinstance(starts, datetime) else "day"
    if kind == "day" and ends_ms == starts_ms:
        ends_ms += _DAY_MS
    status = blocks.value(lines.get("STATUS", "")).strip().upper()
    row = {
        "uid": blocks.value(lines["UID"]),
        "original": written(starts),
        "repeats": False,
        "kind": kind,
        "starts_ms": starts_ms,
        "ends_ms": ends_ms,
        "zone": (editing.zone_of(lines["DTSTART"]) or "UTC") if is_timed else "",
        "summary": clip(clean(_text(lines.get("SUMMARY", ""))), SUMMARY),
        "location": clip(clean(_text(lines.get("LOCATION", ""))), LOCATION),
        "status": _STATUSES.get(status, "confirmed"),
        "is_free": blocks.value(lines.get("TRANSP", "")).strip().upper() == "TRANSPARENT",
    }
    return [row]


def _lines(event: str) -> dict[str, str] | None:
    """The content lines that are read, by their names."""
    found = blocks.split(event)
    if len(found.events) != 1 or found.events[0].end != len(found.lines):
        return None
    known: dict[str, str] = {}
    for _, line in editing.own_lines(event):
        name = blocks.name_of(line)
        if name in _HARD or (name in _READ and name in known):
            return None
        if name in _READ:
            if "%" in line:  # some of it may be written so, and some may be meant
                return None
            known[name] = line
    return known


def _moment(line: str) -> datetime | date | None:
    written, zone = blocks.value(line).strip(), editing.zone_of(line)
    try:
        if "VALUE=DATE" in blocks.parameters(line).upper().split(";"):
            return datetime.strptime(written, "%Y%m%d").date()  # noqa: DTZ007 (a day has no zone)
        if written.endswith("Z"):
            whole = datetime.strptime(written, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return None if zone else whole
        whole = datetime.strptime(written, "%Y%m%dT%H%M%S")  # noqa: DTZ007 (its zone comes next)
        return whole.replace(tzinfo=ZoneInfo(zone)) if zone else whole
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def written(moment: datetime | date) -> str:
    """A time as it stands in an .ics text, without its zone."""
    if not isinstance(moment, datetime):
        return f"{moment:%Y%m%d}"
    is_utc = moment.tzinfo is not None and str(moment.tzinfo) == "UTC"
    return f"{moment:%Y%m%dT%H%M%S}{'Z' if is_utc else ''}"


def in_ms(moment: datetime | date) -> int:
    """An instant; of what has no zone, as if it were in UTC."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.min, UTC)
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int((moment - _EPOCH) / timedelta(milliseconds=1))


def _text(line: str) -> str:
    """The text that stands in a property's value, its marks taken off as icalendar does."""
    text = blocks.value(line).replace("\\N", "\\n").replace("\\n", "\n")
    return text.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
