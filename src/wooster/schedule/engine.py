"""Time as it passes: what has come becomes rows, rows are handed over, and what came of it is kept.

The order is the promise. An occurrence is a row before anything is sent, it is claimed and the
channel named before it is handed over, and it is delivered only when that is written down. Killed
at any point it goes on at the next start: once where the channel remembers keys, else marked as
perhaps sent twice; and never silently not at all. It refuses to know channels and what is said.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import partial

from wooster.core.clock import Clock, from_ms, to_ms
from wooster.core.errors import StorageError
from wooster.schedule import deliveries, planning, setback, store
from wooster.schedule.carrying import Carrier, Parcel, Undelivered
from wooster.schedule.model import Due, Job, Occurrence, State
from wooster.schedule.planning import QuietHours
from wooster.schedule.waking import Waking
from wooster.schedule.zones import instant_of
from wooster.storage import Database

log = logging.getLogger(__name__)

_AT_ONCE = 200
_HANDED_OVER_AT_ONCE = 16
_COMPOSE_TIMEOUT_S = 300.0
_SEND_TIMEOUT_S = 60.0
_JUMP = timedelta(seconds=2)
_STORAGE_RETRY_S = 30.0
_FINISH_S = 2.0
_SILENT = ("cancelled", "paused")


class Engine:
    """The time of one home. `at` is called at each named point of handing over; tests end there."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        carrier: Carrier,
        waking: Waking,
        quiet: QuietHours | None = None,
        at: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._carrier = carrier
        self._waking = waking
        self._quiet = quiet
        self._at = at
        self._stopping = False
        self._running = asyncio.Semaphore(_HANDED_OVER_AT_ONCE)
        self._offsets: tuple[timedelta | None, ...] = ()
        self._seen: tuple[datetime, float] | None = None

    def look(self) -> None:
        """Something changed in the rows: look at once."""
        self._waking.now()

    async def run(self) -> None:
        """Until `stop`. What is being handed over then has a moment to be finished."""
        await self._waking.start()
        async with asyncio.TaskGroup() as tasks:
            under_way: set[asyncio.Task[None]] = set()
            recovered = False
            while not self._stopping:
                until: datetime | None = None
                try:
                    if not recovered:
                        await self.recover()
                        recovered = True
                    for due in await self.tick():
                        task = tasks.create_task(self._carry(due))
                        under_way.add(task)
                        task.add_done_callback(under_way.discard)
                    until = await self._database.read(store.next_wake)
                except StorageError as error:
                    # The rows stay as they are; the next heartbeat looks again.
                    log.error("schedule.storage", extra={"fields": {"error": error.message}})
                await self._waking.wait(until)
            if under_way:
                await asyncio.wait(under_way, timeout=_FINISH_S)
            for task in under_way:
                task.cancel()  # its row says how far it came; the next start takes it up

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self._waking.stop()

    # --- what has come ------------------------------------------------------------------------

    def _now(self) -> datetime:
        """The instant as rows keep it: a part of a millisecond less, and what the rows say has come
        would be yet to come."""
        return from_ms(to_ms(self._clock.now()))

    async def recover(self) -> None:
        """Take up what a crash left half-way, before anything new is begun."""
        now = self._now()

        def change(connection: sqlite3.Connection) -> int:
            found = store.claimed(connection)
            for due in found:
                row = due.occurrence
                to = deliveries.left_sending(connection, row.id)
                is_unsure = any(not self._carrier.takes_once(channel) for channel in to)
                row = replace(row, maybe_twice=row.maybe_twice or is_unsure)
                store.put_occurrence(connection, _again(row, due.job, now, now))
            return len(found)

        if count := await self._database.write(change):
            log.warning("schedule.recovered", extra={"fields": {"occurrences": count}})

    async def tick(self) -> list[Due]:
        """Make rows of what has come, and claim what is to be handed over now; returns that."""
        await self._notice_the_clock()
        await self._fire()
        return await self._claim()

    async def _notice_the_clock(self) -> None:
        now, monotonic_s = self._now(), self._clock.monotonic_s()
        if self._seen is None:  # it may have been set back while nothing ran
            await setback.to_come_again(self._database, now, self._clock.zone)
        else:
            passed = timedelta(seconds=monotonic_s - self._seen[1])
            jumped = now - self._seen[0] - passed
            if abs(jumped) > _JUMP:
                fields = {"seconds": round(jumped.total_seconds())}
                log.info("schedule.clock_jumped", extra={"fields": fields})
            if jumped < -_JUMP:
                # What is to be tried again in a minute is, and not when that clock is reached.
                await self._database.write(partial(store.move_tries, now=now, by=jumped))
                await setback.to_come_again(self._database, now, self._clock.zone)
        self._seen = (now, monotonic_s)
        offsets = tuple(
            (now + timedelta(days=days)).astimezone(self._clock.zone).utcoffset()
            for days in (0, 91, 183, 274)
        )
        if offsets != self._offsets:
            self._offsets = offsets
            await self._move()

    async def _move(self) -> None:
        """Set the jobs that move with the person's clock to the zone that it shows now."""
        zone = self._clock.zone
        jobs = await self._database.read(store.floating)

        def moved() -> list[tuple[Job, datetime]]:
            found = []
            for job in jobs:
                if job.next_wall is not None:
                    instant = instant_of(job.next_wall, zone)
                    if instant != job.next_at:
                        found.append((job, instant))
            return found

        if changes := await asyncio.to_thread(moved):

            def change(connection: sqlite3.Connection) -> None:
                for job, instant in changes:
                    store.set_next(connection, job.id, instant, job.next_wall)

            await self._database.write(change)
            log.info("schedule.zone_changed", extra={"fields": {"jobs": len(changes)}})

    async def _fire(self) -> None:
        now, zone = self._now(), self._clock.zone

        def come(connection: sqlite3.Connection) -> list[tuple[Job, set[datetime]]]:
            found = store.jobs_come(connection, now, _AT_ONCE)
            return [(job, store.had(connection, job.id, job.next_at)) for job in found]

        while jobs := await self._database.read(come):
            firings = await asyncio.to_thread(_fired, jobs, now, zone)
            await self._database.write(partial(_keep_fired, firings=firings, now=now, zone=zone))
            self._at("fired")

    async def _claim(self) -> list[Due]:
        now, zone = self._now(), self._clock.zone

        def change(connection: sqlite3.Connection) -> list[Due]:
            found = []
            for due in store.ready(connection, now, _AT_ONCE):
                row = due.occurrence
                held = planning.held_until(due.job, self._quiet, now, zone)
                if held is not None:
                    store.put_occurrence(connection, replace(row, try_at=held))
                    continue
                row = replace(row, state="claimed", try_at=None, attempts=row.attempts + 1)
                store.put_occurrence(connection, row)
                found.append(Due(due.job, row))
            return found

        if not await self._database.read(partial(store.ready, now=now, limit=1)):
            return []
        found = await self._database.write(change)
        self._at("claimed")
        return found

    # --- handing over -------------------------------------------------------------------------

    async def _carry(self, due: Due) -> None:
        try:
            await self.hand_over(due)
        except StorageError as error:  # only while stopping: its row is left as it is
            log.error("schedule.left", extra={"fields": {"error": error.message}})

    async def hand_over(self, due: Due) -> None:
        """Compose it, and hand it to the first channel that takes it. Returns when it is written
        down what came of it."""
        async with self._running:
            try:
                async with asyncio.timeout(_COMPOSE_TIMEOUT_S):
                    parcel = await self._carrier.compose(due)
                channels = list(self._carrier.channels(due))
                if parcel is not None and not channels:
                    raise Undelivered("There is no channel to send it by.")
            except Undelivered as error:
                await self._failed(due, error.reason, error.is_final)
                return
            except TimeoutError:
                await self._failed(due, f"It took longer than {_COMPOSE_TIMEOUT_S:.0f} s.", False)
                return
            except Exception as error:  # noqa: BLE001 - the job runner: it is logged, and tried again
                await self._broke(due, error)
                return
            if parcel is None:
                # What is said again until it is acknowledged was said before.
                state = "skipped" if due.occurrence.ended is None else "delivered"
                await self._ended(due, state, "", "There was nothing to tell.")
                return
            await self._send(due, parcel, channels)

    async def _send(self, due: Due, parcel: Parcel, channels: Sequence[str]) -> None:
        reasons, is_final = [], True
        for channel in channels:
            begin = partial(
                deliveries.begin,
                occurrence_id=due.occurrence.id,
                channel=channel,
                now=self._now(),
            )
            delivery = await self._kept(begin)
            self._at("sending")
            try:
                async with asyncio.timeout(_SEND_TIMEOUT_S):
                    await self._carrier.send(channel, parcel)
            except Undelivered as error:
                reason, final = error.reason, error.is_final
            except TimeoutError:
                reason, final = f"no answer within {_SEND_TIMEOUT_S:.0f} s", False
            except Exception as error:
                log.error("schedule.channel_broke", exc_info=error)
                reason, final = f"{type(error).__name__}: {error}", False
            else:
                self._at("sent")
                await self._delivered(due, channel, delivery)
                self._at("recorded")
                return
            reasons.append(f"{channel}: {reason}")
            is_final = is_final and final
            await self._kept(
                partial(deliveries.end, delivery_id=delivery, state="failed", error=reason)
            )
        await self._failed(due, "; ".join(reasons), is_final)

    async def _broke(self, due: Due, error: Exception) -> None:
        log.error("schedule.job_broke", exc_info=error, extra={"fields": {"job": due.job.id}})
        await self._failed(due, f"{type(error).__name__}: {error}", False)

    async def _delivered(self, due: Due, channel: str, delivery: int) -> None:
        """It went out: that a channel took it and that it is delivered are one write, or a kill
        between them would send it again unmarked. It is said again later where it is to be
        acknowledged, and wasn't."""
        now = self._now()

        def change(connection: sqlite3.Connection) -> None:
            deliveries.end(connection, delivery, "sent")
            row = store.occurrence(connection, due.occurrence.id)
            job = store.job(connection, due.job.id)
            if row is None or job is None:
                return  # its job was deleted meanwhile
            row = replace(row, state="delivered", ended=now, channel=channel, error="")
            repeats = job.repeat and row.acknowledged is None and job.state not in _SILENT
            if repeats and deliveries.sent_count(connection, row.id) < planning.MOST_REPEATS:
                row = replace(row, state="due", try_at=now + job.repeat)
            store.put_occurrence(connection, row)

        await self._kept(change)
        self._waking.now()

    async def _failed(self, due: Due, reason: str, is_final: bool) -> None:
        now, row = self._now(), due.occurrence
        fields = {"job": due.job.id, "occurrence": row.id, "attempt": row.attempts}
        log.warning("schedule.not_delivered", extra={"fields": {**fields, "reason": reason}})
        if is_final or row.attempts >= planning.MOST_TRIES:
            await self._ended(due, "failed", "", reason)
            return
        at = planning.retry_at(row.attempts, now)

        def change(connection: sqlite3.Connection) -> None:
            found, job = store.occurrence(connection, row.id), store.job(connection, due.job.id)
            if found is not None and job is not None:
                again = _again(replace(found, error=reason), job, at, now)
                store.put_occurrence(connection, again)

        await self._kept(change)
        self._waking.now()

    async def _ended(self, due: Due, state: str, channel: str, reason: str) -> None:
        now = self._now()
        await self._kept(
            lambda c: _put_if_there(
                c, due.occurrence.id, state=state, ended=now, channel=channel, error=reason
            )
        )

    async def _kept(self, change: Callable[[sqlite3.Connection], object]) -> int:
        """Write it down; while that can't be (a full disk), wait and try again: what was sent must
        not be sent again because nobody knows of it."""
        while True:
            try:
                result = await self._database.write(change)
                return result if isinstance(result, int) else 0
            except StorageError as error:
                if self._stopping:
                    raise
                log.error("schedule.storage", extra={"fields": {"error": error.message}})
                await asyncio.sleep(_STORAGE_RETRY_S)


