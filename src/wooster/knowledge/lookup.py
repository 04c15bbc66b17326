"""The SQL of what is asked of the library, and nothing that writes.

Links are resolved here when they are asked for: an index gives the documents that have a link's
name, `links.resolve` says which of them it means. It reads the search's passages where they belong
to documents.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from wooster.core.clock import from_ms
from wooster.core.text import search_form
from wooster.knowledge import links, places
from wooster.knowledge.found import Counts, DocumentEntry, DocumentLinks, FileProblem, LinkEntry
from wooster.knowledge.links import Candidate
from wooster.knowledge.model import Source
from wooster.knowledge.store import COLLECTION
from wooster.vectors.model import Hit, Narrowing
from wooster.vectors.words import allowed

_MENTIONS = 20
_LOOKED_AT_FOR_MENTIONS = 400
# Shorter names than this stand in every text by chance.
_SHORTEST_MENTION = 3

_DOCUMENT = (
    "SELECT d.id, d.part, d.format, d.title, d.aliases, d.date_ms,"
    " d.is_private OR f.is_private AS is_private, f.path FROM documents AS d"
    " JOIN library_files AS f ON f.id = d.file_id"
)


def title_of(title: str, path: str) -> str:
    """A document without a title of its own is called as its file is."""
    return title or places.stem_of(path)


# --- passages ---------------------------------------------------------------------------------


def sources(connection: sqlite3.Connection, passages: Sequence[int]) -> list[Source]:
    """These passages as they are cited, numbered from 1; one that is gone by now is left out."""
    found: list[Source] = []
    for passage in passages:
        row = connection.execute(
            "SELECT p.id, p.document, p.text, d.title, f.path, c.headings, c.line, c.page,"
            " d.is_private OR f.is_private AS is_private FROM passages AS p"
            " JOIN chunks AS c ON c.passage_id = p.id JOIN documents AS d ON d.id = p.document"
            " JOIN library_files AS f ON f.id = d.file_id WHERE p.id = ? AND p.collection = ?",
            (passage, COLLECTION),
        ).fetchone()
        if row is None:
            continue
        path = os.fsdecode(row["path"])
        found.append(
            Source(
                number=len(found) + 1,
                passage=row["id"],
                document=row["document"],
                title=title_of(row["title"], path),
                path=Path(path),
                headings=tuple(json.loads(row["headings"])),
                line=row["line"],
                page=row["page"],
                text=row["text"],
                is_private=bool(row["is_private"]),
            )
        )
    return found


def newest(connection: sqlite3.Connection, narrowing: Narrowing, limit: int) -> tuple[Hit, ...]:
    """The first passages of the newest documents that a search narrowed so may find."""
    where, values = allowed(narrowing)
    rows = connection.execute(
        "SELECT p.id, p.document, p.key, p.title, p.text FROM passages AS p"
        f" WHERE p.place = 0 AND {where} ORDER BY p.at_ms DESC, p.id LIMIT ?",
        (*values, limit),
    )
    return tuple(
        Hit(passage, COLLECTION, document, key, title, text, 0.0, None)
        for passage, document, key, title, text in rows
    )


def surroundings(
    connection: sqlite3.Connection, document: int, passage: int | None
) -> list[sqlite3.Row]:
    """A passage with the one before and the one after it; a document's first two for None."""
    return connection.execute(
        "SELECT p.id, p.text, p.place, c.headings, c.start_at, c.end_at, c.line, c.page,"
        " (SELECT max(place) FROM passages WHERE collection = ?1 AND document = ?2) AS last_place"
        " FROM passages AS p"
        " JOIN chunks AS c ON c.passage_id = p.id"
        " WHERE p.collection = ?1 AND p.document = ?2 AND abs(p.place - (SELECT coalesce("
        "  (SELECT place FROM passages WHERE id = ?3), min(place)) FROM passages"
        "  WHERE collection = ?1 AND document = ?2)) <= 1 ORDER BY p.place",
        (COLLECTION, document, passage),
    ).fetchall()


