"""Where in a passage the words of a search stand: the line, and the headings above it. Pure.

A passage may hold several small sections; who opens the file wants the one that was meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from wooster.knowledge.excerpt import marked

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def line_of(text: str, words: Collection[str]) -> int:
    """The first of the lines of `text` (from 0) with most of `words`; 0 where none has any."""
    if not words:
        return 0
    found = [sum(bool(marked(line, [word])) for word in words) for line in text.split("\n")]
    return found.index(max(found))


def headings_at(text: str, line: int, headings: Sequence[str]) -> tuple[str, ...]:
    """The path of headings above a line of `text` (from 0); `headings` is that of its begin."""
    stack: list[tuple[int, str]] = []
    first = ""
    for level, heading in _headings(text.split("\n")[: line + 1]):
        first = first or heading
        stack = [*(one for one in stack if one[0] < level), (level, heading)]
    if first not in headings:
        return tuple(headings)
    return (*headings[: headings.index(first)], *(heading for _, heading in stack))


def _headings(lines: Iterable[str]) -> Iterable[tuple[int, str]]:
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        heading = None if fence else _HEADING.match(line)
        if heading and heading[2]:
            yield len(heading[1]), heading[2]
