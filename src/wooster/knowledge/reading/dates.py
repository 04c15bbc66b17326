"""Dates as documents carry them: ISO in its forms, or a number of seconds or milliseconds.

It refuses to guess: 03/04/2024 is March for some and April for others.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

_NUMBER = re.compile(r"\d{9,14}(\.\d+)?")
_FIRST_MS = 100_000_000_000  # as seconds it would be the year 5138, as milliseconds it is 1973


def parse(written: str, zone: tzinfo | None = None) -> datetime | None:
    """The instant that is written, aware; None where it is none. A date without a zone is in
    `zone`, the machine's where that is None."""
    written = written.strip()
    try:
        if _NUMBER.fullmatch(written):
            number = float(written)
            return datetime.fromtimestamp(number / 1000 if number >= _FIRST_MS else number, UTC)
        return aware(datetime.fromisoformat(written.replace("/", "-")), zone)
    except (ValueError, OverflowError, OSError):
        return None


def aware(at: datetime, zone: tzinfo | None = None) -> datetime:
    """`at` in UTC, being in `zone` where it has none of its own. Raises `OverflowError` or
    `ValueError` at the ends of the calendar."""
    return (at.replace(tzinfo=at.tzinfo or zone)).astimezone(UTC)
