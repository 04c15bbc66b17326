"""How SQLite goes about each query of a search: by an index, never through every row or text."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.vectors.conftest import passages
from wooster.vectors import candidates, sets, store, words
from wooster.vectors.model import Maker, Narrowing

NARROWINGS = {
    "everything": Narrowing(),
    "collection": Narrowing(frozenset({"library"})),
    "documents": Narrowing(frozenset({"library"}), documents=frozenset({1, 2})),
    "project": Narrowing(project="home"),
    "tag": Narrowing(tags=frozenset({"a"})),
    "time": Narrowing(since_ms=1, until_ms=5),
}


@pytest.fixture
def connection(empty_database: Path, tmp_path: Path) -> sqlite3.Connection:
    target = tmp_path / "plans.db"
    target.write_bytes(empty_database.read_bytes())
    connection = sqlite3.connect(target, isolation_level=None)
    connection.row_factory = sqlite3.Row
    sets.begin(connection, Maker("m", 8), "float32", "current", datetime(2026, 11, 22, tzinfo=UTC))
    return connection


def plans(connection: sqlite3.Connection, work: Callable[[], object]) -> dict[str, list[str]]:
    """The steps of each of our statements that `work` runs."""
    ran: list[str] = []
    connection.set_trace_callback(ran.append)
    work()
    connection.set_trace_callback(None)
    ours = {each for each in ran if each.startswith(("SELECT", "UPDATE", "DELETE", "INSERT"))}
    return {
        each: [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {each}")]
        for each in sorted(ours)
        if "_config'" not in each  # FTS5's own
    }


def through_all(step: str) -> bool:
    """Whether a step reads a whole table; a full-text index is asked, and one of all columns that
    are needed is small."""
    small = ("VIRTUAL TABLE", "COVERING INDEX", "SCAN vector_sets")
    all_of_set = "vectors_by_set (set_id=?)" in step and "COVERING" not in step
    return all_of_set or (step.startswith("SCAN") and not any(each in step for each in small))


@pytest.mark.parametrize("many", [1, 400])
@pytest.mark.parametrize("name", NARROWINGS)
def test_no_step_of_a_search_reads_every_row(
    connection: sqlite3.Connection, name: str, many: int
) -> None:
    """However it is narrowed and however much is found; only what the full-text index ranks is
    sorted."""
    narrowing = NARROWINGS[name]
    current = sets.all_sets(connection)["current"]

    def work() -> None:
        asked = words.terms("some words")
        words.ranked(connection, asked, narrowing, 10, words.Frequencies())
        words._best(connection, '"some"', 10, narrowing)
        words.inside_words(connection, asked, narrowing, 10)
        candidates.with_vectors(connection, list(range(many)), narrowing)
        candidates.allowed_labels(connection, current, narrowing)
        candidates.cosines(connection, current, np.zeros(8, np.float32), list(range(many)))
        candidates.read(connection, list(range(many)))
        candidates.coverage(connection, "library")
        sets.page(connection, current, 5)

    for statement, steps in plans(connection, work).items():
        assert not any(map(through_all, steps)), (statement, steps)
        is_sorted = any("TEMP B-TREE" in step for step in steps)
        assert not is_sorted or "bm25" in statement, (statement, steps)


def test_no_step_of_the_background_work_reads_every_row(connection: sqlite3.Connection) -> None:
    """Embedding, indexing and putting go on while a person speaks."""
    current = sets.all_sets(connection)["current"]

    def work() -> None:
        made = passages(["one", "two"], tags=frozenset({"a"}))
        store.put(connection, "library", 1, made)
        store.put(connection, "library", 1, made[:1])
        store.put(connection, "library", 1, passages(["one"]))
        hashes = [each.text_hash for each in made]
        for elsewhere in (False, True):
            sets.hold_back(connection, current, elsewhere=elsewhere)
            sets.waiting(connection, current, 10, elsewhere=elsewhere)
            sets.texts(connection, current, hashes, elsewhere=elsewhere)
        sets.store(connection, [current], hashes, np.eye(2, 8, dtype=np.float32))
        sets.labels(connection, current)
        sets.count(connection, current)
        candidates.progress(connection)
        sets.abandon(connection, current)
        sets.remove_some(connection)

    found = plans(connection, work)
    assert len(found) > 20
    for statement, steps in found.items():
        assert not any(map(through_all, steps)), (statement, steps)
        assert not any("TEMP B-TREE" in step for step in steps), (statement, steps)
