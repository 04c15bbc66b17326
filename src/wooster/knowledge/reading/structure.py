"""What a format's reader hands to the cutting: a text, and the blocks that stand in it.

It knows offsets and lines, and nothing of any format or of the size of a chunk.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from wooster.knowledge.model import Link

# As markdown-it and every editor count; "\f" or U+2028 end no line.
_LINE_END = re.compile(r"\r\n?|\n")
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list's item, a table's row, a code block or a heading: `text[start:end]`.

    `level` is a heading's, from 1, and `heading` its words; 0 and "" for all else. `leads`: what
    follows belongs to it, as under a table's head. `is_lines`: it is cut between lines rather than
    sentences. `page` is a PDF's page or a book's chapter, from 1, where no section goes on.
    """

    start: int
    end: int
    level: int = 0
    heading: str = ""
    page: int = 0
    leads: bool = False
    is_lines: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """A text with its blocks, in order and without overlap; what none covers is a paragraph."""

    text: str
    blocks: tuple[Block, ...]
    title: str = ""
    links: tuple[Link, ...] = ()


class Lines:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._end = len(text)

    def number(self, offset: int) -> int:
        """The line that `offset` is in, from 1."""
        return bisect_right(self._starts, offset)

    def start(self, number: int) -> int:
        """Where the line begins; the text's end for a line after the last."""
        return self._starts[number - 1] if number <= len(self._starts) else self._end


def paragraphs(text: str, start: int = 0, end: int | None = None) -> Iterator[Block]:
    """The parts of `text[start:end]` between blank lines."""
    end = len(text) if end is None else end
    for gap in _BLANK_LINES.finditer(text, start, end):
        if gap.start() > start:
            yield Block(start, gap.start())
        start = gap.end()
    if start < end:
        yield Block(start, end)


def joined(bodies: Iterable[Body], *, are_pages: bool = False) -> Body:
    """Several bodies as one, the first's title kept; `are_pages` numbers them from 1."""
    texts: list[str] = []
    blocks: list[Block] = []
    links: list[Link] = []
    title, offset, line = "", 0, 0
    for number, body in enumerate(bodies, 1):
        page = number if are_pages else 0
        title = title or body.title
        links += [replace(link, line=link.line + line) for link in body.links]
        if body.text.strip():
            blocks += [
                replace(block, start=block.start + offset, end=block.end + offset, page=page)
                for block in body.blocks
            ]
            texts.append(body.text)
            offset += len(body.text) + len("\n\n")
            line += body.text.count("\n") + 2
    return Body("\n\n".join(texts), tuple(blocks), title, tuple(links))
