"""The index of the set that is searched: loaded, caught up, built anew, saved in the background.

Search never waits for any of that and is always complete: what the index doesn't hold yet (its
tail, or everything) is compared in SQLite. The keeper knows sets, labels and files; it knows
nothing of texts, or of what a vector stands for.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from wooster.core.errors import StorageError
from wooster.storage import Database
from wooster.vectors import index_file, sets
from wooster.vectors.index import EXACT_LIMIT, Exact, Found, Graph, Index, best
from wooster.vectors.index_file import Contents, Mark, UnusableIndex
from wooster.vectors.sets import VectorSet

if TYPE_CHECKING:
    from wooster.vectors.sets import Labels, Vectors

T = TypeVar("T")
Log = Callable[[str, dict[str, Any]], None]

# Up to so many that a search may find are fetched and compared, past any index.
COMPARED_LIMIT = 4_000
# An index of a vector's first numbers gives so many candidates for each that is wanted.
_CANDIDATES = 4
# Vectors added between two searches: a search waits for at most as many.
_ADDED_AT_ONCE = 32
# Vectors that a new index takes in one go: a stop waits for at most as many.
_BUILT_AT_ONCE = 256
# Removed vectors that are overwritten between two searches.
_BLANKED_AT_ONCE = 32
# The kind of index changes well past the limit, so that it doesn't change to and fro.
_SLACK = 1.25


@dataclass(slots=True)
class _Held:
    """An index in use. All labels up to `mark` are in it, if they are in the set."""

    vector_set: VectorSet
    index: Index
    mark: int = 0
    unsaved: int = 0


class IndexKeeper:
    """One index, of whichever set is current. `index_dimensions` None holds whole vectors."""

    def __init__(
        self, database: Database, folder: Path, index_dimensions: int | None, log: Log
    ) -> None:
        self._database = database
        self._folder = folder
        self._index_dimensions = index_dimensions
        self._log = log
        self._held: _Held | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="wooster-index")
        self._builder = ThreadPoolExecutor(1, thread_name_prefix="wooster-build")

    async def nearest(
        self, vector_set: VectorSet, vector: Vectors, k: int, allowed: Labels | None = None
    ) -> Found:
        """The `k` vectors of a set that are nearest to a unit vector of its dimensions.

        Only `allowed` ones, where given (sorted labels). Complete at all times.
        """
        if allowed is not None and len(allowed) <= COMPARED_LIMIT:
            fetched = partial(_compare, vector_set=vector_set, vector=vector, k=k, labels=allowed)
            return await self._database.read(fetched)
        held = self._held
        if held is None or held.vector_set.id != vector_set.id:
            scan = partial(_scan, vector_set=vector_set, vector=vector, k=k, allowed=allowed)
            return await self._database.read(partial(scan, after=0))
        after = held.mark
        tail, head = await asyncio.gather(
            self._database.read(
                partial(
                    _scan, vector_set=vector_set, vector=vector, k=k, allowed=allowed, after=after
                )
            ),
            self._run(partial(self._search, held, vector, k, allowed)),
        )
        if held.index.dimensions < vector_set.maker.dimensions:
            compared = partial(
                _compare, vector_set=vector_set, vector=vector, k=k, labels=head.labels
            )
            head = await self._database.read(compared)
        return _merged(head, tail, k)

    async def catch_up(self, vector_set: VectorSet) -> None:
        """Bring the index to what the set holds now; build it where there is none to bring."""
        labels = await self._database.read(partial(sets.labels, vector_set=vector_set))
        held = self._held
        if held is None or held.vector_set.id != vector_set.id:
            held = self._held = await self._opened(vector_set, labels)
        if held is None or _should_change(held.index, len(labels)):
            await self._build(vector_set, len(labels))
            return
        await self._run(partial(_remove_gone, held, labels))
        await self._add_new(held)

    async def save(self) -> None:
        """Write the index to its file, if it changed and building it takes long.

        Where the disk is full, there is no file: the next start builds the index again.
        """
        held = self._held
        if held is None or not held.unsaved or not isinstance(held.index, Graph):
            return
        mark = Mark(held.mark, secrets.token_hex(8))
        try:
            await self._run(partial(self._save, held, held.index, mark))
            # The file first: until the database knows its token, it is no index.
            await self._database.write(
                partial(sets.set_index_token, vector_set=held.vector_set, token=mark.token)
            )
        except (OSError, RuntimeError, StorageError) as error:
            self._log("index.unsaved", {"reason": str(error)})

    async def purge(self, vector_set: VectorSet) -> None:
        """See to it that nothing that was removed is in the index's memory or file."""
        await self.catch_up(vector_set)
        held = self._held
        if held is not None and isinstance(held.index, Graph):
            while done := await self._run(partial(held.index.blank, _BLANKED_AT_ONCE)):
                held.unsaved += done
            if not held.unsaved:
                return
        # Of a graph that there was before, too.
        await self._run(partial(index_file.remove, self._path(vector_set)))
        await self.save()

    async def forget(self, set_ids: set[int]) -> None:
        """Remove the files of indexes of all sets but these."""
        await self._run(partial(self._remove_files, set_ids))

    async def close(self) -> None:
        """Save what is to be saved; a search that is still asked compares in SQLite."""
        await self.save()
        self._held = None
        self._builder.shutdown(wait=False, cancel_futures=True)
        self._thread.shutdown(wait=False)

    # --- bringing it up to date ---------------------------------------------------------------

    async def _opened(self, vector_set: VectorSet, labels: Labels) -> _Held | None:
        """The index that was saved, if it is of this set and can be used."""
        if len(labels) <= EXACT_LIMIT:
            return None
        try:
            load = partial(index_file.load, self._contents(vector_set), self._path(vector_set))
            graph, mark = await self._run(load)
        except UnusableIndex as error:
            self._log("index.unusable", {"reason": str(error)})
            return None
        token = await self._database.read(partial(sets.index_token, vector_set=vector_set))
        if token != mark.token:
            self._log("index.unusable", {"reason": "it is of another state of the database"})
            return None
        return _Held(vector_set, graph, mark.label)

    async def _build(self, vector_set: VectorSet, count: int) -> None:
        """A new index beside the old one, which goes on being searched."""
        dimensions = self._dimensions(vector_set)
        index: Index
        if count <= EXACT_LIMIT:
            index = Exact(vector_set.maker.dimensions)
        else:
            index = await self._run(partial(Graph.empty, dimensions, int(count * 1.1)))
            self._log("index.building", {"vectors": count})
        held = _Held(vector_set, index)
        await self._add_new(held, self._builder)
        self._held = held
        await self._add_new(held)

    async def _add_new(self, held: _Held, thread: ThreadPoolExecutor | None = None) -> None:
        """Add what the set has and the index hasn't, in the order of labels."""
        while True:
            page = partial(sets.page, vector_set=held.vector_set, after=held.mark)
            labels, vectors = await self._database.read(page)
            if not len(labels):
                return
            at_once = _ADDED_AT_ONCE if thread is None else _BUILT_AT_ONCE
            for start in range(0, len(labels), at_once):
                part = slice(start, start + at_once)
                await self._run(partial(_add, held, labels[part], vectors[part]), thread)

    async def _run(self, work: Callable[[], T], thread: ThreadPoolExecutor | None = None) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread or self._thread, work)

    # --- on the index's thread ----------------------------------------------------------------

    def _search(self, held: _Held, vector: Vectors, k: int, allowed: Labels | None) -> Found:
        if held.index.dimensions == len(vector):
            return held.index.search(vector, k, allowed)
        prefix = _prefix(vector.reshape(1, -1), held.index.dimensions)[0]
        return held.index.search(prefix, k * _CANDIDATES, allowed)

    def _save(self, held: _Held, graph: Graph, mark: Mark) -> None:
        changes = held.unsaved
        vector_set = held.vector_set
        index_file.save(graph, self._contents(vector_set), mark, self._path(vector_set))
        held.unsaved -= changes

    def _remove_files(self, kept: set[int]) -> None:
        for path in self._folder.glob("*.hnsw"):
            if path.stem not in map(str, kept):
                index_file.remove(path)

    def _dimensions(self, vector_set: VectorSet) -> int:
        return contents_of(vector_set, self._index_dimensions).dimensions

    def _contents(self, vector_set: VectorSet) -> Contents:
        return contents_of(vector_set, self._index_dimensions)

    def _path(self, vector_set: VectorSet) -> Path:
        return path_of(self._folder, vector_set)


