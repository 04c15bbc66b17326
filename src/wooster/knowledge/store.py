"""The SQL of folders, files and documents as they are written, and nothing else.

Each function is a step after which all that is stored agrees, in a transaction of the caller's;
which steps make up a file is planned in `pieces.py`. Passages are the search's (`vectors.store`
puts and removes them); what only the library knows of them is in `chunks`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from wooster.core.clock import to_ms
from wooster.knowledge import links, passages
from wooster.knowledge.model import ReadDocument
from wooster.knowledge.passages import FiledAs
from wooster.knowledge.places import Root, StoredFolder
from wooster.knowledge.reconcile import UNREAD_NS, Known, untried
from wooster.knowledge.scanning import Entry
from wooster.vectors import store as vectors
from wooster.vectors.model import NewPassage

COLLECTION = "library"

# --- folders ----------------------------------------------------------------------------------


def folders(connection: sqlite3.Connection) -> list[StoredFolder]:
    rows = connection.execute("SELECT * FROM library_folders ORDER BY id")
    return [
        StoredFolder(
            row["id"],
            os.fsdecode(row["path"]),
            bool(row["is_private"]),
            bool(row["is_added"]),
            bool(row["is_mount"]),
        )
        for row in rows
    ]


def add_folder(
    connection: sqlite3.Connection, path: str, *, is_private: bool
) -> StoredFolder | None:
    """The person names a folder; one that is known already has this rule from now on. Returns how
    it was named before; None where it wasn't."""
    before = next((each for each in folders(connection) if each.path == path), None)
    connection.execute(
        "INSERT INTO library_folders (path, is_private, is_added) VALUES (?, ?, 1)"
        " ON CONFLICT (path) DO UPDATE SET is_private = excluded.is_private, is_added = 1",
        (os.fsencode(path), is_private),
    )
    return before if before is not None and before.is_added else None


def release_folder(connection: sqlite3.Connection, folder_id: int) -> None:
    """The person doesn't name it any more. Its row goes with its last file."""
    connection.execute(
        "UPDATE library_folders SET is_added = 0, is_private = 0 WHERE id = ?", (folder_id,)
    )


