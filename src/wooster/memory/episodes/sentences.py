"""A person's own words, apart from what they quote or paste, as sentences and words.

Pure. It knows the marks of quoting, code and sentences; it refuses to know what is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from wooster.core.patterns import Pattern
from wooster.core.text import match_phrases
from wooster.vectors.words import STOP_WORDS

# Of one message: what comes after it was pasted.
MOST_CHARACTERS = 4_000
# What stands before a mark is of its line: over a page of empty lines, `\s*` took seconds.
_FENCED = Pattern(r"^[^\S\n]*(```|~~~).*?(?:^[^\S\n]*\1|\Z)", re.MULTILINE | re.DOTALL)
_QUOTED_LINE = Pattern(r"^[^\S\n]*>.*$", re.MULTILINE)
_TABLE_LINE = Pattern(r"^[^\S\n]*\|.*\|[^\S\n]*$", re.MULTILINE)
# Where somebody else's text begins, to the end: a mail that is passed on, an answer's head.
_PASSED_ON = Pattern(
    r"^[^\S\n]*(?:-{3,}+.*(?:original|forwarded).*-{3,}|(?:from|de|von):\s.*@.*|on .{4,80} wrote:)"
    r"[^\S\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
# Words in quotation marks are another's, or a title; a single word stays what it is.
_QUOTATION = Pattern(r"[\"“„«][^\"“”„«»\n]*\s[^\"“”„«»\n]*[\"”“»]")
_CODE = Pattern(r"`[^`\n]+`")
_ADDRESS = Pattern(r"\b(?:https?://|www\.)\S+")
_MARKS = Pattern(r"^[^\S\n]*(?:[-*+•]|\d+[.)]|#{1,6})\s+", re.MULTILINE)
_EMPHASIS = Pattern(r"(?<!\w)[*_]{1,3}(\S(?:.*?\S)?)[*_]{1,3}(?!\w)")
_END = Pattern(
    r"(?<=[.!?])[\"”»')\]]*\s+(?=[^\s.,;:)\]…])|(?<=…)\s+(?=[^\W\d_a-zß-ÿ])|(?<=[。！？｡])|\n+"
)
# What ends in a full stop and no sentence with it.
_SHORT_FORM = Pattern(
    r"\b(?:mr|mrs|ms|dr|prof|st|vs|no|approx|e\.g|i\.e|etc|bzw|z\.b|d\.h|sr|sra|[A-Z])\.\Z",
    re.IGNORECASE,
)
_DASHES = str.maketrans("’‘‐‑–—", "''----")


def own_words(text: str) -> str:
    """`text` without code, quoted lines and quotations, addresses and mail that is passed on."""
    text = text[:MOST_CHARACTERS]
    if passed_on := _PASSED_ON.search(text):
        text = text[: passed_on.start()]
    for pattern in (_FENCED, _QUOTED_LINE, _TABLE_LINE):
        text = pattern.sub("\n", text)
    for pattern in (_QUOTATION, _CODE, _ADDRESS):
        text = pattern.sub(" … ", text)
    return text


def plain(text: str) -> str:
    """Markdown as it is read out: without its marks, code and tables."""
    text = _FENCED.sub("\n", text[:MOST_CHARACTERS])
    text = _TABLE_LINE.sub("\n", text)
    return _EMPHASIS.sub(r"\1", _MARKS.sub("", text)).replace("`", "")


def sentences(text: str) -> list[str]:
    """The sentences of `text`, each on one line; lines and lists end one too."""
    found: list[str] = []
    for part in _END.split(_EMPHASIS.sub(r"\1", _MARKS.sub("", text))):
        line = " ".join(part.split())
        if not line.strip("….,;:!?-*_ "):
            continue
        if found and _SHORT_FORM.search(found[-1]):
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
    return found


def folded(text: str) -> str:
    """`text` for comparing: one form of each letter and mark, no case, single spaces."""
    form = unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()
    return " ".join(form.split())


def words(text: str) -> list[str]:
    """The words of `text` as they are written; in a script without spaces, its runs."""
    return ["".join(run) for run in match_phrases(text.translate(_DASHES).replace("'", ""))]


def telling(text: str) -> list[str]:
    """The words of `text` that say something, folded: without the stop words and single letters."""
    return [word for word in map(folded, words(text)) if says_something(word)]


def says_something(word: str) -> bool:
    """Whether a folded word does."""
    return word not in _SILENT and (len(word) > 2 or not word.isascii() or word.isdigit())


def stands_in(word: str, others: Iterable[str]) -> bool:
    """Whether folded `word`, or another form of it, is among `others`: words, or their stems."""
    stem = word[: max(4, len(word) - 3)]
    return any(
        word == other or (len(word) > 4 and len(other) > 3 and other.startswith(stem))
        for other in others
    )


# As the words are after an apostrophe went ("don't" is one word here), and what talk is full of.
_SILENT_WORDS = (
    "dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt havent hasnt im "
    "ive ill id youre youve hes shes its were weve theyre thats whats lets theres also just "
    "really very much many more most some any all both not yes yeah okay well like get got "
    "getting going gonna want wanted thing things something anything everything lot bit kind sort "
    "thanks thank please hello hey out off over again too now here one two back only even still "
    "maybe hmm other another because while before after during between under might must may tell "
    "told say said says know think thought make made let see give take new good"
)
_SILENT = STOP_WORDS | frozenset(_SILENT_WORDS.split())
