"""The SQL of facts, their mentions and contradictions, and nothing else.

Each fact is also a passage of the collection `facts`, put and dropped in the fact's transaction,
which is the caller's: these functions take a connection and begin none. What becomes of something
observed is decided in `ledger`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wooster.core.clock import from_ms, to_ms
from wooster.core.text import match_query
from wooster.memory.facts import keys, ledger, rows, tombstones
from wooster.memory.facts.ledger import Decision, Kind
from wooster.memory.facts.likeness import folded
from wooster.memory.facts.model import ME, PERSON, Contradiction, Fact, Observation
from wooster.memory.facts.rows import Change
from wooster.vectors import store as vectors
from wooster.vectors.model import Facets, NewPassage

COLLECTION = "facts"
FORGOTTEN = "it was forgotten, and stays so until the person says to remember it"
TAKEN_BACK = "that its message says to remember it was taken back"
NOTHING_CORRECTED = "nothing is known that it corrects"
PASSAGE = "fact"
# Who hears something said again is surer, and never quite sure of what is only inferred.
_SUREST = {"explicit": 1.0, "inferred": 0.95}
_COLUMNS = (  # in the order of `Fact`, but for its last three
    "id, category, subject, key, value, statement, confidence, source, made_by, quote, observed_ms,"
    " valid_from_ms, valid_to_ms, ended_ms, replaced_by, is_private,"
    " (SELECT count(*) FROM fact_mentions WHERE fact_id = facts.id) AS mentions,"
    " (SELECT max(at_ms) FROM fact_mentions WHERE fact_id = facts.id) AS said_ms"
)


@dataclass(frozen=True, slots=True)
class Learned:
    """What became of an observation. `fact` is the new or the mentioned one, or the one that ended;
    None when it was refused, for `reason`. `instead` are those whose place it took, `against` those
    that it contradicts. `is_changed` tells whether passages were touched; `changes` are all rows
    that were."""

    kind: Kind
    fact: Fact | None
    instead: tuple[Fact, ...] = ()
    against: tuple[Fact, ...] = ()
    reason: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def is_changed(self) -> bool:
        return self.kind in ("add", "supersede", "contradiction")


# --- learning ---------------------------------------------------------------------------------


def learn(connection: sqlite3.Connection, observation: Observation, now: datetime) -> Learned:
    """Store what becomes of an observation. The same of the same turn changes nothing again."""
    new = _as_stored(observation)
    old = _corrected(connection, new) if new.instead_of else None
    if old is not None:
        new = replace(
            new,
            category=old.category,
            subject=old.subject,
            key=old.key,
            statement=keys.statement(old.key, old.subject, new.value),
        )
    elif not new.key:
        return Learned("refused", None, reason=NOTHING_CORRECTED)
    existing = _rivalling(connection, new)
    if known := _learned_already(connection, existing, new):
        return Learned("mention", known)
    told = (new.subject, new.key, new.value, new.statement)
    unburied: tuple[Change, ...] = ()
    if new.made_by == PERSON and not new.ends:
        unburied = rows.unburied(connection, *told)
    elif tombstones.is_buried(connection, *told):
        return Learned("refused", None, reason=FORGOTTEN)
    elif new.turn_seq is not None and rows.is_taken_back(connection, new.turn_seq):
        return Learned("refused", None, reason=TAKEN_BACK)
    decision = ledger.correct(existing, old, new) if old else ledger.decide(existing, new)
    return _apply(connection, decision, new, now, unburied)


def _corrected(connection: sqlite3.Connection, new: Observation) -> Fact | None:
    """The fact that is said to be wrong: the one said last that has this value."""
    wrong = folded(new.instead_of)
    found = [
        fact
        for fact in known(connection, new.observed)
        if folded(fact.value) == wrong
        and (not new.key or (fact.key == new.key and folded(fact.subject) == folded(new.subject)))
    ]
    return max(found, key=lambda fact: (fact.said or fact.observed, fact.id), default=None)


def correct(
    connection: sqlite3.Connection, old: Fact, observation: Observation, now: datetime
) -> Learned:
    """Put what the person says in the place of `old`."""
    new = _as_stored(observation)
    unburied = rows.unburied(connection, new.subject, new.key, new.value, new.statement)
    decision = ledger.correct(_rivalling(connection, new), old, new)
    return _apply(connection, decision, new, now, unburied)


def _as_stored(new: Observation) -> Observation:
    """Moments as they are read back, so that deciding compares like with like."""

    def whole(moment: datetime | None) -> datetime | None:
        return None if moment is None else from_ms(to_ms(moment))

    return replace(
        new,
        observed=from_ms(to_ms(new.observed)),
        valid_from=whole(new.valid_from),
        valid_to=whole(new.valid_to),
        statement=new.statement or keys.statement(new.key, new.subject, new.value),
    )


def _rivalling(connection: sqlite3.Connection, new: Observation) -> list[Fact]:
    """The facts of the same subject under the same key or one that it excludes."""
    names = (new.key, *keys.of(new.key).excludes)
    among = ", ".join("?" * len(names))
    # Others are named as the person wrote them, and compared folded.
    whose = "subject = ?" if new.subject == ME else "subject <> ?"
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM facts WHERE {whose} AND key IN ({among}) ORDER BY id",
        (ME, *names),
    )
    subject = folded(new.subject)
    return [_fact(row) for row in rows if folded(row["subject"]) == subject]


def _learned_already(
    connection: sqlite3.Connection, existing: Sequence[Fact], new: Observation
) -> Fact | None:
    if new.turn_seq is None:
        return None
    rows = connection.execute(
        "SELECT fact_id FROM fact_mentions WHERE turn_seq = ?", (new.turn_seq,)
    )
    of_turn = {int(row["fact_id"]) for row in rows}
    for fact in existing:
        if fact.id not in of_turn or fact.key != new.key:
            continue
        if folded(fact.value) == folded(new.value):
            return fact
        if new.ends and not new.value and fact.ended == new.observed:
            return fact
    return None


def _apply(
    connection: sqlite3.Connection,
    decision: Decision,
    new: Observation,
    now: datetime,
    unburied: tuple[Change, ...],
) -> Learned:
    if decision.kind == "refused":
        return Learned("refused", None, reason=decision.reason, changes=unburied)
    touched = {cut.fact for cut in decision.cuts} | {decision.fact or 0}
    before = rows.snapshot(connection, touched)
    fact_id = _insert(connection, new, decision) if decision.fact is None else decision.fact
    for cut in decision.cuts:
        connection.execute(
            "UPDATE facts SET valid_to_ms = ?, ended_ms = ?, replaced_by = ? WHERE id = ?",
            (
                to_ms(cut.valid_to),
                to_ms(cut.ended),
                fact_id if cut.is_replaced else None,
                cut.fact,
            ),
        )
        if not cut.is_replaced:
            _mention(connection, cut.fact, new)
    if decision.kind == "mention":
        _strengthen(connection, fact_id, decision.valid_from, new)
    _mention(connection, fact_id, new)
    for other in decision.against:
        connection.execute(
            "INSERT OR IGNORE INTO contradictions (older, newer, raised_ms) VALUES (?, ?, ?)",
            (other, fact_id, to_ms(now)),
        )
    return Learned(
        decision.kind,
        by_id(connection, fact_id),
        tuple(by_ids(connection, [cut.fact for cut in decision.cuts if cut.is_replaced])),
        tuple(by_ids(connection, decision.against)),
        changes=unburied + rows.differences(before, rows.snapshot(connection, touched | {fact_id})),
    )


def _insert(connection: sqlite3.Connection, new: Observation, decision: Decision) -> int:
    category = new.category or keys.of(new.key).category
    cursor = connection.execute(
        "INSERT INTO facts (category, subject, key, value, statement, confidence, source, made_by,"
        " quote, observed_ms, valid_from_ms, valid_to_ms, ended_ms, replaced_by, is_private)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            category,
            new.subject,
            new.key,
            new.value,
            new.statement,
            new.confidence,
            new.source,
            new.made_by,
            new.quote,
            to_ms(new.observed),
            _ms(decision.valid_from),
            _ms(decision.valid_to),
            _ms(decision.ended),
            decision.replaced_by,
            new.is_private,
        ),
    )
    fact_id = cursor.lastrowid
    assert fact_id is not None
    put_passage(connection, fact_id)
    return fact_id


def put_passage(connection: sqlite3.Connection, fact_id: int) -> None:
    """Make a fact's passage what its row says."""
    row = connection.execute(
        "SELECT category, key, statement, quote, observed_ms, is_private FROM facts WHERE id = ?",
        (fact_id,),
    ).fetchone()
    words = f"{row['quote']} {row['category']} {row['key'].replace('_', ' ')}"
    facets = Facets(at_ms=row["observed_ms"], stays=bool(row["is_private"]))
    vectors.put(
        connection, COLLECTION, fact_id, [NewPassage(PASSAGE, "", row["statement"], words, facets)]
    )


