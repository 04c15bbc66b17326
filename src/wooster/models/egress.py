"""The ledger of what leaves this machine: a row for each request to another host, before it goes.

It knows addresses and sizes, never the text.
"""

from __future__ import annotations

import ipaddress
import sqlite3
from urllib.parse import urlsplit

from wooster.core.clock import Clock, to_ms
from wooster.models.model import ChatRequest, Provider
from wooster.storage import Database


def leaves_this_machine(url: str) -> bool:
    """Whether a request to `url` goes to another host; when in doubt, it does."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


class EgressLedger:
    """Writes and counts the rows."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def record(self, provider: Provider, request: ChatRequest, sent_bytes: int) -> None:
        """Committed before it returns; if it can't be, the request must not be sent."""
        row = (
            to_ms(self._clock.now()),
            provider.name,
            urlsplit(provider.url).hostname or provider.url,
            provider.model,
            request.purpose,
            request.turn_id,
            sent_bytes,
        )

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO egress (at_ms, provider, host, model, purpose, turn_id, sent_bytes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )

        await self._database.write(change)

    async def count(self) -> int:
        """How many requests have ever left."""

        def query(connection: sqlite3.Connection) -> int:
            return int(connection.execute("SELECT count(*) FROM egress").fetchone()[0])

        return await self._database.read(query)
