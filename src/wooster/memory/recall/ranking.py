"""What is recalled, the best first, with reasons: pure functions over utterances and scores.

The constants were chosen on LoCoMo's conversations, one half against the other, and checked on
chats of a person with an assistant (docs/recall.md). None of them depends on a set: who is
named, what asks instead of telling and what is full of content is seen in the text. Reasons are
parts of the score and add up to it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from wooster.core.patterns import Pattern
from wooster.memory.recall.passages import named, sentences

if TYPE_CHECKING:
    from wooster.memory.recall.when import When

# Words and meaning each as a share of the best, as `vectors.fusion.blend`, and equally much.
_SHARE = 0.5
# The one speaker whom the question names, or whom "I" means; those who were there when several are.
_SPEAKER = 0.15
_COMPANY = 0.15
# Who asks doesn't tell: taken off for the share of an utterance that is questions.
_QUESTION = 0.3
# "That's great!" is near to much and says little.
_CONTENT = 0.1
_CONTENT_WORDS = 20
# A session with several good utterances is about it: the mean of its best ones.
_SESSION = 0.2
_SESSION_BEST = 3
# What was said when the question says: surely meant where it asks for what was said then, a hint
# where it asks for what happened then, of which one also speaks later.
_THEN = 2.0
_HINT = 0.3
# Which hits count as being about it when the last or first time is asked for: a share of the best.
_ABOUT = 0.75
_TURN_TO = 0.3
_ME = Pattern(r"\b(?:I|me|my|mine|myself)\b", re.IGNORECASE)
_YOU = Pattern(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_SAID = Pattern(
    r"\b(?:sa(?:id|y|ys)|tell|told|mention(?:ed|s)?|ask(?:ed|s)?|share[ds]?|bring|brought)\b", re.I
)
_ASKS = ("?", "？")
_WORD = Pattern(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one speaker said at once. `place` orders the utterances of a session; `words` is bm25,
    more being better, and `cosine` that of the nearest of its passages, 0 where there is none."""

    id: int
    session: int
    place: int
    at: datetime
    speaker: str
    text: str
    company: frozenset[str] = frozenset()
    words: float = 0.0
    cosine: float = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: `speakers` are all whose words are kept; `me` is the one who asks, `you` the
    one who is asked, "" where that is none of them. `sessions` are those that `when` means, as
    `when.chosen` gives them."""

    text: str
    speakers: frozenset[str]
    when: When | None = None
    sessions: Sequence[int] = ()
    me: str = ""
    you: str = ""

    @property
    def of(self) -> frozenset[str]:
        """Whose words are asked about: who is named, else "I" or "you" where it is only one."""
        if found := named(self.text, self.speakers):
            return found
        mine, yours = bool(_ME.search(self.text)), bool(_YOU.search(self.text))
        if mine == yours:
            return frozenset()
        return frozenset({self.me if mine else self.you} - {""})

    def means(self, utterance: Utterance) -> bool:
        """Whether it was said when the question says."""
        if self.when is None or utterance.session not in self.sessions:
            return False
        return self.when.period is None or utterance.at in self.when.period


@dataclass(frozen=True, slots=True)
class Recalled:
    """An utterance, its score, which means nothing across questions, and what it is made of."""

    utterance: Utterance
    score: float
    reasons: Mapping[str, float]


def ranked(
    candidates: Iterable[Utterance], question: Question, stop_words: Collection[str]
) -> list[Recalled]:
    """The candidates, the best first. Their order doesn't matter; no id is given twice."""
    held = list(candidates)
    best_words = max((each.words for each in held), default=0.0)
    best_cosine = max((each.cosine for each in held), default=0.0)
    of = question.of
    then = _THEN if question.when is not None and question.when.of_talk else _HINT
    parts: dict[int, dict[str, float]] = {}
    for each in held:
        reasons = {
            "words": _SHARE * each.words / best_words if best_words > 0 else 0.0,
            "meaning": _SHARE * max(each.cosine, 0.0) / best_cosine if best_cosine > 0 else 0.0,
            "speaker": _SPEAKER if of == {each.speaker} else 0.0,
            "company": _COMPANY if of and of <= each.company else 0.0,
            "asks": -_QUESTION * asking_share(each.text),
            "content": _CONTENT * _fullness(each.text, stop_words),
            "time": then if question.means(each) else 0.0,
        }
        parts[each.id] = {name: points for name, points in reasons.items() if points}
    _add_sessions(held, parts)
    _add_turn(held, parts, question.when)
    found = [Recalled(each, sum(parts[each.id].values()), parts[each.id]) for each in held]
    return sorted(found, key=lambda one: (-one.score, one.utterance.id))