def contents_of(vector_set: VectorSet, index_dimensions: int | None) -> Contents:
    """What the index of a set must hold; `index_dimensions` None holds whole vectors."""
    maker = vector_set.maker
    dimensions = min(index_dimensions or maker.dimensions, maker.dimensions)
    return Contents(f"{maker.model}/{maker.prompts}", dimensions)


def path_of(folder: Path, vector_set: VectorSet) -> Path:
    """Where its index is kept, if it is kept."""
    return folder / f"{vector_set.id}.hnsw"


def _should_change(index: Index, count: int) -> bool:
    """Whether another kind of index, or a new one, is better by now."""
    if isinstance(index, Graph):
        return index.is_worn or count * _SLACK < EXACT_LIMIT
    return count > EXACT_LIMIT * _SLACK


def _remove_gone(held: _Held, labels: Labels) -> None:
    import numpy as np

    gone = np.setdiff1d(held.index.labels(), labels, assume_unique=True)
    if len(gone):
        held.index.remove(gone.tolist())
        held.unsaved += len(gone)


def _add(held: _Held, labels: Labels, vectors: Vectors) -> None:
    if held.index.dimensions < vectors.shape[1]:
        vectors = _prefix(vectors, held.index.dimensions)
    held.index.add(labels, vectors)
    held.mark = int(labels[-1])
    held.unsaved += len(labels)


