"""The SQL of forgetting: what goes leaves every table in one transaction, the caller's."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, tzinfo

from wooster.actions import imported, log_store
from wooster.core.clock import to_ms
from wooster.memory import passages
from wooster.memory.distilling import keeping
from wooster.memory.distilling import store as distilling
from wooster.memory.distilling.store import Row
from wooster.memory.facts import store as facts
from wooster.memory.facts import tombstones
from wooster.memory.forgetting.model import Doomed
from wooster.memory.forgetting.wording import Wording
from wooster.memory.model import Turn
from wooster.vectors import store as passage_store

# The full-text indexes that hold what was said.
INDEXES = ("turns_search", "passages_words", "passages_parts")
# What one step merges takes the writer some hundredths of a second.
_PAGES_AT_ONCE = 250


def is_answering(connection: sqlite3.Connection) -> bool:
    """Whether a turn runs: its model may have been given anything, and may say it again."""
    row = connection.execute("SELECT 1 FROM turns WHERE state = 'running' LIMIT 1").fetchone()
    return row is not None


def remove(
    connection: sqlite3.Connection, doomed: Doomed, now: datetime, zone: tzinfo | None
) -> None:
    """Remove what is `doomed` and what was made of it, and bury the facts that were named: they
    aren't learned again. What was told of stretches of conversation is told anew from what is left
    of them."""
    connection.execute("INSERT INTO sweeps (begun_ms) VALUES (?)", (to_ms(now),))
    for fact in doomed.facts:
        tombstones.bury(connection, fact.subject, fact.key, fact.value, now, fact.statement)
    ids = [fact.id for fact in doomed.all_facts]
    _forget_given(connection, "fact", ids)
    facts.remove(connection, ids)
    stretches = distilling.with_turns(connection, doomed.seqs)
    stretches += _telling(connection, doomed.words, stretches)
    _remove_turns(connection, doomed.turns, doomed.words)
    _remove_followups(connection, doomed.words)
    said = [text for fact in doomed.all_facts for text in (fact.statement, fact.quote) if text]
    for kept in (log_store, imported):
        kept.forget(connection, lambda text: _stands_in(text, doomed.words, said))
    _remove_tools(connection, doomed.words, said)
    keeping.retell(connection, stretches, now, zone)
    connection.execute(
        "DELETE FROM recollections WHERE kind = 'episode' AND item NOT IN (SELECT id FROM episodes)"
    )
    connection.execute(
        "DELETE FROM sessions WHERE id IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM turns WHERE session_id = sessions.id)",
        (json.dumps(sorted({turn.session_id for turn in doomed.turns})),),
    )


def _telling(
    connection: sqlite3.Connection, words: Sequence[Wording], known: Sequence[Row]
) -> list[Row]:
    """The stretches, besides those `known`, whose episode says it, though no turn of theirs does: a
    model may have put it in other words, which are these."""
    if not words:
        return []
    found = []
    for row in connection.execute(
        "SELECT session_id, first_seq, summary, topics, actions, people, dates,"
        " (SELECT group_concat(text, char(10)) FROM followups WHERE episode_id = episodes.id)"
        " FROM episodes WHERE kind = 'session' ORDER BY first_seq"
    ):
        texts = [text for text in row[2:] if text]
        if any(each.stands_in(*texts) for each in words):
            found.append((row["session_id"], row["first_seq"]))
    told = {(each.session_id, each.first_seq) for each in known}
    rows = (distilling.of_stretch(connection, *each) for each in found if each not in told)
    return [row for row in rows if row is not None]


def _remove_followups(connection: sqlite3.Connection, words: Sequence[Wording]) -> None:
    """Those that say it: what the person closed isn't told anew with its episode."""
    rows = connection.execute("SELECT id, text FROM followups").fetchall() if words else []
    gone = [(row[0],) for row in rows if any(each.stands_in(row[1]) for each in words)]
    connection.executemany("DELETE FROM followups WHERE id = ?", gone)


def _stands_in(text: str, words: Sequence[Wording], said: Sequence[str]) -> bool:
    return any(each.stands_in(text) for each in words) or any(each in text for each in said)


