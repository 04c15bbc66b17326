"""The person's days, and the words for them in what is typed: "due friday", "by 3 June", "every
monday".

What words mean is said by `wooster.schedule.phrases`; this knows which of a line's words are such.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from wooster.core.clock import Clock
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clip

if TYPE_CHECKING:
    from wooster.schedule.phrases import Context, When

_MOST_WORDS = 7
_MARK = Pattern(r"(?<!\S)(?P<mark>due:|due|by)[ ]*(?=\S)", re.IGNORECASE)
_EVERY = Pattern(r"(?<!\S)(?:(?:every|each)[ ]+\S|daily|weekly|monthly|yearly)", re.IGNORECASE)
_SHOWN = 60


class Days:
    """A day begins at midnight, or `ends_h` hours later."""

    def __init__(self, clock: Clock, ends_h: int = 0) -> None:
        self.clock = clock
        self._ends_h = ends_h

    def today(self) -> date:
        return (self.clock.local().replace(tzinfo=None) - timedelta(hours=self._ends_h)).date()

    def stamp(self) -> str:
        """Now, as the files have it: local time to the second."""
        return f"{self.clock.local():%Y-%m-%d %H:%M:%S}"

    def minute(self) -> str:
        return f"{self.clock.local():%Y-%m-%d %H:%M}"

    def utc(self) -> datetime:
        return self.clock.now()

    def context(self) -> Context:
        from wooster.schedule.phrases import Context

        return Context(
            self.clock.local(),
            day_ends_at_hours=self._ends_h,
            follows_machine=self.clock.zone is None,
        )


def meaning(words: str, days: Days) -> When | None:
    """What `words` say of time, where all of them do."""
    from wooster.schedule import phrases

    return phrases.read(words.replace("\0", " "), days.context()) if words.strip() else None


def day(words: str, days: Days) -> date:
    """The day that `words` are. Raises `UsageError`."""
    found = meaning(words, days)
    if found is None or found.day is None:
        raise UsageError(
            f"“{clip(words, _SHOWN)}” is no day.", hint="Say it as friday, 3 June or 2026-06-03."
        )
    return found.day


def is_timed(words: str, days: Days) -> bool:
    """Whether a time stands anywhere in `words`."""
    from wooster.schedule import phrases

    return phrases.find(words, days.context()) is not None


def due(words: str, days: Days) -> tuple[str, date | None]:
    """Words without the day on which something is due, and the day: of "due friday" and "by 3 June"
    as much as is a day. Raises `UsageError` for "due:" and no day."""
    for found in reversed(list(_MARK.finditer(words))):
        length, when = _longest(words[found.end() :], days, _is_day)
        if when is not None:
            rest = words[found.end() :][length:]
            return _joined(words[: found.start()], rest), when.day
        if found["mark"].endswith(":"):
            day(words[found.end() :].split(" ")[0], days)
    return words, None


def every(words: str, days: Days) -> tuple[str, str, date | None]:
    """Words without how often something is to be done, that as a tag has it, and its first day:
    "every 2 weeks" is `2-weeks`."""
    for found in _EVERY.finditer(words):
        length, when = _longest(words[found.start() :], days, _is_rule)
        if when is not None:
            said = words[found.start() :][:length].strip()
            rest = _joined(words[: found.start()], words[found.start() :][length:])
            return rest, tag(said), when.day
    return words, "", None


def tag(said: str) -> str:
    """ "every 2 weeks" as a tag has it: `2-weeks`."""
    return "-".join(re.sub(r"(?i)^(?:every|each) ", "", said).split())


def _is_day(when: When) -> bool:
    return when.day is not None and when.at is None and not when.rule


def _is_rule(when: When) -> bool:
    return bool(when.rule) and when.at is None


def _longest(words: str, days: Days, fits: Callable[[When], bool]) -> tuple[int, When | None]:
    """As many of the first words as are such a time together: their length, and what they mean. A
    time of day has no place in a task's line, and stays among its words."""
    ends = [match.end() for match in re.finditer(r"\S+", words)][:_MOST_WORDS]
    for end in reversed(ends):
        when = meaning(words[:end], days)
        if when is not None and fits(when):
            return end, when
    return 0, None


def _joined(before: str, after: str) -> str:
    return " ".join(f"{before} {after}".split())
