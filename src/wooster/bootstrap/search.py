"""Searching and the library, put together from settings, servers and the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wooster.actions.action import Action, Report
from wooster.assistant.library import Quoting
from wooster.config import resources
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import Clock
from wooster.daemon import vectors
from wooster.knowledge import actions as library_actions
from wooster.knowledge import store as library_store
from wooster.knowledge.places import Places
from wooster.knowledge.reader import Limits, Reader
from wooster.knowledge.service import Library
from wooster.models.embeddings import Embeddings, EmbeddingServer
from wooster.models.gate import Gate
from wooster.models.providers import address
from wooster.models.supervisor import Supervisor
from wooster.storage import Database
from wooster.storage.verify import Check
from wooster.vectors import sets as vector_sets
from wooster.vectors import store as passage_store
from wooster.vectors.model import Progress as Done
from wooster.vectors.service import Search
from wooster.wire.events import Progress

if TYPE_CHECKING:
    import httpx

    from wooster.knowledge.forgetting import LeavingOut

log = logging.getLogger(__name__)

CHECKS: list[Check] = [passage_store.verify, vector_sets.verify, library_store.verify]


@dataclass(frozen=True, slots=True)
class Models:
    """What speaks to the model servers."""

    client: Callable[[], Awaitable[httpx.AsyncClient]]
    gate: Gate
    supervisor: Supervisor
    until_quiet: Callable[[], Awaitable[None]]


class Searching:
    """The search and the library of one home, as they are run and ended together."""

    def __init__(
        self, paths: Paths, settings: Settings, database: Database, clock: Clock, models: Models
    ) -> None:
        self._settings = settings
        self._models = models
        self.embedder = self._embeddings()
        self.search = Search(
            database,
            self.embedder,
            paths.cache / "vectors",
            settings.vectors,
            clock,
            _tell,
        )
        limits = Limits(max_bytes=settings.library.max_megabytes * 1_000_000)
        self._reader = Reader(limits, zone=clock.zone)
        places = Places(paths.home, settings.library)
        self.library = Library(database, self.search, self._reader, clock, places, _tell)
        self.actions: list[Action[Any]] = [
            *library_actions.actions(self.library, clock),
            vectors.rebuild_embeddings(self.search),
        ]

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.search.run())
            tasks.create_task(self.library.run())

    def stop(self) -> None:
        self.library.stop()
        self.search.stop()

    async def close(self) -> None:
        """End what reads files. The rest ends with `run`."""
        await self._reader.close()

    def quoting(self) -> Quoting:
        """What the assistant asks the library with."""
        return Quoting(self.library, resources.prompt("library"), resources.prompt("library-chat"))

    @asynccontextmanager
    async def embedded_by(self, url: str, report: Report) -> AsyncIterator[None]:
        """Everything is embedded by a new server of ours, at its spare address, which takes over
        within the block."""
        server = replace(embedding_server(self._settings), url=url, is_ours=True)
        models = self._models
        spare = Embeddings(server, models.client, models.gate, lambda: "", models.until_quiet)

        def tell(done: Done) -> None:
            told = f"embedding {done.done} of {done.total}; the old model is searched meanwhile"
            report(Progress("embedding", done.done, done.total, told))

        async with self.search.embedded_by(spare, tell):
            yield
            # Else the old one would be believed to be there, and what has grown be thrown away.
            self.embedder.forget()

    def leaving_out(self) -> LeavingOut:
        """What forgetting asks the library with."""
        from wooster.knowledge.forgetting import LeavingOut

        return LeavingOut(self.library)

    def _embeddings(self) -> Embeddings:
        server, models = embedding_server(self._settings), self._models

        def not_ready() -> str:
            if not self._settings.routing.providers.local.embeddings.enabled:
                return "Embedding is switched off (routing.providers.local.embeddings.enabled)."
            return models.supervisor.not_ready("embed") if server.is_ours else ""

        return Embeddings(server, models.client, models.gate, not_ready, models.until_quiet)


def embedding_server(settings: Settings) -> EmbeddingServer:
    """The embed server of `settings.toml`, unless the routing's settings name another address."""
    own, wanted = settings.embed, settings.routing.providers.local.embeddings
    own_url = address(own.host, own.port)
    url = wanted.server_url or own_url
    return EmbeddingServer(
        url,
        is_ours=url == own_url,
        model=wanted.model,
        dimensions=wanted.dimensions,
        batch_size=wanted.batch_size,
        api_key=own.api_key.get_secret_value(),
    )


def _tell(event: str, fields: dict[str, Any]) -> None:
    log.info(event, extra={"fields": fields})
