"""Checks of what is stored of facts: that facts, dates, chains and passages agree. Only reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from wooster.memory.facts import store
from wooster.memory.facts.model import Fact


def verify(connection: sqlite3.Connection) -> list[str]:
    """Each fact has its passage with its text and the passages their fact; dates are in order, ends
    are dated, and every chain comes to an end."""
    facts = {fact.id: fact for fact in store.listed(connection)}
    findings = []
    passages: dict[int, sqlite3.Row] = {}
    for row in connection.execute(
        "SELECT id, document, key, text, stays FROM passages WHERE collection = ?",
        (store.COLLECTION,),
    ):
        if row["document"] not in facts or row["key"] != store.PASSAGE:
            findings.append(f"passage {row['id']}: it belongs to no fact")
        else:
            passages[row["document"]] = row
    for fact in facts.values():
        wrong = _wrong(fact, passages.get(fact.id))
        findings += [f"fact {fact.id}: {told}" for told in wrong]
    findings += [f"fact {each}: its chain has no end" for each in _endless(facts)]
    return findings


def _wrong(fact: Fact, passage: sqlite3.Row | None) -> Iterator[str]:
    if passage is None or passage["text"] != fact.statement:
        yield "its passage is missing or has another text"
    elif bool(passage["stays"]) != fact.is_private:
        yield "it is private and its passage isn't, or the other way round"
    if (fact.valid_to is None) != (fact.ended is None):
        yield "of its end, one date is missing"
    if fact.ended is not None and fact.ended < fact.observed:
        yield "it ended before it was known"
    if fact.replaced_by is not None and fact.valid_to is None:
        yield "another took its place and it goes on"


def _endless(facts: Mapping[int, Fact]) -> list[int]:
    """Those whose chain comes back to where it was."""
    found = []
    for start in facts:
        seen: set[int] = set()
        at: int | None = start
        while at is not None and at in facts and at not in seen:
            seen.add(at)
            at = facts[at].replaced_by
        if at in seen:
            found.append(start)
    return found
