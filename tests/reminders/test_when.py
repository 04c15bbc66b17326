"""Times in words, as they are typed after `when`."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from wooster.actions.action import Nothing
from wooster.actions.registry import Registry
from wooster.core.clock import ManualClock
from wooster.core.errors import UsageError
from wooster.reminders.asking import actions
from wooster.schedule.phrases import Context
from wooster.wire.requests import ActionResult

Nothing.model_rebuild()
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)  # a Thursday, 10 o'clock in Berlin


def registry(zone: str = "Europe/Berlin", now: datetime = NOW) -> Registry:
    made = Registry()
    clock = ManualClock(now, ZoneInfo(zone))
    for action in actions(clock, lambda: Context(clock.local())):
        made.add(action)
    return made


async def types(line: str, made: Registry | None = None) -> ActionResult:
    made = made or registry()
    parsed = await made.parse(line)
    assert parsed is not None, f"{line!r} is no command"
    return await made.run(*parsed)


async def test_a_single_time_is_shown_with_what_was_decided() -> None:
    """The day, the hour, how far it is, and that 5 was read as 17:00."""
    shown = await types("/when tomorrow at 5")
    assert shown.text.splitlines() == [
        "**tomorrow at 5**: Friday 27 November 2026 at 17:00.",
        "5:00 is read as 17:00.",
        "That is in 1 day 7 hours.",
    ]


async def test_a_recurring_time_is_shown_with_the_next_five() -> None:
    """In words that are its rule, and the days on which it comes."""
    shown = await types('when "every other Friday at 8am"')
    assert shown.text.splitlines() == [
        "**every other Friday at 8am**: every 2 weeks on Friday at 08:00.",
        "",
        "Next:",
        "",
        "- Friday 27 November 2026 08:00",
        "- Friday 11 December 2026 08:00",
        "- Friday 25 December 2026 08:00",
        "- Friday 8 January 2027 08:00",
        "- Friday 22 January 2027 08:00",
    ]
    assert shown.data["rule"] == "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"


async def test_a_day_on_which_the_clocks_change_is_no_exception() -> None:
    """A daily time that a gap swallows comes right after it, and keeps its hour after that."""
    before = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    shown = await types("/when every day at 2:30am", registry(now=before))
    assert shown.data["next"][:3] == [
        "2027-03-28T03:00:00+02:00",
        "2027-03-29T02:30:00+02:00",
        "2027-03-30T02:30:00+02:00",
    ]


async def test_what_is_no_time_is_refused_and_a_question_stays_a_message() -> None:
    """With a slash it is an error that shows examples; without one it is talk."""
    with pytest.raises(UsageError, match="not a time"):
        await types("/when the cows come home")
    assert await registry().parse("when is my dentist appointment?") is None


async def test_a_stretch_and_a_length_are_shown_as_they_are() -> None:
    """From a day to a day, and how long."""
    shown = await types("/when from Monday 5pm to Tuesday 9am")
    assert shown.text.startswith(
        "**from Monday 5pm to Tuesday 9am**: Monday 30 November 2026 at 17:00, "
        "until Tuesday 1 December 2026 09:00."
    )
    assert (await types("/when 90 minutes")).text == "**90 minutes**: for 1 hour 30 minutes."
