"""The SQL of sessions and turns, and nothing else.

Each function takes a connection; the writing ones expect to run inside a transaction. A turn's row
in the full-text index is written in the same transaction as the turn.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime

from wooster.config.settings import Sensitivity
from wooster.core.clock import from_ms, to_ms
from wooster.core.text import match_query, search_form
from wooster.memory.model import Counts, Ending, Origin, ToolRan, Turn
from wooster.memory.recall.model import Memory
from wooster.wire.events import ToolState


def add_session(
    connection: sqlite3.Connection,
    session_id: str,
    at: datetime,
    client: str,
    origin: Origin = "talk",
) -> None:
    connection.execute(
        "INSERT INTO sessions (id, started_ms, client, origin) VALUES (?, ?, ?, ?)",
        (session_id, to_ms(at), client, origin),
    )


def session_exists(connection: sqlite3.Connection, session_id: str) -> bool:
    row = connection.execute("SELECT 1 FROM sessions WHERE id = ?", (session_id,)).fetchone()
    return row is not None


def add_turn(
    connection: sqlite3.Connection, turn_id: str, session_id: str, at: datetime, question: str
) -> int:
    """Store a running turn; returns its `seq`."""
    cursor = connection.execute(
        "INSERT INTO turns (id, session_id, asked_ms, question, state)"
        " VALUES (?, ?, ?, ?, 'running')",
        (turn_id, session_id, to_ms(at), question),
    )
    seq = cursor.lastrowid
    assert seq is not None
    connection.execute(
        "INSERT INTO turns_search (rowid, question, answer) VALUES (?, ?, '')",
        (seq, search_form(question)),
    )
    return seq


def take_in(connection: sqlite3.Connection, turn: Turn) -> int:
    """Store a turn of a conversation from elsewhere; returns its `seq`, whatever it has."""
    cursor = connection.execute(
        "INSERT INTO turns (id, session_id, asked_ms, question, answer, state, ended_ms, speaker,"
        " outside) VALUES (?, ?, ?, ?, ?, 'done', ?, ?, ?)",
        (
            turn.id,
            turn.session_id,
            to_ms(turn.asked),
            turn.question,
            turn.answer,
            to_ms(turn.ended or turn.asked),
            turn.speaker,
            turn.outside,
        ),
    )
    assert cursor.lastrowid is not None
    connection.execute(
        "INSERT INTO turns_search (rowid, question, answer) VALUES (?, ?, ?)",
        (cursor.lastrowid, search_form(turn.question), search_form(turn.answer)),
    )
    return cursor.lastrowid


def mark_turn(
    connection: sqlite3.Connection, seq: int, sensitivity: Sensitivity, *, is_private: bool
) -> None:
    """Store how private the turn's request is."""
    connection.execute(
        "UPDATE turns SET sensitivity = ?, is_private = ? WHERE seq = ?",
        (sensitivity, is_private, seq),
    )


def mark_outside(connection: sqlite3.Connection, seq: int) -> None:
    """Store that the turn's model had what others wrote before it."""
    connection.execute("UPDATE turns SET outside = 1 WHERE seq = ?", (seq,))


def add_recollections(connection: sqlite3.Connection, seq: int, memories: Sequence[Memory]) -> None:
    """Store what the turn's model is given, the best first, in the place of what was to be."""
    connection.execute("DELETE FROM recollections WHERE turn_seq = ?", (seq,))
    connection.executemany(
        "INSERT INTO recollections (turn_seq, place, kind, item, is_answer, score, reasons)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                seq,
                place,
                each.kind,
                each.item,
                each.is_answer,
                each.score,
                json.dumps(_reasons(each)),
            )
            for place, each in enumerate(memories)
        ],
    )


def _reasons(memory: Memory) -> dict[str, float]:
    told = {**memory.reasons, "near": memory.nearness}
    return {name: round(points, 3) for name, points in told.items()}


def add_part(connection: sqlite3.Connection, seq: int, part: int, text: str) -> None:
    connection.execute(
        "INSERT INTO answer_parts (turn_seq, part, text) VALUES (?, ?, ?)", (seq, part, text)
    )


def begin_tool(connection: sqlite3.Connection, seq: int, place: int, name: str, words: str) -> None:
    """Store that a tool is about to run. What it tells is as private as memory, and so is the turn
    from now on."""
    connection.execute(
        "INSERT INTO turn_tools (turn_seq, place, name, words, state, summary)"
        " VALUES (?, ?, ?, ?, 'running', '')",
        (seq, place, name, words),
    )
    connection.execute("UPDATE turns SET sensitivity = 'memory' WHERE seq = ?", (seq,))


def end_tool(
    connection: sqlite3.Connection,
    seq: int,
    place: int,
    state: ToolState,
    summary: str,
    *,
    is_private: bool,
) -> None:
    connection.execute(
        "UPDATE turn_tools SET state = ?, summary = ? WHERE turn_seq = ? AND place = ?",
        (state, summary, seq, place),
    )
    if is_private:
        connection.execute("UPDATE turns SET is_private = 1 WHERE seq = ?", (seq,))


