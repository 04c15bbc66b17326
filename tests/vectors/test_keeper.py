"""The index against exact search: filled, emptied, reopened, damaged, put back from a copy."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.conftest import NOON
from tests.embedder import WordEmbedder, vector_of
from tests.vectors.conftest import findings, put
from wooster.core.clock import ManualClock
from wooster.storage import Database
from wooster.vectors import keeper, sets, store
from wooster.vectors.filling import Filling
from wooster.vectors.keeper import IndexKeeper
from wooster.vectors.model import Maker
from wooster.vectors.sets import VectorSet

SMALL = 12


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph from a dozen vectors on, so that a test reaches it."""
    monkeypatch.setattr(keeper, "EXACT_LIMIT", SMALL)
    monkeypatch.setattr(keeper, "COMPARED_LIMIT", 2)


@dataclass(slots=True)
class Shelf:
    """A database with vectors, and the keeper of their index."""

    database: Database
    folder: Path
    clock: ManualClock
    index_dimensions: int | None = None
    embedder: WordEmbedder = field(default_factory=WordEmbedder)
    events: list[str] = field(default_factory=list)
    keeper: IndexKeeper = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.keeper = IndexKeeper(
            self.database,
            self.folder,
            self.index_dimensions,
            lambda event, fields: self.events.append(f"{event} {fields.get('reason', '')}".strip()),
        )

    async def current(self) -> VectorSet:
        return (await self.database.read(sets.all_sets))["current"]

    async def put(self, document: int, texts: list[str]) -> None:
        await put(self.database, document, texts)
        filling = Filling(self.database, self.embedder, "float32", self.clock, lambda *_: None)
        await filling.once(self.embedder, _nothing)

    async def drop(self, document: int) -> None:
        await self.database.write(lambda c: store.drop(c, "library", document))

    async def catch_up(self) -> None:
        await self.keeper.catch_up(await self.current())

    async def reopen(self) -> None:
        await self.keeper.close()
        self.open()

    async def nearest(self, text: str, k: int, allowed: Any = None) -> list[int]:
        current = await self.current()
        vector = vector_of(text, current.maker)
        return (await self.keeper.nearest(current, vector, k, allowed)).labels

    async def exactly(self, text: str, k: int, allowed: Any = None) -> list[int]:
        """By comparing all, past every index."""
        current = await self.current()
        vector = vector_of(text, current.maker)
        pages = await self.database.read(lambda c: list(sets.every(c, current)))
        scores = {
            int(label): float(row @ vector)
            for labels, rows in pages
            for label, row in zip(labels, rows, strict=True)
            if allowed is None or label in allowed
        }
        return sorted(scores, key=lambda each: (-scores[each], each))[:k]


async def _nothing() -> None:
    return


@pytest.fixture
def shelf(database: Database, clock: ManualClock, tmp_path: Path) -> Shelf:
    return Shelf(database, tmp_path / "vectors", clock)


TEXTS = [f"number {n} of {n * 7 % 5} and {n % 3}" for n in range(40)]


async def test_search_is_complete_before_while_and_after_there_is_an_index(shelf: Shelf) -> None:
    """What the index doesn't hold yet is compared in SQLite."""
    await shelf.put(1, TEXTS[:30])
    assert await shelf.nearest("number 3", 5) == await shelf.exactly("number 3", 5)
    await shelf.catch_up()
    assert await shelf.nearest("number 3", 5) == await shelf.exactly("number 3", 5)
    await shelf.put(2, ["number 3 exactly"])
    assert await shelf.nearest("number 3 exactly", 5) == await shelf.exactly("number 3 exactly", 5)


async def test_a_start_reads_the_file_and_adds_only_what_is_new(shelf: Shelf) -> None:
    """The second start builds nothing and embeds nothing."""
    await shelf.put(1, TEXTS[:30])
    await shelf.catch_up()
    await shelf.put(2, ["one more"])
    await shelf.reopen()
    sent = len(shelf.embedder.requests)
    shelf.events.clear()
    await shelf.catch_up()
    assert shelf.events == []
    assert len(shelf.embedder.requests) == sent
    assert await shelf.nearest("one more", 3) == await shelf.exactly("one more", 3)


