"""Cutting a text into chunks along its structure. Pure, and the same every time.

A heading opens a section, a page does too. Small sections that follow each other under the same
parent are taken together, a long one is cut between its blocks, and a block that is too long by
itself between its lines or sentences. Where there is a choice of borders, what stands behind a
border decides, not what was counted up to it: after an edit the old borders are found again, and
only the chunks around the edit are new (as rsync and borg cut files). It knows no format.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from wooster.core.text import clip, rough_tokens
from wooster.knowledge.model import Chunk
from wooster.knowledge.reading.structure import Block, Lines, paragraphs

# `rough_tokens` errs high: 600 of them are 1 800 letters of English, about 420 tokens of
# all-MiniLM-L6-v2, which reads 512 with title and headings. Chunks are half to wholly that long.
LIMIT_TOKENS = 600
SMALL_TOKENS = LIMIT_TOKENS // 3
_LETTERS_A_TOKEN = 3  # at most, by `rough_tokens`
_HEADING_LETTERS = 120
_SEEN_LETTERS = 48  # of what stands behind a border, to choose by

_LINE_STARTS = re.compile(r"[\r\n]+")
_SENTENCES = re.compile(r"""[.!?…]["'”’»)\]]*\s+|[。！？][」』”’）]*\s*""")
_WORDS = re.compile(r"\s+")
_BLANK_START = re.compile(r"(?:[^\S\r\n]*[\r\n]+)*")


@dataclass(slots=True)
class _Section:
    """From a heading or a page's begin to the next. `path` ends with the section's own heading."""

    path: tuple[str, ...]
    page: int
    blocks: list[Block]

    @property
    def start(self) -> int:
        return self.blocks[0].start

    @property
    def end(self) -> int:
        return self.blocks[-1].end

    @property
    def is_bare(self) -> bool:
        """A heading and nothing else."""
        return len(self.blocks) == 1 and self.blocks[0].level > 0

    def is_small(self, text: str) -> bool:
        if self.end - self.start > SMALL_TOKENS * _LETTERS_A_TOKEN:
            return False
        return rough_tokens(text[self.start : self.end]) <= SMALL_TOKENS

    def is_under(self, other: _Section) -> bool:
        return len(self.path) > len(other.path) and self.path[: len(other.path)] == other.path

    def shares_parent_with(self, first: _Section) -> bool:
        """Whether it is `first`'s sibling, or anything below one."""
        parent = first.path[:-1]
        return self.path[: len(parent)] == parent


def cut(
    text: str, blocks: Iterable[Block], begin: int = 0, above: tuple[str, ...] = ()
) -> tuple[Chunk, ...]:
    """The chunks of `text[begin:]`, in order: every character that isn't blank is in exactly one.

    `above` stands before each path of headings. No chunk has more than `LIMIT_TOKENS`, as
    `rough_tokens` counts. A long text costs no more by letter than a short one.
    """
    lines, seen, chunks = Lines(text), Counter[str](), []
    outer = tuple(clip(heading, _HEADING_LETTERS) for heading in above)
    for region in _regions(text, _sections(_completed(text, blocks, begin))):
        starts = [section.start for section in region]
        for start, end in _pieces(text, region):
            start, end = _trimmed(text, start, end)
            if start == end:
                continue
            at = bisect_right(starts, start) - 1
            headings = outer + _described(region, at)
            key = _key(headings, text[start:end])
            seen[key] += 1
            chunks.append(
                Chunk(
                    key=key if seen[key] == 1 else f"{key}-{seen[key]}",
                    text=text[start:end],
                    start=start,
                    end=end,
                    line=lines.number(start),
                    headings=headings,
                    page=region[at].page,
                )
            )
    return tuple(chunks)


def _key(headings: tuple[str, ...], text: str) -> str:
    content = "\0".join((*headings, "", text)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:24]