# --- documents --------------------------------------------------------------------------------


def document(connection: sqlite3.Connection, document_id: int) -> DocumentEntry | None:
    row = connection.execute(f"{_DOCUMENT} WHERE d.id = ?", (document_id,)).fetchone()
    if row is None:
        return None
    tags = connection.execute(
        "SELECT tag FROM document_tags WHERE document_id = ? ORDER BY tag", (document_id,)
    )
    return _entry(row, tuple(tag for (tag,) in tags))


def documents(connection: sqlite3.Connection, limit: int) -> list[DocumentEntry]:
    """The first documents by their paths."""
    rows = connection.execute(f"{_DOCUMENT} ORDER BY f.path, d.id LIMIT ?", (limit,))
    return [_entry(row) for row in rows]


def _entry(row: sqlite3.Row, tags: tuple[str, ...] = ()) -> DocumentEntry:
    path = os.fsdecode(row["path"])
    return DocumentEntry(
        id=row["id"],
        path=path,
        part=row["part"],
        title=title_of(row["title"], path),
        format=row["format"],
        is_private=bool(row["is_private"]),
        aliases=tuple(json.loads(row["aliases"])),
        tags=tags,
        date=None if row["date_ms"] is None else from_ms(row["date_ms"]),
    )


def at_path(connection: sqlite3.Connection, path: str) -> list[int]:
    """The documents of the file at a path, in their order."""
    rows = connection.execute(
        "SELECT d.id FROM documents AS d JOIN library_files AS f ON f.id = d.file_id"
        " WHERE f.path = ? ORDER BY d.id",
        (os.fsencode(path),),
    )
    return [document_id for (document_id,) in rows]


def called(connection: sqlite3.Connection, target: str) -> list[DocumentEntry]:
    """The documents that a person may mean by a path's end, a title or an alias."""
    candidates = _candidates(connection, links.name_of(target))
    meant = []
    while candidates:
        found = links.resolve(target, "/", candidates)
        if found is None:
            break
        meant.append(found)
        candidates = [each for each in candidates if each.id != found]
    entries = [document(connection, each) for each in meant]
    return [entry for entry in entries if entry is not None]


def within(connection: sqlite3.Connection, parts: Iterable[str]) -> frozenset[int]:
    """The documents whose path has all these parts in it, whatever their case."""
    wanted = [places.composed(part).casefold() for part in parts]
    rows = connection.execute(
        "SELECT d.id, f.path FROM documents AS d JOIN library_files AS f ON f.id = d.file_id"
    )
    found = set()
    for document_id, path in rows:
        folded = places.composed(os.fsdecode(path)).casefold()
        if all(part in folded for part in wanted):
            found.add(document_id)
    return frozenset(found)


