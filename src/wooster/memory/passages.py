"""Turns as passages, by which they are found again: what is put into the search, and when anew.

A turn is the document of its `seq` in the collection `turns`, its question and its answer each
one or more passages. What stands around them finds them too, so that a turn's neighbours are put
again with it. It refuses to know how passages are searched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime

from wooster.core.clock import to_ms
from wooster.memory import store
from wooster.memory.model import ASSISTANT, ME, Turn
from wooster.memory.recall.passages import AROUND, Parts, Said, parts
from wooster.vectors import store as passage_store
from wooster.vectors.model import Facets, NewPassage

COLLECTION = "turns"
QUESTION, ANSWER = "q", "a"
# Characters of what was said at once. All of 4 MB would hold up the next turns for seconds; by its
# words, `history` finds the rest too.
_FINDABLE = 50_000


def utterances(turn: Turn) -> list[tuple[str, Said, datetime]]:
    """What was said in a turn: whether as `QUESTION` or `ANSWER`, by whom and when; of a book that
    was pasted, its beginning."""
    said = (
        [(QUESTION, Said(turn.speaker or ME, turn.question[:_FINDABLE]), turn.asked)]
        if turn.question
        else []
    )
    if turn.answer:
        said.append((ANSWER, Said(ASSISTANT, turn.answer[:_FINDABLE]), turn.ended or turn.asked))
    return said


def put(connection: sqlite3.Connection, session_id: str, first_seq: int, last_seq: int) -> None:
    """Put the passages of a session's ended turns from one to another, as far as they are (still)
    there, and of those that are near them: at most `AROUND` utterances away."""
    near = store.around(connection, session_id, first_seq, last_seq, 2 * AROUND)
    before = [turn for turn in near if turn.seq < first_seq]
    after = [turn for turn in near if turn.seq > last_seq]
    changed = {turn.seq for turn in (*before[-AROUND:], *after[:AROUND])}
    changed |= {turn.seq for turn in near if first_seq <= turn.seq <= last_seq}
    for turn, made in _passages(near, store.speakers(connection, session_id)):
        if turn.seq in changed:
            passage_store.put(connection, COLLECTION, turn.seq, made)


def _passages(
    turns: Sequence[Turn], speakers: Collection[str]
) -> list[tuple[Turn, list[NewPassage]]]:
    """The passages of each of a session's turns, as far as `turns` tell what is around them."""
    said = [(turn, *each) for turn in turns for each in utterances(turn)]
    speakers = {ASSISTANT, *speakers}
    found: dict[int, list[NewPassage]] = {turn.seq: [] for turn in turns}
    pieces: dict[int, int] = {}
    for part in parts([each for _, _, each, _ in said], speakers):
        turn, side, _, at = said[part.at]
        piece = pieces[part.at] = pieces.get(part.at, -1) + 1
        found[turn.seq].append(_passage(f"{side}.{piece}", part, at, turn))
    return [(turn, found[turn.seq]) for turn in turns]


def _passage(key: str, part: Parts, at: datetime, turn: Turn) -> NewPassage:
    facets = Facets(at_ms=to_ms(at), stays=turn.is_private)
    return NewPassage(key, part.title, part.text, part.known_as, facets)


def verify(connection: sqlite3.Connection) -> list[str]:
    """The passages of a turn are as it was said, and every passage has its turn. A turn without any
    was stored before there were passages, and gets them at the next start."""
    findings = [
        f"passage {row[0]}: it is of turn {row[1]}, which isn't there"
        for row in connection.execute(
            "SELECT id, document FROM passages WHERE collection = ?"
            " AND document NOT IN (SELECT seq FROM turns)",
            (COLLECTION,),
        )
    ]
    for session_id in store.session_ids(connection):
        turns = store.around(connection, session_id, 0, 2**62, 0)
        for turn, made in _passages(turns, store.speakers(connection, session_id)):
            rows = connection.execute(
                "SELECT key, title, text, known_as, at_ms, stays FROM passages"
                " WHERE collection = ? AND document = ? ORDER BY place",
                (COLLECTION, turn.seq),
            ).fetchall()
            wanted = [
                (p.key, p.title, p.text, p.known_as, p.facets.at_ms, int(p.facets.stays))
                for p in made
            ]
            if rows and [tuple(row) for row in rows] != wanted:
                findings.append(f"turn {turn.seq}: it isn't among the passages as it was said")
    return findings
