"""What is done to a file, planned by reading, in pieces that each hold the writer for a moment.

The pieces of a file are written in their order. After each of them all that is stored agrees and
can be searched; until the last one the file's row says that it is to be looked into, so that a pass
that finds a file half written begins again. Nothing here knows the disk, or who waits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from wooster.knowledge import passages, store
from wooster.knowledge.model import ReadDocument
from wooster.knowledge.passages import FiledAs
from wooster.knowledge.reconcile import Known, untried
from wooster.knowledge.scanning import Entry
from wooster.vectors import store as vectors
from wooster.vectors.model import NewPassage

T = TypeVar("T")

# A passage takes the writer 1 to 3 ms, and who says something waits for the writer. With 50 at once
# that is 0.1 s (19 in 20 below 0.2 s, two cores under load); with 150 it was 0.2 to 0.5 s, and a
# whole library took as long.
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Piece:
    """One step. `size` is about how many passages it writes or removes."""

    size: int
    change: Callable[[sqlite3.Connection], None]


Pieces = list[Piece]


def transactions(files: Iterable[Pieces]) -> Iterator[Pieces]:
    """The pieces of files as transactions: as many files in one as fit, and only a file that
    doesn't fit into one by itself in several."""
    some: Pieces = []
    size = 0
    for pieces in files:
        is_large = _size(pieces) > AT_ONCE
        for part in [[piece] for piece in pieces] if is_large else [pieces]:
            if some and size + _size(part) > AT_ONCE:
                yield some
                some, size = [], 0
            some = some + part
            size += _size(part)
    if some:
        yield some


def write(connection: sqlite3.Connection, some: Pieces) -> None:
    for piece in some:
        piece.change(connection)


def _size(pieces: Pieces) -> int:
    return sum(piece.size for piece in pieces)


# --- files ------------------------------------------------------------------------------------


def read(
    connection: sqlite3.Connection,
    entry: Entry,
    digest: bytes,
    documents: Sequence[ReadDocument],
    at: datetime,
) -> Pieces:
    """What was read of a file takes the place of what was known of it. The documents are `sound`.

    A document keeps its id as long as its file has a part of that name.
    """
    before = store.documents_at(connection, entry.path)
    left = before.keys() - {document.part for document in documents}
    filed = FiledAs(entry.path, entry.mtime_ns, entry.is_private)
    pieces = [Piece(0, partial(store.begin_file, entry=entry, at=at))]
    for part in left:
        pieces += _dropped(connection, before[part])
    for document in documents:
        pieces += _written(connection, before.get(document.part), document, filed)
    end = partial(store.end_file, entry=entry, digest=digest, problem="", at=at)
    return [*pieces, Piece(1, end)]


def unreadable(
    connection: sqlite3.Connection, entry: Entry, digest: bytes, problem: str, at: datetime
) -> Pieces:
    """A file that can't be read as what it is: it has no documents."""
    pieces = [Piece(0, partial(store.begin_file, entry=entry, at=at))]
    for document_id in store.documents_at(connection, entry.path).values():
        pieces += _dropped(connection, document_id)
    end = partial(store.end_file, entry=entry, digest=digest, problem=problem, at=at)
    return [*pieces, Piece(1, end)]


def obstructed(connection: sqlite3.Connection, entry: Entry, problem: str, at: datetime) -> Pieces:
    """A file that couldn't be opened: its documents stay as they were, and it is read as soon as
    it can be."""
    pieces = [Piece(0, partial(store.begin_file, entry=entry, at=at))]
    for document_id in store.documents_at(connection, entry.path).values():
        pieces += _refiled(connection, document_id, entry)
    end = partial(store.end_file, entry=untried(entry), digest=b"", problem=problem, at=at)
    return [*pieces, Piece(1, end)]


def moved(connection: sqlite3.Connection, before: Known, entry: Entry) -> Pieces:
    """The same content is elsewhere, or under another rule: nothing is read or embedded again."""
    return _elsewhere(connection, before.id, entry, entry.size, entry.mtime_ns)


