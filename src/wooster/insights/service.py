"""Patterns as they hold now, with what was decided of them.

They are looked for anew after each change, so that nothing is told that no longer holds. What no
longer holds and wasn't decided is dropped; what was dismissed stays so, by what it is of.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import sqlite3
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from wooster.core import caches
from wooster.core.days import LocalDays
from wooster.core.errors import NotFound, UsageError
from wooster.insights import patterns, store
from wooster.insights.model import Finding, Insight, Offer, Row
from wooster.insights.offers import offers
from wooster.insights.ports import Act, Sources
from wooster.storage import Database
from wooster.wire.requests import ActionResult

Undo = tuple[str, dict[str, Any]]
"""The name of an action that takes a change back, and its arguments."""
PUT = "insights_put"
_HINT = "`insights` lists them with their numbers."


class Insights:
    """Those of one home: of the last `span_days`, at this level of the false discovery rate."""

    def __init__(
        self,
        database: Database,
        days: LocalDays,
        sources: Sources,
        act: Act,
        limits: tuple[int, float],
    ) -> None:
        self._database = database
        self.days = days
        self._sources = sources
        self._act = act
        self.span_days, self.level = limits
        self._last: tuple[Hashable, Sequence[Finding]] | None = None
        caches.known(self._let_go)

    def _let_go(self) -> None:
        self._last = None

    async def look(self) -> list[Insight]:
        """All that hold now, also those that were decided; the surest first."""
        today = self.days.today()
        found = await self._found(today)
        known, is_whole = _known(await self._database.read(store.rows), found)
        if is_whole:  # mostly; to write takes a while
            return known
        return await self._database.write(lambda connection: _kept(connection, found, today))

    async def _found(self, today: date) -> Sequence[Finding]:
        """The patterns; looked for again only where something has changed since."""
        of = await self._sources.version()
        if self._last is None or self._last[0] != of:
            subjects = await self._sources.subjects(today - timedelta(self.span_days))
            found = await asyncio.to_thread(patterns.find, subjects, today, self.level)
            self._last = (of, found)
        return self._last[1]

    async def shown(self) -> list[Insight]:
        """Those that wait for the person."""
        today = self.days.today()
        return [each for each in await self.look() if each.row.is_shown(today)]

    async def one(self, number: int) -> Insight:
        """Raises `NotFound` where it doesn't hold now."""
        for each in await self.look():
            if each.row.id == number:
                return each
        raise NotFound(f"There is no pattern {number} now.", hint=_HINT)

    async def accept(self, number: int, what: str) -> tuple[Insight, Offer, ActionResult, Undo]:
        """Make what a pattern offers, or the offer that is named. Raises `NotFound`, `UsageError`,
        and what making it raises; then nothing was changed."""
        insight = await self._undecided(number)
        offer = _chosen(offers(insight.finding.tested), what)
        made = await self._act(offer.action, offer.arguments)
        undo = await self._decide(replace(insight.row, state="accepted", until=None), made.undo)
        return insight, offer, made, undo

    async def dismiss(self, number: int) -> tuple[Insight, Undo]:
        """It does not come back. Raises `NotFound`, `UsageError`."""
        insight = await self._undecided(number)
        undo = await self._decide(replace(insight.row, state="dismissed", until=None))
        return insight, undo

    async def snooze(self, number: int, until: date) -> tuple[Insight, Undo]:
        """It is shown again from `until` on. Raises `NotFound`, `UsageError`."""
        if until <= self.days.today():
            raise UsageError(f"{until} isn't in the future.", hint="`insights snooze 3 in a month`")
        insight = await self._undecided(number)
        undo = await self._decide(replace(insight.row, state="snoozed", until=until))
        return insight, undo

    async def put(self, row: Row, first: Undo | None) -> Undo:
        """Put what was decided as it was, after running `first`; returns what takes that back."""
        made = await self._act(*first) if first else None
        return await self._decide(row, made.undo if made else None)

    async def _undecided(self, number: int) -> Insight:
        insight = await self.one(number)
        if insight.row.state in ("accepted", "dismissed"):
            raise UsageError(
                f"Pattern {number} was {insight.row.state} already.",
                hint="`log insights` has the number with which `undo` takes that back.",
            )
        return insight

    async def _decide(self, row: Row, first: Undo | None = None) -> Undo:
        def change(connection: sqlite3.Connection) -> Row | None:
            was = next((each for each in store.rows(connection) if each.id == row.id), None)
            store.put(connection, row)
            return was

        was = await self._database.write(change)
        # One that was dropped meanwhile because it no longer held was undecided.
        before = was or replace(row, state="new", until=None)
        return PUT, {"row": _json(before), **({"first": list(first)} if first else {})}


def _known(there: Sequence[Row], found: Sequence[Finding]) -> tuple[list[Insight], bool]:
    """The findings that have a row, and whether all have one and no other row is to be dropped.

    To try a row costs a hash, and findings come mostly in the order in which their rows were made:
    so each takes its row away, and the next is mostly found at once. A row that was decided goes
    before one that wasn't.
    """
    known = []
    left: dict[str, list[Row]] = {}
    for row in sorted(there, key=lambda each: (each.state == "new", each.id)):
        left.setdefault(row.kind, []).append(row)
    for finding in found:
        rows = left.get(finding.tested.kind, [])
        for place, row in enumerate(rows):
            if row.mark == _mark(row.salt, finding):
                known.append(Insight(row, finding))
                del rows[place]
                break
    dropped = any(each.state == "new" for rows in left.values() for each in rows)
    return known, len(known) == len(found) and not dropped


def _kept(connection: sqlite3.Connection, found: Sequence[Finding], today: date) -> list[Insight]:
    """Each finding with its row, which is made where there is none."""
    there = store.rows(connection)
    known, _ = _known(there, found)
    rows = {id(each.finding): each.row for each in known}
    holding = {each.row.id for each in known}
    store.drop(connection, [e.id for e in there if e.state == "new" and e.id not in holding])
    insights = []
    for finding in found:
        row = rows.get(id(finding))
        if row is None:
            salt = secrets.token_hex(16)
            new = Row(0, finding.tested.kind, salt, _mark(salt, finding), "new", today)
            row = store.put(connection, new)
        insights.append(Insight(row, finding))
    return insights


def _mark(salt: str, finding: Finding) -> str:
    what = patterns.identity(finding.tested.kind, finding.tested.subject)
    return hashlib.blake2b(what.encode(), key=bytes.fromhex(salt), digest_size=32).hexdigest()


def _chosen(offered: Sequence[Offer], what: str) -> Offer:
    if not offered:
        raise UsageError("There is nothing to make of this one.", hint="`insights dismiss N`")
    found = next((each for each in offered if each.what == what), None)
    if what and found is None:
        can = ", ".join(each.what for each in offered)
        raise UsageError(f"It can't become a {what}, but a {can}.", hint="`insights accept N`")
    return found or offered[0]


def _json(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "salt": row.salt,
        "mark": row.mark,
        "state": row.state,
        "found": row.found.isoformat(),
        "until": None if row.until is None else row.until.isoformat(),
    }
