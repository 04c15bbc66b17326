"""One question to memory: what was said, what is known and what happened, the best first.

It gathers what the words and the meaning find and what was said in the time that is asked for, and
has `ranking` put it in order. It reads; it changes nothing and embeds nothing but the question.
"""

from __future__ import annotations

import asyncio
import math
import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from functools import partial

from wooster.core.clock import Clock, to_ms
from wooster.core.patterns import Pattern
from wooster.memory.episodes import store as episode_store
from wooster.memory.facts import store as fact_store
from wooster.memory.facts.model import ME as MY_FACTS
from wooster.memory.model import ASSISTANT, ME
from wooster.memory.recall import anchors, explaining, ranking, sources, store, when
from wooster.memory.recall.anchors import Event
from wooster.memory.recall.explaining import Explained
from wooster.memory.recall.model import Asked, Memory, Recollections
from wooster.memory.recall.passages import LONGEST, pieces, unnamed
from wooster.memory.recall.ranking import Question, Recalled, Utterance
from wooster.memory.recall.sources import EPISODES, FACTS, TURNS, Sources
from wooster.memory.recall.when import When
from wooster.storage import Database
from wooster.vectors import words
from wooster.vectors.model import Narrowing
from wooster.vectors.nearness import NEAR, nearness
from wooster.vectors.ports import Reranker
from wooster.vectors.service import Search

# How deep each search goes. LoCoMo, all chats in one store: recall@10 .851, and .846 with 100.
_DEPTH = 200
# Of a long period, so many turns are looked at whether or not a search finds them.
_MOST_OF_PERIOD = 1_000
# How near the best are is worked out for so many: what is less isn't shown.
_JUDGED = 30
# A question with fewer words of its own is about what was said before it.
_WORDS_ALONE = 2
_MOST_CHARACTERS = 2_000
# What isn't so any more comes after what is; whoever asks how it was finds it all the same.
_PAST = 0.3
_AFTER = 0.01
_A_DAY = timedelta(days=1)
# What no fact has a word of, and every fact answers.
_ABOUT_ME = Pattern(
    r"\bwhat\s+(?:(?:all\s+)?(?:do|have)\s+you)\s+(?:know|remember|learn(?:ed|t)?|believe)\s+"
    r"(?:so\s+far\s+)?(?:about|of)\s+me\b(?!\s+and)|\bwho\s+am\s+i\b"
    r"|\btell\s+me\s+(?:all\s+)?about\s+myself\b",
    re.IGNORECASE,
)
# A model that reads question and memory together is slow: it goes over so many.
_RERANKED = 50


@dataclass(frozen=True, slots=True)
class _Period:
    """Which past sessions a question means: those of its time with their places, the places that
    are meant, their turns and episodes."""

    order: Mapping[str, int] = field(default_factory=dict)
    meant: tuple[int, ...] = ()
    seqs: tuple[int, ...] = ()
    episodes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Around:
    """What else there is to a question: who is known, whose words are kept, the time it means."""

    meant: When | None
    speakers: frozenset[str]
    relations: Sequence[tuple[str, str]]
    period: _Period