def _add_sessions(held: Sequence[Utterance], parts: Mapping[int, dict[str, float]]) -> None:
    scores: dict[int, list[float]] = {}
    for each in held:
        scores.setdefault(each.session, []).append(sum(parts[each.id].values()))
    for each in held:
        best = sorted(scores[each.session], reverse=True)[:_SESSION_BEST]
        parts[each.id]["session"] = _SESSION * sum(best) / _SESSION_BEST


def _add_turn(
    held: Sequence[Utterance], parts: Mapping[int, dict[str, float]], when: When | None
) -> None:
    """The last, or the first, time that it came up."""
    if when is None or not when.turn_to or not held:
        return
    scores = {each.id: sum(parts[each.id].values()) for each in held}
    least = _ABOUT * max(scores.values())
    about = {(each.at, each.session) for each in held if scores[each.id] >= least}
    if not about:
        return
    _, session = max(about) if when.turn_to == "last" else min(about)
    for each in held:
        if each.session == session:
            parts[each.id]["time"] = parts[each.id].get("time", 0.0) + _TURN_TO


def asks_for_all(question: Question, stop_words: Collection[str]) -> bool:
    """Whether it asks for what was said then, and for nothing in particular."""
    when = question.when
    if when is None or not when.of_talk:
        return False
    names = {part for name in question.speakers for part in _WORD.findall(name.lower())}
    return not when.subject({*stop_words, *names})


def of_period(
    utterances: Iterable[Utterance], question: Question, stop_words: Collection[str]
) -> list[Recalled] | None:
    """All that was said when the question says, in its order; None when it doesn't ask for all.
    Whose words are asked for come first."""
    if not asks_for_all(question, stop_words):
        return None
    meant = [each for each in utterances if question.means(each)]
    of = question.of if _SAID.search(question.text) else frozenset[str]()
    first = of if len(of) == 1 else frozenset[str]()
    rank = {session: place for place, session in enumerate(question.sessions)}
    meant.sort(
        key=lambda each: (each.speaker not in first, rank[each.session], each.place, each.id)
    )
    return [Recalled(each, 1.0, {"time": 1.0}) for each in meant]


Session = TypeVar("Session", int, str)


def session_scores(scored: Iterable[tuple[Session, float]]) -> list[tuple[Session, float]]:
    """The sessions of scored utterances, the best first: the best utterance of each, half of the
    second, a third of the third, up to the fifth."""
    scores: dict[Session, list[float]] = {}
    for session, score in scored:
        scores.setdefault(session, []).append(score)
    summed = {
        session: sum(max(score, 0.0) / place for place, score in enumerate(best, 1))
        for session, all_of in scores.items()
        for best in [sorted(all_of, reverse=True)[:5]]
    }
    return sorted(summed.items(), key=lambda one: (-one[1], one[0]))


def asking_share(text: str) -> float:
    """The share of `text`, by its letters, that is questions: 0 to 1."""
    if not any(mark in text for mark in _ASKS):
        return 0.0
    found = sentences(text)
    total = sum(len(each) for each in found)
    return sum(len(each) for each in found if each.endswith(_ASKS)) / total if total else 0.0


def _fullness(text: str, stop_words: Collection[str]) -> float:
    words = {word for word in _WORD.findall(text.lower()) if word not in stop_words}
    return min(1.0, len(words) / _CONTENT_WORDS)