def _mention(connection: sqlite3.Connection, fact_id: int, new: Observation) -> None:
    if new.turn_seq is not None:
        connection.execute(
            "INSERT OR IGNORE INTO fact_mentions (fact_id, turn_seq, at_ms, quote)"
            " VALUES (?, ?, ?, ?)",
            (fact_id, new.turn_seq, to_ms(new.observed), new.quote),
        )


def _strengthen(
    connection: sqlite3.Connection, fact_id: int, since: datetime | None, new: Observation
) -> None:
    """What is said again is surer by half of what was missing; said outright, it is explicit."""
    connection.execute(
        "UPDATE facts SET"
        " confidence = max(confidence, min(?1, confidence + (?1 - confidence) / 2)),"
        " source = CASE WHEN ?2 = 'explicit' THEN 'explicit' ELSE source END,"
        " valid_from_ms = coalesce(?3, valid_from_ms) WHERE id = ?4",
        (_SUREST[new.source], new.source, _ms(since), fact_id),
    )


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


# --- reading ----------------------------------------------------------------------------------


def _fact(row: sqlite3.Row) -> Fact:
    fact_id, category, subject, key, value, statement, confidence, source, made_by, quote = row[:10]
    observed_ms, begins, ends, ended, replaced_by, is_private, mentions, said_ms = row[10:]
    observed = from_ms(observed_ms)
    return Fact(
        fact_id,
        category,
        subject,
        key,
        value,
        statement,
        confidence,
        source,
        made_by,
        quote,
        observed,
        None if begins is None else from_ms(begins),
        None if ends is None else from_ms(ends),
        None if ended is None else from_ms(ended),
        replaced_by,
        mentions,
        bool(is_private),
        observed if said_ms is None or said_ms <= observed_ms else from_ms(said_ms),
    )


