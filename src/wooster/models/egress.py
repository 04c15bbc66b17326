"""The ledger of what leaves this machine: a row for each request to another host, before it goes.

It knows addresses, sizes and amounts, never the text. Amounts are millionths of a US dollar.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wooster.config.settings import Rate, Sensitivity
from wooster.core.clock import Clock, from_ms, to_ms
from wooster.models.model import Usage
from wooster.models.month import Month
from wooster.storage import Database

State = Literal["sent", "answered", "refused", "cut_off", "unreached"]
"""sent: it may have left, and its end isn't known · answered: to the end · refused: an error came
back · cut_off: the answer was · unreached: no connection was made, so that nothing left."""

# What a request costs whose provider hasn't told: what it could have cost at most. An error isn't
# charged for, and one that was never connected can't be; their cost is written as 0.
_COST = "coalesce(cost_micros, estimate_micros, 0)"


@dataclass(frozen=True, slots=True)
class Entry:
    """A request that is about to leave. `estimate_micros` is None where no price is known."""

    provider: str
    host: str
    model: str
    purpose: str
    turn_id: str
    sent_bytes: int
    sensitivity: Sensitivity
    estimate_micros: int | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A row: what left, and what came of it."""

    at: datetime
    entry: Entry
    state: State
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_micros: int | None


@dataclass(frozen=True, slots=True)
class Total:
    """A month: `cost_micros` counts estimates where the cost isn't known; `unpriced` requests have
    neither."""

    requests: int
    sent_bytes: int
    prompt_tokens: int
    completion_tokens: int
    cost_micros: int
    estimated: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class OverCap:
    """The month's cap would be passed; nothing was written."""

    spent_micros: int
    cap_micros: int


def cost_micros(rate: Rate, prompt_tokens: int, completion_tokens: int) -> int:
    """Dollars a million tokens are millionths of a dollar a token. Rounded up."""
    return math.ceil(prompt_tokens * rate.input + completion_tokens * rate.output)


class EgressLedger:
    """Writes, completes and reads the rows."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def reserve(self, entry: Entry, cap_micros: int | None) -> int | OverCap:
        """The number of the new row, committed before it returns.

        Counting what the month has cost and writing the row are one transaction: of two requests
        at once, the second sees what the first may cost.
        """
        now_ms = to_ms(self._clock.now())
        span_ms = Month.of(self._clock.local()).span_ms(self._clock.zone)

        def change(connection: sqlite3.Connection) -> int | OverCap:
            if cap_micros is not None:
                spent = spent_in(connection, span_ms)
                if spent + (entry.estimate_micros or 0) > cap_micros:
                    return OverCap(spent, cap_micros)
            return _insert(connection, now_ms, entry)

        return await self._database.write(change)

    async def complete(self, row: int, state: State, usage: Usage, cost_micros: int | None) -> None:
        """What came of the request in `row`."""
        values = (state, usage.prompt_tokens, usage.completion_tokens, cost_micros, row)

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE egress SET state = ?, prompt_tokens = ?, completion_tokens = ?,"
                " cost_micros = ? WHERE seq = ?",
                values,
            )

        await self._database.write(change)

    async def count(self) -> int:
        """How many requests have ever left."""

        def query(connection: sqlite3.Connection) -> int:
            left = "SELECT count(*) FROM egress WHERE state != 'unreached'"
            return int(connection.execute(left).fetchone()[0])

        return await self._database.read(query)

    async def total(self, month: Month) -> Total:
        """What a calendar month of the person's comes to."""
        span_ms = month.span_ms(self._clock.zone)
        return await self._database.read(lambda connection: _total(connection, span_ms))

    async def rows(self, month: Month, limit: int) -> list[Sent]:
        """The newest `limit` rows of a month, newest first."""
        begin_ms, end_ms = month.span_ms(self._clock.zone)

        def query(connection: sqlite3.Connection) -> Sequence[sqlite3.Row]:
            return connection.execute(
                "SELECT * FROM egress WHERE at_ms >= ? AND at_ms < ? ORDER BY seq DESC LIMIT ?",
                (begin_ms, end_ms, limit),
            ).fetchall()

        return [_sent(row) for row in await self._database.read(query)]


def spent_in(connection: sqlite3.Connection, span_ms: tuple[int, int]) -> int:
    """What was paid in a stretch of time, and may have to be."""
    query = f"SELECT coalesce(sum({_COST}), 0) FROM egress WHERE at_ms >= ? AND at_ms < ?"
    return int(connection.execute(query, span_ms).fetchone()[0])


def _insert(connection: sqlite3.Connection, at_ms: int, entry: Entry) -> int:
    cursor = connection.execute(
        "INSERT INTO egress (at_ms, provider, host, model, purpose, turn_id, sent_bytes,"
        " sensitivity, estimate_micros) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            at_ms,
            entry.provider,
            entry.host,
            entry.model,
            entry.purpose,
            entry.turn_id,
            entry.sent_bytes,
            entry.sensitivity,
            entry.estimate_micros,
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _total(connection: sqlite3.Connection, span_ms: tuple[int, int]) -> Total:
    row = connection.execute(
        "SELECT count(*), coalesce(sum(sent_bytes), 0), coalesce(sum(prompt_tokens), 0),"
        f" coalesce(sum(completion_tokens), 0), coalesce(sum({_COST}), 0),"
        " count(*) FILTER (WHERE cost_micros IS NULL AND estimate_micros IS NOT NULL),"
        " count(*) FILTER (WHERE cost_micros IS NULL AND estimate_micros IS NULL)"
        " FROM egress WHERE state != 'unreached' AND at_ms >= ? AND at_ms < ?",
        span_ms,
    ).fetchone()
    return Total(*row)


def _sent(row: sqlite3.Row) -> Sent:
    entry = Entry(
        row["provider"],
        row["host"],
        row["model"],
        row["purpose"],
        row["turn_id"],
        row["sent_bytes"],
        row["sensitivity"],
        row["estimate_micros"],
    )
    tokens = row["prompt_tokens"], row["completion_tokens"]
    return Sent(from_ms(row["at_ms"]), entry, row["state"], *tokens, row["cost_micros"])
