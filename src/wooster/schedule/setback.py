"""A clock that was set back: what it had let pass, and what lies ahead once more.

What was handed over by the clock that was ahead comes no more. What that clock only let pass, as
missed, comes at its time: its row is taken back, and the job waits for it again.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from wooster.schedule import planning, store
from wooster.schedule.model import Due
from wooster.schedule.rules import following
from wooster.storage import Database

log = logging.getLogger(__name__)

_LEAST = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Again:
    """A missed row of which `first` and what follows lie ahead; `passed` are those that don't."""

    due: Due
    passed: tuple[datetime, ...]
    first: datetime


async def to_come_again(database: Database, now: datetime, local: tzinfo | None) -> None:
    """Let what was missed by a clock that was ahead, and lies ahead of `now`, come at its time."""
    found = await database.read(lambda connection: store.missed_ahead(connection, now))
    if not found:
        return
    taken = await asyncio.to_thread(
        lambda: [again for due in found if (again := lying_ahead(due, now, local))]
    )

    if not taken:
        return

    def change(connection: sqlite3.Connection) -> None:
        for again in taken:
            _take_back(connection, again, local)

    await database.write(change)
    log.info("schedule.set_back", extra={"fields": {"occurrences": len(taken)}})


def lying_ahead(due: Due, now: datetime, local: tzinfo | None) -> Again | None:
    """What of a missed row is yet to come; None where its job has other times by now."""
    row, times = due.occurrence, due.job.times
    if times.at is not None:
        return Again(due, (), row.due) if row.due == times.at else None
    try:
        stretch = following(planning.rule_of(times, local), row.due - _LEAST, row.times)
    except (ValueError, LookupError) as error:  # a zone that this machine doesn't know, too
        log.error("schedule.rule_broke", exc_info=error, extra={"fields": {"job": due.job.id}})
        return None
    if stretch[:1] != [row.due] or stretch[-1] != (row.until or row.due):
        return None
    passed = tuple(at for at in stretch if at <= now)
    return Again(due, passed, stretch[len(passed)])


def _take_back(connection: sqlite3.Connection, again: Again, local: tzinfo | None) -> None:
    row, job = again.due.occurrence, store.job(connection, again.due.job.id)
    if job is None or job.times != again.due.job.times:
        return
    if store.occurrence(connection, row.id) != row:
        return
    until = again.passed[-1] if len(again.passed) > 1 else None
    store.keep_missed(connection, row.id, len(again.passed), until)
    if job.next_at is None or again.first < job.next_at:
        wall = planning.wall_of(job.times, again.first, local)
        store.set_next(connection, job.id, again.first, wall)
    if job.state == "ended":
        store.set_state(connection, job.id, "active")