def moved_to_read(connection: sqlite3.Connection, before: Known, entry: Entry) -> Pieces:
    """The same content is elsewhere, where a reader makes something else of it."""
    unread = Piece(0, partial(store.read_again, file_id=before.id))
    return [unread, *_refiled_file(connection, before.id, entry)]


def refiled(connection: sqlite3.Connection, before: Known, entry: Entry) -> Pieces:
    """Another folder or another rule; whether its content is another remains to be seen."""
    return _elsewhere(connection, before.id, entry, before.size, before.mtime_ns)


def _elsewhere(
    connection: sqlite3.Connection, file_id: int, entry: Entry, size_bytes: int, mtime_ns: int
) -> Pieces:
    end = partial(store.end_move, file_id=file_id, size_bytes=size_bytes, mtime_ns=mtime_ns)
    return [*_refiled_file(connection, file_id, entry), Piece(1, end)]


def _refiled_file(connection: sqlite3.Connection, file_id: int, entry: Entry) -> Iterator[Piece]:
    yield Piece(0, partial(store.begin_move, file_id=file_id, entry=entry))
    for document_id in store.documents_of(connection, file_id):
        yield from _refiled(connection, document_id, entry)


def dropped(connection: sqlite3.Connection, file_id: int) -> Pieces:
    """A file that is gone. Should it come back before the last piece, it is read again."""
    pieces = [Piece(0, partial(store.read_again, file_id=file_id))]
    for document_id in store.documents_of(connection, file_id):
        pieces += _dropped(connection, document_id)
    return [*pieces, Piece(1, partial(store.drop_file, file_id=file_id))]


# --- documents --------------------------------------------------------------------------------


def _written(
    connection: sqlite3.Connection, before: int | None, document: ReadDocument, filed: FiledAs
) -> Iterator[Piece]:
    """`before` is the id of the document that had its part, if there was one."""
    new = passages.of_document(document, filed)
    # No document has the id 0.
    unsaid, said_again = vectors.gone(connection, store.COLLECTION, before or 0, new)
    yield from _removed(unsaid)
    first, *others = _parts(new)
    begin = partial(_begin_document, document=document, filed=filed, some=first)
    yield Piece(max(1, len(first)), begin)
    for number, some in enumerate(others, 1):
        put = partial(store.write_passages, document=document, filed=filed)
        yield Piece(len(some), partial(put, first=number * AT_ONCE, some=some))
    yield from _removed(said_again)


def _begin_document(
    connection: sqlite3.Connection,
    document: ReadDocument,
    filed: FiledAs,
    some: Sequence[NewPassage],
) -> None:
    store.write_document(connection, document, filed)
    store.write_passages(connection, document, filed, 0, some)


def _refiled(connection: sqlite3.Connection, document_id: int, entry: Entry) -> Iterator[Piece]:
    filed = FiledAs(entry.path, entry.mtime_ns, entry.is_private)
    for number, some in enumerate(_parts(store.passages_of(connection, document_id))):
        change = partial(store.refile, document_id=document_id, filed=filed)
        yield Piece(max(1, len(some)), partial(change, first=number * AT_ONCE, some=some))


def _dropped(connection: sqlite3.Connection, document_id: int) -> Iterator[Piece]:
    *parts, last = _parts(store.passages_of(connection, document_id))
    for some in parts:
        yield from _removed(some)
    yield Piece(max(1, len(last)), partial(store.drop_document, document_id=document_id))


def _removed(ids: Sequence[int]) -> Iterator[Piece]:
    for some in _parts(ids):
        yield Piece(len(some), partial(vectors.remove, ids=some))


def _parts(items: Sequence[T]) -> list[Sequence[T]]:
    """At least one, which may be empty."""
    return [items[at : at + AT_ONCE] for at in range(0, max(1, len(items)), AT_ONCE)]