def _described(region: list[_Section], at: int) -> tuple[str, ...]:
    """The path of a chunk that begins in a section: that of its first words, below bare headings
    of which one only leads to the next."""
    while at + 1 < len(region) and region[at].is_bare and region[at + 1].is_under(region[at]):
        at += 1
    return tuple(heading for heading in region[at].path if heading)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blank lines around it; the first line keeps its indentation."""
    end = start + len(text[start:end].rstrip())
    blank = _BLANK_START.match(text, start, end)
    return (blank.end() if blank else start), end


# --- sections and what is taken together -------------------------------------------------------


def _completed(text: str, blocks: Iterable[Block], begin: int) -> Iterator[Block]:
    """The blocks, and what stands between them: not every parser tells of everything."""
    page = 0
    for block in (*blocks, Block(len(text), len(text))):
        if text[begin : block.start].strip():
            between = paragraphs(text, begin, block.start)
            yield from (replace(one, page=page) for one in between)
        page = block.page
        if block.start < block.end:
            yield block
        begin = block.end


def _sections(blocks: Iterable[Block]) -> Iterator[_Section]:
    above: list[tuple[int, str]] = []
    section: _Section | None = None
    for block in blocks:
        if section and section.page != block.page:
            above = []
        if block.level:
            above = [one for one in above if one[0] < block.level]
            above.append((block.level, clip(block.heading, _HEADING_LETTERS)))
        if section and not block.level and section.page == block.page:
            section.blocks.append(block)
            continue
        if section:
            yield section
        section = _Section(tuple(heading for _, heading in above), block.page, [block])
    if section:
        yield section


def _regions(text: str, sections: Iterable[_Section]) -> list[list[_Section]]:
    """Sections that are packed together: a large one alone, or small ones under one parent.

    A heading with nothing below it but a deeper heading goes with that; with nothing at all, with
    what stands before it.
    """
    regions: list[list[_Section]] = []
    bare: list[_Section] = []
    runs = _runs(text, sections)
    for run, following in pairwise([*runs, []]):
        run = bare + run
        bare = []
        while run and following and run[-1].is_bare and following[0].is_under(run[-1]):
            bare.insert(0, run.pop())
        if all(section.is_bare for section in run) and (regions or following):
            if regions:
                regions[-1] += run
            else:
                bare = run + bare
        else:
            regions.append(run)
    return regions


def _runs(text: str, sections: Iterable[_Section]) -> list[list[_Section]]:
    runs: list[list[_Section]] = []
    was_small = False
    for section in sections:
        is_small = section.is_small(text)
        if is_small and was_small and section.shares_parent_with(runs[-1][0]):
            runs[-1].append(section)
        else:
            runs.append([section])
        was_small = is_small
    return runs


# --- borders -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Borders:
    """Where a region may be cut without cutting a block; `sections` are among `blocks`."""

    blocks: list[int]
    sections: frozenset[int]
    lines: list[tuple[int, bool]]
    """Each block's begin, and whether it is cut between lines."""

    @classmethod
    def of(cls, region: list[_Section]) -> _Borders:
        blocks = [block for section in region for block in section.blocks]
        return cls(
            [
                block.start
                for before, block in pairwise(blocks)
                if not before.level and not before.leads
            ],
            frozenset(section.start for section in region),
            [(block.start, block.is_lines) for block in blocks],
        )

    def within(self, near: int, far: int) -> list[int]:
        """Those after `near`, up to `far`: of sections, where there is one."""
        found = self.blocks[bisect_right(self.blocks, near) : bisect_right(self.blocks, far)]
        return [at for at in found if at in self.sections] or found

    def is_lines(self, at: int) -> bool:
        return self.lines[bisect_right(self.lines, (at, True)) - 1][1]


def _pieces(text: str, region: list[_Section]) -> Iterator[tuple[int, int]]:
    """The region from begin to end in pieces that keep the limit."""
    start, end = region[0].start, region[-1].end
    borders = _Borders.of(region)
    while (far := _reach(text, start, end)) < end:
        border = _best(text, borders, start, far, end)
        yield start, border
        start = border
    yield start, end


def _reach(text: str, start: int, end: int) -> int:
    """How far a chunk that begins at `start` may go."""
    stop = min(end, start + (LIMIT_TOKENS - 1) * _LETTERS_A_TOKEN)
    tokens = rough_tokens(text[start:stop])
    if tokens <= LIMIT_TOKENS:
        return stop
    # Mostly a text is alike all along, and this is as good as the exact offset.
    likely = start + max(1, (stop - start) * LIMIT_TOKENS // tokens)
    if 0.95 * LIMIT_TOKENS <= rough_tokens(text[start:likely]) <= LIMIT_TOKENS:
        return likely
    offsets = range(start + 1, stop)
    fitting = bisect_right(offsets, LIMIT_TOKENS, key=lambda at: rough_tokens(text[start:at]))
    return start + fitting


def _best(text: str, borders: _Borders, start: int, far: int, end: int) -> int:
    """Where to end a chunk that begins at `start` and must end by `far`."""
    near = start + (far - start) // 2
    # What is left over should be worth a chunk of its own.
    soon = min(far, end - (far - start) // 8)
    whole = borders.within(near, soon) or borders.within(near, far)
    if whole:
        return _chosen(text, whole)
    early = borders.within(start, near)
    if early:
        # A block that fits a chunk is kept whole, be the chunk before it a short one.
        after = bisect_right(borders.blocks, early[-1])
        until = borders.blocks[after] if after < len(borders.blocks) else end
        if _reach(text, early[-1], until) == until:
            return early[-1]
    kinds = (_SENTENCES, _LINE_STARTS, _WORDS)
    if borders.is_lines(far):
        kinds = (_LINE_STARTS, _SENTENCES, _WORDS)
    for kind in kinds:
        inside = [m.end() for m in kind.finditer(text, near, soon) if near < m.end() <= soon]
        if inside:
            return _chosen(text, inside)
    return soon


def _chosen(text: str, borders: list[int]) -> int:
    """One that is chosen by what stands behind it: it is chosen again after an edit before it."""

    def rank(at: int) -> tuple[int, int]:
        seen = text[at : at + _SEEN_LETTERS].encode("utf-8", "surrogatepass")
        return zlib.crc32(seen), at

    return min(borders, key=rank)
