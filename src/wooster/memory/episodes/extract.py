"""An episode told without a model: the sentences that carry most of a stretch, and what stands in
it of topics, people, dates, mood and what is left to do.

Pure: the same turns give the same telling. English is read best; of other languages the sentences
and the frequent words are as good, and the rest is left empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from wooster.core.patterns import Pattern
from wooster.core.text import clip
from wooster.memory.episodes.model import Told
from wooster.memory.episodes.mood import sentiment
from wooster.memory.episodes.pending import followups
from wooster.memory.episodes.people import people
from wooster.memory.episodes.sentences import own_words, plain, sentences, telling
from wooster.memory.episodes.topics import topics
from wooster.memory.model import Turn
from wooster.memory.recall import dates

LONGEST_SUMMARY = 400
_MOST_DATES = 8
_LONGEST_SENTENCE = 180
# Of an answer the beginning says most; more of it would drown what the person said.
_OF_ANSWER, _LONGEST_OF_ANSWER = 1, 100
_ANSWER_WEIGHT = 0.5
# An answer with fewer telling words is a courtesy; a sentence worth less than this share of the
# best one is filling.
_LEAST_OF_ANSWER, _LEAST_WORTH = 3, 0.3
# So many sentences are compared; a stretch has seldom more.
_MOST_SENTENCES = 400
_WHOLE_YEAR = Pattern(dates.YEAR)
_TOMORROW = Pattern(r"\btomorrow\b", re.IGNORECASE)
_WEEKDAY_ONLY = Pattern(r"on\s", re.IGNORECASE)
_TO_COME = Pattern(
    r"\b(?:will|'ll|going\s+to|gonna|next|until|plan|planning|deadline|due|upcoming|have\s+an?)\b|[’']ll\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    text: str
    words: frozenset[str]
    weight: float


def told(turns: Sequence[Turn], zone: tzinfo | None) -> Told:
    """What there is to say of `turns`, at least one, in the order in which they were said."""
    return Told(
        summary=summary(turns),
        topics=topics(turns),
        sentiment=sentiment(turn.question for turn in turns if not turn.speaker),
        people=people(turns),
        dates=spoken_dates(turns, zone),
        followups=followups(turns),
    )


# --- summary ----------------------------------------------------------------------------------


def summary(turns: Sequence[Turn]) -> str:
    """A few of the sentences that were said, in their order, who said them where it wasn't the
    person; never empty."""
    said = _said(turns)
    chosen = best([(each.text, each.weight) for each in said], LONGEST_SUMMARY)
    if chosen:
        return chosen
    texts = (text for turn in turns for text in (turn.question, turn.answer))
    return next((clip(text, LONGEST_SUMMARY) for text in texts if text.strip()), "(no words)")


def best(told: Sequence[tuple[str, float]], limit: int) -> str:
    """Those of the texts, each with its weight, that together say most, in their order and within
    `limit` characters. Words of many texts count, and what was said already does no more."""
    said = [
        _Sentence(place, text, frozenset(telling(text)), weight)
        for place, (text, weight) in enumerate(told[:_MOST_SENTENCES])
    ]
    frequent = Counter(word for each in said for word in each.words)
    chosen: list[_Sentence] = []
    covered: set[str] = set()
    least = 0.0
    room = limit
    while rest := [each for each in said if each not in chosen and len(each.text) <= room]:
        first = max(rest, key=lambda each: (_worth(each, frequent, covered), -each.place))
        worth = _worth(first, frequent, covered)
        if chosen and worth <= least:
            break
        least = max(least, worth * _LEAST_WORTH)
        chosen.append(first)
        covered |= first.words
        room -= len(first.text) + 2
    texts = [each.text for each in sorted(chosen, key=lambda each: each.place)]
    # Lines without a full stop would run into each other.
    stopped = [f"{text}." if text[-1].isalnum() else text for text in texts[:-1]]
    return " ".join([*stopped, *texts[-1:]])


def _worth(sentence: _Sentence, frequent: Counter[str], covered: set[str]) -> float:
    """What it adds, for its length: a long sentence isn't better for being long."""
    new = sentence.words - covered
    if 2 * len(new) < len(sentence.words):
        return 0.0
    value = sum(1 + 0.5 * min(frequent[word] - 1, 4) + 0.1 * min(len(word), 10) for word in new)
    worth: float = sentence.weight * value / max(len(sentence.text), 40) ** 0.6
    return worth


def _said(turns: Sequence[Turn]) -> list[_Sentence]:
    found: list[tuple[str, float]] = []
    for turn in turns:
        who = f"{turn.speaker}: " if turn.speaker else ""
        for sentence in sentences(own_words(turn.question)):
            found.append((clip(f"{who}{sentence}", _LONGEST_SENTENCE), 1.0))
        for sentence in sentences(plain(turn.answer))[:_OF_ANSWER]:
            if len(telling(sentence)) >= _LEAST_OF_ANSWER:
                text = clip(sentence.rstrip(":"), _LONGEST_OF_ANSWER)
                found.append((f"Wooster: {text}", _ANSWER_WEIGHT))
    return [
        _Sentence(place, text, frozenset(), weight)
        for place, (text, weight) in enumerate(found)
        if telling(text)
    ]


# --- dates ------------------------------------------------------------------------------------


def spoken_dates(turns: Sequence[Turn], zone: tzinfo | None) -> tuple[str, ...]:
    """The days, months and years that were spoken of, as `2026-05-08`, `2026-05` or `2026`."""
    found: dict[str, None] = {}
    for turn in turns:
        now = turn.asked.astimezone(zone).replace(tzinfo=None)
        for sentence in sentences(own_words(turn.question)):
            if _TOMORROW.search(sentence):
                found.setdefault((now + timedelta(days=1)).date().isoformat())
            for phrase in dates.phrases(sentence, now):
                is_to_come = phrase.stretch.since < now and bool(_TO_COME.search(sentence))
                if iso := _iso(sentence[phrase.start : phrase.end], phrase.stretch, is_to_come):
                    found.setdefault(iso)
    return tuple(found)[:_MOST_DATES]


def _iso(written: str, stretch: dates.Stretch, is_to_come: bool) -> str:
    """Empty for what is vague, or may as well be meant the other way: "on Friday"."""
    days = (stretch.until - stretch.since).days
    since = stretch.since
    if written.lower() in ("today", "now", "tonight") or stretch.loose:
        return ""
    if not stretch.is_told and _WEEKDAY_ONLY.match(written):
        return ""
    # `dates` reads a question about what was: in a plan, a day without a year is the next such.
    if stretch.is_told and is_to_come and not _WHOLE_YEAR.search(written):
        since = dates.moved(since, 1, "year")
    if days <= 1:
        return since.date().isoformat()
    if days >= 365:
        return f"{since.year:04}"
    return f"{since:%Y-%m}" if since.day == 1 and 28 <= days <= 31 else ""
