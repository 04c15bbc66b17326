"""Who is measured: our store as the daemon uses it, NumPy, sqlite-vec and usearch.

Each is run in processes of its own, one that builds and one that starts with what was built, so
that the memory of one isn't that of another:
`python -m scripts.benches.vectors_contenders CONTENDER PHASE DATA FOLDER [OPTIONS]` prints one JSON
object.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import json
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from ctypes.util import find_library
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import psutil
from scripts.benches.report import median, p95
from scripts.benches.vectors_data import NEAREST, Data, Vectors

from wooster.core.clock import SystemClock
from wooster.storage import Database, migrations
from wooster.vectors import sets
from wooster.vectors.index import BREADTH_BUILDING, BREADTH_SEARCHING, DEGREE
from wooster.vectors.keeper import IndexKeeper
from wooster.vectors.model import Maker
from wooster.vectors.sets import VectorSet

# A contender that takes longer answers fewer queries.
_LONGEST_S, _FEWEST = 20.0, 30
_BATCH = 1_024

Search = Callable[[Vectors], Awaitable[Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Options:
    """How ours keeps vectors."""

    precision: sets.Precision = "float32"
    index_dimensions: int | None = None
    k: int = NEAREST


class Contender(Protocol):
    """Rows of the data are found by their number."""

    async def build(self, base: Vectors) -> None:
        """Store all vectors in files, with an index where there is one."""

    async def open(self) -> Search:
        """Be ready to search what the files hold."""


class Ours:
    """Vectors in SQLite and the index beside it, through what the daemon uses."""

    def __init__(self, folder: Path, options: Options) -> None:
        self._folder = folder
        self._options = options

    async def build(self, base: Vectors) -> None:
        database = self._database()
        maker = Maker("bench", base.shape[1])
        vector_set = await database.write(
            lambda c: sets.begin(c, maker, self._options.precision, "current", SystemClock().now())
        )
        for start in range(0, len(base), _BATCH):
            part = np.array(base[start : start + _BATCH])
            await database.write(partial(_store, vector_set=vector_set, start=start, part=part))
        keeper = self._keeper(database)
        await keeper.catch_up(vector_set)
        await keeper.close()
        await database.close()

    async def open(self) -> Search:
        database = self._database()
        vector_set = (await database.read(sets.all_sets))["current"]
        keeper = self._keeper(database)
        await keeper.catch_up(vector_set)

        async def search(vector: Vectors) -> Sequence[int]:
            found = await keeper.nearest(vector_set, vector, self._options.k)
            return [label - 1 for label in found.labels]

        return search

    def _database(self) -> Database:
        return Database.open(self._folder / "wooster.db", self._folder / "backups")

    def _keeper(self, database: Database) -> IndexKeeper:
        return IndexKeeper(
            database, self._folder / "index", self._options.index_dimensions, lambda *_: None
        )


def _store(
    connection: sqlite3.Connection, vector_set: VectorSet, start: int, part: Vectors
) -> None:
    hashes = [(start + row).to_bytes(16, "big") for row in range(len(part))]
    connection.executemany(
        "INSERT INTO vector_queue (set_id, text_hash) VALUES (?, ?)",
        [(vector_set.id, text_hash) for text_hash in hashes],
    )
    sets.store(connection, [vector_set], hashes, part)


class Numpy:
    """A matrix in memory, and the product with it."""

    def __init__(self, folder: Path, options: Options) -> None:
        self._path = folder / "vectors.npy"

    async def build(self, base: Vectors) -> None:
        np.save(self._path, base)

    async def open(self) -> Search:
        matrix = np.load(self._path)

        async def search(vector: Vectors) -> Sequence[int]:
            scores = matrix @ vector
            chosen = np.argpartition(-scores, NEAREST)[:NEAREST]
            found: list[int] = chosen[np.argsort(-scores[chosen])].tolist()
            return found

        return search


class SqliteVec:
    """`vec0`, which compares all vectors."""

    def __init__(self, folder: Path, options: Options) -> None:
        self._path = folder / "vectors.db"

    async def build(self, base: Vectors) -> None:
        with closing(self._connect()) as connection, connection:
            connection.execute(
                f"CREATE VIRTUAL TABLE v USING vec0 (e float[{base.shape[1]}]"
                " distance_metric=cosine)"
            )
            connection.executemany(
                "INSERT INTO v (rowid, e) VALUES (?, ?)",
                ((row, vector.tobytes()) for row, vector in enumerate(base)),
            )

    async def open(self) -> Search:
        connection = self._connect()

        async def search(vector: Vectors) -> Sequence[int]:
            rows = connection.execute(
                "SELECT rowid FROM v WHERE e MATCH ? AND k = ? ORDER BY distance",
                (vector.tobytes(), NEAREST),
            )
            return [row[0] for row in rows]

        return search

    def _connect(self) -> sqlite3.Connection:
        import sqlite_vec

        if hasattr(sqlite3.Connection, "enable_load_extension"):
            connection = sqlite3.connect(self._path)
            connection.enable_load_extension(True)
            sqlite_vec.load(connection)
            return connection
        # Many Pythons are built without that; SQLite itself still loads it into each connection.
        library = ctypes.CDLL(find_library("sqlite3") or "libsqlite3.so.0")
        extension = ctypes.CDLL(str(next(Path(sqlite_vec.loadable_path()).parent.glob("vec0.*"))))
        library.sqlite3_auto_extension(ctypes.cast(extension.sqlite3_vec_init, ctypes.c_void_p))
        return sqlite3.connect(self._path)


class Usearch:
    """Another HNSW graph, with the degree and breadth of ours."""

    def __init__(self, folder: Path, options: Options) -> None:
        self._path = folder / "vectors.usearch"

    async def build(self, base: Vectors) -> None:
        from usearch.index import Index

        index = Index(
            ndim=base.shape[1],
            metric="ip",
            dtype="f32",
            connectivity=DEGREE,
            expansion_add=BREADTH_BUILDING,
            expansion_search=BREADTH_SEARCHING,
        )
        for start in range(0, len(base), _BATCH):
            part = np.array(base[start : start + _BATCH])
            index.add(np.arange(start, start + len(part)), part)
        index.save(str(self._path))

    async def open(self) -> Search:
        from usearch.index import Index

        index: Any = Index.restore(str(self._path))
        index.expansion_search = BREADTH_SEARCHING

        async def search(vector: Vectors) -> Sequence[int]:
            found: list[int] = index.search(vector, NEAREST).keys.tolist()
            return found

        return search


CONTENDERS: dict[str, Callable[[Path, Options], Contender]] = {
    "ours": Ours,
    "numpy": Numpy,
    "sqlite_vec": SqliteVec,
    "usearch": Usearch,
}


# --- the two processes ------------------------------------------------------------------------


def _build(contender: Contender, data: Data, folder: Path) -> dict[str, float]:
    if isinstance(contender, Ours):  # an empty database isn't part of it
        migrations.bring_up_to_date(folder / "wooster.db", folder / "backups")
    started = time.perf_counter()
    asyncio.run(contender.build(data.base()))
    taken_s = time.perf_counter() - started
    size_bytes = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
    return {"build_s": taken_s, "file_mb": size_bytes / 2**20}


async def _use(contender: Contender, data: Data) -> dict[str, float]:
    queries, truth = data.queries(), data.truth()
    started = time.perf_counter()
    search = await contender.open()
    await search(queries[0])
    load_s = time.perf_counter() - started
    begun = time.perf_counter()
    times_ms: list[float] = []
    right = 0
    for query, wanted in zip(queries, truth, strict=True):
        before = time.perf_counter()
        found = await search(query)
        times_ms.append((time.perf_counter() - before) * 1000)
        right += len(set(found[:NEAREST]).intersection(wanted.tolist()))
        if len(times_ms) >= _FEWEST and time.perf_counter() - begun > _LONGEST_S:
            break
    return {
        "load_s": load_s,
        "query_p50_ms": median(times_ms),
        "query_p95_ms": p95(times_ms),
        "recall@10": right / (NEAREST * len(times_ms)),
        "rss_mb": psutil.Process().memory_info().rss / 2**20,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contender", choices=CONTENDERS)
    parser.add_argument("phase", choices=("build", "use"))
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--precision", choices=("float32", "float16"), default="float32")
    parser.add_argument("--index-dimensions", type=int)
    parser.add_argument("--k", type=int, default=NEAREST)
    told = parser.parse_args()
    options = Options(told.precision, told.index_dimensions, told.k)
    contender = CONTENDERS[told.contender](told.folder, options)
    data = Data(told.data)
    if told.phase == "build":
        found = _build(contender, data, told.folder)
    else:
        found = asyncio.run(_use(contender, data))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
