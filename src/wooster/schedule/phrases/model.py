"""What a phrase about time means, and from where it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

from wooster.schedule.zones import instant_of, wall_of

Grain = Literal["minute", "day", "week", "month", "quarter", "year"]
Order = Literal["dmy", "mdy"]


@dataclass(frozen=True, slots=True)
class Context:
    """`now` is aware, in the person's zone; `order` is how they write 3/4.

    Until `day_ends_at_hours` after midnight their day is still yesterday's date. A person who
    `follows_machine` has the zone of the machine, and `now` knows its offset of this moment only.
    """

    now: datetime
    order: Order = "dmy"
    day_ends_at_hours: int = 0
    follows_machine: bool = False

    @property
    def zone(self) -> tzinfo | None:
        """The person's zone; None is the machine's."""
        return None if self.follows_machine else self.now.tzinfo

    @property
    def today(self) -> date:
        """The person's date, by their wall clock."""
        return (self.wall - timedelta(hours=self.day_ends_at_hours)).date()

    @property
    def wall(self) -> datetime:
        """Their wall clock, naive; with a fold where it shows this time for the second time."""
        return wall_of(self.now, None) if self.follows_machine else self.now.replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class When:
    """A reading. Days and times are the person's wall clock; `until_day` is in, `until` is out.

    `rule` is an RFC 5545 recurrence without its start: `day` and `at` are its first occurrence, and
    its UNTIL is a local day that is in. `except_days` are days on which it does not happen. `note`
    says how it was read where it could be read in another way, or is already past.
    """

    words: str
    day: date | None = None
    at: time | None = None
    until_day: date | None = None
    until: time | None = None
    duration: timedelta | None = None
    rule: str = ""
    grain: Grain = "day"
    note: str = ""
    except_days: tuple[date, ...] = ()

    def instant(self, zone: tzinfo | None) -> datetime | None:
        """The instant, in UTC, of what happens once and has a clock time; None for all else."""
        if self.rule or self.day is None or self.at is None:
            return None
        return instant_of(datetime.combine(self.day, self.at), zone)


@dataclass(frozen=True, slots=True)
class Found:
    """A reading of the part of a text from `start` to `end`."""

    when: When
    start: int
    end: int

    def rest(self, text: str) -> str:
        """`text` without the time: "call Ana tomorrow at 5" is "call Ana"."""
        before, after = text[: self.start].rstrip(" ;:-–"), text[self.end :].lstrip(" ;:-–")
        if not after.strip(" ,") or not before.strip(" ,"):
            return (before + after).strip(" ,")
        joint = "" if after[0] in ".!?),;" or before[-1] in "(" else " "
        return (before.rstrip(",") + joint + after).strip()