def _again(row: Occurrence, job: Job, at: datetime, now: datetime) -> Occurrence:
    """It is tried again at `at`; not where its job was cancelled or paused, or it was acknowledged,
    while it was being handed over."""
    if job.state in _SILENT or row.acknowledged is not None:
        state: State = "skipped" if row.ended is None else "delivered"
        return replace(row, state=state, try_at=None, ended=row.ended or now)
    return replace(row, state="due", try_at=at)


def _fired(
    jobs: Sequence[tuple[Job, set[datetime]]], now: datetime, zone: tzinfo | None
) -> list[tuple[Job, planning.Firing | str]]:
    """What has come of each; of a rule that can't be worked out, why."""
    found: list[tuple[Job, planning.Firing | str]] = []
    for job, had in jobs:
        try:
            found.append((job, planning.fire(job, now, zone, had)))
        except (ValueError, LookupError) as error:  # a zone that this machine doesn't know, too
            log.error("schedule.rule_broke", exc_info=error, extra={"fields": {"job": job.id}})
            found.append((job, f"Its rule can't be worked out: {error}"))
    return found


def _keep_fired(
    connection: sqlite3.Connection,
    firings: Sequence[tuple[Job, planning.Firing | str]],
    now: datetime,
    zone: tzinfo | None,
) -> None:
    for job, firing in firings:
        if store.job(connection, job.id) != job:
            continue  # it was changed meanwhile, and is looked at again
        if isinstance(firing, str):
            # It is there to be seen, and is asked no more: it would keep all others from firing.
            store.add_broken(connection, job, firing, now)
            store.set_state(connection, job.id, "paused")
            continue
        for fired in firing.fired:
            store.add_fired(connection, job.id, fired, now)
        wall = planning.wall_of(job.times, firing.next_at, zone)
        store.set_next(connection, job.id, firing.next_at, wall)
        if firing.next_at is None:
            store.set_state(connection, job.id, "ended")


def _put_if_there(connection: sqlite3.Connection, occurrence_id: int, **changes: object) -> None:
    row: Occurrence | None = store.occurrence(connection, occurrence_id)
    if row is not None:
        store.put_occurrence(connection, replace(row, **changes))  # type: ignore[arg-type]
