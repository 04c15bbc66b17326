"""Which documents say something, and leaving one out for good. The file itself is the person's.

What was forgotten is known again by a salted digest of its path, and isn't read again.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Collection, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from wooster.knowledge import lookup
from wooster.knowledge.found import DocumentEntry

if TYPE_CHECKING:
    from wooster.knowledge.service import Library


def saying(
    connection: sqlite3.Connection,
    says: Callable[[str], bool],
    known: Callable[[], Collection[str]] = tuple,
) -> list[str]:
    """Documents by their names, each once; without those whose paths are `known` otherwise."""
    rows = connection.execute(
        "SELECT document, title, text FROM passages WHERE collection = 'library'"
    )
    found = dict.fromkeys(int(row[0]) for row in rows if says(f"{row[1]}\n{row[2]}"))
    others = known() if found else ()
    entries = [lookup.document(connection, each) for each in found]
    return [
        f"the document “{lookup.title_of(each.title, str(each.path))}”"
        " (`forget document` leaves it out)"
        for each in entries
        if each is not None and each.path not in others
    ]


class Forgotten:
    """The paths that aren't read, as they are in a database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT salt, digest FROM forgotten_documents")
        self._rows = [(bytes(row[0]), bytes(row[1])) for row in rows]

    def has(self, path: str) -> bool:
        told = path.encode("utf-8", "surrogateescape")
        return any(sha256(salt + told).digest() == digest for salt, digest in self._rows)


class LeavingOut:
    """What forgetting asks of the library of one home."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def named(self, name: str) -> DocumentEntry:
        """The document that `open` would show. Raises `NotFound` and `UsageError`."""
        return (await self._library.links(name)).document

    async def look_again(self, paths: Sequence[str]) -> None:
        """See what became of files; what isn't to be read any more leaves the library."""
        real = await asyncio.to_thread(lambda: [os.path.realpath(each) for each in paths])
        self._library.keeping.mark(real)
        await self._library.follow(lambda _, __: None)
