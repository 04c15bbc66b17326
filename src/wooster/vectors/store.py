"""The SQL of passages and their words, and nothing else.

A document's passages are put as a whole: what stayed the same keeps its row and its vector, what is
gone takes its words and, when nobody else says the same, its vector with it. All of that is one
transaction, the caller's: these functions take a connection and begin none. For a document that is
too large for one, `put` is made of steps that are each whole: what `gone` names first is removed,
then all is put part by part, then what `gone` names last is removed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence

from wooster.core.text import search_form
from wooster.vectors.model import Facets, NewPassage, Stored


def put(
    connection: sqlite3.Connection, collection: str, document: int, passages: Sequence[NewPassage]
) -> Stored:
    """Make `passages`, in this order, those of a document. `ValueError`: two have one key."""
    unsaid, said_again = gone(connection, collection, document, passages)
    remove(connection, unsaid)
    stored = put_part(connection, collection, document, passages)
    remove(connection, said_again)
    return Stored(stored.ids, stored.added, len(unsaid) + len(said_again), stored.kept)


def gone(
    connection: sqlite3.Connection, collection: str, document: int, passages: Sequence[NewPassage]
) -> tuple[list[int], list[int]]:
    """The ids of a document's passages that are none of `passages`, having another key or another
    text: to be removed before those are put, and (their text is in `passages`, whose vector would
    else have to be made again) after that. `ValueError`: two of `passages` have one key."""
    new = {passage.key: passage.text_hash for passage in passages}
    if len(new) < len(passages):
        raise ValueError(f"two passages of document {document} have the same key")
    said = set(new.values())
    unsaid: list[int] = []
    said_again: list[int] = []
    for row in connection.execute(
        "SELECT id, key, text_hash FROM passages WHERE collection = ? AND document = ?",
        (collection, document),
    ):
        if new.get(row["key"]) != row["text_hash"]:
            (said_again if row["text_hash"] in said else unsaid).append(int(row["id"]))
    return unsaid, said_again


def put_part(
    connection: sqlite3.Connection,
    collection: str,
    document: int,
    passages: Sequence[NewPassage],
    first_place: int = 0,
) -> Stored:
    """Put some of a document's passages, which stand in it one after the other from `first_place`;
    of the others only one with the same key and another text is touched: it is removed."""
    ids: dict[str, int] = {}
    kept = 0
    replaced = 0
    hashes: set[bytes] = set()
    for place, passage in enumerate(passages, first_place):
        row = connection.execute(
            "SELECT id, text_hash FROM passages WHERE collection = ? AND document = ? AND key = ?",
            (collection, document, passage.key),
        ).fetchone()
        if row is not None and row["text_hash"] == passage.text_hash:
            ids[passage.key] = int(row["id"])
            _renew(connection, ids[passage.key], place, passage)
            kept += 1
            continue
        if row is not None:
            hashes |= _remove(connection, [int(row["id"])])
            replaced += 1
        ids[passage.key] = _add(connection, collection, document, place, passage)
    _forget_unsaid(connection, hashes)
    return Stored(ids, added=len(ids) - kept, removed=replaced, kept=kept)


def remove(connection: sqlite3.Connection, ids: Collection[int]) -> None:
    """Remove passages, and the vectors of texts that nobody says any more; ids that are gone
    already are passed over."""
    _forget_unsaid(connection, _remove(connection, ids))


def drop(connection: sqlite3.Connection, collection: str, document: int) -> int:
    """Remove all passages of a document; returns how many there were."""
    return put(connection, collection, document, ()).removed


def _add(
    connection: sqlite3.Connection, collection: str, document: int, place: int, passage: NewPassage
) -> int:
    cursor = connection.execute(
        "INSERT INTO passages (collection, document, place, key, title, text, known_as, text_hash,"
        " project, at_ms, stays) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0)",
        (
            collection,
            document,
            place,
            passage.key,
            passage.title,
            passage.text,
            passage.known_as,
            passage.text_hash,
        ),
    )
    passage_id = cursor.lastrowid
    assert passage_id is not None
    _set_facets(connection, passage_id, passage.facets)
    _add_words(connection, passage_id, passage)
    connection.execute(
        "INSERT OR IGNORE INTO vector_queue (set_id, text_hash)"
        " SELECT id, ?1 FROM vector_sets WHERE state <> 'leaving' AND NOT EXISTS"
        " (SELECT 1 FROM vectors WHERE set_id = vector_sets.id AND text_hash = ?1)",
        (passage.text_hash,),
    )
    return passage_id


def _renew(
    connection: sqlite3.Connection, passage_id: int, place: int, passage: NewPassage
) -> None:
    """What may change without a new vector."""
    connection.execute("UPDATE passages SET place = ? WHERE id = ?", (place, passage_id))
    _set_facets(connection, passage_id, passage.facets)
    renamed = connection.execute(
        "UPDATE passages SET known_as = ?1 WHERE id = ?2 AND known_as <> ?1",
        (passage.known_as, passage_id),
    ).rowcount
    if renamed:
        _remove_words(connection, [passage_id])
        _add_words(connection, passage_id, passage)


def _set_facets(connection: sqlite3.Connection, passage_id: int, facets: Facets) -> None:
    connection.execute(
        "UPDATE passages SET project = ?, at_ms = ?, stays = ? WHERE id = ?",
        (facets.project, facets.at_ms, facets.stays, passage_id),
    )
    connection.execute("DELETE FROM passage_tags WHERE passage_id = ?", (passage_id,))
    connection.executemany(
        "INSERT OR IGNORE INTO passage_tags (tag, passage_id) VALUES (?, ?)",
        [(tag.lower(), passage_id) for tag in facets.tags],
    )


def _remove(connection: sqlite3.Connection, ids: Collection[int]) -> set[bytes]:
    """Returns the hashes of their texts."""
    _remove_words(connection, ids)
    hashes = set()
    for each in ids:
        rows = connection.execute("DELETE FROM passages WHERE id = ? RETURNING text_hash", (each,))
        hashes |= {bytes(row["text_hash"]) for row in rows.fetchall()}
    return hashes


def _forget_unsaid(connection: sqlite3.Connection, hashes: Collection[bytes]) -> None:
    """Remove the vectors of texts that no passage has any more, from every set and its queue."""
    unsaid = [
        (text_hash,)
        for text_hash in hashes
        if not connection.execute(
            "SELECT 1 FROM passages WHERE text_hash = ?", (text_hash,)
        ).fetchone()
    ]
    connection.executemany("DELETE FROM vectors WHERE text_hash = ?", unsaid)
    connection.executemany("DELETE FROM vector_queue WHERE text_hash = ?", unsaid)


# --- words ------------------------------------------------------------------------------------


def _add_words(connection: sqlite3.Connection, passage_id: int, passage: NewPassage) -> None:
    form = [search_form(each) for each in (passage.title, passage.text, passage.known_as)]
    connection.execute(
        "INSERT INTO passages_words (rowid, title, text, known_as) VALUES (?, ?, ?, ?)",
        (passage_id, *form),
    )
    connection.execute(
        "INSERT INTO passages_parts (rowid, c0, c1, c2) VALUES (?, ?, ?, ?)", (passage_id, *form)
    )


def _remove_words(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """`passages_parts` is told the texts that it forgets, so they must still be there."""
    for passage_id in ids:
        connection.execute(
            "INSERT INTO passages_parts (passages_parts, rowid, c0, c1, c2)"
            " SELECT 'delete', rowid, title, text, known_as FROM passages_words WHERE rowid = ?",
            (passage_id,),
        )
        connection.execute("DELETE FROM passages_words WHERE rowid = ?", (passage_id,))


# --- checks -----------------------------------------------------------------------------------


def verify(connection: sqlite3.Connection) -> list[str]:
    """Every passage has its words, the words have their passage, and hashes are those of texts."""
    findings = [
        f"passages_words: row {row[0]} belongs to no passage"
        for row in connection.execute(
            "SELECT rowid FROM passages_words WHERE rowid NOT IN (SELECT id FROM passages)"
        )
    ]
    rows = connection.execute(
        "SELECT p.id, p.key, p.title, p.text, p.known_as, p.text_hash,"
        " w.title AS form_title, w.text AS form_text, w.known_as AS form_known_as"
        " FROM passages AS p LEFT JOIN passages_words AS w ON w.rowid = p.id"
    )
    for row in rows:
        passage = NewPassage(row["key"], row["title"], row["text"], row["known_as"])
        form = (row["form_title"], row["form_text"], row["form_known_as"])
        wanted = tuple(map(search_form, (row["title"], row["text"], row["known_as"])))
        if form != wanted:
            findings.append(f"passage {row['id']}: the full-text index holds another text")
        if passage.text_hash != bytes(row["text_hash"]):
            findings.append(f"passage {row['id']}: its hash is that of another text")
    return findings
