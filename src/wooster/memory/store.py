"""The SQL of sessions and turns, and nothing else.

Each function takes a connection; the writing ones expect to run inside a transaction. A turn's row
in the full-text index is written in the same transaction as the turn.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from wooster.config.settings import Sensitivity
from wooster.core.clock import from_ms, to_ms
from wooster.core.text import match_query, search_form
from wooster.memory.model import Counts, Ending, Turn


def add_session(connection: sqlite3.Connection, session_id: str, at: datetime, client: str) -> None:
    connection.execute(
        "INSERT INTO sessions (id, started_ms, client) VALUES (?, ?, ?)",
        (session_id, to_ms(at), client),
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


def mark_turn(
    connection: sqlite3.Connection, seq: int, sensitivity: Sensitivity, *, is_private: bool
) -> None:
    """Store how private the turn's request is."""
    connection.execute(
        "UPDATE turns SET sensitivity = ?, is_private = ? WHERE seq = ?",
        (sensitivity, is_private, seq),
    )


def add_part(connection: sqlite3.Connection, seq: int, part: int, text: str) -> None:
    connection.execute(
        "INSERT INTO answer_parts (turn_seq, part, text) VALUES (?, ?, ?)", (seq, part, text)
    )


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


def end_interrupted(connection: sqlite3.Connection, at: datetime) -> int:
    """Close every turn that a crash left running, keeping what was shown; returns how many."""
    rows = connection.execute("SELECT seq FROM turns WHERE state = 'running'").fetchall()
    for row in rows:
        end_turn(connection, row["seq"], at, Ending("cut_off", error_code="daemon_died"))
    return len(rows)


_COLUMNS = (
    "seq, id, session_id, asked_ms, question, answer, state, ended_ms, provider, model,"
    " sensitivity, is_private"
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


def counts(connection: sqlite3.Connection) -> Counts:
    row = connection.execute(
        "SELECT (SELECT count(*) FROM sessions), count(*),"
        " coalesce(sum(state = 'cut_off'), 0) FROM turns"
    ).fetchone()
    return Counts(sessions=row[0], turns=row[1], cut_off=row[2])


def verify(connection: sqlite3.Connection) -> list[str]:
    """Each turn has exactly its row in the full-text index; only running turns have parts."""
    findings = [
        f"turn {row[0]}: it has ended and still has pieces of its answer apart"
        for row in connection.execute(
            "SELECT DISTINCT turn_seq FROM answer_parts JOIN turns ON seq = turn_seq"
            " WHERE state <> 'running'"
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
