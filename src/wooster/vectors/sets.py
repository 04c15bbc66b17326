"""The SQL of vectors: sets, the vectors in them, and what still waits for one.

A set holds the vectors of one maker. One is `current` and searched; another may be `growing` beside
it until it has every text, and takes its place then. Functions take a connection, and those that
write expect to be inside a transaction. They know bytes, and nothing of what makes them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from wooster.core.clock import to_ms
from wooster.vectors.model import Maker, embedded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Labels = NDArray[np.int64]

State = Literal["current", "growing", "leaving"]
Precision = Literal["float32", "float16"]

_STAYS = "it stays on this machine, and the embedding model is on another"
# What is removed in one short transaction, and what is read at once: vectors may be long.
_REMOVED_BYTES = 1_000_000
_READ_BYTES = 8_000_000
# No embedding model reads further (Qwen3-Embedding: 32 768 tokens).
_MOST_CHARACTERS = 131_072
# Over `vector_queue AS q`: what waits and may be sent; `elsewhere` is to another machine.
_MAY_BE_SENT = (
    "q.set_id = :set_id AND q.refused = '' AND NOT (:elsewhere AND EXISTS"
    " (SELECT 1 FROM passages WHERE text_hash = q.text_hash AND stays))"
)


@dataclass(frozen=True, slots=True)
class VectorSet:
    """The vectors of one maker."""

    id: int
    maker: Maker
    precision: Precision
    state: State


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that has no vector yet, and its length in characters."""

    text_hash: bytes
    length: int


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
    """Remove a part of a set that leaves; whether there is more to remove."""
    leaving = all_sets(connection).get("leaving")
    if leaving is None:
        return False
    removed = connection.execute(
        "DELETE FROM vectors WHERE id IN (SELECT id FROM vectors WHERE set_id = ? LIMIT ?)",
        (leaving.id, _rows(_REMOVED_BYTES, leaving)),
    ).rowcount
    if not removed:
        connection.execute("DELETE FROM vector_sets WHERE id = ?", (leaving.id,))
    return True


def index_token(connection: sqlite3.Connection, vector_set: VectorSet) -> str:
    """Which index file is of this state of the database; "" when there is none."""
    row = connection.execute(
        "SELECT index_token FROM vector_sets WHERE id = ?", (vector_set.id,)
    ).fetchone()
    return "" if row is None else str(row[0])


def set_index_token(connection: sqlite3.Connection, vector_set: VectorSet, token: str) -> None:
    connection.execute(
        "UPDATE vector_sets SET index_token = ? WHERE id = ?", (token, vector_set.id)
    )


# --- the queue --------------------------------------------------------------------------------


def waiting(
    connection: sqlite3.Connection, vector_set: VectorSet, limit: int, *, elsewhere: bool
) -> list[Waiting]:
    """Up to `limit` texts that wait in a set. `elsewhere`: they are going to another machine, so
    that those that stay on this one are left out."""
    rows = connection.execute(
        "SELECT q.text_hash, length(p.title) + length(p.text) FROM vector_queue AS q"
        " JOIN passages AS p ON p.id = (SELECT min(id) FROM passages WHERE text_hash = q.text_hash)"
        f" WHERE {_MAY_BE_SENT} LIMIT :limit",
        {"set_id": vector_set.id, "elsewhere": elsewhere, "limit": limit},
    )
    return [Waiting(bytes(row[0]), int(row[1])) for row in rows]


def texts(
    connection: sqlite3.Connection,
    vector_set: VectorSet,
    hashes: Iterable[bytes],
    *,
    elsewhere: bool,
) -> dict[bytes, str]:
    """What is to be embedded for those of `hashes` that still wait and may be sent, cut to what a
    model can read: while others were embedded, a text may have gone or become private."""
    found: dict[bytes, str] = {}
    for text_hash in hashes:
        row = connection.execute(
            "SELECT substr(p.title, 1, :most), substr(p.text, 1, :most) FROM vector_queue AS q"
            " JOIN passages AS p ON p.text_hash = q.text_hash"
            f" WHERE q.text_hash = :text_hash AND {_MAY_BE_SENT} LIMIT 1",
            {
                "most": _MOST_CHARACTERS,
                "text_hash": text_hash,
                "set_id": vector_set.id,
                "elsewhere": elsewhere,
            },
        ).fetchone()
        if row is not None:
            found[text_hash] = embedded(row[0], row[1])[:_MOST_CHARACTERS]
    return found


def waiting_count(connection: sqlite3.Connection, vector_set: VectorSet) -> int:
    row = connection.execute(
        "SELECT count(*) FROM vector_queue WHERE set_id = ? AND refused = ''", (vector_set.id,)
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
    # The + keeps SQLite from going through all of the set instead.
    rows = connection.execute(
        "SELECT id, vector FROM vectors WHERE id IN (SELECT value FROM json_each(?))"
        " AND +set_id = ?",
        (json.dumps(list(wanted)), vector_set.id),
    ).fetchall()
    return unpacked(rows, vector_set)


def page(
    connection: sqlite3.Connection, vector_set: VectorSet, after: int
) -> tuple[Labels, Vectors]:
    """The first some hundred vectors of a set with an id above `after`, in order."""
    rows = connection.execute(
        "SELECT id, vector FROM vectors WHERE set_id = ? AND id > ? ORDER BY id LIMIT ?",
        (vector_set.id, after, _rows(_READ_BYTES, vector_set)),
    ).fetchall()
    return unpacked(rows, vector_set)


def every(
    connection: sqlite3.Connection, vector_set: VectorSet, after: int = 0
) -> Iterator[tuple[Labels, Vectors]]:
    """All vectors of a set with an id above `after`, in order, a page at a time."""
    while True:
        ids, vectors = page(connection, vector_set, after)
        if not len(ids):
            return
        yield ids, vectors
        after = int(ids[-1])


def unpacked(rows: Sequence[sqlite3.Row], vector_set: VectorSet) -> tuple[Labels, Vectors]:
    """Rows of an id and a vector of the set, as arrays: float32 of shape (rows, dimensions)."""
    import numpy as np

    ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    stored = "<f2" if vector_set.precision == "float16" else "<f4"
    flat = np.frombuffer(b"".join(row[1] for row in rows), dtype=stored)
    vectors = flat.reshape(len(rows), vector_set.maker.dimensions)
    return ids, vectors.astype(np.float32, copy=False)


def _vector_set(row: sqlite3.Row) -> VectorSet:
    maker = Maker(row["model"], row["dimensions"], row["prompts"])
    return VectorSet(row["id"], maker, row["precision"], row["state"])


def _rows(size_bytes: int, vector_set: VectorSet) -> int:
    """How many vectors of a set have that size, as they are computed with."""
    return max(1, size_bytes // (4 * vector_set.maker.dimensions))


def _blobs(vectors: Vectors, precision: Precision) -> Iterator[bytes]:
    stored: NDArray[Any] = vectors.astype("<f2" if precision == "float16" else "<f4")
    return (row.tobytes() for row in stored)


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