def by_id(connection: sqlite3.Connection, fact_id: int) -> Fact | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM facts WHERE id = ?", (fact_id,)).fetchone()
    return None if row is None else _fact(row)


def by_ids(connection: sqlite3.Connection, fact_ids: Collection[int]) -> list[Fact]:
    """Those of them that there are, in the order given."""
    found = (by_id(connection, fact_id) for fact_id in fact_ids)
    return [fact for fact in found if fact is not None]


def listed(connection: sqlite3.Connection) -> list[Fact]:
    """All facts, also those that are over, oldest first."""
    return [_fact(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM facts ORDER BY id")]


def known(connection: sqlite3.Connection, at: datetime) -> list[Fact]:
    """What was known at `at` and, as far as was known then, so; oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM facts WHERE observed_ms <= ? ORDER BY id", (to_ms(at),)
    )
    return [fact for row in rows if (fact := _fact(row)).was_known(at)]


def standing(connection: sqlite3.Connection, now: datetime) -> list[Fact]:
    """What is so now, and what is known to begin; oldest first."""
    return [fact for fact in listed(connection) if fact.was_known(now) or fact.is_ahead(now)]


def matching(connection: sqlite3.Connection, words: str) -> set[int]:
    """The facts whose statement holds all of `words`, by their stems; where none does, those whose
    statement, quote or key do: a quote says other things too."""
    query = match_query(words)
    if not query:  # a full-text index knows words, no emoji or `++`
        rows = connection.execute(
            "SELECT id FROM facts WHERE instr(statement, ?1) OR instr(quote, ?1)", (words.strip(),)
        )
        return {int(row[0]) for row in rows}
    return _searched(connection, f"text : ({query})") or _searched(connection, query)


def _searched(connection: sqlite3.Connection, query: str) -> set[int]:
    rows = connection.execute(
        "SELECT document FROM passages WHERE collection = ? AND id IN"
        " (SELECT rowid FROM passages_words WHERE passages_words MATCH ?)",
        (COLLECTION, query),
    )
    return {int(row[0]) for row in rows}


def chain(connection: sqlite3.Connection, fact_id: int) -> list[Fact]:
    """A fact with all whose place it took and all that took its place, oldest first."""
    rows = connection.execute(
        "WITH RECURSIVE earlier (id) AS (SELECT ?1 UNION"
        "  SELECT facts.id FROM facts JOIN earlier ON facts.replaced_by = earlier.id),"
        " later (id) AS (SELECT ?1 UNION"
        "  SELECT facts.replaced_by FROM facts JOIN later ON facts.id = later.id"
        "  WHERE facts.replaced_by IS NOT NULL)"
        f" SELECT {_COLUMNS} FROM facts WHERE id IN (SELECT id FROM earlier)"
        " OR id IN (SELECT id FROM later) ORDER BY observed_ms, id",
        (fact_id,),
    )
    return [_fact(row) for row in rows]


# --- contradictions ---------------------------------------------------------------------------


def contradictions(connection: sqlite3.Connection, at: datetime) -> list[Contradiction]:
    """Those of which both facts still stand at `at`, the oldest first."""
    rows = connection.execute(
        "SELECT older, newer, raised_ms FROM contradictions ORDER BY raised_ms, newer"
    ).fetchall()
    found = []
    for row in rows:
        older, newer = by_ids(connection, [row["older"], row["newer"]])
        if older.was_known(at) and newer.was_known(at):
            found.append(Contradiction(older, newer, from_ms(row["raised_ms"])))
    return found


# --- leaving ----------------------------------------------------------------------------------


def remove(connection: sqlite3.Connection, fact_ids: Collection[int]) -> int:
    """Remove facts with their mentions, contradictions and passages; returns how many there were.

    What they had replaced stays ended.
    """
    removed = 0
    for fact_id in fact_ids:
        vectors.drop(connection, COLLECTION, fact_id)
        removed += connection.execute("DELETE FROM facts WHERE id = ?", (fact_id,)).rowcount
    return removed


def requote(connection: sqlite3.Connection, fact_id: int, quote: str) -> None:
    """Quote a fact from elsewhere: the turn that it was quoted from is being forgotten."""
    connection.execute("UPDATE facts SET quote = ? WHERE id = ?", (quote, fact_id))
    put_passage(connection, fact_id)
