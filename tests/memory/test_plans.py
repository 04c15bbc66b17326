"""How SQLite goes about what memory asks it in each turn and question: never through every row."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.vectors.test_plans import connection, plans, through_all
from wooster.memory import passages, store
from wooster.memory.distilling import store as distilling
from wooster.memory.episodes import store as episodes
from wooster.memory.episodes.model import Span, Told
from wooster.memory.facts import store as facts
from wooster.memory.facts.model import Observation
from wooster.memory.model import Ending
from wooster.memory.recall import store as recall
from wooster.memory.recall.when import Period

__all__ = ["connection"]

Work = Callable[[sqlite3.Connection], None]


def turn(connection: sqlite3.Connection) -> None:
    """From the message to its passages."""
    if not store.session_exists(connection, "s"):
        store.add_session(connection, "s", NOON, "repl")
    seq = store.add_turn(connection, f"t{connection.total_changes}", "s", NOON, "I live in Porto")
    store.of_session(connection, "s", seq, 10)
    store.mark_turn(connection, seq, "plain", is_private=False)
    store.add_recollections(connection, seq, ())
    store.add_part(connection, seq, 0, "I see.")
    store.end_turn(connection, seq, NOON, Ending("done"))
    passages.put(connection, "s", seq, seq)


def question(connection: sqlite3.Connection) -> None:
    """What recall reads beside the search."""
    recall.speakers(connection)
    recall.relations(connection)
    period = Period(NOON, NOON + timedelta(days=1))
    recall.sessions(connection, "other", period)
    recall.seqs_of(connection, ["s"], 10)
    recall.episodes_of(connection, ["s"])
    recall.turns(connection, [1, 2])
    recall.companies(connection, ["s"])
    recall.given(connection, 1)
    facts.by_ids(connection, [1, 2])
    episodes.by_ids(connection, [1, 2])


def distilled(connection: sqlite3.Connection) -> None:
    """A stretch, after all before it was."""
    turn(connection)
    distilling.open_sessions(connection, 1)
    found = distilling.stretch(connection, "s", 1, 1)
    assert found is not None
    distilling.is_undistilled(connection, "s", 1)
    episodes.add(connection, Span("session", NOON, NOON, "s", 1, 1), Told("It was short."), "rules")
    distilling.add(connection, found, "plain", "rules", NOON)
    told = "identity", "me", "lives_in", "Porto", "You live in Porto.", 1.0, "explicit", "rules"
    facts.learn(connection, Observation(*told, "I live in Porto", NOON, 1), NOON)  # type: ignore[arg-type]
    distilling.with_turns(connection, [1])


def caught_up(connection: sqlite3.Connection) -> None:
    """One step of making turns findable."""
    store.without_passages(connection, passages.COLLECTION, ("s", 1), 20)


@pytest.mark.parametrize("work", [turn, question, distilled, caught_up])
def test_no_step_reads_every_row(connection: sqlite3.Connection, work: Work) -> None:
    """However many turns there are; forgotten facts, which are few, are compared one by one."""
    turn(connection)
    found = plans(connection, lambda: work(connection))
    assert found
    for statement, steps in found.items():
        small = "FROM tombstones" in statement
        assert small or not any(map(through_all, steps)), (statement, steps)
