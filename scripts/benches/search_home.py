"""A home with a corpus in it that can be searched: stored, embedded and indexed as the daemon does.

A home that is kept goes on where it was left: nothing in it is embedded twice.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import numpy as np
from scripts.benches.home import bench_home, free_port
from scripts.benches.report import progress
from scripts.benches.search_corpus import Beir, Text
from scripts.benches.servers import server
from scripts.benches.vectors_data import Vectors

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import SystemClock
from wooster.core.errors import ModelUnavailable
from wooster.models.egress import EgressLedger
from wooster.models.embeddings import Embeddings, EmbeddingServer
from wooster.models.gate import Gate, Rules
from wooster.storage import Database
from wooster.vectors import sets, store, words
from wooster.vectors.keeper import IndexKeeper
from wooster.vectors.model import Kind, Maker, NewPassage, Progress
from wooster.vectors.ports import Embedder
from wooster.vectors.service import Search

COLLECTION = "bench"
_PUT_AT_ONCE = 500
_TOLD_EVERY_S = 10.0
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Home:
    """An open home, its search running."""

    database: Database
    embedder: Embedder
    search: Search
    frequencies: words.Frequencies = field(default_factory=words.Frequencies)

    @property
    def keeper(self) -> IndexKeeper:
        """The search's index, which answers without words."""
        return self.search._keeper

    async def put(self, texts: Sequence[Text]) -> dict[int, str]:
        """Make each text a passage of a document of its own; the texts' ids by their rows."""
        started = time.perf_counter()
        found: dict[int, str] = {}
        for start in range(0, len(texts), _PUT_AT_ONCE):
            part = texts[start : start + _PUT_AT_ONCE]
            rows = await self.database.write(partial(_put, start=start, texts=part))
            found.update(zip(rows, (each.id for each in part), strict=True))
        progress(f"stored {len(texts)} passages in {time.perf_counter() - started:.1f} s")
        return found

    async def embed(self) -> None:
        """Until everything that is stored has its vector and the index has all of them."""
        self.search.changed()
        await self.search.wait(Told())
        await self.indexed()

    async def indexed(self) -> None:
        """Until the index has every vector that there is."""
        last = await self.database.read(_last_label)
        while True:
            held = self.keeper._held
            if held is not None and held.mark >= last:
                return
            await asyncio.sleep(_LOOK_S)

    async def queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of queries."""
        made_by = await self.embedder.made_by()
        made: list[Vectors] = []
        for start in range(0, len(texts), self.embedder.batch_size):
            part = texts[start : start + self.embedder.batch_size]
            _, vectors = await self.embedder.embed(
                part, "query", made_by.dimensions, background=False
            )
            made.append(vectors)
        return np.concatenate(made)


def _put(connection: sqlite3.Connection, start: int, texts: Sequence[Text]) -> list[int]:
    rows: list[int] = []
    for document, text in enumerate(texts, start + 1):
        passage = NewPassage(text.id, text.title, text.text)
        rows.append(store.put(connection, COLLECTION, document, [passage]).ids[text.id])
    return rows


class Told:
    """Tells the progress now and then."""

    def __init__(self) -> None:
        self._at_s = 0.0

    def __call__(self, at: Progress) -> None:
        if time.perf_counter() - self._at_s > _TOLD_EVERY_S:
            self._at_s = time.perf_counter()
            progress(f"embedding {at.done}/{at.total}")


@asynccontextmanager
async def opened(paths: Paths, url: str) -> AsyncIterator[Home]:
    """The home in `paths`, its texts embedded by our server at `url`."""
    database = Database.open(paths.database, paths.backups)
    async with (
        server_at(paths, database, url) as embedder,
        running(paths, database, embedder) as home,
    ):
        yield home


@asynccontextmanager
async def server_at(paths: Paths, database: Database, url: str) -> AsyncIterator[Embedder]:
    """Our embed server at `url`, as the daemon asks it."""
    routing = load_settings(paths, {}).routing
    async with httpx.AsyncClient(trust_env=False) as client:

        async def http() -> httpx.AsyncClient:
            return client

        gate = Gate(EgressLedger(database, SystemClock()), Rules.of(routing))
        batch_size = routing.providers.local.embeddings.batch_size
        there = EmbeddingServer(url, True, None, None, batch_size)
        yield Embeddings(there, http, gate, lambda: "", _nobody_speaks)


@asynccontextmanager
async def opened_without_server(paths: Paths) -> AsyncIterator[Home]:
    """The home in `paths`, for which nothing makes vectors."""
    database = Database.open(paths.database, paths.backups)
    async with running(paths, database, NoEmbedder()) as home:
        yield home


class NoEmbedder:
    """A model that is away."""

    is_here = True
    batch_size = 64

    async def made_by(self) -> Maker:
        raise ModelUnavailable("No model takes part in this measurement.")

    async def embed(
        self, texts: Sequence[str], kind: Kind, dimensions: int, *, background: bool
    ) -> tuple[Maker, Vectors]:
        raise ModelUnavailable("No model takes part in this measurement.")


async def _nobody_speaks() -> None:
    """There is no turn to wait for."""


@asynccontextmanager
async def running(paths: Paths, database: Database, embedder: Embedder) -> AsyncIterator[Home]:
    """A search over an open database, with its background work; both are closed at the end."""
    settings = load_settings(paths, {}).vectors
    folder, clock = paths.cache / "vectors", SystemClock()
    search = Search(database, embedder, folder, settings, clock, lambda *_: None)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(search.run())
            try:
                yield Home(database, embedder, search)
            finally:
                search.stop()
    finally:
        await database.close()


def _last_label(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT max(id) FROM vectors").fetchone()[0])


@contextmanager
def homed(kept: Path | None) -> Iterator[Paths]:
    """The home that is kept in a folder, or one for this run."""
    with bench_home() as paths:
        if kept is None:
            yield paths
            return
        own = Paths(kept.absolute())
        own.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not own.models.exists():
            own.models.symlink_to(os.path.realpath(paths.models))
        own.prepare()
        yield own


@contextmanager
def embed_server(paths: Paths) -> Iterator[str]:
    """The real embed server with the starter model; its address."""
    port = free_port()
    command = ["wooster.servers.embed", "--port", str(port)]
    with server(command, paths, port, "default"):
        yield f"http://127.0.0.1:{port}"


def embeddings(corpus: Beir, kept: Path | None) -> tuple[Vectors, Vectors]:
    """The vectors of all texts and queries of a benchmark, by the starter model."""

    async def made(paths: Paths, url: str) -> tuple[Vectors, Vectors]:
        async with opened(paths, url) as home:
            await home.put(corpus.texts)
            await home.embed()
            queries = await home.queries([query.text for query in corpus.queries])
            return await home.database.read(_all_vectors), queries

    with homed(kept) as paths, embed_server(paths) as url:
        return asyncio.run(made(paths, url))


def _all_vectors(connection: sqlite3.Connection) -> Vectors:
    current = sets.all_sets(connection)["current"]
    return np.concatenate([vectors for _, vectors in sets.every(connection, current)])
