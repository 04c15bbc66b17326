"""Many episodes told as one: a month of sessions, a year of months.

Pure: the same parts give the same telling, whatever was told of them before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from wooster.memory.episodes.extract import best
from wooster.memory.episodes.model import Episode, Kind, Sentiment, Span, Told
from wooster.memory.episodes.sentences import folded, sentences
from wooster.memory.recall import dates

LONGEST_SUMMARY = 800
_MOST_TOPICS = 8
_MOST_NAMES = 12
# A month of a thousand sessions has its sentences drawn from so many of them, evenly.
_MOST_PARTS = 48


def span(kind: Kind, moment: datetime, zone: tzinfo | None) -> Span:
    """The person's month or year that `moment` is in, its end out."""
    first = _first(kind, moment, zone)
    return Span(kind, _at(first, zone), _at(dates.moved(first, 1, kind), zone))


def beginning(kind: Kind, now: datetime, back: int, zone: tzinfo | None) -> datetime:
    """When the month or year began that is so many before the present one."""
    return _at(dates.moved(_first(kind, now, zone), -back, kind), zone)


def _first(kind: Kind, moment: datetime, zone: tzinfo | None) -> datetime:
    local = moment.astimezone(zone)
    return datetime(local.year, 1 if kind == "year" else local.month, 1)  # noqa: DTZ001  local


def _at(local: datetime, zone: tzinfo | None) -> datetime:
    return local.astimezone() if zone is None else local.replace(tzinfo=zone)


def merged(parts: Sequence[Episode]) -> Told:
    """What there is to say of `parts`, at least one, oldest first."""
    step = max(1, len(parts) // _MOST_PARTS)
    said = [
        (sentence, 1.0)
        for part in parts[::step][: _MOST_PARTS + 1]
        for sentence in sentences(part.summary)
    ]
    summary = best(said, LONGEST_SUMMARY) or parts[0].summary
    return Told(
        summary=summary,
        topics=_frequent((part.topics for part in parts), _MOST_TOPICS),
        sentiment=_prevailing(part.sentiment for part in parts),
        actions=_frequent((part.actions for part in parts), _MOST_NAMES),
        people=_frequent((part.people for part in parts), _MOST_NAMES),
    )


def _frequent(listed: Iterable[Sequence[str]], most: int) -> tuple[str, ...]:
    """Those that most of the lists have; the earlier in a list, the weightier."""
    weights: Counter[str] = Counter()
    written: dict[str, str] = {}
    for words in listed:
        for place, word in enumerate(words):
            written.setdefault(folded(word), word)
            weights[folded(word)] += max(10 - place, 1)
    ranked = sorted(weights, key=lambda form: (-weights[form], form))
    return tuple(written[form] for form in ranked[:most])


def _prevailing(told: Iterable[Sentiment]) -> Sentiment:
    """That of most parts; what is felt now and then doesn't colour a month."""
    counts = Counter(told)
    for mood in ("negative", "positive"):
        if 2 * counts[mood] > counts.total():
            return mood
    return "neutral"
