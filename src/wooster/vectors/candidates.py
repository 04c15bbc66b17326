"""The SQL between rankings and hits: which passages stand behind vectors, and what they say."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wooster.vectors import sets, words
from wooster.vectors.model import Coverage, Narrowing, Progress, Scored
from wooster.vectors.sets import VectorSet

if TYPE_CHECKING:
    from wooster.vectors.sets import Labels, Vectors

# Joins here are CROSS JOINs, which SQLite takes in the order in which they are written: it has no
# statistics, and else begins with all vectors of a set or all passages of a collection.

# SQLite takes 32 766 values in one statement.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage as it is stored."""

    id: int
    collection: str
    document: int
    key: str
    title: str
    text: str
    known_as: str


def with_vectors(
    connection: sqlite3.Connection, labels: Sequence[int], narrowing: Narrowing, wanted: int = 0
) -> dict[int, int]:
    """The passages behind vectors, each with its vector's label, in the order of `labels`; of the
    first labels only, where those have as many as are `wanted`, if given."""
    where, values = words.allowed(narrowing)
    found: dict[int, int] = {}
    at_once = min(wanted, _AT_ONCE) or _AT_ONCE
    for start in range(0, len(labels), at_once):
        if wanted and len(found) >= wanted:
            break
        part = labels[start : start + at_once]
        rows = connection.execute(
            "SELECT p.id, v.id FROM vectors AS v CROSS JOIN passages AS p"
            " ON p.text_hash = v.text_hash"
            f" WHERE v.id IN ({', '.join('?' * len(part))})" + (f" AND {where}" if where else ""),
            (*part, *values),
        ).fetchall()
        by_label: dict[int, list[int]] = {}
        for passage_id, label in rows:
            by_label.setdefault(label, []).append(passage_id)
        found.update((p, label) for label in part for p in by_label.get(label, ()))
    return found


def allowed_labels(
    connection: sqlite3.Connection, vector_set: VectorSet, narrowing: Narrowing
) -> Labels:
    """The labels of all vectors whose passages may be found, sorted, each once."""
    import numpy as np

    where, values = words.allowed(narrowing)
    # Over an index that has all but the tags, so that no text is read.
    index = "passages_by_facets" if narrowing.since_ms is None else "passages_by_time"
    rows = connection.execute(
        f"SELECT v.id FROM passages AS p INDEXED BY {index} CROSS JOIN vectors AS v"
        f" ON v.set_id = ? AND v.text_hash = p.text_hash WHERE {where or 'true'}",
        (vector_set.id, *values),
    )
    return np.unique(np.fromiter((row[0] for row in rows), dtype=np.int64))


def scored(
    connection: sqlite3.Connection,
    ids: Sequence[int],
    by_words: Mapping[int, float],
    cosines: Mapping[int, float],
) -> list[Scored]:
    """The passages that are still there, with their scores."""
    found: list[Scored] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        rows = connection.execute(
            "SELECT id, collection, document, key FROM passages"
            f" WHERE id IN ({', '.join('?' * len(part))})",
            part,
        )
        found += [
            Scored(
                number, collection, document, key, by_words.get(number, 0.0), cosines.get(number)
            )
            for number, collection, document, key in rows
        ]
    return found


def cosines(
    connection: sqlite3.Connection, vector_set: VectorSet, vector: Vectors, ids: Sequence[int]
) -> dict[int, float]:
    """How near passages are to a unit vector; those without a vector are left out."""
    found: dict[int, float] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        rows = connection.execute(
            "SELECT p.id, v.vector FROM passages AS p CROSS JOIN vectors AS v"
            " ON v.text_hash = p.text_hash AND v.set_id = ?"
            f" WHERE p.id IN ({', '.join('?' * len(part))})",
            (vector_set.id, *part),
        ).fetchall()
        passages, vectors = sets.unpacked(rows, vector_set)
        found.update(zip(passages.tolist(), (vectors @ vector).tolist(), strict=True))
    return found


def read(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, Candidate]:
    """The passages that are still there."""
    rows = connection.execute(
        "SELECT id, collection, document, key, title, text, known_as FROM passages"
        f" WHERE id IN ({', '.join('?' * len(ids))})",
        ids,
    )
    return {row["id"]: Candidate(*row) for row in rows}


def coverage(connection: sqlite3.Connection, collection: str = "") -> Coverage:
    """How many passages (of one collection) there are, and how many have no vector."""
    there = sets.all_sets(connection)
    current = there.get("current")
    (passages,) = connection.execute(
        "SELECT count(*) FROM passages" + (" WHERE collection = ?" if collection else ""),
        (collection,) if collection else (),
    ).fetchone()
    if current is None:
        return Coverage(passages, waiting=passages)
    waiting, refused = connection.execute(
        "SELECT coalesce(sum(refused = ''), 0), coalesce(sum(refused <> ''), 0)"
        " FROM vector_queue AS q CROSS JOIN passages AS p ON p.text_hash = q.text_hash"
        " WHERE set_id = ? AND (? = '' OR collection = ?)",
        (current.id, collection, collection),
    ).fetchone()
    return Coverage(passages, int(waiting), int(refused), current.maker.model)


def progress(connection: sqlite3.Connection) -> Progress:
    """How far the set is that is being filled: a growing one, else the current; `total` 0 when
    nothing waits."""
    there = sets.all_sets(connection)
    filled = there.get("growing") or there.get("current")
    if filled is None:
        (texts,) = connection.execute("SELECT count(DISTINCT text_hash) FROM passages").fetchone()
        return Progress(0, int(texts))
    waiting = sets.waiting_count(connection, filled)
    if not waiting and filled.state == "current":
        return Progress(0, 0)
    done = sets.count(connection, filled)
    return Progress(done, done + waiting)
