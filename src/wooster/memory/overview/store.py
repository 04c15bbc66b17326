"""The SQL of looking at memory as a whole: counts, and what is checked and written out. It only
reads, and counts by indexes: no text is read for a count."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime

from wooster.core.clock import from_ms, to_ms
from wooster.memory.episodes.model import Episode
from wooster.memory.episodes.model import Kind as EpisodeKind
from wooster.memory.episodes.store import by_ids as episodes_by_ids
from wooster.memory.facts import store as facts
from wooster.memory.facts.model import PERSON
from wooster.memory.model import Origin, Turn
from wooster.memory.overview.model import (
    Counted,
    EpisodeCount,
    FactCount,
    Held,
    OldEpisode,
    SessionHead,
    Stuck,
)
from wooster.memory.store import around

# Pages of a conversation, and episodes, that are in memory at once.
_AT_ONCE = 100
_WORDS = 200


def _one(connection: sqlite3.Connection, query: str, *values: object) -> int:
    return int(connection.execute(query, values).fetchone()[0])


# --- counting ---------------------------------------------------------------------------------


def counted(connection: sqlite3.Connection, now: datetime, most_stuck: int) -> Counted:
    origins: dict[Origin, int] = {
        row[0]: row[1]
        for row in connection.execute("SELECT origin, count(*) FROM sessions GROUP BY origin")
    }
    return Counted(
        sessions=origins,
        turns=_one(connection, "SELECT count(*) FROM turns"),
        episodes=_episode_counts(connection),
        facts=_fact_count(connection, now),
        contradictions=len(facts.contradictions(connection, now)),
        followups=_one(connection, "SELECT count(*) FROM followups WHERE state = 'open'"),
        undistilled=_undistilled(connection),
        plain=_one(connection, "SELECT count(*) FROM distillations WHERE state = 'plain'"),
        dead=_one(connection, "SELECT count(*) FROM distillations WHERE state = 'dead'"),
        stuck=tuple(_stuck(connection, most_stuck)),
        tombstones=_one(connection, "SELECT count(*) FROM tombstones"),
        size_bytes=_one(connection, "PRAGMA page_count") * _one(connection, "PRAGMA page_size"),
    )


def _episode_counts(connection: sqlite3.Connection) -> dict[EpisodeKind, EpisodeCount]:
    rows = connection.execute(
        "SELECT kind, count(*), sum(made_by = 'rules'), sum(part_of IS NULL)"
        " FROM episodes GROUP BY kind"
    )
    return {row[0]: EpisodeCount(row[1], row[2], row[3]) for row in rows}


def _fact_count(connection: sqlite3.Connection, now: datetime) -> FactCount:
    """As `Fact.was_known` has it, without reading the texts."""
    row = connection.execute(
        "SELECT coalesce(sum(valid), 0), coalesce(sum(over), 0), coalesce(sum(NOT valid AND NOT"
        " over), 0), coalesce(sum(valid AND source = 'explicit'), 0),"
        " coalesce(sum(valid AND made_by = ?2), 0) FROM (SELECT source, made_by,"
        " valid_to_ms IS NOT NULL AND coalesce(ended_ms, ?1) <= ?1 AND valid_to_ms <= ?1 AS over,"
        " observed_ms <= ?1 AND coalesce(valid_from_ms, ?1) <= ?1 AND (valid_to_ms IS NULL"
        " OR coalesce(ended_ms, ?1) > ?1 OR valid_to_ms > ?1) AS valid FROM facts)",
        (to_ms(now), PERSON),
    ).fetchone()
    return FactCount(*row)


def _undistilled(connection: sqlite3.Connection) -> int:
    """Sessions whose last turn is after all that is distilled of them."""
    return _one(
        connection,
        "SELECT count(*) FROM sessions AS s WHERE origin <> 'job'"
        " AND (SELECT max(seq) FROM turns WHERE session_id = s.id)"
        " > coalesce((SELECT last_seq FROM distillations WHERE session_id = s.id"
        "  ORDER BY first_seq DESC LIMIT 1), 0)",
    )


def _stuck(connection: sqlite3.Connection, most: int) -> Iterator[Stuck]:
    """The newest that are dead."""
    rows = connection.execute(
        "SELECT d.session_id, min(t.asked_ms) AS began_ms, count(*) AS turns, d.attempts, d.problem"
        " FROM distillations AS d JOIN turns AS t ON t.session_id = d.session_id"
        " AND t.seq BETWEEN d.first_seq AND d.last_seq WHERE d.state = 'dead'"
        " GROUP BY d.session_id, d.first_seq ORDER BY d.first_seq DESC LIMIT ?",
        (most,),
    )
    for row in rows:
        yield Stuck(row[0], from_ms(row[1]), row[2], row[3], row[4])


# --- checking ---------------------------------------------------------------------------------


def held(connection: sqlite3.Connection, now: datetime, old: datetime, most: int) -> Held:
    """What an audit looks at; of the episodes before `old` that no model was given, the first."""
    sourced = connection.execute(
        "SELECT DISTINCT fact_id FROM fact_mentions JOIN turns ON seq = turn_seq"
    )
    recalled = connection.execute("SELECT DISTINCT item FROM recollections WHERE kind = 'fact'")
    never = (
        "FROM episodes AS e WHERE part_of IS NULL AND ended_ms < ? AND NOT EXISTS"
        " (SELECT 1 FROM recollections WHERE kind = 'episode' AND item = e.id)"
    )
    rows = connection.execute(
        f"SELECT id, began_ms, summary {never} ORDER BY began_ms, id LIMIT ?", (to_ms(old), most)
    )
    return Held(
        tuple(facts.listed(connection)),
        frozenset(int(row[0]) for row in sourced),
        frozenset(int(row[0]) for row in recalled),
        _one(connection, f"SELECT count(*) {never}", to_ms(old)),
        tuple(OldEpisode(row[0], from_ms(row[1]), row[2]) for row in rows),
        tuple(facts.contradictions(connection, now)),
    )


# --- writing out ------------------------------------------------------------------------------


def session_heads(connection: sqlite3.Connection) -> list[SessionHead]:
    """Every session in which something was said, oldest first."""
    rows = connection.execute(
        "SELECT s.id, t.asked_ms, s.client, s.origin,"
        " substr(coalesce(nullif(trim(t.question), ''), t.answer), 1, ?)"
        " FROM sessions AS s CROSS JOIN turns AS t"
        " ON t.seq = (SELECT min(seq) FROM turns WHERE session_id = s.id)"
        " ORDER BY t.asked_ms, s.id",
        (_WORDS,),
    )
    return [SessionHead(row[0], from_ms(row[1]), *row[2:]) for row in rows]


def turns(connection: sqlite3.Connection, session_id: str) -> Iterator[Turn]:
    """All of a session that have ended, in order, some at a time."""
    rows = connection.execute(
        "SELECT seq FROM turns WHERE session_id = ? ORDER BY seq", (session_id,)
    )
    seqs = [int(row[0]) for row in rows]
    for start in range(0, len(seqs), _AT_ONCE):
        part = seqs[start : start + _AT_ONCE]
        yield from around(connection, session_id, part[0], part[-1], 0)


def episodes(connection: sqlite3.Connection, kinds: Collection[EpisodeKind]) -> Iterator[Episode]:
    """All of these kinds by when they began, some at a time."""
    rows = connection.execute(
        "SELECT id FROM episodes WHERE kind IN (SELECT value FROM json_each(?))"
        " ORDER BY began_ms, id",
        (json.dumps(sorted(kinds)),),
    )
    ids = [int(row[0]) for row in rows]
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        found = {each.id: each for each in episodes_by_ids(connection, part)}
        yield from (found[each] for each in part)
