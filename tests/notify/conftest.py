"""A way out of this machine with its real gate and ledger."""

from __future__ import annotations

import asyncio

import pytest

from wooster.bootstrap.leaving import Leaving
from wooster.core.clock import ManualClock
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate, Rules
from wooster.models.outlet import make_client
from wooster.storage import Database


@pytest.fixture
def out(database: Database, clock: ManualClock) -> Leaving:
    ledger = EgressLedger(database, clock)
    gate = Gate(ledger, Rules(frozenset(), frozenset(), None, local_only=True))

    async def client() -> object:
        return await asyncio.to_thread(make_client, gate)

    return Leaving(gate, ledger, client)  # type: ignore[arg-type]
