"""Passages: what stays the same keeps its row and vector, what goes leaves nothing behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.vectors.conftest import findings, passages, put
from wooster.storage import Database
from wooster.vectors import sets, store
from wooster.vectors.model import Maker, NewPassage

MAKER = Maker("m", 8)


async def ids(database: Database, document: int = 1) -> dict[str, int]:
    rows = await database.read(
        lambda c: c.execute(
            "SELECT text, id FROM passages WHERE document = ?", (document,)
        ).fetchall()
    )
    return {row[0]: row[1] for row in rows}


async def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    return await database.read(lambda c: [tuple(row) for row in c.execute(query)])


async def test_an_edit_changes_only_the_passages_it_touched(database: Database) -> None:
    """Rows of the others stay; the row of the edited one goes and a new one comes."""
    await put(database, 1, ["alpha", "beta", "gamma"])
    before = await ids(database)
    await put(database, 1, ["alpha", "beta two", "gamma"])
    after = await ids(database)
    assert after["alpha"] == before["alpha"]
    assert after["gamma"] == before["gamma"]
    assert after["beta two"] > before["gamma"]
    assert await findings(database) == []


async def test_two_equal_passages_are_two(database: Database) -> None:
    """The original crashed on a file with two identical blocks."""
    same = [NewPassage("a", "Tasks", "buy milk"), NewPassage("b", "Tasks", "buy milk")]
    stored = await database.write(lambda c: store.put(c, "library", 1, same))
    assert stored.added == 2
    assert len(set(stored.ids.values())) == 2
    assert await findings(database) == []


async def test_two_passages_with_one_key_are_refused(database: Database) -> None:
    """It would be a mistake of ours, and nothing of it is stored."""
    twice = [NewPassage("a", "", "one"), NewPassage("a", "", "two")]
    with pytest.raises(ValueError, match="same key"):
        await database.write(lambda c: store.put(c, "library", 1, twice))
    assert await ids(database) == {}


async def test_a_vector_goes_with_the_last_passage_that_says_its_text(database: Database) -> None:
    """And not before: another document may say the same."""
    import numpy as np

    await put(database, 1, ["shared", "own"])
    await put(database, 2, ["shared"])

    def embed(connection: sqlite3.Connection) -> None:
        vector_set = sets.begin(connection, MAKER, "float32", "current", _now())
        waiting = sets.waiting(connection, vector_set, 10, elsewhere=False)
        hashes = [each.text_hash for each in waiting]
        texts = sets.texts(connection, vector_set, hashes, elsewhere=False)
        assert sorted(texts.values()) == ["own", "shared"]
        sets.store(connection, [vector_set], hashes, np.eye(len(waiting), 8, dtype=np.float32))

    await database.write(embed)
    await database.write(lambda c: store.drop(c, "library", 1))
    assert len(await rows(database, "SELECT 1 FROM vectors")) == 1
    await database.write(lambda c: store.drop(c, "library", 2))
    for table in ("passages", "vectors", "vector_queue", "passages_words", "passage_tags"):
        assert await rows(database, f"SELECT 1 FROM {table}") == [], table
    parts = "SELECT 1 FROM passages_parts WHERE passages_parts MATCH '\"sha\"'"
    assert await rows(database, parts) == []


async def test_a_text_waits_once_however_many_say_it(database: Database) -> None:
    """It is embedded once."""
    await database.write(lambda c: sets.begin(c, MAKER, "float32", "current", _now()))
    for document in range(3):
        await put(database, document, ["the same"])
    assert len(await rows(database, "SELECT 1 FROM vector_queue")) == 1


async def test_a_renamed_file_keeps_its_rows_and_is_found_by_its_new_name(
    database: Database,
) -> None:
    """`known_as` isn't embedded."""
    old = [NewPassage("a", "", "text", known_as="invoice 2025")]
    new = [NewPassage("a", "", "text", known_as="receipt 2025")]
    first = await database.write(lambda c: store.put(c, "library", 1, old))
    second = await database.write(lambda c: store.put(c, "library", 1, new))
    assert first.ids == second.ids
    found = "SELECT rowid FROM passages_words WHERE passages_words MATCH '{}'"
    assert await rows(database, found.format("receipt")) == [(first.ids["a"],)]
    assert await rows(database, found.format("invoice")) == []
    assert await findings(database) == []


