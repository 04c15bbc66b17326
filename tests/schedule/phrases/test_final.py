"""The last of its kind, by another word."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from wooster.schedule.phrases import Context, read

NOW = Context(datetime(2026, 11, 26, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")))


def test_final_is_last() -> None:
    """In any case of letters."""
    for words in ("the final day of every month", "the Last day of every month"):
        when = read(words, NOW)
        assert when is not None
        assert when.rule == "FREQ=MONTHLY;BYMONTHDAY=-1"
