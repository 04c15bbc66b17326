"""Dialogues written for the project, with the facts that are to be learned from each.

Said turn by turn to a home that is only theirs; what is stored in the end is compared with what
should be. It refuses to know how facts are made out.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wooster.core.clock import ManualClock
from wooster.memory.distilling import store as distilled
from wooster.memory.episodes.model import Stretch
from wooster.memory.facts import store
from wooster.memory.facts.likeness import folded
from wooster.memory.facts.model import Fact, Observation
from wooster.memory.model import Ending, Turn
from wooster.memory.service import Conversations
from wooster.storage import Database

SETS = {"": "facts.jsonl", "held-out": "facts_held_out.jsonl"}
_DATA = Path(__file__).parent / "data"
_BEGIN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
# Between two turns, and between two dialogues.
TURN_S = 60
DIALOGUE_S = 86_400
# What is worded freely may be worded otherwise: so many of its words must be the same.
_FREE = ("habit", "schedule", "goal", "note", "prefers", "condition")
_ENOUGH = 0.6

ByRules = Callable[[Sequence[Turn]], Awaitable[list[Observation]]]
"""How rules make facts out of a dialogue's turns."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A fact that should be there at the end, or should be there as one that is over."""

    subject: str
    key: str
    value: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Who said what in turn, and what is to be learned from it."""

    id: str
    kind: str
    said: tuple[tuple[str, str], ...]
    facts: tuple[Gold, ...]


@dataclass(slots=True)
class Tally:
    """Facts that were stored and are right, that were stored, and that should be."""

    right: int = 0
    stored: int = 0
    wanted: int = 0
    empty: int = 0
    kept_empty: int = 0

    def add(self, stored: Sequence[Gold], wanted: Sequence[Gold]) -> None:
        self.right += compared(stored, wanted)[0]
        self.stored += len(stored)
        self.wanted += len(wanted)
        self.empty += not wanted
        self.kept_empty += not wanted and not stored


def read(name: str) -> list[Dialogue]:
    """The dialogues of a set."""
    found = []
    for line in (_DATA / SETS[name]).read_text("utf-8").splitlines():
        told = json.loads(line)
        said = tuple((each["who"], each["text"]) for each in told["said"])
        facts = tuple(Gold(**each) for each in told["facts"])
        found.append(Dialogue(told["id"], told["kind"], said, facts))
    return found


async def say(dialogue: Dialogue, conversations: Conversations, clock: ManualClock) -> list[Turn]:
    """Store a dialogue as the turns of one session: what follows a message is its answer."""
    turns: list[Turn] = []
    session: str | None = None
    for place, (who, text) in enumerate(dialogue.said):
        if who != "me":
            continue
        clock.advance(TURN_S)
        turn = await conversations.begin(text, session, "bench")
        session = turn.session_id
        if place + 1 < len(dialogue.said) and dialogue.said[place + 1][0] != "me":
            await conversations.keep(turn, 0, dialogue.said[place + 1][1])
        await conversations.end(turn, Ending("done"))
        turns.append(turn)
    return turns


async def stretch_of(database: Database, turns: Sequence[Turn]) -> Stretch:
    """A dialogue as the distiller reads it."""
    session, first, last = turns[0].session_id, turns[0].seq, turns[-1].seq
    found = await database.read(lambda c: distilled.stretch(c, session, first, last))
    assert found is not None
    return found


async def learned(
    rounds: Sequence[Sequence[Observation]], database: Database, clock: ManualClock
) -> list[list[Gold]]:
    """What is stored after each round of what is observed; the next dialogue is another
    person's."""
    now = clock.now()

    def change(connection: sqlite3.Connection) -> list[list[Gold]]:
        found = []
        for observed in rounds:
            for each in observed:
                store.learn(connection, each, now)
            found.append([_gold(fact, now) for fact in store.listed(connection)])
        store.remove(connection, [fact.id for fact in store.listed(connection)])
        return found

    return await database.write(change)


def _gold(fact: Fact, now: datetime) -> Gold:
    is_over = fact.valid_to is not None and fact.valid_to <= now
    return Gold(fact.subject, fact.key, fact.value, is_over)


def compared(stored: Sequence[Gold], wanted: Sequence[Gold]) -> tuple[int, list[Gold], list[Gold]]:
    """How many are right, which stored ones are wrong, and which are missing."""
    missed = list(wanted)
    wrong = []
    for fact in stored:
        match = next((each for each in missed if _are_same(fact, each)), None)
        if match is None:
            wrong.append(fact)
        else:
            missed.remove(match)
    return len(wanted) - len(missed), wrong, missed


def _are_same(one: Gold, other: Gold) -> bool:
    if (folded(one.subject), one.key, one.ended) != (folded(other.subject), other.key, other.ended):
        return False
    a, b = folded(one.value), folded(other.value)
    if one.key not in _FREE:
        return a == b
    words, others = Counter(a.split()), Counter(b.split())
    shared = (words & others).total()
    return shared >= _ENOUGH * (words | others).total()


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Database, ManualClock]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wooster.db"
        database = await asyncio.to_thread(Database.open, path, path.parent / "backups")
        try:
            yield database, ManualClock(_BEGIN)
        finally:
            await database.close()