@pytest.mark.parametrize("newest", ["other 9", TEXTS[29]])
async def test_an_index_of_another_state_of_the_database_is_not_used(
    shelf: Shelf, paths: Any, tmp_path: Path, clock: ManualClock, newest: str
) -> None:
    """A database put back from a copy gives labels again, to other texts; that the newest may be
    the same again says nothing of those before it."""
    await shelf.put(1, TEXTS[:20])
    await shelf.database.close()
    copy = tmp_path / "copy.db"
    shutil.copy(paths.database, copy)
    shelf.database = await asyncio.to_thread(Database.open, paths.database, paths.backups)
    shelf.open()
    for number, text in enumerate(TEXTS[20:30], 2):
        await shelf.put(number, [text])
    await shelf.catch_up()
    await shelf.keeper.close()
    await shelf.database.close()
    for left in paths.home.glob("wooster.db*"):
        left.unlink()
    shutil.copy(copy, paths.database)
    shelf.database = await asyncio.to_thread(Database.open, paths.database, paths.backups)
    shelf.open()
    for number, text in enumerate([*(f"other {n}" for n in range(9)), newest], 2):
        await shelf.put(number, [text])
    await shelf.catch_up()
    assert "index.unusable it is of another state of the database" in shelf.events
    assert await shelf.nearest("other 4", 5) == await shelf.exactly("other 4", 5)
    await shelf.keeper.close()
    await shelf.database.close()


async def test_an_index_whose_newest_vector_is_gone_is_used(shelf: Shelf) -> None:
    """The note that was edited last is the one that is edited next."""
    await shelf.put(1, TEXTS[:30])
    await shelf.put(2, ["the newest"])
    await shelf.catch_up()
    await shelf.reopen()
    await shelf.drop(2)
    shelf.events.clear()
    await shelf.catch_up()
    assert shelf.events == []
    assert await shelf.nearest("the newest", 3) == await shelf.exactly("the newest", 3)


