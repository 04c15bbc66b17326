"""The library's values: what a reader makes of a file, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

Format = Literal["markdown", "text", "pdf", "html", "docx", "epub", "csv", "mail", "mbox"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document that is found as one.

    `start` and `end` are character offsets into the document's text (for Markdown, plain text and
    CSV the file itself, decoded; for the others what the reader took from it): its text is
    `text[start:end]`, exactly. `line` is that of `start`, from 1. `headings` is the path of
    headings above its first words, the outermost first, that of its own section included; for CSV
    it is the columns' names. `key` is the same for the same content in the same section, whatever
    is edited elsewhere, and no other chunk of the document has it. `page` is a PDF's page or a
    book's chapter, from 1; 0 for none.
    """

    key: str
    text: str
    start: int
    end: int
    line: int
    headings: tuple[str, ...] = ()
    page: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """`[[target#heading|shown]]`, or a Markdown link to another file. `target` is as written,
    without heading and shown text; `line` from 1."""

    target: str
    heading: str
    line: int


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a reader made of one file, or of one message in an mbox.

    `title` is the document's own, "" where it has none: never the file's name, whose change would
    cost its vectors. Front matter is in the text and in no chunk. `part` tells the documents of
    one file apart: "" for the only one. `tags` are as written, without "#". `aliases` are other
    names that links may use. `date` is the date that the document itself carries (front matter, a
    mail's header), aware, in UTC; None where it has none.
    """

    format: Format
    title: str
    text: str
    chunks: tuple[Chunk, ...]
    part: str = ""
    tags: frozenset[str] = frozenset()
    aliases: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    date: datetime | None = None
    is_private: bool = False


class UnreadableFile(Exception):
    """The file can't be read as what it is; the message is for a person (`it is encrypted`)."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that the person named. `is_private` is a rule for all that is in it."""

    path: Path
    is_private: bool = False
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A passage of the library as it is cited. `number` is that of the citation, from 1.

    `folder` is the person's folder that `path` is in. `headings` is the path of headings, `line`
    that of the passage in the file (from 1), `page` a PDF's page or a book's chapter (0 for none).
    `is_private`: it never leaves this machine.
    """

    number: int
    passage: int
    document: int
    title: str
    path: Path
    headings: tuple[str, ...]
    line: int
    page: int
    text: str
    is_private: bool


@dataclass(frozen=True, slots=True)
class Quotable:
    """What the library has about a question: `sources`, the best first, or none.

    `note` says what the person should know of how it was searched ("120 of 9 800 passages aren't
    embedded yet"); "" for nothing.
    """

    sources: tuple[Source, ...]
    note: str = ""
