"""A search over a database of its own, run by hand or in the background."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.embedder import WordEmbedder
from wooster.config.settings import Vectors
from wooster.core.clock import ManualClock
from wooster.storage import Database
from wooster.vectors import sets, store
from wooster.vectors.model import Coverage, Facets, NewPassage
from wooster.vectors.service import Search

SETTINGS = Vectors.model_construct(precision="float32", index_dimensions=None)


def passages(texts: Sequence[str], title: str = "", **facets: Any) -> list[NewPassage]:
    """One passage a text, with its place as key."""
    return [
        NewPassage(f"{place}:{text}", title, text, facets=Facets(**facets))
        for place, text in enumerate(texts)
    ]


async def put(
    database: Database, document: int, texts: Sequence[str], title: str = "", **facets: Any
) -> None:
    """Make `texts` the passages of a document of the library."""
    made = passages(texts, title, **facets)
    await database.write(lambda c: store.put(c, "library", document, made))


async def findings(database: Database) -> list[str]:
    """What `verify` says of passages and vectors."""
    return await database.read(lambda c: [*store.verify(c), *sets.verify(c)])


def search_over(
    database: Database,
    embedder: WordEmbedder,
    clock: ManualClock,
    folder: Path,
    settings: Vectors = SETTINGS,
) -> Search:
    return Search(database, embedder, folder, settings, clock, lambda event, fields: None)


@asynccontextmanager
async def running(search: Search) -> AsyncIterator[Search]:
    """The search with its background work, for the block."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(search.run())
        try:
            yield search
        finally:
            search.stop()


async def settled(search: Search) -> Coverage:
    """When nothing waits that can be embedded."""
    search.changed()
    return await search.wait(lambda progress: None)
