"""The phrases that an issue names, and words that are no time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wooster.schedule.phrases import Context, find, read

NOW = Context(datetime(2026, 11, 26, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")))  # a Thursday


def test_what_happens_once_has_a_day_and_a_clock_time() -> None:
    """A day, a clock time, a length and a span are read from now."""
    when = read("tomorrow at 5", NOW)
    assert when is not None
    assert (when.day, when.at) == (date(2026, 11, 27), time(17))
    assert when.note == "5:00 is read as 17:00"
    assert when.instant(NOW.now.tzinfo) == datetime.fromisoformat("2026-11-27T16:00Z")
    lasts = read("friday at 5pm for 90 minutes", NOW)
    assert lasts is not None
    assert (lasts.until, lasts.duration) == (time(18, 30), timedelta(minutes=90))


def test_what_is_past_is_said() -> None:
    """At 9 in the morning after 10 is tomorrow's, and the note says so."""
    when = read("at 9am", NOW)
    assert when is not None
    assert when.day == date(2026, 11, 27)
    assert when.note == "09:00 is past today: tomorrow is meant"


def test_what_recurs_is_a_rule_with_its_first_time() -> None:
    """A rule stands beside the day and the time of its first occurrence."""
    when = read("every other Friday at 8am", NOW)
    assert when is not None
    assert when.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"
    assert (when.day, when.at) == (date(2026, 11, 27), time(8))


def test_the_time_is_found_in_a_sentence_and_taken_out_of_it() -> None:
    """What is left of the sentence is what is to be done."""
    text = "call Ana tomorrow at 5, please"
    found = find(text, NOW)
    assert found is not None
    assert text[found.start : found.end] == "tomorrow at 5"
    assert found.rest(text) == "call Ana, please"
    assert find("I may have 5 apples in the second row", NOW) is None