def _prefix(vectors: Vectors, dimensions: int) -> Vectors:
    """The first numbers of each vector, made a unit vector again."""
    import numpy as np

    cut = vectors[:, :dimensions]
    lengths: Vectors = np.linalg.norm(cut, axis=1, keepdims=True)
    return np.ascontiguousarray(cut / np.maximum(lengths, np.float32(1e-12)))


# --- over a connection --------------------------------------------------------------------------


def _scan(
    connection: sqlite3.Connection,
    vector_set: VectorSet,
    vector: Vectors,
    k: int,
    allowed: Labels | None,
    after: int,
) -> Found:
    """The nearest of all that have a label above `after`, compared one by one."""
    import numpy as np

    found = Found([], [])
    for labels, vectors in sets.every(connection, vector_set, after):
        if allowed is not None:
            chosen = np.flatnonzero(np.isin(labels, allowed))
            labels, vectors = labels[chosen], vectors[chosen]
        found = _merged(found, best(labels, vectors @ vector, k), k)
    return found


def _compare(
    connection: sqlite3.Connection,
    vector_set: VectorSet,
    vector: Vectors,
    k: int,
    labels: Labels | list[int],
) -> Found:
    """The nearest among `labels`."""
    found, vectors = sets.fetch(connection, vector_set, map(int, labels))
    return best(found, vectors @ vector, k)


def _merged(one: Found, other: Found, k: int) -> Found:
    """The `k` best of two, each label once."""
    if not other.labels:
        return Found(one.labels[:k], one.scores[:k])
    scores = dict(zip(one.labels, one.scores, strict=True))
    scores.update(zip(other.labels, other.scores, strict=True))
    ranked = sorted(scores.items(), key=lambda each: (-each[1], each[0]))[:k]
    return Found([label for label, _ in ranked], [score for _, score in ranked])
