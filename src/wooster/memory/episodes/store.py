"""The SQL of episodes, of what was left to do in them, and of the passages that they are found by.

Each function takes a connection; the writing ones expect to run inside a transaction. An episode is
also a passage of the collection "episodes", put and dropped in the same transaction, for as long as
no longer period has taken it in.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from wooster.core.clock import from_ms, to_ms
from wooster.core.text import match_query
from wooster.memory.episodes.model import Episode, Followup, FollowupState, Kind, Span, Told
from wooster.memory.episodes.sentences import stands_in, telling
from wooster.vectors import store as passages
from wooster.vectors.model import Facets, NewPassage

COLLECTION = "episodes"
_KEY = "summary"
# Of two wordings of what is to be done: with so many words shared they are the same.
_SAME = 0.5


# --- writing ----------------------------------------------------------------------------------


def add(connection: sqlite3.Connection, span: Span, told: Told, made_by: str) -> int:
    """Store an episode with its follow-ups and its passage; returns its id."""
    cursor = connection.execute(
        "INSERT INTO episodes (kind, session_id, first_seq, last_seq, began_ms, ended_ms, summary,"
        " made_by, is_private) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?)",
        (
            span.kind,
            span.session_id,
            span.first_seq,
            span.last_seq,
            to_ms(span.began),
            to_ms(span.ended),
            made_by,
            span.is_private,
        ),
    )
    episode_id = cursor.lastrowid
    assert episode_id is not None
    change(connection, episode_id, span, told, made_by)
    return episode_id


def change(
    connection: sqlite3.Connection, episode_id: int, span: Span, told: Told, made_by: str
) -> None:
    """Tell an episode anew. What the person closed of its follow-ups stays closed."""
    connection.execute(
        "UPDATE episodes SET last_seq = ?, began_ms = ?, ended_ms = ?, summary = ?, topics = ?,"
        " sentiment = ?, actions = ?, people = ?, dates = ?, made_by = ?, is_private = ?"
        " WHERE id = ?",
        (
            span.last_seq,
            to_ms(span.began),
            to_ms(span.ended),
            told.summary,
            _listed(told.topics),
            told.sentiment,
            _listed(told.actions),
            _listed(told.people),
            _listed(told.dates),
            made_by,
            span.is_private,
            episode_id,
        ),
    )
    _put_followups(connection, episode_id, told.followups)
    put_passage(connection, episode_id)


def shrink(connection: sqlite3.Connection, episode_id: int, first_seq: int) -> None:
    """Make an episode that of the turns which are left of it, from `first_seq` on: what was to be
    done in the others goes. It is to be told anew then."""
    connection.execute("UPDATE episodes SET first_seq = ? WHERE id = ?", (first_seq, episode_id))
    connection.execute(
        "DELETE FROM followups WHERE episode_id = ? AND turn_seq NOT IN (SELECT seq FROM turns)",
        (episode_id,),
    )


def _put_followups(
    connection: sqlite3.Connection, episode_id: int, told: Sequence[tuple[int, str]]
) -> None:
    """Make `told` the open ones of an episode. One that is open already keeps its number, and one
    that says what a closed one of the same turn says isn't opened again."""
    there = connection.execute(
        "SELECT id, turn_seq, text, state FROM followups WHERE episode_id = ?", (episode_id,)
    ).fetchall()
    unsaid = {row["id"] for row in there if row["state"] == "open"}
    for turn_seq, text in told:
        same = [row for row in there if row["turn_seq"] == turn_seq and _same(row["text"], text)]
        if same:
            unsaid -= {row["id"] for row in same}
            continue
        connection.execute(
            "INSERT INTO followups (episode_id, turn_seq, text, made_ms)"
            " SELECT ?, seq, ?, asked_ms FROM turns WHERE seq = ?",
            (episode_id, text, turn_seq),
        )
    connection.executemany("DELETE FROM followups WHERE id = ?", [(each,) for each in unsaid])


def _same(one: str, other: str) -> bool:
    words, others = set(telling(one)), set(telling(other))
    shared = sum(stands_in(word, others) for word in words)
    return one == other or shared > _SAME * max(len(words), len(others))


def put_passage(connection: sqlite3.Connection, episode_id: int) -> None:
    """Make an episode's passage what its row says: none while a longer period tells of it."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM episodes WHERE id = ?", (episode_id,)
    ).fetchone()
    if row is None or row["part_of"] is not None:
        passages.drop(connection, COLLECTION, episode_id)
        return
    todo = connection.execute(
        "SELECT text FROM followups WHERE episode_id = ? ORDER BY id", (episode_id,)
    ).fetchall()
    passage = passage_of(_episode(row), [each["text"] for each in todo])
    passages.put(connection, COLLECTION, episode_id, [passage])


def passage_of(episode: Episode, todo: Iterable[str]) -> NewPassage:
    """What finds an episode: its topics and summary, and more words that aren't embedded."""
    return NewPassage(
        _KEY,
        ", ".join(episode.topics),
        episode.summary,
        " ".join([*episode.people, *episode.actions, *todo]),
        Facets(at_ms=to_ms(episode.began), stays=episode.is_private),
    )


