"""What was said in a session, as the passages by which it is found again.

Alone, "Yes, in May!" says nothing. So a passage is embedded with the question that it answers, and
found by the words around it too. Speakers' names stand in half of all texts and pull every vector
towards them: they are left out of what is embedded, here and in the question (`unnamed`).
Pure; it refuses to know where passages are kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from wooster.core.patterns import Pattern

# Words of so many utterances before and after find an utterance as well, and so much of each.
# LoCoMo, recall@10 of words and vectors with 0, 1, 2, 3, 4 around: .74 .80 .82 .82 .82.
AROUND = 2
AROUND_CHARACTERS = 300
# MiniLM reads 256 tokens; a longer text is several passages.
LONGEST = 800
_QUESTION_LONGEST = 300
_SENTENCES = Pattern(r"[^.!?…。！？\n]*[.!?…。！？]+|[^.!?…。！？\n]+")
_ASKS = ("?", "？")


@dataclass(frozen=True, slots=True)
class Said:
    """Something that one speaker said at once."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Parts:
    """A passage of the utterance `at` that place of its session: `NewPassage`'s texts."""

    at: int
    title: str
    text: str
    known_as: str


def parts(session: Sequence[Said], speakers: Collection[str]) -> list[Parts]:
    """The passages of a session, in its order. `speakers` are those whose names are left out.

    An utterance's passages depend on it, the one before and `AROUND` on each side, so that a new
    one changes the last ones' `known_as`, and no vector.
    """
    found: list[Parts] = []
    for at, said in enumerate(session):
        before = session[at - 1] if at else None
        asked = questions(before.text) if before and before.speaker != said.speaker else ""
        answered = unnamed(asked[-_QUESTION_LONGEST:], speakers)
        nearby = " ".join([said.speaker, *_around(session, at)])
        for piece in pieces(unnamed(said.text, speakers)):
            found.append(Parts(at, piece, answered, nearby))
    return found


def _around(session: Sequence[Said], at: int) -> Iterator[str]:
    for other in range(max(0, at - AROUND), min(len(session), at + AROUND + 1)):
        if other != at:
            yield f"{session[other].speaker}: {session[other].text[:AROUND_CHARACTERS]}"


def unnamed(text: str, speakers: Iterable[str]) -> str:
    """`text` without the names of `speakers`, as it is embedded."""
    names = "|".join(re.escape(name) for name in sorted(speakers, key=len, reverse=True) if name)
    if not names:
        return text.strip()
    return re.sub(r"[^\S\n]+", " ", _bounded(names, r"(?:['’]s)?").sub(" ", text)).strip()


def named(text: str, speakers: Iterable[str]) -> frozenset[str]:
    """Which of `speakers` are named in `text`."""
    return frozenset(name for name in speakers if name and _bounded(re.escape(name)).search(text))


def _bounded(names: str, after: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{names}){after}(?!\w)", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    return [found for each in _SENTENCES.findall(text) if (found := each.strip())]


def questions(text: str) -> str:
    """The sentences of `text` that ask something."""
    return " ".join(each for each in sentences(text) if each.endswith(_ASKS))


def pieces(text: str, longest: int = LONGEST) -> list[str]:
    """`text` in pieces of at most `longest` characters, cut at paragraphs, else at sentences, else
    anywhere; at least one, and nothing but white space is lost."""
    if len(text) <= longest:
        return [text.strip()]
    found: list[str] = []
    for part in _small(text, longest):
        if found and len(found[-1]) + 1 + len(part) <= longest:
            found[-1] += "\n" + part
        else:
            found.append(part)
    return found or [""]


def _small(text: str, longest: int) -> Iterator[str]:
    for line in text.splitlines():
        if len(line.strip()) <= longest:
            if line.strip():
                yield line.strip()
            continue
        for sentence in sentences(line):
            for start in range(0, len(sentence), longest):
                if piece := sentence[start : start + longest].strip():
                    yield piece