def end_turn(connection: sqlite3.Connection, seq: int, at: datetime, ending: Ending) -> None:
    """Join the parts into the answer and close the turn. A turn that has ended stays as it is."""
    rows = connection.execute(
        "SELECT text FROM answer_parts WHERE turn_seq = ? ORDER BY part", (seq,)
    )
    answer = "".join(row[0] for row in rows)
    changed = connection.execute(
        "UPDATE turns SET answer = ?, state = ?, ended_ms = ?, provider = ?, model = ?,"
        " prompt_tokens = ?, completion_tokens = ?, error_code = ?"
        " WHERE seq = ? AND state = 'running'",
        (
            answer,
            ending.state,
            to_ms(at),
            ending.provider,
            ending.model,
            ending.prompt_tokens,
            ending.completion_tokens,
            ending.error_code,
            seq,
        ),
    ).rowcount
    if changed:
        connection.execute(
            "UPDATE turns_search SET answer = ? WHERE rowid = ?", (search_form(answer), seq)
        )
    connection.execute("DELETE FROM answer_parts WHERE turn_seq = ?", (seq,))
    # Whoever ended the turn before its tool had ended doesn't know what became of it.
    connection.execute(
        "UPDATE turn_tools SET state = 'unknown', summary = 'broken off; whether it was done isn''t"
        " known' WHERE turn_seq = ? AND state = 'running'",
        (seq,),
    )


def end_interrupted(connection: sqlite3.Connection, at: datetime) -> list[Turn]:
    """Close every turn that a crash left running, keeping what was shown; returns them."""
    rows = connection.execute("SELECT seq FROM turns WHERE state = 'running'").fetchall()
    for row in rows:
        end_turn(connection, row["seq"], at, Ending("cut_off", error_code="daemon_died"))
    return by_seqs(connection, [row["seq"] for row in rows])


_COLUMNS = (
    "seq, id, session_id, asked_ms, question, answer, state, ended_ms, provider, model,"
    " sensitivity, is_private, outside, speaker,"
    " (SELECT json_group_array(json_array(place, name, words, state, summary)) FROM turn_tools"
    " WHERE turn_seq = turns.seq) AS tools"
)


def _turn(row: sqlite3.Row) -> Turn:
    return Turn(
        seq=row["seq"],
        id=row["id"],
        session_id=row["session_id"],
        asked=from_ms(row["asked_ms"]),
        question=row["question"],
        answer=row["answer"],
        state=row["state"],
        ended=None if row["ended_ms"] is None else from_ms(row["ended_ms"]),
        provider=row["provider"],
        model=row["model"],
        sensitivity=row["sensitivity"],
        is_private=bool(row["is_private"]),
        outside=bool(row["outside"]),
        speaker=row["speaker"],
        tools=tuple(ToolRan(*ran) for _, *ran in sorted(json.loads(row["tools"]))),
    )


def recent(connection: sqlite3.Connection, limit: int) -> list[Turn]:
    """The newest `limit` turns of all sessions, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM turns ORDER BY seq DESC LIMIT ?", (limit,)
    ).fetchall()
    return [_turn(row) for row in reversed(rows)]


def last_of(connection: sqlite3.Connection, client: str) -> Turn | None:
    """The newest turn of the sessions that `client` began."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM turns WHERE session_id = "
        "(SELECT id FROM sessions WHERE client = ? ORDER BY id DESC LIMIT 1)"
        " ORDER BY seq DESC LIMIT 1",
        (client,),
    ).fetchone()
    return None if row is None else _turn(row)


