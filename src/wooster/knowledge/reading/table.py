"""CSV and TSV: the text is the file itself, a row is a block, the columns' names are the heading.

It gives cells no types: a table is read as words.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from wooster.knowledge.model import ReadDocument
from wooster.knowledge.reading.chunks import cut
from wooster.knowledge.reading.structure import Block

_SAMPLE_LETTERS = 8192
_DELIMITERS = ",;\t|"
# A cell may be as long as a file: an open quotation mark takes in all that follows.
_CELL_LETTERS = (1 << 31) - 1
_NUMBER = re.compile(r"[-+]?[\d.,:/%€$£\s-]+")


def read(text: str) -> ReadDocument:
    blocks, columns = _rows(text)
    above = (" | ".join(columns),) if columns else ()
    return ReadDocument("csv", "", text, cut(text, blocks, above=above))


def _rows(text: str) -> tuple[list[Block], list[str]]:
    """A block for each row, and the names of the columns where the first row has them."""
    dialect = _dialect(text)
    end = 0

    def lines() -> Iterator[str]:
        nonlocal end
        for line in io.StringIO(text, newline=""):
            end += len(line)
            yield line

    csv.field_size_limit(_CELL_LETTERS)
    blocks: list[Block] = []
    columns: list[str] = []
    start = 0
    try:
        for row in csv.reader(lines(), dialect):
            is_head = not blocks and _are_names(row)
            if is_head:
                columns = [cell.strip() for cell in row]
            if row:
                blocks.append(Block(start, end, leads=is_head, is_lines=True))
            start = end
    except csv.Error:
        pass  # what is left is text in any case, and cut as such
    return blocks, columns


def _dialect(text: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(text[:_SAMPLE_LETTERS], _DELIMITERS)
    except csv.Error:
        return csv.excel


def _are_names(row: list[str]) -> bool:
    """Whether a first row names the columns: each cell another word, none of them a number, nor of
    several lines, as the one with an open quotation mark, which may be all of the file.

    `csv.Sniffer.has_header` guesses by lengths, and takes the first person of a list for one.
    """
    cells = [cell.strip() for cell in row]
    return (
        len(cells) > 1
        and all(cells)
        and len(set(cells)) == len(cells)
        and not any(_NUMBER.fullmatch(cell) or "\n" in cell or "\r" in cell for cell in cells)
    )
