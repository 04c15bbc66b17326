"""Jobs as others make and change them: each call is one transaction, and then the engine looks."""

from __future__ import annotations

import asyncio
import heapq
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import TypeVar

from wooster.core.clock import Clock
from wooster.core.errors import NotFound, UsageError
from wooster.schedule import planning, store
from wooster.schedule.model import Due, Job, JobState, Kind, Label, Occurrence, State
from wooster.schedule.zones import instant_of
from wooster.storage import Database
from wooster.storage.along import Along, nothing

T = TypeVar("T")

_A_MOMENT = timedelta(seconds=5)
_MOST_SIMULATED = 10_000
_MOST_CHANGES = 5
ENDED: tuple[State, ...] = ("delivered", "failed", "missed", "skipped")


@dataclass(frozen=True, slots=True)
class Rows:
    """Jobs and occurrences as they stand, for putting them so again."""

    jobs: tuple[Job, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A job after a change, and what to `put` to take that back."""

    job: Job
    before: Rows


class Schedule:
    """The jobs of one home. `changed` tells the engine to look."""

    def __init__(
        self, database: Database, clock: Clock, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._clock = clock
        self.changed = changed

    # --- changing -----------------------------------------------------------------------------

    async def add(self, job: Job, along: Along[Job] = nothing) -> Changed:
        """Store a new job (id 0), and what is stored `along` with it. Taken back, it is cancelled.
        Raises `UsageError` for times that never come."""
        job = await asyncio.to_thread(self._planned, job, set())
        if job.next_at is None:
            raise UsageError("That time never comes.", hint="`when PHRASE` shows how it is read.")

        def change(connection: sqlite3.Connection) -> Changed:
            stored = store.put_job(connection, job)
            along(connection, stored)
            return Changed(stored, Rows((replace(stored, state="cancelled"),)))

        return await self._write(change)

    async def change(self, job_id: int, how: Callable[[Job], Job]) -> Changed:
        """Put another in a job's place; what waits of it to go out stays. Raises `NotFound`, and
        what `how` raises."""
        for _ in range(_MOST_CHANGES):
            before = await self.job(job_id)
            after = how(before)
            if not (before.state == after.state == "active" and before.times == after.times):
                after = await asyncio.to_thread(self._planned, after, await self._had(after))
            # else its next time stays, also one that has come and has no row yet
            if after.next_at is None:
                raise UsageError(
                    "That time never comes.", hint="`when PHRASE` shows how it is read."
                )

            def change(
                connection: sqlite3.Connection, before: Job = before, after: Job = after
            ) -> Changed | None:
                if store.job(connection, job_id) != before:
                    return None
                return Changed(store.put_job(connection, after), Rows((before,)))

            # A time of it that comes just now changes it, too.
            if (changed := await self._write(change)) is not None:
                return changed
        raise UsageError(f"Reminder {job_id} was changed meanwhile.", hint="Try again.")

    async def end(self, job_id: int, state: JobState = "cancelled") -> Changed:
        """Cancel or pause a job: nothing of it goes out any more, what waited is skipped. Raises
        `NotFound`."""
        now = self._clock.now()

        def change(connection: sqlite3.Connection) -> Changed:
            before = _the_job(connection, job_id)
            waiting = store.of_job(connection, job_id, ["due"])
            for row in waiting:
                store.put_occurrence(connection, _skipped(row, now))
            store.set_state(connection, job_id, state)
            return Changed(replace(before, state=state), Rows((before,), tuple(waiting)))

        return await self._write(change)

    async def snooze(self, occurrence_id: int, until: datetime) -> tuple[Occurrence, Rows]:
        """Say it again at `until`; the one that came is acknowledged. Returns the new one. Raises
        `NotFound`."""
        now = self._clock.now()

        def change(connection: sqlite3.Connection) -> tuple[Occurrence, Rows]:
            row = _the_occurrence(connection, occurrence_id)
            store.put_occurrence(connection, _acknowledged(row, now))
            again = store.add_snoozed(connection, row, until)
            return again, Rows(occurrences=(row, _skipped(again, now)))

        return await self._write(change)

    async def acknowledge(self, occurrence_id: int) -> Rows:
        """It is seen, and isn't said again. Raises `NotFound`."""
        now = self._clock.now()

        def change(connection: sqlite3.Connection) -> Rows:
            row = _the_occurrence(connection, occurrence_id)
            store.put_occurrence(connection, _acknowledged(row, now))
            return Rows(occurrences=(row,))

        return await self._write(change)

    async def put(self, rows: Rows) -> Rows:
        """Jobs and occurrences as they were, for what takes a change back; returns how they were
        before that. Times that passed meanwhile go by their job's policy, and nothing waits of a
        job that is cancelled. What moves with the person goes by their zone now."""
        now, zone = self._clock.now(), self._clock.zone

        def change(connection: sqlite3.Connection) -> Rows:
            jobs = [store.job(connection, each.id) for each in rows.jobs]
            found = [store.occurrence(connection, each.id) for each in rows.occurrences]
            for job, stands in zip(rows.jobs, jobs, strict=True):
                store.put_job(connection, _here(_going_on(job, stands), zone))
                if job.state in ("cancelled", "paused"):
                    for row in store.of_job(connection, job.id, ["due"]):
                        found.append(row)
                        store.put_occurrence(connection, _skipped(row, now))
            for row in rows.occurrences:
                current = store.occurrence(connection, row.id)
                if current is not None:
                    store.put_occurrence(connection, _as_it_was(row, current, now))
            return Rows(tuple(each for each in jobs if each), tuple(each for each in found if each))

        return await self._write(change)

    async def mark_seen(self, found: Iterable[Due]) -> None:
        """The person was told of these, which failed or were missed."""
        ids = [due.occurrence.id for due in found]
        await self._database.write(
            lambda connection: store.mark_seen(connection, ids, self._clock.now())
        )

    # --- looking ------------------------------------------------------------------------------

    async def job(self, job_id: int) -> Job:
        """Raises `NotFound`."""
        return await self._database.read(lambda connection: _the_job(connection, job_id))

    async def jobs(
        self,
        states: Iterable[JobState] = ("active",),
        kinds: Iterable[Kind] | None = None,
        limit: int | None = None,
    ) -> list[Job]:
        """Those in these states, the next one first; of some kinds, and the first few, where it is
        said."""
        return await self._database.read(
            partial(store.jobs, states=states, kinds=kinds, limit=limit)
        )

    async def labels(
        self, states: Iterable[JobState], kinds: Iterable[Kind] | None = None
    ) -> list[Label]:
        """What those are called, in the same order: enough to choose one of thousands."""
        return await self._database.read(partial(store.labels, states=states, kinds=kinds))

    async def count(self, states: Iterable[JobState], kinds: Iterable[Kind] | None = None) -> int:
        """How many those are."""
        return await self._database.read(partial(store.count, states=states, kinds=kinds))

    async def waiting(self) -> list[Due]:
        """What has come and waits to be handed over, or to be said again."""
        far = self._clock.now().replace(year=9000)
        return await self._database.read(partial(store.ready, now=far, limit=1000))

    async def newest(self, limit: int, states: Iterable[State] = ENDED) -> list[Due]:
        """What came of the last ones, the newest first."""
        return await self._database.read(partial(store.newest, states=states, limit=limit))

    async def unseen(self, limit: int = 100) -> list[Due]:
        """What failed or was missed and nobody was told of yet."""
        return await self._database.read(partial(store.unseen, limit=limit))

    async def simulated(self, begin: datetime, end: datetime) -> list[tuple[datetime, Job]]:
        """What would fire after `begin` and until `end`, in order; nothing is sent, and nothing
        kept. At most ten thousand."""
        zone = self._clock.zone
        # What comes first from now on is known of each job: of a stretch that is ahead, only those
        # that come in it need be read. Whoever asked "from now" did so a moment ago.
        until = end if begin >= self._clock.now() - _A_MOMENT else None
        jobs = await self._database.read(partial(store.jobs, states=("active",), until=until))
        return await asyncio.to_thread(lambda: list(simulate(jobs, begin, end, zone)))

    async def _had(self, job: Job) -> set[datetime]:
        """The times of a job that have come and lie ahead, since the clock was set back."""
        since = job.times.at or self._clock.now()
        return await self._database.read(lambda connection: store.had(connection, job.id, since))

    def _planned(self, job: Job, had: Collection[datetime]) -> Job:
        """With its next time, where it has changed or isn't known. Blocking."""
        zone = self._clock.zone
        next_at = planning.first_at(job.times, self._clock.now(), zone, had)
        return replace(job, next_at=next_at, next_wall=planning.wall_of(job.times, next_at, zone))

    async def _write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        result = await self._database.write(change)
        self.changed()
        return result


def resumed(job: Job) -> Job:
    """How a job goes on that was paused or cancelled: for `Schedule.change`."""
    return replace(job, state="active")


def simulate(
    jobs: Iterable[Job], begin: datetime, end: datetime, zone: tzinfo | None
) -> Iterator[tuple[datetime, Job]]:
    """The instants at which `jobs` fire after `begin` and until `end`, in order, at most ten
    thousand of them."""
    waiting: list[tuple[datetime, int, Job]] = []
    for job in jobs:
        first = planning.first_at(job.times, begin, zone)
        if first is not None and begin < first <= end:
            waiting.append((first, job.id, job))
    heapq.heapify(waiting)
    for _ in range(_MOST_SIMULATED):
        if not waiting:
            return
        at, _, job = heapq.heappop(waiting)
        yield at, job
        if job.times.at is None:
            following = planning.first_at(job.times, at, zone)
            if following is not None and following <= end:
                heapq.heappush(waiting, (following, job.id, job))


def _going_on(job: Job, current: Job | None) -> Job:
    """`job` again, with how far it has come: what came meanwhile doesn't come again, and what lies
    ahead again since the clock was set back isn't forgotten. Of one that was silent meanwhile, what
    passed since then is yet to come."""
    if current is None or current.times != job.times:
        return job
    here = replace(job, next_at=current.next_at, next_wall=current.next_wall)
    if job.state != "active":
        return here
    if current.state in ("active", "ended"):
        return replace(here, state=current.state)
    is_before = job.next_at and current.next_at and current.next_at < job.next_at
    return here if is_before else job


def _here(job: Job, zone: tzinfo | None) -> Job:
    """`job` at the hour of the person's clock that it was to come at; they may have travelled."""
    if job.next_wall is None:
        return job
    return replace(job, next_at=instant_of(job.next_wall, zone))


def _the_job(connection: sqlite3.Connection, job_id: int) -> Job:
    found = store.job(connection, job_id)
    if found is None:
        raise NotFound(f"There is no reminder {job_id}.", hint="`reminders` lists them.")
    return found


def _the_occurrence(connection: sqlite3.Connection, occurrence_id: int) -> Occurrence:
    found = store.occurrence(connection, occurrence_id)
    if found is None:
        raise NotFound("That reminder is gone.", hint="`schedule history` shows what came.")
    return found


def _skipped(row: Occurrence, now: datetime) -> Occurrence:
    return replace(row, state="skipped", try_at=None, ended=now)


def _acknowledged(row: Occurrence, now: datetime) -> Occurrence:
    """It isn't said again; one that waited to be is delivered for good, and one that couldn't be
    sent yet is skipped."""
    if row.state == "due":
        state: State = "skipped" if row.ended is None else "delivered"
        return replace(row, state=state, try_at=None, ended=row.ended or now, acknowledged=now)
    return replace(row, acknowledged=now)


def _as_it_was(row: Occurrence, current: Occurrence, now: datetime) -> Occurrence:
    """`row` again, as far as it wasn't handed over meanwhile: what went out isn't sent twice."""
    if current.state == "claimed" and row.state == "skipped":
        return replace(current, acknowledged=now)  # it isn't tried again
    if row.state == "claimed" and current.state == "skipped":
        return replace(row, state="due", try_at=now)
    if "claimed" in (row.state, current.state) or current.attempts > row.attempts:
        return replace(current, acknowledged=row.acknowledged)
    return row
