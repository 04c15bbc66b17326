"""The SQL of vectors: sets, the vectors in them, and what still waits for one.

A set holds the vectors of one maker. One is `current` and searched; another may be `growing` beside
it until it has every text, and takes its place then. Functions take a connection, and those that
write expect to be inside a transaction. They know bytes, and nothing of what makes them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from wooster.core.clock import to_ms
from wooster.vectors.model import Maker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Labels = NDArray[np.int64]

State = Literal["current", "growing", "leaving"]
Precision = Literal["float32", "float16"]

_STAYS = "it stays on this machine, and the embedding model is on another"
# A removal this large is one short transaction.
_SLICE = 2_000
_FETCHED = 4_096


@dataclass(frozen=True, slots=True)
class VectorSet:
    """The vectors of one maker."""

    id: int
    maker: Maker
    precision: Precision
    state: State


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that has no vector yet."""

    text_hash: bytes
    text: str


def all_sets(connection: sqlite3.Connection) -> dict[State, VectorSet]:
    """The current and the growing set, where there are such, and one that is being removed."""
    rows = connection.execute("SELECT * FROM vector_sets ORDER BY id")
    return {row["state"]: _vector_set(row) for row in rows}


def begin(
    connection: sqlite3.Connection,
    maker: Maker,
    precision: Precision,
    state: Literal["current", "growing"],
    at: datetime,
) -> VectorSet:
    """A new set, in which every text there is waits."""
    cursor = connection.execute(
        "INSERT INTO vector_sets (model, dimensions, prompts, precision, state, begun_ms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (maker.model, maker.dimensions, maker.prompts, precision, state, to_ms(at)),
    )
    set_id = cursor.lastrowid
    assert set_id is not None
    connection.execute(
        "INSERT INTO vector_queue (set_id, text_hash) SELECT DISTINCT ?, text_hash FROM passages",
        (set_id,),
    )
    return VectorSet(set_id, maker, precision, state)


def abandon(connection: sqlite3.Connection, vector_set: VectorSet) -> None:
    """Let a set leave: it isn't searched or filled any more, and `remove_some` removes it."""
    connection.execute("UPDATE vector_sets SET state = 'leaving' WHERE id = ?", (vector_set.id,))
    connection.execute("DELETE FROM vector_queue WHERE set_id = ?", (vector_set.id,))


def promote(connection: sqlite3.Connection, growing: VectorSet) -> bool:
    """Put the growing set in the current one's place, if nothing waits in it; whether that is so.

    What the model refused doesn't keep the rest waiting.
    """
    if waiting_count(connection, growing) > 0:
        return False
    for old in connection.execute("SELECT * FROM vector_sets WHERE state = 'current'").fetchall():
        abandon(connection, _vector_set(old))
    connection.execute("UPDATE vector_sets SET state = 'current' WHERE id = ?", (growing.id,))
    return True


def remove_some(connection: sqlite3.Connection) -> bool:
    """Remove a part of the sets that leave; whether there is more to remove."""
    rows = connection.execute(
        "DELETE FROM vectors WHERE id IN (SELECT vectors.id FROM vectors JOIN vector_sets"
        " ON vector_sets.id = set_id WHERE state = 'leaving' LIMIT ?)",
        (_SLICE,),
    ).rowcount
    if rows == 0:
        connection.execute("DELETE FROM vector_sets WHERE state = 'leaving'")
    return rows > 0


# --- the queue --------------------------------------------------------------------------------


def waiting(
    connection: sqlite3.Connection, vector_set: VectorSet, limit: int, *, elsewhere: bool
) -> list[Waiting]:
    """Up to `limit` texts that wait in a set. `elsewhere`: they are going to another machine, so
    that those that stay on this one are left out."""
    rows = connection.execute(
        "SELECT q.text_hash, p.title, p.text FROM vector_queue AS q JOIN passages AS p ON p.id ="
        " (SELECT min(id) FROM passages WHERE text_hash = q.text_hash)"
        " WHERE set_id = ? AND refused = '' AND NOT (? AND EXISTS"
        " (SELECT 1 FROM passages WHERE text_hash = q.text_hash AND stays)) LIMIT ?",
        (vector_set.id, elsewhere, limit),
    )
    return [Waiting(bytes(row[0]), f"{row[1]}\n\n{row[2]}" if row[1] else row[2]) for row in rows]


