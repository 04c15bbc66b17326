"""What goes when something is forgotten: what is named, where it is from, what was made of it.

Words go wherever they stand, with all that was learned there. A fact goes with what it was said in,
and with the exchanges that say it again and were given it. Whether another exchange that says it
was made of it, nobody knows: it goes where there are few of them, and else it stays and is counted.
It reads; it removes nothing.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import replace

from wooster.memory import store as turns
from wooster.memory.facts import store as facts
from wooster.memory.facts.likeness import folded
from wooster.memory.facts.model import Fact
from wooster.memory.forgetting import wording
from wooster.memory.forgetting.model import Doomed, Named
from wooster.memory.forgetting.wording import Wording

_A_NUMBER = re.compile(r"\d\W?\d")
# What stands in more exchanges than these is talked of for its own sake: `Berlin`, `Python`.
_FEW = 10


def doomed(connection: sqlite3.Connection, meant: Named) -> Doomed:
    """What goes for what is `meant`, as things are now."""
    if meant.fact_id is not None:
        fact = facts.by_id(connection, meant.fact_id)
        return Doomed() if fact is None else _of_fact(connection, fact)
    if meant.document:
        return replace(of_turns(connection, _citing(connection, meant)), document=meant.document)
    if meant.seqs:
        return of_turns(connection, meant.seqs)
    assert meant.words is not None
    return _of_words(connection, meant)


def _citing(connection: sqlite3.Connection, meant: Named) -> set[int]:
    """The exchanges whose answer lists a document among its sources."""
    rows = connection.execute("SELECT seq FROM turns WHERE instr(answer, ?)", (meant.document,))
    return {int(row[0]) for row in rows}


def of_turns(
    connection: sqlite3.Connection, seqs: Collection[int], fact_ids: Collection[int] = ()
) -> Doomed:
    """These exchanges and facts, and what was learned only there."""
    learned = facts.by_ids(connection, sorted(_only_from(connection, seqs) | set(fact_ids)))
    return Doomed(tuple(learned), turns=tuple(turns.by_seqs(connection, seqs)))


def of_sessions(connection: sqlite3.Connection, session_ids: Collection[str]) -> Doomed:
    """What goes with whole conversations: their turns, and what was learned from nowhere else."""
    seqs = _numbers(
        connection,
        "SELECT seq FROM turns WHERE session_id IN (SELECT value FROM json_each(?))",
        session_ids,
    )
    besides = facts.by_ids(connection, sorted(_only_from(connection, seqs)))
    return Doomed(besides=tuple(besides), turns=tuple(turns.by_seqs(connection, seqs)))


def _of_words(connection: sqlite3.Connection, meant: Named) -> Doomed:
    words = meant.words
    assert words is not None
    found = _facts_saying(connection, words)
    if meant.subject:
        there = {fact.id for fact in found}
        found += [each for each in _about(connection, meant.subject) if each.id not in there]
    seqs = _turns_saying(connection, words) | _said_in(connection, found)
    besides = _only_from(connection, seqs) - {fact.id for fact in found}
    return Doomed(
        tuple(found),
        tuple(facts.by_ids(connection, sorted(besides))),
        tuple(turns.by_seqs(connection, seqs)),
        (words,),
        everywhere=meant.everywhere,
    )


def _about(connection: sqlite3.Connection, subject: str) -> list[Fact]:
    """The facts of somebody, also where they don't name them."""
    rows = connection.execute("SELECT id, subject FROM facts").fetchall()
    wanted = folded(subject)
    return facts.by_ids(connection, [int(row[0]) for row in rows if folded(row[1]) == wanted])


def _of_fact(connection: sqlite3.Connection, fact: Fact) -> Doomed:
    found = _same(connection, fact)
    sources = _said_in(connection, found)
    words = wording.side_by_side(fact.value)
    if words is None:
        return Doomed(tuple(found), turns=tuple(turns.by_seqs(connection, sources)))
    saying = _turns_saying(connection, words)
    ids = [each.id for each in found]
    seqs = sources | (saying & _given(connection, ids, sources))
    besides = _known_besides(connection, words, ids, seqs)
    is_telling = _is_telling(fact.value)
    maybe = saying if is_telling else saying & _later(connection, sources)
    maybe = maybe - seqs - _said_in(connection, besides)
    is_few = len(maybe) <= _FEW
    if is_few:
        seqs |= maybe
    # Learned from the same words, and saying the same: it would tell it on.
    twice = [
        each
        for each in facts.by_ids(connection, sorted(_only_from(connection, seqs) - set(ids)))
        if words.stands_in(each.statement, each.value)
    ]
    return Doomed(
        (*found, *twice),
        turns=tuple(turns.by_seqs(connection, seqs)),
        words=(words,) if is_telling and is_few else (),
        others=len(saying - seqs) + len(besides),
    )


def _is_telling(value: str) -> bool:
    """Whether it names somebody or something, whoever says it: it has a number, or a capital, or is
    of a script that has none."""
    named = any(c.isupper() or unicodedata.category(c) == "Lo" for c in value)
    return named or _A_NUMBER.search(value) is not None


