"""A schedule with a clock that is moved by hand, and a carrier that keeps what it was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from wooster.core.clock import ManualClock
from wooster.schedule.carrying import Parcel, Undelivered
from wooster.schedule.engine import Engine
from wooster.schedule.model import Due, Job, Missed, Times
from wooster.schedule.planning import QuietHours
from wooster.schedule.service import Schedule
from wooster.storage import Database

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 26, 8, 0, tzinfo=BERLIN)


class Still:
    """A `Waking` that never wakes by itself."""

    async def start(self) -> None:
        pass

    async def wait(self, until: datetime | None) -> None:
        raise AssertionError("the tests look by themselves")

    def now(self) -> None:
        pass

    def stop(self) -> None:
        pass


@dataclass
class Post:
    """A carrier: `sent` is what each channel took, `fails` how often each refuses first."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    fails: dict[str, int] = field(default_factory=dict)
    final: bool = False
    names: Sequence[str] = ("screen",)
    remembers: bool = False
    says: Callable[[Due], str | None] = lambda due: due.job.text

    async def compose(self, due: Due) -> Parcel | None:
        text = self.says(due)
        return None if text is None else Parcel(str(due.occurrence.id), "", text, due)

    def channels(self, due: Due) -> Sequence[str]:
        return due.job.channels or self.names

    async def send(self, channel: str, parcel: Parcel) -> None:
        if self.fails.get(channel, 0) > 0:
            self.fails[channel] -= 1
            raise Undelivered("the line is busy", is_final=self.final)
        if self.remembers and parcel.key in self.keys:
            return
        self.keys.append(parcel.key)
        self.sent.append((channel, parcel.text))

    def takes_once(self, channel: str) -> bool:
        return self.remembers


class Killed(Exception):
    """The process ends here."""


class Time:
    """One home's time. `kill_at` ends the process at the named point, `restart` begins it anew."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock(START.astimezone(UTC), BERLIN)
        self.post = Post()
        self.quiet: QuietHours | None = None
        self.kill_at = ""
        self.restart()

    def restart(self) -> None:
        self.schedule = Schedule(self.database, self.clock)
        self.engine = Engine(self.database, self.clock, self.post, Still(), self.quiet, self._point)

    def _point(self, name: str) -> None:
        if name == self.kill_at:
            raise Killed(name)

    @property
    def local(self) -> datetime:
        return self.clock.local()

    def at(self, local: str) -> None:
        """Jump to a local time."""
        zone = self.clock.zone
        wall = datetime.fromisoformat(local).replace(tzinfo=zone)
        self.clock.advance((wall - self.clock.now()).total_seconds())

    def travel(self, zone: tzinfo) -> None:
        """The machine's zone changes; the engine goes on."""
        self.clock._zone = zone

    async def job(self, text: str, times: Times, **more: object) -> Job:
        job = Job(0, "reminder", text, times, self.clock.now())
        return (await self.schedule.add(_with(job, more))).job

    async def daily(self, text: str, wall: str, rrule: str = "FREQ=DAILY", **more: object) -> Job:
        return await self.job(text, Times(rrule=rrule, start=datetime.fromisoformat(wall)), **more)

    async def once(self, text: str, wall: str, **more: object) -> Job:
        at = datetime.fromisoformat(wall).replace(tzinfo=self.clock.zone).astimezone(UTC)
        return await self.job(text, Times(at=at), **more)

    async def look(self) -> list[str]:
        """One look of the engine; returns what went out."""
        before = len(self.post.sent)
        for due in await self.engine.tick():
            await self.engine.hand_over(due)
        return [text for _, text in self.post.sent[before:]]

    async def pass_by(self, until: str, step: timedelta = timedelta(minutes=15)) -> list[str]:
        """Let time pass in steps, looking at each; what went out, with its local time."""
        end = datetime.fromisoformat(until).replace(tzinfo=self.clock.zone)
        found = []
        while self.clock.now() < end:
            self.clock.advance(min(step, end - self.clock.now()).total_seconds())
            found += [f"{self.local:%d %H:%M} {text}" for text in await self.look()]
        return found

    async def states(self) -> Sequence[str]:
        rows = await self.schedule.newest(100, ["delivered", "failed", "missed", "skipped"])
        return [due.occurrence.state for due in rows][::-1]


def _with(job: Job, more: dict[str, object]) -> Job:
    from dataclasses import replace

    return replace(job, **more)  # type: ignore[arg-type]


SKIP = Missed("skip")


@pytest.fixture
def time(database: Database) -> Time:
    return Time(database)
