"""What can be seen in a message: numbers, each with a name, for the choice of a tier.

Pure and linear in the part of the text that is read, which is bounded: a pasted book costs what a
page does. It knows no weights and no tiers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from wooster.models import vocabulary

# A request stands at the beginning or at the end of what is pasted with it.
_HEAD, _TAIL = 6_000, 2_000

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[.!?…。！？]+(?=\s|$)|[。！？]")
_ITEM = re.compile(r"(?m)^[ \t]{0,16}(?:[-*•–+]|\d{1,2}[.)]|[(]?[a-zA-Z][.)])[ \t]")
_OPTION = re.compile(r"(?m)^[ \t]{0,16}[(]?[A-Ha-h][.)][ \t]")
_MATHS = re.compile(
    r"[=≤≥≠≈∑∫√±×÷∞∀∃∈⊂π^]|\\[a-z]{2,12}|\$[^\s$]|\d[ ]?[-+*/%][ ]?\d|\b[a-zA-Z]\([a-zA-Z0-9]\)|\d%"
)
_CODE = re.compile(
    r"```|^[ ]{4}\S|[{};][ \t]*$|\w\(\)|\b(?:def|class|function|return|import|const|SELECT|"
    r"Traceback|async|public|void|println|printf|#include)\b|=>|->|::|</?[a-z]{1,10}>|\w\.\w{1,20}\(|"
    r"\b[a-z]{1,20}_[a-z]{1,20}\b|!=|==|(?<=[a-z])Error\b|\b[a-z]{1,20}[A-Z][a-z]{1,20}[A-Z(]",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a message shows. `words` is its length in words of a spaced script."""

    values: dict[str, float]
    words: int
    is_small_talk: bool
    leans: bool


def see(text: str) -> Seen:
    """The features of `text`, greetings and courtesies left aside."""
    text = clipped(text)
    tokens = [_plain(match) for match in _WORD.findall(text)]
    core = _without_greeting(tokens)
    unspaced = len(_UNSPACED.findall(text))
    words = max(len(core), unspaced // 2)
    if _is_small_talk(tokens, core, words):
        return Seen({}, words, is_small_talk=True, leans=False)
    values = {**_shape(text, core, words), **_kinds(core, text if unspaced else "")}
    return Seen(
        {name: value for name, value in values.items() if value},
        words,
        is_small_talk=False,
        leans=_leans(core, words, text),
    )


def clipped(text: str) -> str:
    """The part of `text` that is read."""
    if len(text) <= _HEAD + _TAIL:
        return text
    return f"{text[:_HEAD]}\n{text[-_TAIL:]}"


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


def _without_greeting(tokens: Sequence[str]) -> list[str]:
    """The words after "hi Wooster, could you please", as far as something is left."""
    start = 0
    before = _entries(vocabulary.GREETING) | _entries(vocabulary.COURTESY)
    while start < len(tokens) and tokens[start] in before:
        start += 1
    end = len(tokens)
    after = _entries(vocabulary.COURTESY)
    while end > start and tokens[end - 1] in after:
        end -= 1
    return list(tokens[start:end])


def _is_small_talk(tokens: Sequence[str], core: Sequence[str], words: int) -> bool:
    """Nothing asked: a greeting, thanks, a farewell, an emoji. "Yes" is more: it answers."""
    if words > 8:
        return False
    if not core:
        return True
    known = _entries(vocabulary.SMALL_TALK) | _entries(vocabulary.GREETING)
    known |= _entries(vocabulary.COURTESY)
    return all(token in known for token in tokens)


def _leans(core: Sequence[str], words: int, text: str) -> bool:
    """Whether the message can only be understood with what was said before it."""
    if not core or words > 15:
        return False
    if all(token in _entries(vocabulary.ASSENT) for token in core) or words <= 3:
        return True
    openers = _entries(vocabulary.FOLLOW_UP)
    if any(" ".join(core[:size]) in openers for size in (1, 2, 3)):
        return True
    if any(text.startswith(opener) for opener in openers if not opener.isascii()):
        return True
    return any(token in _entries(vocabulary.REFERENCE) for token in core)


def _shape(text: str, core: Sequence[str], words: int) -> dict[str, float]:
    """What hardly needs a dictionary."""
    spelt = _entries(vocabulary.NUMBERS)
    numbers = len(_NUMBER.findall(text)) + sum(word in spelt for word in core)
    options = len(_OPTION.findall(text))
    items = max(0, len(_ITEM.findall(text)) - options)
    questions = text.count("?") + text.count("？")
    joints = sum(map(text.count, ",;:，、；"))
    return {
        "length": math.log2(1 + words / 8),
        "long": max(0.0, math.log2((1 + words) / 100)),
        "sentences": math.log2(max(1, len(_SENTENCE.findall(text)))),
        "questions": _up_to(3, questions - 1),
        "parts": math.log2(1 + items),
        "clauses": math.log2(1 + joints),
        "options": 1.0 if options >= 3 else 0.0,
        "numbers": math.log2(1 + numbers),
        "maths": math.log2(1 + len(_MATHS.findall(text))),
        "code": math.log2(1 + len(_CODE.findall(text))),
    }


def _kinds(core: Sequence[str], unspaced: str) -> dict[str, float]:
    """How many words of each kind, on a scale on which the first ones count most."""
    index = _index()
    counts = dict.fromkeys(vocabulary.KINDS, 0)
    for kind in _found(core, index):
        counts[kind] += 1
    for kind, marks in vocabulary.MARKS.items():
        counts[kind] += sum(mark in unspaced for mark in marks)
    return {kind: math.log2(1 + count) for kind, count in counts.items()}


def _found(core: Sequence[str], index: dict[str, tuple[str, ...]]) -> Iterable[str]:
    for place, word in enumerate(core):
        yield from index.get(word, ())
        for size in range(4, min(len(word), _LONGEST_STEM) + 1):
            yield from index.get(word[:size] + "*", ())
        if place + 1 < len(core):
            pair = f"{word} {core[place + 1]}"
            yield from index.get(pair, ())
            if place + 2 < len(core):
                yield from index.get(f"{pair} {core[place + 2]}", ())


_LONGEST_STEM: Final = 15


@cache
def _index() -> dict[str, tuple[str, ...]]:
    """Each word, stem and phrase with the kinds that it belongs to."""
    index: dict[str, tuple[str, ...]] = {}
    for kind, block in vocabulary.KINDS.items():
        for entry in _entries(block):
            index[entry] = (*index.get(entry, ()), kind)
    return index


@cache
def _entries(block: str) -> frozenset[str]:
    """The words and phrases of a block of the vocabulary."""
    found: set[str] = set()
    for line in block.splitlines():
        found.update(line.strip().split("|") if "|" in line else line.split())
    return frozenset(found)


def _up_to(most: float, value: float) -> float:
    return min(most, max(0.0, value))