def waiting_count(connection: sqlite3.Connection, vector_set: VectorSet) -> int:
    row = connection.execute(
        "SELECT count(*) FROM vector_queue WHERE set_id = ? AND refused = ''", (vector_set.id,)
    ).fetchone()
    return int(row[0])


def refused_count(connection: sqlite3.Connection, vector_set: VectorSet) -> int:
    row = connection.execute(
        "SELECT count(*) FROM vector_queue WHERE set_id = ? AND refused <> ''", (vector_set.id,)
    ).fetchone()
    return int(row[0])


def hold_back(connection: sqlite3.Connection, vector_set: VectorSet, *, elsewhere: bool) -> None:
    """What stays on this machine isn't waiting for a model on another one; nor is it any longer
    refused when the model is here again."""
    stays = "EXISTS (SELECT 1 FROM passages AS p WHERE p.text_hash = q.text_hash AND stays)"
    connection.execute(
        f"UPDATE vector_queue AS q SET refused = '' WHERE set_id = ? AND refused = ?"
        f" AND NOT (? AND {stays})",
        (vector_set.id, _STAYS, elsewhere),
    )
    connection.execute(
        f"UPDATE vector_queue AS q SET refused = ? WHERE set_id = ? AND refused = '' AND ?"
        f" AND {stays}",
        (_STAYS, vector_set.id, elsewhere),
    )


def refuse(
    connection: sqlite3.Connection, vector_set: VectorSet, text_hash: bytes, why: str
) -> None:
    """The model refuses this text: it is found by its words only."""
    connection.execute(
        "UPDATE vector_queue SET refused = ? WHERE set_id = ? AND text_hash = ?",
        (why, vector_set.id, text_hash),
    )


def store(
    connection: sqlite3.Connection,
    targets: Sequence[VectorSet],
    hashes: Sequence[bytes],
    vectors: Vectors,
) -> None:
    """Store unit vectors of shape (hashes, dimensions) in every target where their texts wait.

    A text that nobody has any more is in no queue by now, and its vector isn't stored.
    """
    for target in targets:
        for text_hash, blob in zip(hashes, _blobs(vectors, target.precision), strict=True):
            waited = connection.execute(
                "DELETE FROM vector_queue WHERE set_id = ? AND text_hash = ?",
                (target.id, text_hash),
            ).rowcount
            if waited:
                connection.execute(
                    "INSERT INTO vectors (set_id, text_hash, vector) VALUES (?, ?, ?)",
                    (target.id, text_hash, blob),
                )


# --- vectors ----------------------------------------------------------------------------------


def labels(connection: sqlite3.Connection, vector_set: VectorSet) -> Labels:
    """The ids of all vectors of a set, in order."""
    import numpy as np

    rows = connection.execute(
        "SELECT id FROM vectors WHERE set_id = ? ORDER BY id", (vector_set.id,)
    )
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def count(connection: sqlite3.Connection, vector_set: VectorSet) -> int:
    row = connection.execute(
        "SELECT count(*) FROM vectors WHERE set_id = ?", (vector_set.id,)
    ).fetchone()
    return int(row[0])


def fetch(
    connection: sqlite3.Connection, vector_set: VectorSet, wanted: Iterable[int]
) -> tuple[Labels, Vectors]:
    """The vectors with these ids that are in the set, float32 of shape (found, dimensions)."""
    import numpy as np

    found: list[int] = []
    blobs: list[bytes] = []
    for label in wanted:
        row = connection.execute(
            "SELECT vector FROM vectors WHERE id = ? AND set_id = ?", (label, vector_set.id)
        ).fetchone()
        if row is not None:
            found.append(label)
            blobs.append(row[0])
    return np.asarray(found, dtype=np.int64), _matrix(blobs, vector_set)


