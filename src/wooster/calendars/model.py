"""Calendars' values: where they are read from, what is stored, and what a person sees of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from wooster.core.errors import WoosterError

Kind = Literal["file", "folder", "address", "caldav"]
Status = Literal["confirmed", "tentative", "cancelled", "declined"]


class CalendarError(WoosterError):
    """A calendar can't be read or written. Of an address, its message never has more than the
    host."""

    code, exit_code, http_status = "calendar", 69, 502


@dataclass(frozen=True, slots=True)
class Source:
    """Where a calendar is read from. `findings` are pairs of an object and what is wrong in it;
    `read` is when it was last read whole, None for never."""

    id: int
    kind: Kind
    name: str
    place: str
    credential: str = ""
    can_write: bool = False
    etag: str = ""
    last_modified: str = ""
    sync_token: str = ""
    addresses: tuple[str, ...] = ()
    tried: datetime | None = None
    read: datetime | None = None
    first_day: date | None = None
    end_day: date | None = None
    problem: str = ""
    findings: tuple[tuple[str, str], ...] = ()
    removed: datetime | None = None

    @property
    def is_remote(self) -> bool:
        return self.kind in ("address", "caldav")


@dataclass(frozen=True, slots=True)
class Object:
    """A text as it came, and where in its source."""

    href: str
    etag: str
    text: str


@dataclass(frozen=True, slots=True)
class Instance:
    """One time of an event as it is stored. `source_id` and `href` say where it stands; times of
    `floating` and `day` are as if their clock were UTC's, and `ends_ms` isn't in it any more."""

    id: int
    source_id: int
    calendar: str
    href: str
    uid: str
    original: str
    repeats: bool
    kind: Literal["timed", "floating", "day"]
    starts_ms: int
    ends_ms: int
    zone: str
    summary: str
    location: str
    status: Status
    is_free: bool


class Spot(NamedTuple):
    """Of an instance, what it takes to choose it among many: these are made fast."""

    id: int
    source_id: int
    calendar: str
    uid: str
    kind: Literal["timed", "floating", "day"]
    starts_ms: int
    ends_ms: int
    summary: str
    status: Status


@dataclass(frozen=True, slots=True)
class Appointment:
    """An event as it falls on the person's days. `starts` and `ends` are on their clock, None for
    whole days; `first_day` and `last_day` are both in."""

    summary: str
    calendar: str
    first_day: date
    last_day: date
    starts: datetime | None = None
    ends: datetime | None = None
    location: str = ""
    status: Status = "confirmed"
    is_free: bool = False
    repeats: bool = False
    instance: Instance | None = field(default=None, compare=False, repr=False)

    @property
    def is_all_day(self) -> bool:
        return self.starts is None

    @property
    def is_on(self) -> bool:
        """Whether the person means to be there."""
        return self.status in ("confirmed", "tentative")

    def is_within(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Day:
    """A day's appointments in their order: whole days first, then by the clock."""

    day: date
    appointments: tuple[Appointment, ...]

    @property
    def on(self) -> tuple[Appointment, ...]:
        """Those that take place and that the person takes part in."""
        return tuple(each for each in self.appointments if each.is_on)


@dataclass(frozen=True, slots=True)
class Gap:
    """Time that nothing is in."""

    starts: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        # Through UTC: two times of one zone would be subtracted as the clock on the wall has them.
        return self.ends.astimezone(UTC) - self.starts.astimezone(UTC)


def names(sources: Iterable[Source]) -> str:
    """ "“Work”, “Family”"."""
    return ", ".join(f"“{each.name}”" for each in sources)
