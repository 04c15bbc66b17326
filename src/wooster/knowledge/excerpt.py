"""The part of a passage that shows why it was found, with the words marked: pure.

The full-text index finds words by their stems and without accents; here a word is marked that
begins as one of the query's does, or that one is a part of. Signs of Markdown that only lay a text
out are left away: an excerpt is one line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from wooster.core.text import escaped

SHOWN = 240
_WORD = re.compile(r"\w+")
# A mark, a heading or a list's sign from a document would be read as ours.
# What a line begins with that says how it is laid out, and lines that say nothing else.
_LAYOUT = re.compile(r"\s*(?:>\s*)*(?:#{1,6}\s+|[-*+]\s+(?:\[[ xX]\]\s+)?)?")
_HEADING = re.compile(r"\s*#{1,6}\s")
_ONLY_LAYOUT = re.compile(r"\s*(?:(?:`{3,}|~{3,}).*|[\s|:\-=*_#>+]*)$")
_CELLS = re.compile(r"\s*(?<!\\)\|\s*")
_ALIAS = re.compile(r"!?\[\[[^\[\]\n|]*\|([^\[\]\n]*)\]\]")
# An ending that a stem doesn't have is at most so long ("ing", "ies", "tion").
_ENDING = 4
_SHORTEST_STEM = 3
_SHORTEST_PART = 3

Spot = tuple[int, int]


def excerpt(text: str, words: Iterable[str], said: Collection[str] = (), limit: int = SHOWN) -> str:
    """About `limit` characters of `text` on one line, as Markdown, from where most of `words`
    stand; the words are **bold**. Headings that are `said` above it are left out."""
    line, words = _one_line(text, said), list(words)
    spots = marked(line, words)
    # What stands in a heading above it is what all of it is about.
    above = " ".join(said)
    is_about = all(marked(above, [word]) for word in words)
    start, end = _window(line, [] if is_about else spots, limit)
    parts, at = [], start
    for begin, stop in spots:
        if begin >= at and stop <= end:
            parts += [escaped(line[at:begin]), f"**{escaped(line[begin:stop])}**"]
            at = stop
    parts.append(escaped(line[at:end]))
    return ("…" if start else "") + "".join(parts) + ("…" if end < len(line) else "")


def marked(line: str, words: Iterable[str]) -> list[Spot]:
    """From where to where one of `words` stands, in order and apart."""
    there = [(m.start(), m.end(), _folded(m[0])) for m in _WORD.finditer(line)]
    spots: list[Spot] = []
    for stem in {stem for word in words for stem in _stems(word)}:
        alike = [(begin, end) for begin, end, word in there if _are_alike(word, stem)]
        spots += alike or _inside(line, stem)
    apart: list[Spot] = []
    for begin, end in sorted(spots):
        if apart and begin <= apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((begin, end))
    return apart


def parts_in(text: str, words: Iterable[str]) -> frozenset[str]:
    """Those of `words` that stand in `text`, be it inside longer words."""
    folded = _folded(text)
    return frozenset(
        word
        for word in words
        if len(word) >= _SHORTEST_PART and all(stem in folded for stem in _stems(word))
    )


def _one_line(text: str, said: Collection[str]) -> str:
    lines = []
    for line in text.splitlines():
        if _ONLY_LAYOUT.match(line):
            continue
        begin = _LAYOUT.match(line)
        words = line[begin.end() if begin else 0 :].strip()
        if _HEADING.match(line) and words in said:
            continue
        if words.startswith("|"):
            words = _CELLS.sub(" · ", words.strip("|").strip()).replace("\\|", "|")
        lines.append(_ALIAS.sub(r"\1", words))
    return " ".join(" ".join(lines).split())


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _stems(word: str) -> list[str]:
    """A word's parts; signs of a script without spaces belong together, as they were typed."""
    stems: list[str] = []
    was_sign = False
    for part in _WORD.findall(word):
        is_sign = len(part) == 1 and not part.isascii()
        if is_sign and was_sign:
            stems[-1] += part
        else:
            stems.append(part)
        was_sign = is_sign
    return [_folded(stem) for stem in stems]


def _are_alike(word: str, stem: str) -> bool:
    if word == stem:
        return True
    shared = 0
    while shared < min(len(word), len(stem)) and word[shared] == stem[shared]:
        shared += 1
    rest = max(len(word), len(stem)) - shared
    return shared > _SHORTEST_STEM and rest <= _ENDING and rest < shared


def _inside(line: str, stem: str) -> list[Spot]:
    """Where a word stands without spaces around it, or as a part of a longer one."""
    if (stem.isascii() and len(stem) < _SHORTEST_PART) or stem not in _folded(line):
        return []
    signs = [_folded(sign) for sign in line]
    places = [at for at, sign in enumerate(signs) for _ in sign]
    found = re.finditer(re.escape(stem), "".join(signs))
    return [(places[m.start()], places[m.end() - 1] + 1) for m in found]


def _window(line: str, spots: list[Spot], limit: int) -> Spot:
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
