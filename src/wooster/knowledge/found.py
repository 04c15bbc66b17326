"""What the library answers, as values: hits, opened documents, links, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from wooster.knowledge.model import Folder, Format, Source
from wooster.knowledge.query import Request
from wooster.vectors.model import Coverage


@dataclass(frozen=True, slots=True)
class Found:
    """A hit. `words` are those of the query's words that stand in it; none: it was found by what it
    means. `headings` and `line` are those of the place in it where they stand. `also` counts the
    passages that say the same."""

    source: Source
    headings: tuple[str, ...]
    line: int
    words: frozenset[str]
    cosine: float | None
    also: int = 0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`typed` is what was searched for. `without_meaning` says why only words were searched; ""
    where meaning was too. `note` is what a person should know of how complete the search was."""

    request: Request
    found: tuple[Found, ...]
    coverage: Coverage
    without_meaning: str = ""
    note: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as it is listed. `path` is the file's; `part` tells the messages of one file
    apart. `is_private` by itself or by a rule."""

    id: int
    path: str
    part: str
    title: str
    format: Format
    is_private: bool
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """A link in `document` (at `line`) to another; for one that leads nowhere, `document` is the
    one that it stands in and `target` what is written."""

    document: DocumentEntry
    line: int
    target: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class DocumentLinks:
    """How a document hangs together with others. `mentions` name it and don't link to it."""

    document: DocumentEntry
    to_it: tuple[LinkEntry, ...] = ()
    from_it: tuple[LinkEntry, ...] = ()
    nowhere: tuple[LinkEntry, ...] = ()
    mentions: tuple[LinkEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A passage in its surroundings: `text` is the passage's, `before` and `after` stand around
    it. A document without any text has an empty one, at line 1."""

    links: DocumentLinks
    headings: tuple[str, ...]
    line: int
    page: int
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file or folder that couldn't be read, and why."""

    path: str
    reason: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """`problem` says why it can't be looked at now; its documents are kept meanwhile."""

    folder: Folder
    documents: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is stored."""

    files: int = 0
    problems: int = 0
    documents_by_format: dict[str, int] = field(default_factory=dict)
    documents_by_folder: dict[int, int] = field(default_factory=dict)

    @property
    def documents(self) -> int:
        return sum(self.documents_by_format.values())


@dataclass(frozen=True, slots=True)
class Status:
    """How the library stands. `reading` is (done, total) while files are read; `reconciled` is when
    all folders were last compared with it; `failure` why that didn't work."""

    folders: tuple[FolderStatus, ...]
    counts: Counts
    coverage: Coverage
    reading: tuple[int, int] | None = None
    reconciled: datetime | None = None
    failure: str = ""