def know_defaults(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Folders of the settings have rows as soon as they are read."""
    connection.executemany(
        "INSERT OR IGNORE INTO library_folders (path, is_added) VALUES (?, 0)",
        [(os.fsencode(path),) for path in paths],
    )


def keep_up_folders(
    connection: sqlite3.Connection, roots: Iterable[Root], defaults: Iterable[str]
) -> None:
    """Remember which are mounted, and forget folders that nobody names and that have no file."""
    connection.executemany(
        "UPDATE library_folders SET is_mount = ?1 WHERE id = ?2 AND is_mount <> ?1",
        [(root.is_mount, root.id) for root in roots],
    )
    named = {os.fsencode(path) for path in defaults}
    unnamed = connection.execute(
        "SELECT id, path FROM library_folders WHERE is_added = 0"
        " AND id NOT IN (SELECT folder_id FROM library_files)"
    ).fetchall()
    connection.executemany(
        "DELETE FROM library_folders WHERE id = ?",
        [(row["id"],) for row in unnamed if bytes(row["path"]) not in named],
    )


# --- files ------------------------------------------------------------------------------------


def count_files(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM library_files").fetchone()
    return int(count)


def known_files(connection: sqlite3.Connection) -> dict[str, Known]:
    """Every file's row, by its path."""
    rows = connection.execute(
        "SELECT id, path, folder_id, size_bytes, mtime_ns, hash, is_private, problem"
        " FROM library_files"
    )
    found = {}
    for file_id, path, folder, size, mtime_ns, digest, is_private, problem in rows:
        name = os.fsdecode(path)
        found[name] = Known(
            file_id, name, folder, size, mtime_ns, digest, bool(is_private), problem
        )
    return found


def begin_file(connection: sqlite3.Connection, entry: Entry, at: datetime) -> None:
    """A file is about to be written: until `end_file` it counts as unread, so that a pass that
    finds it so reads it again."""
    end_file(connection, untried(entry), b"", "", at)
    _keep_here(connection, entry)


def end_file(
    connection: sqlite3.Connection, entry: Entry, digest: bytes, problem: str, at: datetime
) -> None:
    """All of a file is written: its row says what it is of."""
    connection.execute(
        "INSERT INTO library_files (folder_id, path, size_bytes, mtime_ns, hash, is_private,"
        " read_ms, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET"
        " folder_id = excluded.folder_id, size_bytes = excluded.size_bytes,"
        " mtime_ns = excluded.mtime_ns, hash = excluded.hash, is_private = excluded.is_private,"
        " read_ms = excluded.read_ms, problem = excluded.problem",
        (
            entry.folder,
            os.fsencode(entry.path),
            entry.size,
            entry.mtime_ns,
            digest,
            entry.is_private,
            to_ms(at),
            passages.storable(problem),
        ),
    )


def begin_move(connection: sqlite3.Connection, file_id: int, entry: Entry) -> None:
    """The same content is elsewhere, or under another rule. Until `end_move` it is to be looked
    into, so that a pass that finds it so begins the move again."""
    connection.execute(
        "UPDATE library_files SET path = ?, folder_id = ?, is_private = ?, mtime_ns = ?"
        " WHERE id = ?",
        (os.fsencode(entry.path), entry.folder, entry.is_private, UNREAD_NS, file_id),
    )
    _keep_here(connection, entry)


def end_move(connection: sqlite3.Connection, file_id: int, size_bytes: int, mtime_ns: int) -> None:
    """All of its documents are refiled: its row is that of a file of this size and time."""
    connection.execute(
        "UPDATE library_files SET size_bytes = ?, mtime_ns = ? WHERE id = ?",
        (size_bytes, mtime_ns, file_id),
    )


def _keep_here(connection: sqlite3.Connection, entry: Entry) -> None:
    """What became private is so at once, however many passages have to be written after that."""
    if entry.is_private:
        row = connection.execute(
            "SELECT id FROM library_files WHERE path = ?", (os.fsencode(entry.path),)
        ).fetchone()
        make_private(connection, row["id"])


def make_private(connection: sqlite3.Connection, file_id: int) -> None:
    """A rule reaches a file, whatever else is to be done with it."""
    connection.execute("UPDATE library_files SET is_private = 1 WHERE id = ?", (file_id,))
    connection.execute(
        "UPDATE passages SET stays = 1 WHERE NOT stays AND collection = ? AND document IN"
        " (SELECT id FROM documents WHERE file_id = ?)",
        (COLLECTION, file_id),
    )


def read_again(connection: sqlite3.Connection, file_id: int) -> None:
    """Whatever is known of this file, it isn't what a reader would make of it now."""
    connection.execute(
        "UPDATE library_files SET hash = x'', mtime_ns = ? WHERE id = ?", (UNREAD_NS, file_id)
    )


def drop_file(connection: sqlite3.Connection, file_id: int) -> None:
    """A file's row, which has no document any more."""
    connection.execute("DELETE FROM library_files WHERE id = ?", (file_id,))


def ids_in_folder(connection: sqlite3.Connection, folder_id: int, limit: int) -> list[int]:
    """Some of a folder's files."""
    rows = connection.execute(
        "SELECT id FROM library_files WHERE folder_id = ? LIMIT ?", (folder_id, limit)
    )
    return [file_id for (file_id,) in rows]


# --- documents --------------------------------------------------------------------------------


def documents_at(connection: sqlite3.Connection, path: str) -> dict[str, int]:
    """The ids of the documents of the file at a path, by their parts."""
    rows = connection.execute(
        "SELECT d.part, d.id FROM library_files AS f JOIN documents AS d ON d.file_id = f.id"
        " WHERE f.path = ?",
        (os.fsencode(path),),
    )
    return {row["part"]: row["id"] for row in rows}


def documents_of(connection: sqlite3.Connection, file_id: int) -> list[int]:
    rows = connection.execute("SELECT id FROM documents WHERE file_id = ?", (file_id,))
    return [document_id for (document_id,) in rows]


def passages_of(connection: sqlite3.Connection, document_id: int) -> list[int]:
    """The ids of a document's passages, in their order."""
    rows = connection.execute(
        "SELECT id FROM passages WHERE collection = ? AND document = ? ORDER BY place",
        (COLLECTION, document_id),
    )
    return [passage_id for (passage_id,) in rows]


def document_at(connection: sqlite3.Connection, path: str, part: str) -> int | None:
    row = connection.execute(
        "SELECT d.id FROM library_files AS f JOIN documents AS d ON d.file_id = f.id AND d.part = ?"
        " WHERE f.path = ?",
        (part, os.fsencode(path)),
    ).fetchone()
    return None if row is None else int(row["id"])


def write_document(connection: sqlite3.Connection, document: ReadDocument, filed: FiledAs) -> None:
    """A document of the file at the path that it is filed as, without its passages. It keeps its
    id as long as its file has a part of that name."""
    row = connection.execute(
        "INSERT INTO documents (file_id, part, format, title, aliases, date_ms, is_private)"
        " SELECT id, ?, ?, ?, ?, ?, ? FROM library_files WHERE path = ?"
        " ON CONFLICT (file_id, part) DO UPDATE SET"
        " format = excluded.format, title = excluded.title, aliases = excluded.aliases,"
        " date_ms = excluded.date_ms, is_private = excluded.is_private RETURNING id",
        (
            document.part,
            document.format,
            document.title,
            json.dumps(document.aliases, ensure_ascii=False),
            None if document.date is None else to_ms(document.date),
            document.is_private,
            os.fsencode(filed.path),
        ),
    ).fetchone()
    document_id = int(row["id"])
    if document.is_private:  # also those of its passages that aren't written again yet
        connection.execute(
            "UPDATE passages SET stays = 1 WHERE NOT stays AND collection = ? AND document = ?",
            (COLLECTION, document_id),
        )
    _write_names(connection, document_id, filed.names(document.title, document.aliases))
    connection.execute("DELETE FROM document_tags WHERE document_id = ?", (document_id,))
    connection.executemany(
        "INSERT OR IGNORE INTO document_tags (tag, document_id) VALUES (?, ?)",
        [(tag.lower(), document_id) for tag in document.tags],
    )
    connection.execute("DELETE FROM document_links WHERE document_id = ?", (document_id,))
    connection.executemany(
        "INSERT INTO document_links (document_id, place, line, target, heading, name)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (document_id, place, link.line, link.target, link.heading, links.name_of(link.target))
            for place, link in enumerate(document.links)
        ],
    )


