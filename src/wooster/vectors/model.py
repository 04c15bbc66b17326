"""What is searched, as values: passages going in, hits coming out.

A passage is the smallest thing that can be found. Its `title` and `text` are indexed by words at
once and by meaning as soon as it is embedded; its `facets` narrow a search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal


@dataclass(frozen=True, slots=True)
class Facets:
    """By what a search can be narrowed. `at_ms` is the instant that the passage is about or from,
    in milliseconds since 1970 UTC. One that `stays` is never sent to another machine, not even to
    be embedded there."""

    project: str = ""
    tags: frozenset[str] = frozenset()
    at_ms: int = 0
    stays: bool = False


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage before it is stored. `key` is stable within its document: as long as key, title and
    text stay, its row and its vector do. `known_as` are more words that find it and aren't
    embedded (a file's name), so that they may change at no cost."""

    key: str
    title: str
    text: str
    known_as: str = ""
    facets: Facets = Facets()

    @property
    def embedded(self) -> str:
        """The title says what a text is about that doesn't say so itself."""
        return embedded(self.title, self.text)

    @property
    def text_hash(self) -> bytes:
        """Which text it is, whoever has it: 16 bytes of the SHA-256 of `embedded`."""
        return sha256(self.embedded.encode("utf-8", "surrogatepass")).digest()[:16]


def embedded(title: str, text: str) -> str:
    """What a model is shown of a passage."""
    return f"{title}\n\n{text}" if title else text


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a document's passages: the row of each by its key."""

    ids: Mapping[str, int]
    added: int
    removed: int
    kept: int


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which passages may be found at all; the defaults let all. `since_ms` is in, `until_ms` out.

    Every one of `tags` must be on a passage.
    """

    collections: frozenset[str] = frozenset()
    documents: frozenset[int] = frozenset()
    project: str = ""
    tags: frozenset[str] = frozenset()
    since_ms: int | None = None
    until_ms: int | None = None

    @property
    def is_open(self) -> bool:
        return self == Narrowing()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `score` is the fused one and means nothing across searches;
    `cosine` is None where it has no vector or none was asked for; `words` are those of the query's
    words (not the stop words) that stand in it.
    """

    id: int
    collection: str
    document: int
    key: str
    title: str
    text: str
    score: float
    cosine: float | None
    words: frozenset[str] = frozenset()
    alike: tuple[int, ...] = ()
    """Passages that say the same, folded into this one: their ids."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage as the two searches score it, for a capability that ranks by more than these.
    `words` is bm25, more being better, 0 where they didn't find it; `cosine` is None where it has
    no vector or none was asked for."""

    id: int
    collection: str
    document: int
    key: str
    words: float
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what is searched can be found by meaning. `problem` says why embedding rests."""

    passages: int = 0
    waiting: int = 0
    refused: int = 0
    model: str = ""
    problem: str = ""

    @property
    def is_complete(self) -> bool:
        return not self.waiting and not self.refused


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search gave, the best first. `words` are those that were searched for;
    `without_meaning` says why vectors took no part, "" where they did."""

    hits: tuple[Hit, ...]
    coverage: Coverage
    words: tuple[str, ...] = ()
    without_meaning: str = ""


Kind = Literal["query", "document"]


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes vectors: vectors of different makers are never compared. `prompts` names what the
    model's family has put before each text."""

    model: str
    dimensions: int
    prompts: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How the embedding stands: texts done of those there are to do."""

    done: int
    total: int
