"""The SQL of folders, files and documents as they are written, and nothing else.

A document's row, its passages and all that hangs on it are written in one transaction, the
caller's. Passages are the search's (`vectors.store` puts and drops them); what only the library
knows of them is in `chunks`.
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


def add_folder(connection: sqlite3.Connection, path: str, *, is_private: bool) -> None:
    """The person names a folder; one that is known already has this rule from now on."""
    connection.execute(
        "INSERT INTO library_folders (path, is_private, is_added) VALUES (?, ?, 1)"
        " ON CONFLICT (path) DO UPDATE SET is_private = excluded.is_private, is_added = 1",
        (os.fsencode(path), is_private),
    )


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


def write_file(
    connection: sqlite3.Connection,
    entry: Entry,
    digest: bytes,
    documents: Sequence[ReadDocument],
    at: datetime,
) -> None:
    """What was read of a file takes the place of what was known of it. The documents are `sound`.

    A document keeps its id as long as its file has a part of that name.
    """
    file_id = _write_row(connection, entry, digest, at, "")
    before = _document_ids(connection, file_id)
    for part in before.keys() - {document.part for document in documents}:
        _drop_document(connection, before[part])
    filed = FiledAs(entry.path, entry.mtime_ns, entry.is_private)
    for document in documents:
        _write_document(connection, file_id, document, filed)


def write_problem(
    connection: sqlite3.Connection, entry: Entry, digest: bytes, problem: str, at: datetime
) -> None:
    """A file that can't be read as what it is: it has no documents."""
    file_id = _write_row(connection, entry, digest, at, problem)
    for document_id in _document_ids(connection, file_id).values():
        _drop_document(connection, document_id)


def write_obstacle(
    connection: sqlite3.Connection, entry: Entry, problem: str, at: datetime
) -> None:
    """A file that couldn't be opened: its documents stay as they were, and it is read as soon as
    it can be."""
    file_id = _write_row(connection, untried(entry), b"", at, problem)
    _refile_documents(connection, file_id, entry)


def move_file(connection: sqlite3.Connection, file_id: int, entry: Entry) -> None:
    """The same content is elsewhere, or under another rule: nothing is read or embedded again."""
    connection.execute(
        "UPDATE library_files SET path = ?, folder_id = ?, size_bytes = ?, mtime_ns = ?,"
        " is_private = ? WHERE id = ?",
        (
            os.fsencode(entry.path),
            entry.folder,
            entry.size,
            entry.mtime_ns,
            entry.is_private,
            file_id,
        ),
    )
    _refile_documents(connection, file_id, entry)


def refile(connection: sqlite3.Connection, file_id: int, entry: Entry) -> None:
    """Another folder or another rule; whether its content is another remains to be seen."""
    connection.execute(
        "UPDATE library_files SET folder_id = ?, is_private = ? WHERE id = ?",
        (entry.folder, entry.is_private, file_id),
    )
    _refile_documents(connection, file_id, entry)


def make_private(connection: sqlite3.Connection, file_id: int) -> None:
    """A rule reaches a file that can't be looked at now."""
    connection.execute("UPDATE library_files SET is_private = 1 WHERE id = ?", (file_id,))
    connection.execute(
        "UPDATE passages SET stays = 1 WHERE collection = ? AND document IN"
        " (SELECT id FROM documents WHERE file_id = ?)",
        (COLLECTION, file_id),
    )


def read_again(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Whatever is known of these files, it isn't what a reader would make of them now."""
    connection.executemany(
        "UPDATE library_files SET hash = x'', mtime_ns = ? WHERE path = ?",
        [(UNREAD_NS, os.fsencode(path)) for path in paths],
    )


def drop_file(connection: sqlite3.Connection, file_id: int) -> None:
    for document_id in _document_ids(connection, file_id).values():
        _drop_document(connection, document_id)
    connection.execute("DELETE FROM library_files WHERE id = ?", (file_id,))


def drop_some(connection: sqlite3.Connection, folder_id: int, limit: int) -> int:
    """Drop some of a folder's files; how many those were."""
    rows = connection.execute(
        "SELECT id FROM library_files WHERE folder_id = ? LIMIT ?", (folder_id, limit)
    ).fetchall()
    for row in rows:
        drop_file(connection, row["id"])
    return len(rows)


def _write_row(
    connection: sqlite3.Connection, entry: Entry, digest: bytes, at: datetime, problem: str
) -> int:
    row = connection.execute(
        "INSERT INTO library_files (folder_id, path, size_bytes, mtime_ns, hash, is_private,"
        " read_ms, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET"
        " folder_id = excluded.folder_id, size_bytes = excluded.size_bytes,"
        " mtime_ns = excluded.mtime_ns, hash = excluded.hash, is_private = excluded.is_private,"
        " read_ms = excluded.read_ms, problem = excluded.problem RETURNING id",
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
    ).fetchone()
    return int(row["id"])


def _document_ids(connection: sqlite3.Connection, file_id: int) -> dict[str, int]:
    rows = connection.execute("SELECT part, id FROM documents WHERE file_id = ?", (file_id,))
    return {row["part"]: row["id"] for row in rows}


# --- documents --------------------------------------------------------------------------------


def _write_document(
    connection: sqlite3.Connection, file_id: int, document: ReadDocument, filed: FiledAs
) -> None:
    row = connection.execute(
        "INSERT INTO documents (file_id, part, format, title, aliases, date_ms, is_private)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (file_id, part) DO UPDATE SET"
        " format = excluded.format, title = excluded.title, aliases = excluded.aliases,"
        " date_ms = excluded.date_ms, is_private = excluded.is_private RETURNING id",
        (
            file_id,
            document.part,
            document.format,
            document.title,
            json.dumps(document.aliases, ensure_ascii=False),
            None if document.date is None else to_ms(document.date),
            document.is_private,
        ),
    ).fetchone()
    document_id = int(row["id"])
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
    stored = vectors.put(connection, COLLECTION, document_id, passages.of_document(document, filed))
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
            for chunk in document.chunks
        ],
    )


def _write_names(connection: sqlite3.Connection, document_id: int, names: Iterable[str]) -> None:
    connection.execute("DELETE FROM document_names WHERE document_id = ?", (document_id,))
    connection.executemany(
        "INSERT INTO document_names (name, document_id) VALUES (?, ?)",
        [(name, document_id) for name in names],
    )


def _refile_documents(connection: sqlite3.Connection, file_id: int, entry: Entry) -> None:
    filed = FiledAs(entry.path, entry.mtime_ns, entry.is_private)
    for document_id in _document_ids(connection, file_id).values():
        _refile(connection, document_id, filed)


def _refile(connection: sqlite3.Connection, document_id: int, filed: FiledAs) -> None:
    row = connection.execute("SELECT * FROM documents WHERE id = ?", (document_id,)).fetchone()
    _write_names(connection, document_id, filed.names(row["title"], json.loads(row["aliases"])))
    tags = connection.execute("SELECT tag FROM document_tags WHERE document_id = ?", (document_id,))
    facets = filed.facets(
        [tag for (tag,) in tags], row["date_ms"], is_private=bool(row["is_private"])
    )
    rows = connection.execute(
        "SELECT key, title, text FROM passages WHERE collection = ? AND document = ?"
        " ORDER BY place",
        (COLLECTION, document_id),
    ).fetchall()
    vectors.put(
        connection,
        COLLECTION,
        document_id,
        [NewPassage(key, title, text, filed.known_as, facets) for key, title, text in rows],
    )


def _drop_document(connection: sqlite3.Connection, document_id: int) -> None:
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