def take_in(connection: sqlite3.Connection, whole: int, parts: Collection[int]) -> None:
    """Make episodes parts of a longer one, which is found in their place from now on."""
    for part in parts:
        connection.execute("UPDATE episodes SET part_of = ? WHERE id = ?", (whole, part))
        passages.drop(connection, COLLECTION, part)


def remove(connection: sqlite3.Connection, ids: Collection[int]) -> set[int]:
    """Remove episodes, their follow-ups and passages; returns the longer ones that had taken them
    in and are there still: they tell of what is gone until they are told anew.

    What a removed one had taken in is found by itself again.
    """
    wholes: set[int] = set()
    for each in ids:
        parts = connection.execute("SELECT id FROM episodes WHERE part_of = ?", (each,)).fetchall()
        row = connection.execute(
            "DELETE FROM episodes WHERE id = ? RETURNING part_of", (each,)
        ).fetchone()
        if row is not None and row["part_of"] is not None:
            wholes.add(row["part_of"])
        for loose in [each, *(part["id"] for part in parts)]:
            put_passage(connection, loose)
    return wholes - set(ids)


def close_followup(
    connection: sqlite3.Connection, followup_id: int, state: FollowupState, at: datetime
) -> tuple[Followup, Followup] | None:
    """Set what became of a follow-up and since when, `open` to take that back; returns it as it was
    and as it is, None when it isn't there. One that is so already stays as it is."""
    before = _followup_by_id(connection, followup_id)
    connection.execute(
        "UPDATE followups SET state = ?1, closed_ms = CASE ?1 WHEN 'open' THEN NULL ELSE ?2 END"
        " WHERE id = ?3 AND state <> ?1",
        (state, to_ms(at), followup_id),
    )
    after = _followup_by_id(connection, followup_id)
    return None if before is None or after is None else (before, after)


def _followup_by_id(connection: sqlite3.Connection, followup_id: int) -> Followup | None:
    row = connection.execute("SELECT * FROM followups WHERE id = ?", (followup_id,)).fetchone()
    return None if row is None else _followup(row)


# --- reading ----------------------------------------------------------------------------------

_COLUMNS = (
    "id, kind, session_id, first_seq, last_seq, began_ms, ended_ms, summary, topics, sentiment,"
    " actions, people, dates, made_by, is_private, part_of"
)