async def test_an_index_that_cannot_be_saved_is_told_and_searched(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full: it is a cache, and neither search nor the daemon's end fails by it."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    await shelf.put(1, TEXTS[:30])
    await shelf.catch_up()
    await shelf.keeper.save()
    assert shelf.events[-1] == "index.unsaved [Errno 28] No space left on device"
    assert list(shelf.folder.iterdir()) == [], "what was half written makes room again"
    assert await shelf.nearest("number 3", 5) == await shelf.exactly("number 3", 5)
    await shelf.keeper.close()
    assert await shelf.nearest("number 3", 5) == await shelf.exactly("number 3", 5)


@pytest.mark.parametrize("name", ["1.hnsw", "1.json"])
@pytest.mark.parametrize("change", [lambda d: d[:-9], lambda d: b"", lambda d: b"x" + d[1:]])
async def test_a_damaged_file_is_built_again_while_search_answers(
    shelf: Shelf, name: str, change: Callable[[bytes], bytes]
) -> None:
    """Nothing of it reaches hnswlib, which crashes on such files."""
    await shelf.put(1, TEXTS[:30])
    await shelf.catch_up()
    await shelf.reopen()
    file = shelf.folder / name
    file.write_bytes(change(file.read_bytes()))
    assert await shelf.nearest("number 3", 5) == await shelf.exactly("number 3", 5)
    await shelf.catch_up()
    assert any(event.startswith("index.unusable") for event in shelf.events)
    assert "index.building" in shelf.events
    assert await shelf.nearest("number 3", 5) == await shelf.exactly("number 3", 5)


async def test_few_vectors_need_no_graph_and_many_removed_ones_a_new_one(shelf: Shelf) -> None:
    """The kind follows the number, in both directions."""
    await shelf.put(1, TEXTS[:10])
    await shelf.catch_up()
    await shelf.put(2, TEXTS[10:40])
    await shelf.catch_up()
    await shelf.drop(2)
    await shelf.catch_up()
    assert await shelf.nearest("number 3", 5) == await shelf.exactly("number 3", 5)
    assert shelf.events == ["index.building"]


async def test_files_of_sets_that_are_gone_are_removed(shelf: Shelf) -> None:
    """The disk holds one index."""
    await shelf.put(1, TEXTS)
    await shelf.catch_up()
    await shelf.keeper.save()
    assert {each.name for each in shelf.folder.iterdir()} == {"1.hnsw", "1.json"}
    await shelf.keeper.forget({2})
    assert list(shelf.folder.iterdir()) == []


async def test_an_index_of_prefixes_is_compared_again_in_full(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    """The scores are those of the whole vectors."""
    shelf = Shelf(database, tmp_path / "v", clock, 8, WordEmbedder(Maker("words", 32)))
    await shelf.put(1, TEXTS)
    await shelf.catch_up()
    current = await shelf.current()
    vector = vector_of(TEXTS[5], current.maker)
    found = await shelf.keeper.nearest(current, vector, 3)
    assert found.scores[0] == pytest.approx(1.0, abs=1e-5)
    assert found.labels[0] == (await shelf.exactly(TEXTS[5], 1))[0]


async def test_only_allowed_ones_are_found(shelf: Shelf) -> None:
    """By fetching few of them, and by walking the graph for many."""
    await shelf.put(1, TEXTS)
    await shelf.catch_up()
    for allowed in ([3], [1, 2, 5, 8, 13, 21, 34], list(range(1, 41, 2)), []):
        array = np.asarray(allowed, dtype=np.int64)
        wanted = await shelf.exactly("number 5", 6, set(allowed))
        assert await shelf.nearest("number 5", 6, array) == wanted


class KeptAsExact(RuleBasedStateMachine):
    """Whatever is put, dropped, saved and reopened: the index says what exact search says."""

    documents = st.integers(1, 6)

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()

    @initialize()
    def begin(self) -> None:
        home = Path(self.folder.name)
        shutil.copy(EMPTY[0], home / "wooster.db")
        self.database = Database.open(home / "wooster.db", home / "backups")
        clock = ManualClock(NOON)
        self.shelf = Shelf(self.database, home / "vectors", clock)
        self.run(self.shelf.put(99, ["always there"]))

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    @rule(document=documents, numbers=st.sets(st.integers(0, 39), max_size=12))
    def put(self, document: int, numbers: set[int]) -> None:
        self.run(self.shelf.put(document, [TEXTS[n] for n in sorted(numbers)]))

    @rule(document=documents)
    def drop(self, document: int) -> None:
        self.run(self.shelf.drop(document))

    @rule()
    def catch_up(self) -> None:
        self.run(self.shelf.catch_up())

    @rule()
    def save(self) -> None:
        self.run(self.shelf.keeper.save())

    @rule(saved=st.booleans())
    def reopen(self, saved: bool) -> None:
        """As after a stop, or as after kill -9: what wasn't saved is lost with the process."""
        if saved:
            self.run(self.shelf.reopen())
        else:
            self.shelf.open()

    @rule()
    def embed_anew(self) -> None:
        name = "other" if self.shelf.embedder.maker.model == "words" else "words"
        self.shelf.embedder.maker = Maker(name, 16)
        self.run(self.shelf.put(99, ["always there"]))

    @rule(number=st.integers(0, 39), k=st.integers(1, 9))
    def search(self, number: int, k: int) -> None:
        known = set(self.run(self.labels()).tolist())
        found = self.run(self.shelf.nearest(TEXTS[number], k))
        # A vector that is gone may still be near until the index has caught up; no passage is
        # behind it then. What is there must all be found.
        wanted = self.run(self.shelf.exactly(TEXTS[number], k))
        gone = [label for label in found if label not in known]
        assert [label for label in found if label in known] == wanted[: len(found) - len(gone)]

    async def labels(self) -> Any:
        current = await self.shelf.current()
        return await self.database.read(lambda c: sets.labels(c, current))

    @rule()
    def agree(self) -> None:
        assert self.run(findings(self.database)) == []

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.run(self.shelf.keeper.close())
            self.run(self.database.close())
        self.loop.close()
        self.folder.cleanup()


EMPTY: list[Path] = []


def test_the_index_says_what_exact_search_says(empty_database: Path, never_blocks: Any) -> None:
    """Random histories; the machine's own searches are the checks."""
    from hypothesis.stateful import run_state_machine_as_test

    never_blocks.deactivate()  # the machine drives a loop of its own
    EMPTY[:] = [empty_database]
    run_state_machine_as_test(
        KeptAsExact,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    never_blocks.activate()