class Recall:
    """Answers questions to the memory of one home."""

    def __init__(self, database: Database, search: Search, clock: Clock) -> None:
        self._database = database
        self._search = search
        self._clock = clock

    async def find(self, asked: Asked, limit: int = 50) -> Recollections:
        """What is remembered of a question, at most `limit`, the best first."""
        text = asked.text[:_MOST_CHARACTERS]
        if _ABOUT_ME.search(text):
            return await self._database.read(partial(_about_me, asked=asked, limit=limit))
        # In a thread, as all that reads texts here: it takes longer than a token of an answer.
        event = await asyncio.to_thread(anchors.event, text, asked.now, self._clock.zone)
        if event is not None:
            text = await self._dated(text, event, asked)
        return await self._find(text, asked, limit)

    async def last(self) -> Explained | None:
        """What the last answer was given of memory; None before there is one."""
        return await self._database.read(explaining.last)

    async def _dated(self, text: str, event: Event, asked: Asked) -> str:
        """A question that counts time from an event with the event's date, where that is known."""
        known = await self._find(event.words, replace(asked, earlier=()), 1)
        for memory in known.memories:
            # The date goes into a question that is embedded: nothing private may be told by it.
            if memory.nearness >= NEAR and not memory.is_private:
                day = anchors.day_of(memory.text, memory.at, self._clock.zone)
                return anchors.dated(text, event, day)
        return text

    async def _find(self, text: str, asked: Asked, limit: int) -> Recollections:
        around = await self._database.read(
            partial(_around, text=text, asked=asked, zone=self._clock.zone)
        )
        looked_for = _with_earlier(text, asked.earlier, around.speakers)
        period = around.period
        question = Question(text, around.speakers, around.meant, period.meant, ME, ASSISTANT)
        is_whole = ranking.asks_for_all(question, words.STOP_WORDS)
        # All of a period is told as it was said; of a subject, the best of the period are looked
        # for apart, because those of all time may be others.
        narrow = [] if is_whole or not period.seqs else [_within(around, asked.as_of)]
        found = await asyncio.gather(
            *(
                self._search.scored(
                    f"{looked_for} {_related(looked_for, around.relations)}",
                    unnamed(looked_for, around.speakers),
                    narrowing,
                    _DEPTH,
                )
                for narrowing in (_narrowing(asked.as_of), *narrow)
            )
        )
        scored = [each for of_one, _ in found for each in of_one]
        gathered, company, told = await self._database.read(
            lambda c: (
                held := sources.gathered(c, scored, asked.shown, period.seqs if is_whole else ()),
                store.companies(c, held.session_ids) if question.of else {},
                episode_store.by_ids(c, period.episodes),
            )
        )

        def ranked() -> tuple[list[Recalled], bool]:
            utterances = sources.utterances(gathered, period.order, company)
            return _ranked(utterances, question, gathered, asked)

        recalled, is_period = await asyncio.to_thread(ranked)
        if (reranker := self._search.reranker) is not None and not is_period:
            recalled = await _reranked(reranker, looked_for, recalled)
        memories = [sources.memory(each, gathered, asked.as_of) for each in recalled[:limit]]
        judged = await asyncio.to_thread(_judged, memories, recalled, looked_for)
        episodes = tuple(map(sources.of_episode, told)) if is_period else ()
        return Recollections(tuple(judged), is_period, episodes, found[0][1])


def _about_me(connection: sqlite3.Connection, asked: Asked, limit: int) -> Recollections:
    """What is known of the person themselves, what was said last first."""
    facts = fact_store.known(connection, asked.as_of or asked.now)
    mine = [fact for fact in facts if fact.subject == MY_FACTS]
    mine.sort(key=lambda fact: (-(fact.said or fact.observed).timestamp(), -fact.id))
    told = [
        replace(sources.of_fact(fact), score=1.0, reasons={"about you": 1.0}, nearness=1.0)
        for fact in mine[:limit]
    ]
    return Recollections(tuple(told))


def _narrowing(as_of: datetime | None) -> Narrowing:
    until = None if as_of is None else to_ms(as_of)
    return Narrowing(collections=frozenset({TURNS, FACTS, EPISODES}), until_ms=until)


def _within(around: _Around, as_of: datetime | None) -> Narrowing:
    """The turns of a period: by their time where it is one, else by their sessions."""
    meant, period = around.meant, around.period
    narrowing = replace(_narrowing(as_of), collections=frozenset({TURNS}))
    if meant is None or meant.period is None or meant.places is not None:
        return replace(narrowing, documents=frozenset(period.seqs))
    until = to_ms(meant.period.until)
    if narrowing.until_ms is not None:
        until = min(until, narrowing.until_ms)
    return replace(narrowing, since_ms=to_ms(meant.period.since), until_ms=until)


def _around(
    connection: sqlite3.Connection, text: str, asked: Asked, zone: tzinfo | None
) -> _Around:
    meant = when.parse(text, asked.now, zone)
    speakers = frozenset({*store.speakers(connection), ASSISTANT})
    period = _Period()
    if meant is not None and (meant.period is not None or meant.places is not None):
        past = store.sessions(connection, asked.session_id, meant.period)
        # "Our last conversation" is the last before it is asked.
        past = [each for each in past if each[1] < asked.now + _A_DAY] or past
        chosen = when.chosen([(first, last) for _, first, last in past], meant)
        ids = [past[each][0] for each in chosen]
        period = _Period(
            {session_id: place for place, (session_id, _, _) in enumerate(past)},
            tuple(chosen),
            tuple(store.seqs_of(connection, ids, _MOST_OF_PERIOD)),
            tuple(store.episodes_of(connection, ids)),
        )
    return _Around(meant, speakers, store.relations(connection), period)


