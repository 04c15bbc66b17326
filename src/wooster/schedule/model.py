"""What is to happen and what came of it, as values. It knows nothing of SQL and of channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

Kind = Literal["reminder", "habit", "goal", "briefing", "review", "maintenance", "prompt"]
"""reminder: its text, word for word · prompt: a message to the assistant · the others are composed
when they are due"""

JobState = Literal["active", "paused", "ended", "cancelled"]
State = Literal["due", "claimed", "delivered", "failed", "missed", "skipped"]
"""due: to be handed over, now or at `try_at` · claimed: being handed over · delivered: a channel
took it · failed: none did, and it isn't tried again · missed: its time passed while nothing ran ·
skipped: it was cancelled, or its job doesn't want it that late."""

Priority = Literal["normal", "high"]
"""high: goes out in quiet hours too"""


@dataclass(frozen=True, slots=True)
class Times:
    """Once, at the instant `at`; or by the RFC 5545 recurrence `rrule`, from the wall-clock time
    `start` (naive) on, in the zone `zone`: "" is wherever the person's clock is, so that it moves
    with them."""

    at: datetime | None = None
    rrule: str = ""
    start: datetime | None = None
    zone: str = ""
    except_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Missed:
    """What becomes of a time that passed while nothing ran: it is delivered `once`, late (the last
    of them, where there are several), not at all (`skip`), or only `within` some time after it."""

    policy: Literal["once", "skip", "within"] = "once"
    within: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Label:
    """What a job is called: enough to choose one of thousands."""

    id: int
    text: str
    repeats: bool


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is to happen. `channels` are tried in their order; none are the default ones.

    `repeat` says it again every so often until it is acknowledged; zero says it once. `payload` is
    what the maker of its kind needs. `next_at` is the next time that has no occurrence yet, and
    `next_wall` what the person's clock shows then, where the job moves with them.
    """

    id: int
    kind: Kind
    text: str
    times: Times
    created: datetime
    missed: Missed = Missed()
    channels: tuple[str, ...] = ()
    priority: Priority = "normal"
    repeat: timedelta = timedelta()
    payload: Mapping[str, Any] = field(default_factory=dict)
    who: str = "person"
    state: JobState = "active"
    next_at: datetime | None = None
    next_wall: datetime | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which a job was due. A missed one may stand for `times` of them, until `until`.

    `maybe_twice`: a crash came between sending it and writing that down, and it was sent again.
    """

    id: int
    job_id: int
    due: datetime
    state: State
    try_at: datetime | None = None
    attempts: int = 0
    ended: datetime | None = None
    acknowledged: datetime | None = None
    channel: str = ""
    error: str = ""
    is_late: bool = False
    maybe_twice: bool = False
    times: int = 1
    until: datetime | None = None
    snoozed_from: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """An occurrence that is being handed over, with its job."""

    job: Job
    occurrence: Occurrence
