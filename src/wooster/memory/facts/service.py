"""What is known, kept and told: one call for each thing that a person does with it.

It refuses to know how facts are made out of conversations, and how they are forgotten.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from wooster.config.settings import Semantic
from wooster.core.clock import Clock
from wooster.core.errors import NotFound, UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import clean
from wooster.memory.facts import keys, returning, rows, store
from wooster.memory.facts.model import PERSON, Contradiction, Fact, Observation
from wooster.memory.facts.returning import Returned
from wooster.memory.facts.rows import Change
from wooster.memory.facts.store import Learned
from wooster.memory.model import Turn
from wooster.storage import Database
from wooster.storage.along import Along, nothing

Undo = tuple[str, dict[str, Any]]
LONGEST = 2_000
"""Characters of one thing to remember; a longer text belongs into the library."""
_ANSWER_WORDS = 6
# Who corrects with a sentence doesn't give a value: "You are allergic to I'm not allergic".
_SENTENCE = Pattern(
    r"(?:i|we|you|he|she|they|it|ich|wir|er|sie|yo|él|ella)\s"
    r"|(?:i|we|you|he|she|they|it|that|there)['’](?:s|m|re|ve|ll|d)\b",
    re.IGNORECASE,
)


class Facts:
    """The facts of one home. `changed` is called after a commit that touched passages."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Semantic,
        changed: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._changed = changed

    async def remember(self, text: str, turn: Turn | None = None) -> list[Learned]:
        """Keep what the person says to remember, under a known key where there is one, else in
        their words. `turn` is the message that said so. Raises `UsageError` for no text."""
        told = _checked(text, "There is nothing to remember.")
        at = turn.asked if turn else self._clock.now()
        turn_seq = turn.seq if turn else None
        observed = await asyncio.to_thread(_remembered, told, at, self._clock.zone, turn_seq)
        if turn is not None and turn.is_private:
            observed = [replace(each, is_private=True) for each in observed]
        return await self._learn(observed)

    async def take_in(
        self, observed: Sequence[Observation], along: Along[Undo | None] = nothing
    ) -> list[Learned]:
        """Learn what was known elsewhere, all of it or nothing, and what is stored `along` with it,
        told what takes it back. What was forgotten stays forgotten."""
        now = self._clock.now()

        def change(connection: sqlite3.Connection) -> list[Learned]:
            learned = [store.learn(connection, each, now) for each in observed]
            changes = rows.merged(change for each in learned for change in each.changes)
            along(connection, rows.taking_back("remember", changes))
            return learned

        learned = await self._database.write(change)
        self._tell(learned)
        return learned

    async def _learn(self, observed: Sequence[Observation]) -> list[Learned]:
        now = self._clock.now()
        learned = await self._database.write(
            lambda c: [store.learn(c, each, now) for each in observed]
        )
        self._tell(learned)
        return learned

    async def correct(self, fact_id: int, text: str) -> Learned:
        """Put what `text` says in the place of a fact: a sentence, or only the right value.

        Raises `NotFound` for the fact, `UsageError` for one that is over and for no text.
        """
        told = _checked(text, "The correction says nothing.")
        now = self._clock.now()

        def change(connection: sqlite3.Connection) -> Learned:
            old = store.by_id(connection, fact_id)
            if old is None:
                raise NotFound(f"There is no fact {fact_id}.", hint="`facts` lists them.")
            if not _stands(old, now):
                by = f" Fact {old.replaced_by} took its place." if old.replaced_by else ""
                raise UsageError(
                    f"Fact {fact_id} is over already.{by}", hint="`facts` lists what holds now."
                )
            return store.correct(connection, old, self._instead(old, told, now), now)

        learned = await self._database.write(change)
        self._tell([learned])
        return learned

    async def exchange(
        self, changes: Sequence[Change], turn_seq: int | None = None
    ) -> list[Returned]:
        """Make rows what they are after `changes`, where they are what they were before them;
        `turn_seq` is the message that said so. Raises `UsageError` where they aren't, and for what
        was forgotten."""
        now = self._clock.now()
        returned = await self._database.write(
            lambda c: returning.exchange(c, changes, turn_seq, now)
        )
        self._changed()
        return returned

    def _instead(self, old: Fact, text: str, now: datetime) -> Observation:
        """What `text` says in the place of `old`: read as a sentence, else as its value."""
        # Here, as in `_remembered`, because the rules' patterns take their time to be loaded.
        from wooster.memory.facts import rules, rules_values

        reading = rules.read(text, now, self._clock.zone)
        read = [each for each in reading.observations if each.key and not each.ends]
        alike = [each for each in read if each.key == old.key and each.subject == old.subject]
        # What was wrong may be the key itself; another sentence must then be all that is said.
        if not alike and reading.is_whole and len(reading.observations) == 1:
            alike = read
        if alike:
            return replace(
                alike[0], made_by=PERSON, confidence=1.0, is_private=old.is_private, instead_of=""
            )
        value = text.rstrip(".! ") or text
        is_named = keys.of(old.key).category == "relationship"
        if is_named and not rules_values.name(value, is_lower=value == value.lower()):
            raise UsageError(
                f"Fact {old.id} says how somebody is called, and {text!r} is no name.",
                hint="`facts` shows the numbers; `/remember TEXT` adds another fact.",
            )
        is_value = (
            len(value.split()) <= _ANSWER_WORDS
            and old.key != keys.NOTE
            and not _SENTENCE.match(value)
        )
        # A value alone says nothing of dates: those that are yet to come stay.
        is_ahead = old.valid_from is not None and old.valid_from > now
        return Observation(
            category=old.category,
            subject=old.subject,
            key=old.key,
            value=value if is_value else text,
            statement=keys.statement(old.key, old.subject, value) if is_value else text,
            confidence=1.0,
            source="explicit",
            made_by=PERSON,
            quote=text,
            observed=now,
            valid_from=old.valid_from if is_ahead else None,
            valid_to=None if old.replaced_by else old.valid_to,
            is_private=old.is_private,
        )

    def _tell(self, learned: Sequence[Learned]) -> None:
        if any(each.is_changed for each in learned):
            self._changed()

    # --- reading ------------------------------------------------------------------------------

    async def all(self, words: str = "", at: datetime | None = None) -> list[Fact]:
        """What holds now or is yet to begin, or what was known at `at` and held then, oldest first;
        with `words`, those that have all of them, by their stems."""
        now = self._clock.now()

        def query(connection: sqlite3.Connection) -> list[Fact]:
            facts = store.known(connection, at) if at else store.standing(connection, now)
            if not words.strip():
                return facts
            matching = store.matching(connection, words)
            return [fact for fact in facts if fact.id in matching]

        return await self._database.read(query)

    async def contradictions(self) -> list[Contradiction]:
        """Pairs of facts that can't both be so and both still stand."""
        now = self._clock.now()
        return await self._database.read(lambda c: store.contradictions(c, now))


def _checked(text: str, unsaid: str) -> str:
    told = clean(text).strip()
    if not told:
        raise UsageError(unsaid, hint="Say it after the command.")
    if len(told) > LONGEST:
        raise UsageError(
            f"That is {len(told)} characters, more than the {LONGEST} of one fact.",
            hint="Put a long text into a document of the library.",
        )
    return told


def _stands(fact: Fact, now: datetime) -> bool:
    return fact.valid_to is None or fact.valid_to > now


def _remembered(
    text: str, at: datetime, zone: tzinfo | None, turn_seq: int | None
) -> list[Observation]:
    from wooster.memory.facts import rules

    return rules.remembered(text, at, zone, turn_seq)