def _same(connection: sqlite3.Connection, fact: Fact) -> list[Fact]:
    """A fact with those that say the same of another time: what is forgotten was never so."""
    rows = connection.execute(
        "SELECT id FROM facts WHERE key = ? AND subject = ? ORDER BY id", (fact.key, fact.subject)
    )
    there = facts.by_ids(connection, [int(row[0]) for row in rows.fetchall()])
    return [each for each in there if folded(each.value) == folded(fact.value)]


def _known_besides(
    connection: sqlite3.Connection, words: Wording, ids: Collection[int], sources: Collection[int]
) -> list[Fact]:
    """Other facts that say the same and stay, being said elsewhere too: so may where they are
    said."""
    there = _facts_saying(connection, words)
    gone = set(ids) | _only_from(connection, sources)
    return [each for each in there if each.id not in gone and words.stands_in(each.statement)]


def _said_in(connection: sqlite3.Connection, found: Iterable[Fact]) -> set[int]:
    return _numbers(
        connection,
        "SELECT turn_seq FROM fact_mentions WHERE fact_id IN (SELECT value FROM json_each(?))",
        [fact.id for fact in found],
    )


def _given(
    connection: sqlite3.Connection, fact_ids: Collection[int], sources: Collection[int]
) -> set[int]:
    """The turns whose model was given these facts, these turns, or what was told of them."""
    episodes = _numbers(
        connection,
        "WITH RECURSIVE telling (id, part_of) AS (SELECT e.id, e.part_of FROM turns AS t"
        "  JOIN episodes AS e ON e.session_id = t.session_id"
        "  AND t.seq BETWEEN e.first_seq AND e.last_seq"
        "  WHERE t.seq IN (SELECT value FROM json_each(?))"
        " UNION SELECT w.id, w.part_of FROM episodes AS w JOIN telling ON w.id = telling.part_of)"
        " SELECT id FROM telling",
        sources,
    )
    given = set[int]()
    for kind, items in (("fact", fact_ids), ("turn", sources), ("episode", episodes)):
        given |= _numbers(
            connection,
            f"SELECT turn_seq FROM recollections WHERE kind = '{kind}'"
            " AND item IN (SELECT value FROM json_each(?))",
            items,
        )
    return given


def _later(connection: sqlite3.Connection, sources: Collection[int]) -> set[int]:
    """The turns that came after these in the same conversation."""
    return _numbers(
        connection,
        "SELECT later.seq FROM (SELECT session_id, min(seq) AS first FROM turns"
        "  WHERE seq IN (SELECT value FROM json_each(?)) GROUP BY session_id) AS source"
        " JOIN turns AS later ON later.session_id = source.session_id AND later.seq > first",
        sources,
    )


def _only_from(connection: sqlite3.Connection, seqs: Collection[int]) -> set[int]:
    """The facts that were said in these turns, and in no other."""
    return _numbers(
        connection,
        "SELECT DISTINCT fact_id FROM fact_mentions AS m WHERE turn_seq IN"
        "  (SELECT value FROM json_each(?1)) AND NOT EXISTS (SELECT 1 FROM fact_mentions"
        "  WHERE fact_id = m.fact_id AND turn_seq NOT IN (SELECT value FROM json_each(?1)))",
        seqs,
    )


def _facts_saying(connection: sqlite3.Connection, words: Wording) -> list[Fact]:
    if words.query:
        ids = _numbers(
            connection,
            f"SELECT document FROM passages WHERE collection = '{facts.COLLECTION}' AND id IN"
            " (SELECT rowid FROM passages_words WHERE passages_words MATCH ?)",
            words.query,
        )
    else:
        ids = facts.matching(connection, words.signs)
    found = facts.by_ids(connection, sorted(ids))
    return [each for each in found if words.stands_in(each.statement, each.value, each.quote)]


def _turns_saying(connection: sqlite3.Connection, words: Wording) -> set[int]:
    """By what was asked, answered, and who spoke."""
    if words.query:
        query = "SELECT rowid FROM turns_search WHERE turns_search MATCH ?"
        seqs = _numbers(connection, query, words.query)
    else:
        query = "SELECT seq FROM turns WHERE instr(question, ?1) OR instr(answer, ?1)"
        seqs = _numbers(connection, query, words.signs)
    speakers = [
        row[0]
        for row in connection.execute("SELECT DISTINCT speaker FROM turns WHERE speaker <> ''")
        if any(pattern.search(wording.form(row[0])) for pattern in words.patterns)
    ]
    query = (
        "SELECT seq FROM turns WHERE speaker <> '' AND speaker IN (SELECT value FROM json_each(?))"
    )
    seqs |= _numbers(connection, query, speakers)
    return {
        turn.seq
        for turn in turns.by_seqs(connection, seqs)
        if words.stands_in(turn.speaker, turn.question, turn.answer)
    }


def _numbers(
    connection: sqlite3.Connection, query: str, among: str | Collection[int] | Collection[str]
) -> set[int]:
    """What a query for numbers finds among those, or with that text."""
    given = among if isinstance(among, str) else json.dumps(list(among))
    return {int(row[0]) for row in connection.execute(query, (given,))}
