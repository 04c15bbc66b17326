"""Whether a text says what is to be forgotten: by whole words, whatever their case and accents.

Pure. A full-text index only narrows down where to look: it knows no emoji, takes `C++` for `C`, and
finds stems, while what goes for good must be meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wooster.core.text import match_phrases, search_form

# What ends or frames a sentence says nothing of what a word is; any other sign does (`C++`, `♥`).
_FRAMING = " \n\t.,;:!?¡¿\"'`()[]{}<>«»‹›“”„‚‘’…–—-_*。、，．！？：；「」『』（）"
_RUNS = re.compile(r"[^\W_]+|[\W_]+")
# Up to so many signs are between the words of one name: `555-1234` is `555 1234`.
_BETWEEN = 4
# Longer runs of signs are a line that was drawn.
_SIGNS = 8
_VARIANT = "\ufe0f"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a text must say. `query` is an FTS5 query for texts that may, "" where words can't be
    looked up; `signs` then stands in every such text as it is. `chunks` are what each pattern was
    made of."""

    patterns: tuple[re.Pattern[str], ...]
    query: str
    signs: str = ""
    chunks: tuple[str, ...] = ()

    def stands_in(self, *texts: str) -> bool:
        """Whether all of it stands in `texts`, each word in any of them."""
        said = form("\n".join(texts))
        return all(pattern.search(said) for pattern in self.patterns)


def all_of(words: str) -> Wording | None:
    """All of `words`, anywhere; None where there is nothing to look for."""
    return _wording(words.split(), words)


def side_by_side(words: str) -> Wording | None:
    """`words` as they stand, one after the other."""
    return _wording([words], words)


def of_chunks(chunks: Sequence[str]) -> Wording | None:
    """The same from the chunks of another, which all have to stand in a text."""
    return _wording(chunks, " ".join(chunks))


def known_as(chunk: str) -> tuple[str, int]:
    """A chunk as it is compared, whatever stands between its words, and how many runs it has.

    >>> known_as("555-1234")
    ('555 1234', 3)
    """
    runs = _RUNS.findall(chunk)
    return _joined(runs), len(runs)


def windows(text: str, length: int) -> set[tuple[str, ...]]:
    """The runs of a text, so many in a row, each row once."""
    runs = _RUNS.findall(form(text))
    return set(zip(*(runs[at:] for at in range(length)), strict=False))


def stretches(window: Sequence[str]) -> Iterator[str]:
    """Whatever such a row of runs may be a chunk of, as it is compared."""
    for first in _ends(window[0], from_the_end=True):
        if len(window) == 1:
            yield from _ends(first, from_the_end=False)
            continue
        for last in _ends(window[-1], from_the_end=False):
            yield _joined([first, *window[1:-1], last])


def _ends(run: str, *, from_the_end: bool) -> list[str]:
    """A word is taken whole, of other signs those that are next to it, however many."""
    if run[0].isalnum():
        return [run]
    sizes = range(1, min(len(run), _SIGNS) + 1)
    return [run[-size:] if from_the_end else run[:size] for size in sizes]


def _joined(runs: Sequence[str]) -> str:
    inner = range(1, len(runs) - 1)
    return "".join(
        " " if at in inner and not run[0].isalnum() else run for at, run in enumerate(runs)
    )


def _wording(chunks: Iterable[str], words: str) -> Wording | None:
    told = [each for each in map(_bare, map(form, chunks)) if each]
    if not told:
        return None
    # Each run by itself: `555-1234` may be written as one word, and the index has two.
    query = " ".join('"' + " ".join(run) + '"' for run in match_phrases(words))
    signs = [each for each in map(_bare, words.replace(_VARIANT, "").split()) if each]
    sign = "" if query or not signs else signs[0]
    return Wording(tuple(map(_pattern, told)), query, sign, tuple(told))


def _bare(told: str) -> str:
    return told.strip().strip(_FRAMING).strip()


def _pattern(told: str) -> re.Pattern[str]:
    runs = _RUNS.findall(told)
    parts = []
    for place, run in enumerate(runs):
        is_word = run[0].isalnum()
        is_between = 0 < place < len(runs) - 1
        signs = rf"[\W_]{{1,{max(_BETWEEN, len(run))}}}"
        parts.append(signs if is_between and not is_word else re.escape(run))
    before = r"(?<![^\W_])" if runs[0][0].isalnum() else ""
    after = r"(?![^\W_])" if runs[-1][-1].isalnum() else ""
    return re.compile(before + "".join(parts) + after)


def name_of(path: Path) -> str:
    """What the name of a file or a folder says.

    >>> name_of(Path("notes/call_Anna-2.md"))
    'call Anna 2'
    """
    return path.stem.replace("_", " ").replace("-", " ")


def form(text: str) -> str:
    """The form in which texts are compared: no case, no accents, unspaced scripts apart.

    >>> form("Café ZÜRICH")
    'cafe zurich'
    """
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFD", search_form(text.replace(_VARIANT, "")).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))
