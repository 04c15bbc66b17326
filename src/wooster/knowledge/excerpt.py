"""The part of a passage that shows why it was found, with the words marked: pure.

The full-text index finds words by their stems and without accents; here a word is marked that
begins as one of the query's does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

SHOWN = 240
_WORD = re.compile(r"\w+")
# A mark, a heading or a list's sign from a document would be read as ours.
_MARKDOWN = re.compile(r"([\\`*_#<>\[\]|~])")
# An ending that a stem doesn't have is at most so long ("ing", "ies", "tion").
_ENDING = 4
_SHORTEST_STEM = 3


def excerpt(text: str, words: Iterable[str], limit: int = SHOWN) -> str:
    """About `limit` characters of `text` on one line, as Markdown, from where most of `words`
    stand; the words are **bold**."""
    line = " ".join(text.split())
    stems = [stem for word in words for stem in _stems(word)]
    spots = [(m.start(), m.end()) for m in _WORD.finditer(line) if _is_one(m[0], stems)]
    spots = sorted({*spots, *_inside(line, stems)})
    start, end = _window(line, spots, limit)
    parts, at = [], start
    for begin, stop in spots:
        if begin >= at and stop <= end:
            parts += [plain(line[at:begin]), f"**{plain(line[begin:stop])}**"]
            at = stop
    parts.append(plain(line[at:end]))
    return ("…" if start else "") + "".join(parts) + ("…" if end < len(line) else "")


def plain(text: str) -> str:
    """Text of a document inside our Markdown."""
    return _MARKDOWN.sub(r"\\\1", text)


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _stems(word: str) -> list[str]:
    return [_folded(part) for part in _WORD.findall(word)]


def _is_one(word: str, stems: Iterable[str]) -> bool:
    folded = _folded(word)
    return any(_are_alike(folded, stem) for stem in stems)


def _are_alike(word: str, stem: str) -> bool:
    if word == stem:
        return True
    shared = 0
    while shared < min(len(word), len(stem)) and word[shared] == stem[shared]:
        shared += 1
    rest = max(len(word), len(stem)) - shared
    return shared > _SHORTEST_STEM and rest <= _ENDING and rest < shared


def _inside(line: str, stems: Iterable[str]) -> list[tuple[int, int]]:
    """Where words stand that are written without spaces around them."""
    found = []
    for stem in stems:
        if not stem.isascii():
            found += [(m.start(), m.end()) for m in re.finditer(re.escape(stem), line)]
    return found


def _window(line: str, spots: list[tuple[int, int]], limit: int) -> tuple[int, int]:
    """The piece of `limit` characters in which most spots begin, from a word's begin to its end."""
    if len(line) <= limit:
        return 0, len(line)
    best, most, last = 0, 0, 0
    for i, (begin, _) in enumerate(spots):
        last = max(last, i)
        while last < len(spots) and spots[last][1] - begin <= limit * 3 // 4:
            last += 1
        if last - i > most:
            best, most = begin, last - i
    start = max(0, min(best - limit // 5, len(line) - limit))
    end = start + limit
    if start:
        start = line.find(" ", start, start + 20) + 1 or start
    if end < len(line):
        space = line.rfind(" ", end - 20, end)
        end = space if space > start else end
    return start, end