def page(
    connection: sqlite3.Connection, vector_set: VectorSet, after: int, limit: int = _FETCHED
) -> tuple[Labels, Vectors]:
    """The first `limit` vectors of a set with an id above `after`, in order."""
    import numpy as np

    # In the order of ids: through the index on sets, SQLite would sort all of them first.
    rows = connection.execute(
        "SELECT id, vector FROM vectors NOT INDEXED WHERE id > ? AND set_id = ?"
        " ORDER BY id LIMIT ?",
        (after, vector_set.id, limit),
    ).fetchall()
    ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    return ids, _matrix([row[1] for row in rows], vector_set)


def every(
    connection: sqlite3.Connection, vector_set: VectorSet, after: int = 0
) -> Iterator[tuple[Labels, Vectors]]:
    """All vectors of a set with an id above `after`, in order, some thousand at a time."""
    while True:
        ids, vectors = page(connection, vector_set, after)
        if not len(ids):
            return
        yield ids, vectors
        after = int(ids[-1])


def _vector_set(row: sqlite3.Row) -> VectorSet:
    maker = Maker(row["model"], row["dimensions"], row["prompts"])
    return VectorSet(row["id"], maker, row["precision"], row["state"])


def _blobs(vectors: Vectors, precision: Precision) -> Iterator[bytes]:
    stored: NDArray[Any] = vectors.astype("<f2" if precision == "float16" else "<f4")
    return (row.tobytes() for row in stored)


def _matrix(blobs: Sequence[bytes], vector_set: VectorSet) -> Vectors:
    import numpy as np

    stored = "<f2" if vector_set.precision == "float16" else "<f4"
    flat = np.frombuffer(b"".join(blobs), dtype=stored)
    return flat.reshape(len(blobs), vector_set.maker.dimensions).astype(np.float32, copy=False)


# --- checks -----------------------------------------------------------------------------------


def verify(connection: sqlite3.Connection) -> list[str]:
    """Each text has its vector or waits for it in every set; vectors have their length, and are
    finite and of length 1."""
    import numpy as np

    findings: list[str] = []
    for vector_set in all_sets(connection).values():
        if vector_set.state == "leaving":
            continue
        name = f"vectors of {vector_set.maker.model} ({vector_set.state})"
        size_bytes = vector_set.maker.dimensions * (2 if vector_set.precision == "float16" else 4)
        (wrong,) = connection.execute(
            "SELECT count(*) FROM vectors WHERE set_id = ? AND length(vector) <> ?",
            (vector_set.id, size_bytes),
        ).fetchone()
        if wrong:
            findings.append(f"{name}: {wrong} don't have {vector_set.maker.dimensions} dimensions")
            continue
        off = 0
        for _, vectors in every(connection, vector_set):
            lengths = np.linalg.norm(vectors, axis=1)
            off += int((~(np.abs(lengths - 1) < 1e-2)).sum())
        if off:
            findings.append(f"{name}: {off} don't have length 1")
        findings += _lost(connection, vector_set, name)
    return findings


def _lost(connection: sqlite3.Connection, vector_set: VectorSet, name: str) -> list[str]:
    (lost,) = connection.execute(
        "SELECT count(DISTINCT text_hash) FROM passages AS p WHERE NOT EXISTS"
        " (SELECT 1 FROM vectors WHERE set_id = ?1 AND text_hash = p.text_hash) AND NOT EXISTS"
        " (SELECT 1 FROM vector_queue WHERE set_id = ?1 AND text_hash = p.text_hash)",
        (vector_set.id,),
    ).fetchone()
    (unsaid,) = connection.execute(
        "SELECT count(*) FROM vectors AS v WHERE set_id = ? AND NOT EXISTS"
        " (SELECT 1 FROM passages WHERE text_hash = v.text_hash)",
        (vector_set.id,),
    ).fetchone()
    findings = [f"{name}: {lost} texts have none and don't wait for one"] if lost else []
    return [*findings, f"{name}: {unsaid} belong to no text"] if unsaid else findings