@pytest.mark.parametrize("size", [1, 2, 3, 100])
async def test_a_document_can_be_put_in_steps(database: Database, size: int) -> None:
    """Each leaves what agrees, and they end as `put` does: the same rows stay, and the vector of a
    text that comes back under another key isn't made again."""
    vector_set = await database.write(lambda c: sets.begin(c, MAKER, "float32", "current", _now()))
    old = passages(["a", "b", "b", "c", "d", "e"])
    new = passages(["b", "x", "c", "b", "y", "e"])
    for document in (1, 2):
        await database.write(lambda c, d=document: store.put(c, "library", d, old))  # type: ignore[misc]
    await database.write(lambda c: _embed_all(c, vector_set))
    before = await ids(database, 1)
    first, last = await database.read(lambda c: store.gone(c, "library", 1, new))
    steps: list[Callable[[sqlite3.Connection], Any]] = [partial(store.remove, ids=first)]
    for at in range(0, len(new), size):
        put_part = partial(store.put_part, collection="library", document=1)
        steps.append(partial(put_part, passages=new[at : at + size], first_place=at))
    steps.append(partial(store.remove, ids=last))
    for step in steps:
        await database.write(step)
        assert await findings(database) == []
    await database.write(lambda c: store.put(c, "library", 2, new))
    told = "SELECT place, key, text, id <= 12 FROM passages WHERE document = {} ORDER BY place"
    assert await rows(database, told.format(1)) == await rows(database, told.format(2))
    after = await ids(database, 1)
    assert [text for text in "bcexy" if before.get(text) == after[text]] == ["e"]
    waiting = await database.read(lambda c: sets.waiting(c, vector_set, 10, elsewhere=False))
    assert len(waiting) == 2, "x and y"


async def test_facets_change_without_touching_text_or_vector(database: Database) -> None:
    """A tag that is added costs no embedding."""
    await put(database, 1, ["one", "two"], tags=frozenset({"Old"}))
    before = await ids(database)
    tags = frozenset({"New", "new"})
    await put(database, 1, ["one", "two"], project="home", tags=tags, at_ms=5, stays=True)
    assert await ids(database) == before
    assert await rows(database, "SELECT DISTINCT tag FROM passage_tags") == [("new",)]
    told = "SELECT DISTINCT project, at_ms, stays FROM passages"
    assert await rows(database, told) == [("home", 5, 1)]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE passages SET text = 'other'", "holds another text"),
        ("DELETE FROM passages_words", "holds another text"),
        ("UPDATE passages SET text_hash = zeroblob(16)", "its hash is that of another text"),
        (
            "INSERT INTO passages_words (rowid, title, text, known_as) VALUES (99, '', 'x', '')",
            "row 99 belongs to no passage",
        ),
        ("DELETE FROM vector_queue", "1 texts have none and don't wait for one"),
        (
            "INSERT INTO vectors (set_id, text_hash, vector) VALUES (1, x'00', zeroblob(32))",
            "1 belong to no text",
        ),
        (
            "INSERT INTO vectors (set_id, text_hash, vector) VALUES (1, x'00', zeroblob(5))",
            "1 don't have 8 dimensions",
        ),
        (
            "INSERT INTO vectors (set_id, text_hash, vector) VALUES (1, x'00', zeroblob(32))",
            "1 don't have length 1",
        ),
    ],
)
async def test_verify_names_what_disagrees(database: Database, damage: str, told: str) -> None:
    """Words, hashes, dimensions, lengths, and membership are derived again."""
    await database.write(lambda c: sets.begin(c, MAKER, "float32", "current", _now()))
    await put(database, 1, ["one"])
    assert await findings(database) == []
    await database.write(lambda c: c.execute(damage))
    assert any(told in finding for finding in await findings(database))


async def test_passages_of_another_collection_are_left_alone(database: Database) -> None:
    """The library's document 1 isn't the memory's."""
    await put(database, 1, ["library text"])
    await database.write(lambda c: store.put(c, "memory", 1, passages(["memory text"])))
    await database.write(lambda c: store.drop(c, "library", 1))
    assert list(await ids(database)) == ["memory text"]


def _embed_all(connection: sqlite3.Connection, vector_set: sets.VectorSet) -> None:
    import numpy as np

    waiting = sets.waiting(connection, vector_set, 10, elsewhere=False)
    hashes = [each.text_hash for each in waiting]
    sets.store(connection, [vector_set], hashes, np.eye(len(waiting), 8, dtype=np.float32))


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 22, tzinfo=UTC)