def _with_earlier(text: str, earlier: Sequence[str], speakers: Collection[str]) -> str:
    """A question that says little by itself ("and when was that?") with the one before it."""
    names = {part for name in speakers for part in name.lower().split()}
    own = {term.shown.lower() for term in words.terms(text)} - words.STOP_WORDS - names
    if len(own) >= _WORDS_ALONE or not earlier:
        return text
    return f"{earlier[-1][:_MOST_CHARACTERS]} {text}"


def _related(text: str, relations: Sequence[tuple[str, str]]) -> str:
    """The other name of whom a question names: Anna for "my sister", and the other way round."""
    return " ".join(
        other
        for pair in relations
        for name, other in (pair, pair[::-1])
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
    )


def _ranked(
    utterances: Sequence[Utterance], question: Question, gathered: Sources, asked: Asked
) -> tuple[list[Recalled], bool]:
    """The best first, and whether it is all that was said in a period, which then comes first."""
    hits = [each for each in utterances if gathered.found[each.id].is_hit]
    ranked = ranking.ranked(hits, question, words.STOP_WORDS)
    ranked = _past_last(ranked, gathered, asked.as_of or asked.now)
    of_period = ranking.of_period(utterances, question, words.STOP_WORDS)
    if of_period is None:
        return ranked, False
    said = {each.utterance.id for each in of_period}
    return [*of_period, *(each for each in ranked if each.utterance.id not in said)], True


async def _reranked(reranker: Reranker, text: str, recalled: Sequence[Recalled]) -> list[Recalled]:
    """The best in the order of a model that reads question and memory together; what the time or a
    successor decides stays decided."""
    best, rest = recalled[:_RERANKED], recalled[_RERANKED:]
    scores = await reranker.scores(text, [each.utterance.text for each in best])
    again: list[Recalled] = []
    for each, score in zip(best, scores, strict=True):
        decided = {name: each.reasons[name] for name in ("time", "past") if name in each.reasons}
        reasons = {"reranker": score, **decided}
        again.append(replace(each, score=sum(reasons.values()), reasons=reasons))
    return [*sorted(again, key=lambda each: (-each.score, each.utterance.id)), *rest]


def _past_last(ranked: Sequence[Recalled], gathered: Sources, at: datetime) -> list[Recalled]:
    """What doesn't hold any more counts less, and never more than what took its place."""
    scores = {each.utterance.id: each.score for each in ranked}
    places = {found.item: number for number, found in gathered.of("fact")}
    off: dict[int, float] = {}
    # The newest first, so that each link of a chain comes after the next.
    for item, number in sorted(places.items(), reverse=True):
        fact = gathered.facts[item]
        if number in scores and not fact.was_known(at):
            instead = scores.get(places.get(fact.replaced_by or 0, -1), math.inf)
            off[number] = max(_PAST, scores[number] - instead + _AFTER)
            scores[number] -= off[number]
    found = [
        replace(
            each,
            score=scores[each.utterance.id],
            reasons={**each.reasons, "past": -off[each.utterance.id]},
        )
        if each.utterance.id in off
        else each
        for each in ranked
    ]
    return sorted(found, key=lambda each: (-each.score, each.utterance.id))


def _judged(
    memories: Sequence[Memory], recalled: Sequence[Recalled], looked_for: str
) -> list[Memory]:
    """The best with how near each is, and of long ones the piece that has most of the words."""
    terms = words.terms(looked_for)
    asked = [term.shown for term in terms]
    told = [
        (place, piece) for place, m in enumerate(memories[:_JUDGED]) for piece in pieces(m.text)
    ]
    standing = words.standing_in(terms, {at: [piece] for at, (_, piece) in enumerate(told)})
    best: dict[int, tuple[frozenset[str], str]] = {}
    for at, (place, piece) in enumerate(told):
        if place not in best or len(standing[at]) > len(best[place][0]):
            best[place] = standing[at], piece
    judged = list(memories)
    for place, (there, piece) in best.items():
        cosine = recalled[place].utterance.cosine or None
        text = piece if len(judged[place].text) > LONGEST else judged[place].text
        near = nearness(cosine, there, asked)
        judged[place] = replace(judged[place], text=text, nearness=near)
    return judged