def last_talked(connection: sqlite3.Connection) -> int | None:
    """The newest ended turn of a conversation with Wooster, by its `seq`."""
    row = connection.execute(
        "SELECT seq FROM turns JOIN sessions ON sessions.id = session_id WHERE origin = 'talk'"
        " AND state <> 'running' ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return None if row is None else int(row[0])


def by_seqs(connection: sqlite3.Connection, seqs: Collection[int]) -> list[Turn]:
    """Those turns that are there, in their order."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM turns WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq",
        (json.dumps(sorted(seqs)),),
    )
    return [_turn(row) for row in rows]


def of_session(
    connection: sqlite3.Connection, session_id: str, before_seq: int, step: int
) -> list[Turn]:
    """The newest `step` to twice `step` turns of a session before `before_seq`, oldest first.

    The first of them moves on only every `step` turns, so that what is built from them begins the
    same way most of the time.
    """
    (count,) = connection.execute(
        "SELECT count(*) FROM turns WHERE session_id = ? AND seq < ?", (session_id, before_seq)
    ).fetchone()
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM turns WHERE session_id = ? AND seq < ? ORDER BY seq"
        " LIMIT -1 OFFSET ?",
        (session_id, before_seq, max(0, (count // step - 1) * step)),
    ).fetchall()
    return [_turn(row) for row in rows]


def search(connection: sqlite3.Connection, words: str, limit: int) -> list[Turn]:
    """The newest `limit` turns whose question and answer hold all of `words`, oldest first."""
    query = match_query(words)
    if not query:
        return _search_signs(connection, words.strip(), limit)
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM turns WHERE seq IN"
        " (SELECT rowid FROM turns_search WHERE turns_search MATCH ?"
        "  ORDER BY rowid DESC LIMIT ?)"
        " ORDER BY seq DESC",
        (query, limit),
    ).fetchall()
    return [_turn(row) for row in reversed(rows)]


def _search_signs(connection: sqlite3.Connection, signs: str, limit: int) -> list[Turn]:
    """Turns that hold `signs` as they are: a full-text index knows words, no emoji or `++`."""
    if not signs:
        return []
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM turns WHERE instr(question, ?1) OR instr(answer, ?1)"
        " ORDER BY seq DESC LIMIT ?2",
        (signs, limit),
    ).fetchall()
    return [_turn(row) for row in reversed(rows)]


def around(
    connection: sqlite3.Connection, session_id: str, first_seq: int, last_seq: int, reach: int
) -> list[Turn]:
    """The ended turns of a session from `first_seq` to `last_seq` with up to `reach` more on each
    side, in their order."""
    before = connection.execute(
        f"SELECT {_COLUMNS} FROM turns WHERE session_id = ? AND seq < ? AND state <> 'running'"
        " ORDER BY seq DESC LIMIT ?",
        (session_id, first_seq, reach),
    ).fetchall()
    within = connection.execute(
        f"SELECT {_COLUMNS} FROM turns WHERE session_id = ? AND seq BETWEEN ? AND ?"
        " AND state <> 'running' ORDER BY seq",
        (session_id, first_seq, last_seq),
    ).fetchall()
    after = connection.execute(
        f"SELECT {_COLUMNS} FROM turns WHERE session_id = ? AND seq > ? AND state <> 'running'"
        " ORDER BY seq LIMIT ?",
        (session_id, last_seq, reach),
    ).fetchall()
    return [_turn(row) for row in (*reversed(before), *within, *after)]


def speakers(connection: sqlite3.Connection, session_id: str) -> frozenset[str]:
    """Who speaks by name in a session."""
    rows = connection.execute(
        "SELECT DISTINCT speaker FROM turns WHERE speaker <> '' AND session_id = ?", (session_id,)
    )
    return frozenset(row[0] for row in rows)


def session_ids(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT id FROM sessions ORDER BY id")]


def without_passages(
    connection: sqlite3.Connection, collection: str, after: tuple[str, int], limit: int
) -> list[tuple[str, int]]:
    """The session and `seq` of the next ended turns that can't be recalled yet: stored before
    Wooster could. Session by session; `after` is one of these, for what comes behind it."""
    rows = connection.execute(
        "SELECT session_id, seq FROM turns WHERE (session_id, seq) > (?, ?)"
        " AND state <> 'running' AND NOT EXISTS (SELECT 1 FROM passages"
        "  WHERE collection = ? AND document = seq) ORDER BY session_id, seq LIMIT ?",
        (*after, collection, limit),
    )
    return [(row[0], int(row[1])) for row in rows]


def counts(connection: sqlite3.Connection) -> Counts:
    row = connection.execute(
        "SELECT (SELECT count(*) FROM sessions), count(*),"
        " coalesce(sum(state = 'cut_off'), 0) FROM turns"
    ).fetchone()
    return Counts(sessions=row[0], turns=row[1], cut_off=row[2])


def verify(connection: sqlite3.Connection) -> list[str]:
    """Each turn has exactly its row in the full-text index; only running turns have parts, and
    tools that run."""
    findings = [
        f"turn {row[0]}: it has ended and still has pieces of its answer apart"
        for row in connection.execute(
            "SELECT DISTINCT turn_seq FROM answer_parts JOIN turns ON seq = turn_seq"
            " WHERE state <> 'running'"
        )
    ]
    findings += [
        f"turn {row[0]}: it has ended, and a tool of it still runs"
        for row in connection.execute(
            "SELECT DISTINCT turn_seq FROM turn_tools JOIN turns ON seq = turn_seq"
            " WHERE turn_tools.state = 'running' AND turns.state <> 'running'"
        )
    ]
    findings += [
        f"turns_search: row {row[0]} belongs to no turn"
        for row in connection.execute(
            "SELECT rowid FROM turns_search WHERE rowid NOT IN (SELECT seq FROM turns)"
        )
    ]
    rows = connection.execute(
        "SELECT seq, turns.question, turns.answer, s.question, s.answer"
        " FROM turns LEFT JOIN turns_search AS s ON s.rowid = seq"
    )
    for seq, question, answer, indexed_question, indexed_answer in rows:
        if indexed_question is None:
            findings.append(f"turn {seq}: it isn't in the full-text index")
        elif (indexed_question, indexed_answer) != (search_form(question), search_form(answer)):
            findings.append(f"turn {seq}: the full-text index holds another text")
    return findings
