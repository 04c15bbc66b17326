"""Facts as they were before something was learned, put back; and put forward again.

It changes what it is told to, and only while nothing else has changed it: what was forgotten stays
so. It refuses to decide what a fact is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wooster.core.errors import UsageError
from wooster.memory.facts import rows, store, tombstones
from wooster.memory.facts.model import Fact
from wooster.memory.facts.rows import Change
from wooster.vectors import store as vectors


@dataclass(frozen=True, slots=True)
class Returned:
    """A fact that is known again, or no more, or as it was."""

    kind: Literal["back", "gone", "changed"]
    fact: Fact


def exchange(
    connection: sqlite3.Connection, changes: Sequence[Change], turn_seq: int | None, now: datetime
) -> list[Returned]:
    """Make rows what they are after `changes`, with their passages. Raises `UsageError` where they
    aren't what they were before them, and for what was forgotten: nothing is to be kept then."""
    if not rows.are_there(connection, changes):
        raise UsageError(
            "What is known has changed since; it is left as it is.",
            hint="`facts` shows what is known, `/correct N TEXT` sets it right.",
        )
    if not rows.are_possible(connection, changes):
        raise UsageError("What this came from was forgotten, and stays so.")
    of_facts = [each for each in changes if each.table == "facts"]
    going = [_id(each) for each in of_facts if each.after is None]
    gone = store.by_ids(connection, going)
    rows.put(connection, changes)
    for fact in gone:
        vectors.drop(connection, store.COLLECTION, fact.id)
    returned = [Returned("gone", fact) for fact in gone]
    for each in of_facts:
        there = None if each.after is None else store.by_id(connection, _id(each))
        if there is not None:
            store.put_passage(connection, there.id)
            returned.append(Returned("changed" if each.before is not None else "back", there))
    _must_not_be_forgotten(connection, [each.fact for each in returned if each.kind == "back"])
    if turn_seq is not None:
        _mark(connection, changes, turn_seq, now)
    return returned


def _id(change: Change) -> int:
    return int(change.key[0] or 0)


def _must_not_be_forgotten(connection: sqlite3.Connection, back: Sequence[Fact]) -> None:
    for fact in back:
        told = (fact.subject, fact.key, fact.value, fact.statement)
        if tombstones.is_buried(connection, *told):
            raise UsageError(
                "That was forgotten, and stays so.", hint="`/remember TEXT` remembers it anew."
            )


def _mark(
    connection: sqlite3.Connection, changes: Sequence[Change], turn_seq: int, now: datetime
) -> None:
    """A message whose facts go says them still: they aren't to be made out of it again."""
    said = [each for each in changes if each.table == "fact_mentions" and each.key[1] == turn_seq]
    if any(each.after is None for each in said):
        rows.take_back(connection, turn_seq, now)
    elif said:
        rows.give_back(connection, turn_seq)
