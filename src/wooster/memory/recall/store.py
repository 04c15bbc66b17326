"""The SQL of recalling: the turns behind passages, and which sessions and speakers there are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from wooster.core.clock import from_ms, to_ms
from wooster.memory.facts.model import ME as MY_FACTS
from wooster.memory.facts.model import SURE
from wooster.memory.model import ASSISTANT, ME
from wooster.memory.recall.model import Kind
from wooster.memory.recall.when import Period


@dataclass(frozen=True, slots=True)
class Row:
    """A turn as far as recalling needs it."""

    seq: int
    session_id: str
    asked: datetime
    ended: datetime
    speaker: str
    question: str
    answer: str
    is_private: bool

    def said(self, *, is_answer: bool) -> str:
        return self.answer if is_answer else self.question


@dataclass(frozen=True, slots=True)
class GivenRow:
    """Something that a turn's model was given. `reasons` is a JSON object."""

    kind: Kind
    item: int
    is_answer: bool
    score: float
    reasons: str


def given(connection: sqlite3.Connection, turn_seq: int) -> list[GivenRow]:
    """What a turn's model was given, the oldest first."""
    rows = connection.execute(
        "SELECT kind, item, is_answer, score, reasons FROM recollections WHERE turn_seq = ?"
        " ORDER BY place",
        (turn_seq,),
    )
    return [GivenRow(row[0], row[1], bool(row[2]), row[3], row[4]) for row in rows]


def turns(connection: sqlite3.Connection, seqs: Collection[int]) -> dict[int, Row]:
    """Those of `seqs` that are still there."""
    rows = connection.execute(
        "SELECT seq, session_id, asked_ms, coalesce(ended_ms, asked_ms), speaker, question, answer,"
        " is_private FROM json_each(?) CROSS JOIN turns ON seq = value",
        (json.dumps(sorted(seqs)),),
    )
    return {
        seq: Row(seq, session, from_ms(asked), from_ms(ended), speaker, said, answer, bool(private))
        for seq, session, asked, ended, speaker, said, answer, private in rows
    }


def sessions(
    connection: sqlite3.Connection, without: str, period: Period | None = None
) -> list[tuple[str, datetime, datetime]]:
    """Every session but one, or every one that reaches into a period, from when to when it lasted,
    oldest first."""
    since_ms, until_ms = -(1 << 62), 1 << 62
    if period is not None:
        since_ms, until_ms = to_ms(period.since), to_ms(period.until)
    # Two jumps in the index for each: there are ten times as many turns.
    rows = connection.execute(
        "SELECT id, (SELECT min(asked_ms) FROM turns INDEXED BY turns_by_time"
        "  WHERE session_id = s.id) AS first,"
        " (SELECT max(asked_ms) FROM turns INDEXED BY turns_by_time"
        "  WHERE session_id = s.id) AS last"
        " FROM sessions AS s WHERE id <> ? AND last >= ? AND first <= ? ORDER BY first, last",
        (without, since_ms, until_ms),
    )
    return [(row[0], from_ms(row[1]), from_ms(row[2])) for row in rows]


def seqs_of(connection: sqlite3.Connection, session_ids: Collection[str], limit: int) -> list[int]:
    """The turns of sessions; at most `limit`, those of the first sessions first."""
    rows = connection.execute(
        "SELECT seq FROM json_each(?) AS each CROSS JOIN turns ON session_id = each.value"
        " WHERE state <> 'running' ORDER BY each.key, seq LIMIT ?",
        (json.dumps(list(session_ids)), limit),
    )
    return [row[0] for row in rows]


def episodes_of(connection: sqlite3.Connection, session_ids: Collection[str]) -> list[int]:
    """The episodes of sessions, oldest first."""
    rows = connection.execute(
        "SELECT id FROM episodes WHERE kind = 'session'"
        " AND session_id IN (SELECT value FROM json_each(?)) ORDER BY began_ms, id",
        (json.dumps(list(session_ids)),),
    )
    return [row[0] for row in rows]


def relations(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Who is whose: `("sister", "Anna")` for each relation of the person's that holds."""
    rows = connection.execute(
        "SELECT key, value FROM facts WHERE subject = ? AND category = 'relationship'"
        " AND valid_to_ms IS NULL AND confidence >= ?",
        (MY_FACTS, SURE),
    )
    return [(row[0].replace("_", " "), row[1]) for row in rows]


def speakers(connection: sqlite3.Connection) -> frozenset[str]:
    """Who speaks by name anywhere."""
    # Each name by a jump to the next in the index: there are few names, and many turns.
    rows = connection.execute(
        "WITH RECURSIVE named (speaker) AS ("
        " SELECT min(speaker) FROM turns WHERE speaker <> ''"
        " UNION ALL SELECT (SELECT min(speaker) FROM turns WHERE speaker > named.speaker"
        "                   AND speaker <> '') FROM named WHERE named.speaker IS NOT NULL"
        ") SELECT speaker FROM named WHERE speaker IS NOT NULL"
    )
    return frozenset(row[0] for row in rows)


def companies(
    connection: sqlite3.Connection, session_ids: Collection[str]
) -> dict[str, frozenset[str]]:
    """Who takes part in each session."""
    found: dict[str, set[str]] = {each: set() for each in session_ids}
    rows = connection.execute(
        "SELECT DISTINCT session_id, speaker FROM json_each(?) AS each CROSS JOIN turns"
        " ON session_id = each.value",
        (json.dumps(sorted(session_ids)),),
    )
    for session_id, speaker in rows:
        found[session_id] |= {speaker} if speaker else {ME, ASSISTANT}
    return {each: frozenset(names) for each, names in found.items()}
