"""How fast a folder becomes a library, and what is embedded for it.

First the files alone, with no model there; then what that stored is embedded, and the requests are
counted; then all is opened again over the same folder, and again with one file edited. The folder
is copied first and left as it is. A stand-in makes the vectors, unless `--embed` asks for the real
server: what is counted is the same.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from scripts.benches.report import figure, progress
from scripts.benches.search_home import (
    Home,
    NoEmbedder,
    Told,
    embed_server,
    homed,
    running,
    server_at,
)
from scripts.benches.vectors_data import Vectors

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import SystemClock
from wooster.knowledge.model import ReadDocument
from wooster.knowledge.places import Places
from wooster.knowledge.reader import Reader
from wooster.knowledge.service import Library
from wooster.storage import Database
from wooster.vectors.model import Kind, Maker
from wooster.vectors.ports import Embedder, MadeBy

BENCH = "ingest"
SENTENCE = " The bench has added this sentence."


class StandIn:
    """Vectors out of a text's hash, at once."""

    is_here = True
    batch_size = 64
    _maker = Maker("bench", 384)

    async def made_by(self) -> MadeBy:
        return self._maker

    async def embed(
        self, texts: Sequence[str], kind: Kind, dimensions: int, *, background: bool
    ) -> tuple[MadeBy, Vectors]:
        del kind, background
        return self._maker, np.stack([_vector(text, dimensions) for text in texts])


def _vector(text: str, dimensions: int) -> Vectors:
    seed = int.from_bytes(sha256(text.encode("utf-8", "replace")).digest()[:8])
    drawn = np.random.default_rng(seed).standard_normal(dimensions, dtype=np.float32)
    made: Vectors = drawn / np.linalg.norm(drawn)
    return made


class Counted:
    """An embedder, and how often it was asked to embed documents."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.is_here = embedder.is_here
        self.batch_size = embedder.batch_size
        self.requests = self.texts = 0

    async def made_by(self) -> MadeBy:
        return await self._embedder.made_by()

    async def embed(
        self, texts: Sequence[str], kind: Kind, dimensions: int, *, background: bool
    ) -> tuple[MadeBy, Vectors]:
        self.requests += 1
        self.texts += len(texts)
        return await self._embedder.embed(texts, kind, dimensions, background=background)


class CountedReader:
    """The reader, and how many files it has read."""

    def __init__(self) -> None:
        self._reader = Reader()
        self.files = 0

    async def read(self, path: Path) -> list[ReadDocument]:
        self.files += 1
        return await self._reader.read(path)

    async def close(self) -> None:
        await self._reader.close()


@dataclass(frozen=True, slots=True)
class Counts:
    """What is in the library: its documents, its chunks, the different texts among them."""

    documents: int
    chunks: int
    texts: int
    problems: int


@dataclass(frozen=True, slots=True)
class Pass:
    """What one opening of the library took."""

    seconds: float
    files_read: int
    requests: int
    texts: int
    counts: Counts


def main() -> None:
    told = _arguments()
    if not told.folder.is_dir():
        raise SystemExit(f"there is no folder {told.folder}")
    with homed(None) as paths:
        copy = paths.home / "copy"
        shutil.copytree(told.folder, copy, ignore_dangling_symlinks=True)
        if told.embed:
            with embed_server(paths) as url:
                asyncio.run(_measure(paths, copy, url))
        else:
            asyncio.run(_measure(paths, copy, None))


async def _measure(paths: Paths, copy: Path, url: str | None) -> None:
    progress("reading the files, with no model")
    alone = await _pass(paths, copy, NoEmbedder())
    there = alone.counts
    figure(BENCH, "files_per_s", alone.files_read / alone.seconds, "files/s")
    figure(BENCH, "chunks_per_s", there.chunks / alone.seconds, "chunks/s")
    figure(BENCH, "files", alone.files_read, "files", {"problems": there.problems})
    figure(BENCH, "chunks", there.chunks, "chunks", {"different": there.texts})
    async with _embedder(paths, url) as embedder:
        progress("embedding what was read")
        first = await _pass(paths, copy, embedder)
        needed = math.ceil(there.texts / embedder.batch_size)
        figure(BENCH, "embedding_requests", first.requests, "requests", {"fewest": needed})
        figure(BENCH, "embedding_s", first.seconds, "s")
        progress("a second time")
        second = await _pass(paths, copy, embedder)
        figure(BENCH, "second.embedding_requests", second.requests, "requests")
        figure(BENCH, "second.files_read", second.files_read, "files")
        figure(BENCH, "second.s", second.seconds, "s", {"first": alone.seconds})
        edited = await asyncio.to_thread(_edit_one, copy)
        if edited is None:
            progress("there is no Markdown or text file to edit")
            return
        progress(f"with {edited.name} edited")
        third = await _pass(paths, copy, embedder)
        versus = {"all": float(third.counts.texts)}
        figure(BENCH, "edited.embedding_requests", third.requests, "requests")
        figure(BENCH, "edited.files_read", third.files_read, "files")
        figure(BENCH, "edited.texts_embedded", third.texts, "texts", versus)
        figure(BENCH, "edited.s", third.seconds, "s")


@asynccontextmanager
async def _embedder(paths: Paths, url: str | None) -> AsyncIterator[Embedder]:
    if url is None:
        yield StandIn()
        return
    database = Database.open(paths.database, paths.backups)
    async with server_at(paths, database, url) as embedder:
        yield embedder
    await database.close()


async def _pass(paths: Paths, copy: Path, embedder: Embedder) -> Pass:
    """Open the library, bring it up to date with the folder, embed what can be, and close it."""
    counted, reader = Counted(embedder), CountedReader()
    clock = SystemClock()
    settings = load_settings(paths, {}).library.model_copy(update={"folders": [str(copy)]})
    database = Database.open(paths.database, paths.backups)
    async with running(paths, database, counted) as home:
        places = Places(paths.home, settings)
        library = Library(database, home.search, reader, clock, places, lambda *_: None)
        started = time.perf_counter()
        await library.wait_until_settled()
        if not isinstance(embedder, NoEmbedder):
            await _embedded(home)
        taken_s = time.perf_counter() - started
        counts = await database.read(_counts)
    await reader.close()
    return Pass(taken_s, reader.files, counted.requests, counted.texts, counts)


async def _embedded(home: Home) -> None:
    home.search.changed()
    await home.search.wait(Told())


def _counts(connection: sqlite3.Connection) -> Counts:
    return Counts(
        *(
            int(connection.execute(query).fetchone()[0])
            for query in (
                "SELECT count(*) FROM documents",
                "SELECT count(*) FROM chunks",
                "SELECT count(DISTINCT text_hash) FROM passages",
                "SELECT count(*) FROM library_files WHERE problem <> ''",
            )
        )
    )


def _edit_one(copy: Path) -> Path | None:
    """Add a sentence to a line in the middle of the largest Markdown or text file."""
    files = [each for each in copy.rglob("*") if each.suffix in (".md", ".txt") and each.is_file()]
    if not files:
        return None
    chosen = max(files, key=lambda each: each.stat().st_size)
    lines = chosen.read_text("utf-8", "surrogateescape").split("\n")
    middle = len(lines) // 2
    place = next((at for at in range(middle, len(lines)) if lines[at].strip()), 0)
    lines[place] += SENTENCE
    chosen.write_text("\n".join(lines), "utf-8", "surrogateescape")
    return chosen


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench ingest", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--embed", action="store_true", help="with the real embed server")
    return parser.parse_args()


if __name__ == "__main__":
    main()
