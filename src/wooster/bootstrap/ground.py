"""What the rest of a daemon is built on, once its first answer is out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wooster.actions.registry import Registry
from wooster.bootstrap.remembering import Memory
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate
from wooster.models.router import Router
from wooster.storage import Database
from wooster.storage.verify import Check
from wooster.vectors.ports import Embedder

if TYPE_CHECKING:
    import httpx

    from wooster.bootstrap.whole import Whole


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rest is built on. `checks` are those of `verify`, which the rest adds to."""

    paths: Paths
    settings: Settings
    environ: Mapping[str, str]
    database: Database
    clock: Clock
    client: Callable[[], Awaitable[httpx.AsyncClient]]
    gate: Gate
    ledger: EgressLedger
    registry: Registry
    embedder: Embedder
    checks: list[Check]
    memory: Memory
    router: Router


def load(ground: Ground) -> Whole:
    """Build the rest on it. Blocking: it imports half of the program."""
    from wooster.bootstrap.whole import Whole

    return Whole(ground)
