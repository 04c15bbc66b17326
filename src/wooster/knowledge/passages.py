"""A document as passages that can be searched: titles, keys, and what narrows a search.

Pure: what was read goes in, what is stored comes out. A passage's title, which is embedded with its
text, holds nothing of the file's name, so that a renamed file keeps its vectors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from wooster.core.clock import to_ms
from wooster.core.names import free
from wooster.knowledge import links, places
from wooster.knowledge.model import Chunk, Link, ReadDocument
from wooster.vectors.model import Facets, NewPassage

BETWEEN = " › "


@dataclass(frozen=True, slots=True)
class FiledAs:
    """What a document's place on the disk says about it."""

    path: str
    mtime_ns: int
    is_private: bool

    @property
    def known_as(self) -> str:
        return places.words_of(self.path)

    def facets(self, tags: Iterable[str], date_ms: int | None, *, is_private: bool) -> Facets:
        """`is_private` is what the document itself says."""
        at_ms = self.mtime_ns // 1_000_000 if date_ms is None else date_ms
        return Facets(
            places.project_of(self.path), frozenset(tags), at_ms, self.is_private or is_private
        )

    def names(self, title: str, aliases: Iterable[str]) -> frozenset[str]:
        """What a link may call the document."""
        stem = places.stem_of(self.path)
        named = (stem, places.shown(places.last_of(self.path)), title, *aliases)
        return frozenset(name for each in named if (name := links.name_of(each)))


def storable(text: str) -> str:
    """Text that UTF-8 can hold, of the same length: offsets into it stay right."""
    return text.encode("utf-8", "replace").decode("utf-8")


def sound(documents: Sequence[ReadDocument]) -> list[ReadDocument]:
    """The documents with storable texts, each with a part of its own and its chunks with keys of
    their own: two messages may say that they are the same one, and two blocks may be alike."""
    parts = _each_its_own([document.part for document in documents])
    return [_sound(each, part) for each, part in zip(documents, parts, strict=True)]


def _sound(document: ReadDocument, part: str) -> ReadDocument:
    keys = _each_its_own([chunk.key for chunk in document.chunks])
    return replace(
        document,
        part=part,
        title=storable(document.title).strip(),
        chunks=tuple(map(_storable_chunk, document.chunks, keys)),
        tags=frozenset(map(storable, document.tags)),
        aliases=tuple(map(storable, document.aliases)),
        links=tuple(
            Link(storable(link.target), storable(link.heading), link.line)
            for link in document.links
        ),
    )


def _storable_chunk(chunk: Chunk, key: str) -> Chunk:
    headings = tuple(map(storable, chunk.headings))
    return replace(chunk, key=key, text=storable(chunk.text), headings=headings)


def _each_its_own(names: Iterable[str]) -> list[str]:
    """The names, the second of two alike with `#2` after it, and so on."""
    taken: set[str] = set()
    found = []
    for name in map(storable, names):
        own = free(name, taken.__contains__, "{}#{}")
        taken.add(own)
        found.append(own)
    return found


def of_document(document: ReadDocument, filed: FiledAs) -> list[NewPassage]:
    """The passages of a document that is `sound`."""
    date_ms = None if document.date is None else to_ms(document.date)
    facets = filed.facets(document.tags, date_ms, is_private=document.is_private)
    known_as = filed.known_as
    return [
        NewPassage(
            chunk.key, path_of_titles(document.title, chunk.headings), chunk.text, known_as, facets
        )
        for chunk in document.chunks
    ]


def path_of_titles(title: str, headings: Sequence[str]) -> str:
    """Title and headings in one line; a first heading that is the title stands there once."""
    named = headings if headings[:1] == (title,) else (title, *headings)
    return BETWEEN.join(each for each in named if each)