def _remove_tools(
    connection: sqlite3.Connection, words: Sequence[Wording], said: Sequence[str]
) -> None:
    """What tools told of it in turns that stay, whose own words don't say it."""
    rows = connection.execute("SELECT turn_seq, place, words, summary FROM turn_tools").fetchall()
    gone = [row[:2] for row in rows if any(_stands_in(text, words, said) for text in row[2:])]
    connection.executemany("DELETE FROM turn_tools WHERE turn_seq = ? AND place = ?", gone)


def _remove_turns(
    connection: sqlite3.Connection, gone: Sequence[Turn], words: Sequence[Wording]
) -> None:
    seqs = json.dumps(sorted(turn.seq for turn in gone))
    _requote(connection, seqs, words)
    for table, column in (
        ("recollections", "turn_seq"),
        ("fact_mentions", "turn_seq"),
        ("answer_parts", "turn_seq"),
        ("turn_tools", "turn_seq"),
        ("turns_search", "rowid"),
    ):
        connection.execute(
            f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))", (seqs,)
        )
    _forget_given(connection, "turn", [turn.seq for turn in gone])
    for turn in gone:
        passage_store.drop(connection, passages.COLLECTION, turn.seq)
    connection.execute("DELETE FROM turns WHERE seq IN (SELECT value FROM json_each(?))", (seqs,))
    # What stood around them is told without them from now on.
    for session_id, first_seq, last_seq in _gaps(connection, gone):
        passages.put(connection, session_id, first_seq, last_seq)


def _gaps(connection: sqlite3.Connection, gone: Collection[Turn]) -> Iterator[tuple[str, int, int]]:
    """Where the removed turns stood: each row of them in a session, with its first and its last."""
    first: Turn | None = None
    last: Turn | None = None
    for turn in sorted(gone, key=lambda each: (each.session_id, each.seq)):
        if first is not None and last is not None and not _is_next(connection, last, turn):
            yield first.session_id, first.seq, last.seq
            first = None
        first, last = first or turn, turn
    if first is not None and last is not None:
        yield first.session_id, first.seq, last.seq


def _is_next(connection: sqlite3.Connection, one: Turn, other: Turn) -> bool:
    """Whether nothing is left between two removed turns of one session."""
    if one.session_id != other.session_id:
        return False
    between = connection.execute(
        "SELECT 1 FROM turns WHERE session_id = ? AND seq BETWEEN ? AND ? LIMIT 1",
        (one.session_id, one.seq, other.seq),
    ).fetchone()
    return between is None


def _forget_given(connection: sqlite3.Connection, kind: str, items: Collection[int]) -> None:
    connection.execute(
        "DELETE FROM recollections WHERE kind = ? AND item IN (SELECT value FROM json_each(?))",
        (kind, json.dumps(sorted(items))),
    )


def _requote(connection: sqlite3.Connection, seqs: str, words: Sequence[Wording]) -> None:
    """A fact that stays and was quoted from there is quoted from elsewhere, if it was said
    elsewhere; its quote stays too, unless it says what goes."""
    rows = connection.execute(
        "SELECT DISTINCT id, f.quote FROM fact_mentions AS m JOIN facts AS f ON f.id = fact_id"
        " AND f.quote = m.quote WHERE turn_seq IN (SELECT value FROM json_each(?))",
        (seqs,),
    ).fetchall()
    for fact_id, quote in rows:
        other = connection.execute(
            "SELECT quote FROM fact_mentions WHERE fact_id = ?"
            " AND turn_seq NOT IN (SELECT value FROM json_each(?)) ORDER BY at_ms LIMIT 1",
            (fact_id, seqs),
        ).fetchone()
        if other is not None:
            facts.requote(connection, fact_id, other[0])
        elif any(each.stands_in(quote) for each in words):
            facts.requote(connection, fact_id, "")


def sweeps_left(connection: sqlite3.Connection) -> int:
    """How often something was removed that wasn't swept out of indexes and copies yet."""
    return int(connection.execute("SELECT count(*) FROM sweeps").fetchone()[0])


def swept(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM sweeps")


def merge(connection: sqlite3.Connection, index: str, *, is_first: bool) -> bool:
    """One step of merging a full-text index into one segment: what was deleted stands in the others
    until then. False when nothing is left to be merged."""
    before = connection.total_changes
    # FTS5's "merge": a negative rank begins a merge of all there is, a positive one goes on.
    pages = -_PAGES_AT_ONCE if is_first else _PAGES_AT_ONCE
    connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (pages,))
    return connection.total_changes - before >= 2