def write_passages(
    connection: sqlite3.Connection,
    document: ReadDocument,
    filed: FiledAs,
    first: int,
    some: Sequence[NewPassage],
) -> None:
    """Some passages of a document that is written, from its chunk number `first` (from 0) on."""
    document_id = document_at(connection, filed.path, document.part)
    assert document_id is not None
    stored = vectors.put_part(connection, COLLECTION, document_id, some, first)
    connection.executemany(
        "INSERT OR REPLACE INTO chunks (passage_id, headings, start_at, end_at, line, page)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                stored.ids[chunk.key],
                json.dumps(chunk.headings, ensure_ascii=False),
                chunk.start,
                chunk.end,
                chunk.line,
                chunk.page,
            )
            for chunk in document.chunks[first : first + len(some)]
        ],
    )


def _write_names(connection: sqlite3.Connection, document_id: int, names: Iterable[str]) -> None:
    connection.execute("DELETE FROM document_names WHERE document_id = ?", (document_id,))
    connection.executemany(
        "INSERT INTO document_names (name, document_id) VALUES (?, ?)",
        [(name, document_id) for name in names],
    )


def refile(
    connection: sqlite3.Connection,
    document_id: int,
    filed: FiledAs,
    first: int,
    some: Sequence[int],
) -> None:
    """Give a document the names of its new place, and some of its passages, the first of which has
    the place `first`, what can be told by it: nothing is embedded again."""
    row = connection.execute("SELECT * FROM documents WHERE id = ?", (document_id,)).fetchone()
    if not first:
        _write_names(connection, document_id, filed.names(row["title"], json.loads(row["aliases"])))
    tags = connection.execute("SELECT tag FROM document_tags WHERE document_id = ?", (document_id,))
    facets = filed.facets(
        [tag for (tag,) in tags], row["date_ms"], is_private=bool(row["is_private"])
    )
    rows = [
        connection.execute("SELECT key, title, text FROM passages WHERE id = ?", (each,)).fetchone()
        for each in some
    ]
    vectors.put_part(
        connection,
        COLLECTION,
        document_id,
        [NewPassage(key, title, text, filed.known_as, facets) for key, title, text in rows],
        first,
    )


def drop_document(connection: sqlite3.Connection, document_id: int) -> None:
    """A document with whatever passages it still has."""
    vectors.drop(connection, COLLECTION, document_id)
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))


# --- checks -----------------------------------------------------------------------------------


def verify(connection: sqlite3.Connection) -> list[str]:
    """Each of the library's passages has its document and its place in it, and nothing is left of
    a document that is gone."""
    counted = {
        "passages of the library belong to no document": (
            "SELECT count(*) FROM passages WHERE collection = 'library'"
            " AND document NOT IN (SELECT id FROM documents)"
        ),
        "passages of the library have no place in their document": (
            "SELECT count(*) FROM passages WHERE collection = 'library'"
            " AND id NOT IN (SELECT passage_id FROM chunks)"
        ),
        "places in documents belong to no passage of the library": (
            "SELECT count(*) FROM chunks WHERE passage_id NOT IN"
            " (SELECT id FROM passages WHERE collection = 'library')"
        ),
        "private documents have passages that may leave this machine": (
            "SELECT count(DISTINCT d.id) FROM documents AS d JOIN library_files AS f"
            " ON f.id = d.file_id JOIN passages AS p ON p.document = d.id"
            " AND p.collection = 'library' WHERE (d.is_private OR f.is_private) AND NOT p.stays"
        ),
    }
    findings = []
    for told, query in counted.items():
        (count,) = connection.execute(query).fetchone()
        if count:
            findings.append(f"{count} {told}")
    return findings
