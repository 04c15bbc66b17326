"""What stands behind the passages that a search found: turns, facts and episodes.

Each becomes an utterance to be ranked, and then a memory to be told. It refuses to rank.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from wooster.memory.episodes import store as episode_store
from wooster.memory.episodes.model import Episode
from wooster.memory.facts import store as fact_store
from wooster.memory.facts.model import ME as MY_FACTS
from wooster.memory.facts.model import SURE, Fact
from wooster.memory.model import ASSISTANT, ME
from wooster.memory.passages import ANSWER, COLLECTION
from wooster.memory.recall import store
from wooster.memory.recall.model import Kind, Memory
from wooster.memory.recall.ranking import Recalled, Utterance
from wooster.memory.recall.store import Row
from wooster.vectors.model import Scored

TURNS, FACTS, EPISODES = COLLECTION, fact_store.COLLECTION, episode_store.COLLECTION
_Key = tuple[Kind, int, bool]
_KINDS: Mapping[str, Kind] = {TURNS: "turn", FACTS: "fact", EPISODES: "episode"}


@dataclass(slots=True)
class Found:
    """Something that one or several passages are of: the best of each search."""

    kind: Kind
    item: int
    is_answer: bool
    words: float = 0.0
    cosine: float | None = None

    @property
    def is_hit(self) -> bool:
        """Whether a search found it."""
        return self.words > 0 or self.cosine is not None

    def add(self, scored: Scored) -> None:
        self.words = max(self.words, scored.words)
        if scored.cosine is not None:
            self.cosine = max(scored.cosine, -1.0 if self.cosine is None else self.cosine)


@dataclass(frozen=True, slots=True)
class Sources:
    """What was found, in the order in which it was said or learned, which decides between equals:
    an utterance's id is its place here."""

    found: tuple[Found, ...] = ()
    turns: Mapping[int, Row] = field(default_factory=dict)
    facts: Mapping[int, Fact] = field(default_factory=dict)
    episodes: Mapping[int, Episode] = field(default_factory=dict)

    def of(self, kind: Kind) -> list[tuple[int, Found]]:
        """What was found of one kind, each with its place."""
        return [(place, each) for place, each in enumerate(self.found) if each.kind == kind]

    @property
    def session_ids(self) -> frozenset[str]:
        return frozenset(row.session_id for row in self.turns.values())


def gathered(
    connection: sqlite3.Connection,
    scored: Iterable[Scored],
    shown: Collection[int],
    besides: Collection[int] = (),
) -> Sources:
    """What stands behind the passages and is still there, and the turns `besides`; without the
    turns `shown`."""
    found: dict[_Key, Found] = {}
    for each in scored:
        kind = _KINDS[each.collection]
        if kind == "turn" and each.document in shown:
            continue
        key = kind, each.document, kind == "turn" and each.key.startswith(ANSWER)
        found.setdefault(key, Found(*key)).add(each)
    for seq in besides:
        for key in (("turn", seq, False), ("turn", seq, True)):
            if seq not in shown:
                found.setdefault(key, Found(*key))
    return _sources(connection, found)


def stored(
    connection: sqlite3.Connection, kind: Kind, item: int, *, is_answer: bool
) -> Memory | None:
    """Something by its number, as it is now; None where it is gone."""
    one = Found(kind, item, is_answer)
    there = _sources(connection, {(kind, item, is_answer): one})
    return _bare(one, there) if there.found else None


def _sources(connection: sqlite3.Connection, found: Mapping[_Key, Found]) -> Sources:
    ids: dict[Kind, set[int]] = {"turn": set(), "fact": set(), "episode": set()}
    for kind, item, _ in found:
        ids[kind].add(item)
    turns = store.turns(connection, ids["turn"])
    facts = {fact.id: fact for fact in fact_store.by_ids(connection, sorted(ids["fact"]))}
    told = episode_store.by_ids(connection, sorted(ids["episode"]))
    episodes = {episode.id: episode for episode in told}
    rows: Mapping[Kind, Collection[int]] = {"turn": turns, "fact": facts, "episode": episodes}
    kept = tuple(
        found[key]
        for key in sorted(found)
        if key[1] in rows[key[0]] and (key[0] != "turn" or turns[key[1]].said(is_answer=key[2]))
    )
    return Sources(kept, turns, facts, episodes)


def utterances(
    sources: Sources, order: Mapping[str, int], company: Mapping[str, frozenset[str]]
) -> list[Utterance]:
    """What was found as it is ranked. `order` has the places of the sessions that the question
    means; a fact or an episode is a session of its own."""
    places: dict[object, int] = dict(order.items())
    made: list[Utterance] = []
    for number, each in enumerate(sources.found):
        memory = _bare(each, sources)
        session = memory.session_id if each.kind == "turn" else (each.kind, each.item)
        made.append(
            Utterance(
                id=number,
                session=places.setdefault(session, len(places)),
                place=number,
                at=memory.at,
                speaker=memory.speaker,
                text=memory.text,
                company=company.get(memory.session_id, frozenset()),
                words=each.words,
                cosine=each.cosine or 0.0,
            )
        )
    return made


def memory(recalled: Recalled, sources: Sources, as_of: datetime | None = None) -> Memory:
    """What was recalled, as it is told; `as_of` a moment, without the end that a fact was only
    later known to have."""
    found = sources.found[recalled.utterance.id]
    bare = replace(_bare(found, sources), score=recalled.score, reasons=recalled.reasons)
    ended = sources.facts[found.item].ended if found.kind == "fact" else None
    if as_of is not None and ended is not None and ended > as_of:
        return replace(bare, until=None)
    return bare


def _bare(found: Found, sources: Sources) -> Memory:
    if found.kind == "fact":
        return of_fact(sources.facts[found.item])
    if found.kind == "episode":
        return of_episode(sources.episodes[found.item])
    row = sources.turns[found.item]
    return Memory(
        kind="turn",
        item=row.seq,
        session_id=row.session_id,
        at=row.ended if found.is_answer else row.asked,
        speaker=ASSISTANT if found.is_answer else row.speaker or ME,
        text=row.said(is_answer=found.is_answer),
        score=0.0,
        reasons={},
        is_private=row.is_private,
        is_answer=found.is_answer,
    )


def of_fact(fact: Fact) -> Memory:
    speaker = ME if fact.subject == MY_FACTS else ""
    return Memory(
        kind="fact",
        item=fact.id,
        session_id="",
        at=fact.observed,
        speaker=speaker,
        text=fact.statement,
        score=0.0,
        reasons={},
        since=fact.valid_from,
        until=fact.valid_to,
        is_private=fact.is_private,
        is_unsure=fact.source == "inferred" and fact.confidence < SURE,
    )


def of_episode(episode: Episode) -> Memory:
    return Memory(
        kind="episode",
        item=episode.id,
        session_id=episode.session_id or "",
        at=episode.began,
        speaker="",
        text=episode.summary,
        score=0.0,
        reasons={},
        is_private=episode.is_private,
    )