def _listed(words: Sequence[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)


def _episode(row: sqlite3.Row) -> Episode:
    topics, actions, people, dates = (
        tuple(json.loads(row[column])) for column in ("topics", "actions", "people", "dates")
    )
    return Episode(
        row["id"],
        row["kind"],
        row["session_id"],
        row["first_seq"],
        row["last_seq"],
        from_ms(row["began_ms"]),
        from_ms(row["ended_ms"]),
        row["summary"],
        topics,
        row["sentiment"],
        actions,
        people,
        dates,
        row["made_by"],
        bool(row["is_private"]),
        row["part_of"],
    )


def _followup(row: sqlite3.Row) -> Followup:
    return Followup(
        row["id"],
        row["episode_id"],
        row["turn_seq"],
        row["text"],
        row["state"],
        from_ms(row["made_ms"]),
        None if row["closed_ms"] is None else from_ms(row["closed_ms"]),
    )


def _select(connection: sqlite3.Connection, rest: str, values: Sequence[Any]) -> list[Episode]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM episodes {rest}", values)
    return [_episode(row) for row in rows]


def by_ids(connection: sqlite3.Connection, ids: Collection[int]) -> list[Episode]:
    """Those that are there, in the order of their ids."""
    where = "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
    return _select(connection, where, (json.dumps(list(ids)),))


def recent(connection: sqlite3.Connection, limit: int) -> list[Episode]:
    """The newest that no longer period has taken in, oldest first."""
    where = "WHERE part_of IS NULL ORDER BY ended_ms DESC, id DESC LIMIT ?"
    return _select(connection, where, (limit,))[::-1]


def between(
    connection: sqlite3.Connection, since: datetime, until: datetime, limit: int
) -> list[Episode]:
    """The newest sessions' episodes that reach into a period (`until` is out), oldest first,
    whatever has taken them in."""
    where = (
        "WHERE kind = 'session' AND ended_ms >= ? AND began_ms < ?"
        " ORDER BY ended_ms DESC, id DESC LIMIT ?"
    )
    return _select(connection, where, (to_ms(since), to_ms(until), limit))[::-1]


def with_words(connection: sqlite3.Connection, words: str, limit: int) -> list[Episode]:
    """The newest whose passage holds all of `words`, oldest first."""
    query = match_query(words)
    if not query:
        return []
    where = (
        "WHERE id IN (SELECT document FROM passages WHERE collection = ? AND id IN"
        " (SELECT rowid FROM passages_words WHERE passages_words MATCH ?))"
        " ORDER BY ended_ms DESC, id DESC LIMIT ?"
    )
    return _select(connection, where, (COLLECTION, query, limit))[::-1]


def of_stretch(connection: sqlite3.Connection, session_id: str, first_seq: int) -> Episode | None:
    where = "WHERE kind = 'session' AND session_id = ? AND first_seq = ?"
    return next(iter(_select(connection, where, (session_id, first_seq))), None)


def last_of_session(connection: sqlite3.Connection, session_id: str) -> Episode | None:
    where = "WHERE kind = 'session' AND session_id = ? ORDER BY first_seq DESC LIMIT 1"
    return next(iter(_select(connection, where, (session_id,))), None)


def last_talk(connection: sqlite3.Connection, client: str) -> tuple[str, int, datetime] | None:
    """The session, `seq` and time of the newest ended turn that a person said with `client`."""
    row = connection.execute(
        "SELECT session_id, seq, asked_ms FROM turns CROSS JOIN sessions AS s ON s.id = session_id"
        " WHERE client = ? AND origin = 'talk' AND state <> 'running' ORDER BY seq DESC LIMIT 1",
        (client,),
    ).fetchone()
    return None if row is None else (row[0], row[1], from_ms(row[2]))


def parts(connection: sqlite3.Connection, whole: int) -> list[Episode]:
    """What a longer episode has taken in, oldest first."""
    return _select(connection, "WHERE part_of = ? ORDER BY began_ms, id", (whole,))


def loose(
    connection: sqlite3.Connection,
    kinds: Collection[Kind],
    since: datetime | None,
    until: datetime,
    limit: int,
) -> list[Episode]:
    """The oldest of these kinds that nothing has taken in and that began in a stretch of time,
    `until` out; `since` None is from the beginning."""
    where = (
        "WHERE part_of IS NULL AND kind IN (SELECT value FROM json_each(?))"
        " AND began_ms >= ? AND began_ms < ? ORDER BY began_ms, id LIMIT ?"
    )
    since_ms = -(1 << 62) if since is None else to_ms(since)
    return _select(connection, where, (json.dumps(list(kinds)), since_ms, to_ms(until), limit))


def period(connection: sqlite3.Connection, kind: Kind, moment: datetime) -> Episode | None:
    """The month's or year's episode that a moment is in."""
    where = "WHERE kind = ? AND began_ms <= ? AND ended_ms > ?"
    return next(iter(_select(connection, where, (kind, to_ms(moment), to_ms(moment)))), None)


def loose_count(connection: sqlite3.Connection) -> int:
    """How many episodes are found by themselves."""
    row = connection.execute("SELECT count(*) FROM episodes WHERE part_of IS NULL").fetchone()
    return int(row[0])


def open_followups(connection: sqlite3.Connection, limit: int) -> list[Followup]:
    """The newest, oldest first."""
    rows = connection.execute(
        "SELECT * FROM followups WHERE state = 'open' ORDER BY made_ms DESC, id DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return [_followup(row) for row in reversed(rows)]


def followups_of(connection: sqlite3.Connection, ids: Collection[int]) -> list[Followup]:
    """All follow-ups of episodes, whatever became of them."""
    rows = connection.execute(
        "SELECT * FROM followups WHERE episode_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(ids)),),
    )
    return [_followup(row) for row in rows]


# --- checks -----------------------------------------------------------------------------------


def verify(connection: sqlite3.Connection) -> list[str]:
    """Each episode that nothing has taken in has its passage, no other has one, and what takes in
    is longer than its parts."""
    findings: list[str] = []
    there = {
        row["document"]: NewPassage(row["key"], row["title"], row["text"], row["known_as"])
        for row in connection.execute("SELECT * FROM passages WHERE collection = ?", (COLLECTION,))
    }
    todo: dict[int, list[str]] = {}
    for row in connection.execute("SELECT episode_id, text FROM followups ORDER BY id"):
        todo.setdefault(row["episode_id"], []).append(row["text"])
    for episode in _select(connection, "ORDER BY id", ()):
        passage = there.pop(episode.id, None)
        if episode.part_of is not None:
            if passage is not None:
                findings.append(f"episode {episode.id}: it is found beside what has taken it in")
            continue
        wanted = passage_of(episode, todo.get(episode.id, ()))
        found = (passage.title, passage.text, passage.known_as) if passage else None
        if found != (wanted.title, wanted.text, wanted.known_as):
            findings.append(f"episode {episode.id}: its passage is missing or of another text")
    findings += [f"passage of episode {each}: there is no such episode" for each in there]
    findings += [
        f"episode {row[0]}: a {row[1]} is part of a {row[2]}"
        for row in connection.execute(
            "SELECT e.id, e.kind, w.kind FROM episodes AS e JOIN episodes AS w ON w.id = e.part_of"
            " WHERE w.kind = 'session' OR e.kind = w.kind OR e.kind = 'year'"
        )
    ]
    return findings