def tags(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Every tag with how many documents have it, the most used first."""
    rows = connection.execute(
        "SELECT tag, count(*) AS uses FROM document_tags GROUP BY tag ORDER BY uses DESC, tag"
    )
    return [(tag, uses) for tag, uses in rows]


# --- links ------------------------------------------------------------------------------------


def links_of(connection: sqlite3.Connection, entry: DocumentEntry) -> DocumentLinks:
    """Where a document's links lead, and which documents link to it or name it."""
    to_it = _links_to(connection, entry)
    linking = {each.document.id for each in to_it}
    from_it, nowhere = _links_from(connection, entry)
    return DocumentLinks(
        entry,
        tuple(to_it),
        tuple(from_it),
        tuple(nowhere),
        tuple(_mentions(connection, entry, linking | {entry.id})),
    )


def _candidates(connection: sqlite3.Connection, name: str) -> list[Candidate]:
    rows = connection.execute(
        f"{_DOCUMENT} WHERE d.id IN (SELECT document_id FROM document_names WHERE name = ?)",
        (name,),
    ).fetchall()
    return [
        Candidate(entry.id, entry.path, entry.title, entry.aliases) for entry in map(_entry, rows)
    ]


def _links_to(connection: sqlite3.Connection, entry: DocumentEntry) -> list[LinkEntry]:
    rows = connection.execute(
        "SELECT document_id, line, target, heading, name FROM document_links WHERE name IN"
        " (SELECT name FROM document_names WHERE document_id = ?)"
        " AND document_id <> ?1 ORDER BY document_id, place",
        (entry.id,),
    ).fetchall()
    candidates = {name: _candidates(connection, name) for name in {row["name"] for row in rows}}
    found = []
    for row in rows:
        source = document(connection, row["document_id"])
        if source is None:
            continue
        if links.resolve(row["target"], source.path, candidates[row["name"]]) == entry.id:
            found.append(LinkEntry(source, row["line"], row["target"], row["heading"]))
    return found


def _links_from(
    connection: sqlite3.Connection, entry: DocumentEntry
) -> tuple[list[LinkEntry], list[LinkEntry]]:
    rows = connection.execute(
        "SELECT line, target, heading, name FROM document_links WHERE document_id = ?"
        " AND name <> '' ORDER BY place",
        (entry.id,),
    ).fetchall()
    found, nowhere = [], []
    for row in rows:
        meant = links.resolve(row["target"], entry.path, _candidates(connection, row["name"]))
        there = None if meant is None else document(connection, meant)
        if there is None:
            nowhere.append(LinkEntry(entry, row["line"], row["target"], row["heading"]))
        else:
            found.append(LinkEntry(there, row["line"], row["target"], row["heading"]))
    return found, nowhere


def _mentions(
    connection: sqlite3.Connection, entry: DocumentEntry, besides: Collection[int]
) -> list[LinkEntry]:
    """Other documents with its title or an alias in them as whole words, the first place of each.

    The full-text index finds them by stems, so that each is looked at once more.
    """
    found: dict[int, LinkEntry] = {}
    for name in (entry.title, *entry.aliases):
        runs = re.findall(r"\w+", search_form(name))
        if len("".join(runs)) < _SHORTEST_MENTION:
            continue
        whole = re.compile(rf"(?<!\w){re.escape(name.strip())}(?!\w)", re.IGNORECASE)
        rows = connection.execute(
            # CROSS: the words first; asked the other way round, every passage would be.
            "SELECT p.document, p.text, c.line FROM passages_words AS w"
            " CROSS JOIN passages AS p ON p.id = w.rowid JOIN chunks AS c ON c.passage_id = p.id"
            " WHERE passages_words MATCH ? AND p.collection = ? LIMIT ?",
            (f'text : "{" ".join(runs)}"', COLLECTION, _LOOKED_AT_FOR_MENTIONS),
        )
        for document_id, text, line in rows.fetchall():
            if document_id in besides or document_id in found:
                continue
            match = whole.search(text)
            there = document(connection, document_id) if match else None
            if match and there is not None:
                at = line + text.count("\n", 0, match.start())
                found[document_id] = LinkEntry(there, at, match[0])
            if len(found) == _MENTIONS:
                return list(found.values())
    return list(found.values())


# --- how it stands ----------------------------------------------------------------------------


def counts(connection: sqlite3.Connection) -> Counts:
    files, problems = connection.execute(
        "SELECT count(*), coalesce(sum(problem <> ''), 0) FROM library_files"
    ).fetchone()
    by_format = connection.execute(
        "SELECT format, count(*) FROM documents GROUP BY format ORDER BY count(*) DESC, format"
    ).fetchall()
    by_folder = connection.execute(
        "SELECT f.folder_id, count(*) FROM documents AS d"
        " JOIN library_files AS f ON f.id = d.file_id GROUP BY f.folder_id"
    ).fetchall()
    return Counts(files, problems, dict(map(tuple, by_format)), dict(map(tuple, by_folder)))


def problems(connection: sqlite3.Connection) -> list[FileProblem]:
    rows = connection.execute(
        "SELECT path, problem, read_ms FROM library_files WHERE problem <> '' ORDER BY path"
    )
    return [
        FileProblem(os.fsdecode(path), problem, from_ms(read_ms)) for path, problem, read_ms in rows
    ]
