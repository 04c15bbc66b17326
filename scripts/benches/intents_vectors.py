"""Vectors for a bench, each text's made once; a file may keep them from one run to the next."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
from scripts.benches.report import progress
from scripts.benches.search_home import server_at
from scripts.benches.vectors_data import Vectors

from wooster.actions.sentences import kept
from wooster.config.paths import Paths
from wooster.storage import Database
from wooster.vectors.model import Kind, Maker
from wooster.vectors.ports import Embedder, maker

_TOLD_EVERY_S = 10.0


class Made:
    """An `Embedder` over another that asks it for each text once."""

    def __init__(self, embedder: Embedder, by: Maker, known: dict[str, Vectors]) -> None:
        self._embedder = embedder
        self._by = by
        self.known = known
        self.is_here = True
        self.batch_size = embedder.batch_size

    async def made_by(self) -> Maker:
        return self._by

    async def vectors(self, texts: Sequence[str]) -> Vectors:
        new = kept.missing(texts, self.known)
        told_s = time.perf_counter()
        for start in range(0, len(new), self.batch_size):
            part = new[start : start + self.batch_size]
            _, vectors = await self._embedder.embed(
                part, "query", self._by.dimensions, background=True
            )
            self.known |= zip(map(kept.key, part), vectors, strict=True)
            if time.perf_counter() - told_s > _TOLD_EVERY_S:
                told_s = time.perf_counter()
                progress(f"embedding {start}/{len(new)}")
        return np.stack([self.known[kept.key(each)] for each in texts])

    async def anew(self, text: str) -> None:
        """Have a text embedded that may be known."""
        await self._embedder.embed([text], "query", self._by.dimensions, background=False)

    async def embed(
        self, texts: Sequence[str], kind: Kind, dimensions: int, *, background: bool
    ) -> tuple[Maker, Vectors]:
        del kind, dimensions, background
        return self._by, await self.vectors(texts)


@asynccontextmanager
async def embedder(url: str, path: Path | None) -> AsyncIterator[Made]:
    """Our embed server at `url`; what it made is kept in `path`, None for nowhere."""
    with tempfile.TemporaryDirectory(prefix="wooster-bench-") as folder:
        paths = Paths(Path(folder))
        paths.prepare()
        database = Database.open(paths.database, paths.backups)
        async with server_at(paths, database, url) as asked:
            by = maker(await asked.made_by())
            made = Made(asked, by, kept.read(path, by) if path else {})
            try:
                yield made
            finally:
                if path:
                    kept.write(path, by, made.known)
        await database.close()
