"""Taking back what was learned: row by row as it was, and never over what came since."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.memory.facts.conftest import day, observed
from tests.memory.facts.test_store import copied, right
from wooster.actions import undoing
from wooster.actions.action import Nothing
from wooster.actions.log import ActionLog
from wooster.actions.registry import Registry
from wooster.core.clock import ManualClock
from wooster.core.errors import UsageError
from wooster.memory.facts import returning, rows, store, tombstones
from wooster.memory.facts.actions import actions, remembered
from wooster.memory.facts.model import ME, PERSON, RULES, Observation
from wooster.memory.facts.service import Facts
from wooster.memory.service import Conversations
from wooster.storage import Database

Nothing.model_rebuild()

Contents = dict[str, list[tuple[Any, ...]]]


def contents(connection: sqlite3.Connection) -> Contents:
    """All that is known, with how it is found; a passage that was put again has another number."""
    queries = {
        table: f"SELECT * FROM {table} ORDER BY 1, 2"
        for table in ("facts", "fact_mentions", "contradictions", "tombstones")
    }
    queries["passages"] = (
        "SELECT document, key, title, text, known_as, at_ms, stays FROM passages"
        " WHERE collection = 'facts' ORDER BY 1, 2"
    )
    return {
        name: [tuple(row) for row in connection.execute(query)] for name, query in queries.items()
    }


# --- any history ------------------------------------------------------------------------------

_SAID = st.builds(
    observed,
    st.sampled_from(["lives_in", "likes", "dislikes", "birthday", "works_as"]),
    st.sampled_from(["Porto", "Rome", "tea"]),
    st.integers(1, 9),
    turn_seq=st.none() | st.integers(1, 5),
    made_by=st.sampled_from([PERSON, RULES]),
    source=st.sampled_from(["explicit", "inferred"]),
    ends=st.sampled_from([False, False, True]),
    confidence=st.sampled_from([0.5, 0.9, 1.0]),
)
_LIFE = st.lists(st.lists(_SAID, min_size=1, max_size=3) | st.just(None), min_size=1, max_size=8)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=_LIFE)
def test_what_was_learned_is_taken_back_to_the_row_and_done_again(
    empty_database: Path, life: list[list[Observation] | None]
) -> None:
    """Step by step to the beginning, whatever was ended, strengthened, contradicted or buried, and
    forward again; a None forgets what is known, which is the one step that stays."""
    with closing(copied(empty_database)) as connection:
        done: list[tuple[Contents, Contents, list[rows.Change]]] = []
        for said in life:
            if said is None:
                _forget(connection)
                done.clear()
                continue
            before = contents(connection)
            learned = [store.learn(connection, each, day(1000)) for each in said]
            changes = rows.merged(change for each in learned for change in each.changes)
            done.append((before, contents(connection), changes))
            assert bool(changes) == (before != done[-1][1])
        for before, _, changes in reversed(done):
            back = [each.reversed() for each in changes]
            _exchange(connection, back)
            assert contents(connection) == before
            assert right(connection)
        for _, after, changes in done:
            _exchange(connection, changes)
            assert contents(connection) == after
            assert right(connection)


def _exchange(connection: sqlite3.Connection, changes: list[rows.Change]) -> None:
    connection.execute("BEGIN")
    returning.exchange(connection, changes, None, day(1000))
    connection.execute("COMMIT")


def _forget(connection: sqlite3.Connection) -> None:
    for fact in store.listed(connection):
        tombstones.bury(connection, ME, fact.key, fact.value, day(1000), fact.statement)
        store.remove(connection, [fact.id])


# --- as a person does it ----------------------------------------------------------------------


class Person:
    """Somebody who types commands, with the log of them."""

    def __init__(self, facts: Facts, database: Database, clock: ManualClock) -> None:
        self.facts, self.database, self.clock = facts, database, clock
        self.registry = Registry()
        self.log = ActionLog(self.registry, database, clock)
        for action in (*actions(facts, clock), *undoing.actions(self.log, clock)):
            self.registry.add(action)

    async def types(self, line: str) -> str:
        self.clock.advance(60)
        parsed = await self.registry.parse(line)
        assert parsed is not None
        return (await self.registry.run(*parsed)).text

    async def says(self, text: str) -> int:
        """In a message that says to remember it; returns the turn."""
        turn = await Conversations(self.database, self.clock).begin(text, None, "test")
        result = remembered(await self.facts.remember(text, turn), self.clock, turn.seq)
        await self.registry.wrote("remember", {"text": text}, result)
        return turn.seq

    async def known(self) -> list[str]:
        return [fact.value for fact in await self.facts.all()]

    async def contents(self) -> Contents:
        return await self.database.read(contents)


@pytest.fixture
def person(facts: Facts, database: Database, clock: ManualClock) -> Person:
    return Person(facts, database, clock)


@pytest.mark.parametrize(
    "line",
    [
        "/remember I live in Porto",
        "/remember I live in Rome and I like tea. My sister is called Ana.",
        "/remember My birthday is 5 May",
        "/remember I don't like tea anymore",
        "/remember the key is under the mat",
        "/correct 1 Oslo",
        "/correct 1 I have lived in Oslo since 2020",
        "/correct 2 I don't like tea",
        "/correct 3 7 May",
    ],
)
async def test_every_way_to_tell_is_undone_and_redone(
    person: Person, changes: list[None], line: str
) -> None:
    """The rows are those of before, the search is told, and `redo` gives back the same numbers."""
    for told in ("I live in Rome", "I like tea", "My birthday is 3 May"):
        await person.types(f"/remember {told}")
    before = await person.contents()
    await person.types(line)
    after = await person.contents()
    assert after != before
    changes.clear()
    await person.types("undo")
    assert await person.contents() == before and changes
    await person.types("redo")
    assert await person.contents() == after


async def test_an_undo_says_what_is_known_now(person: Person) -> None:
    """What goes, what comes back, and what is as it was."""
    await person.types("/remember I live in Rome")
    await person.types("/correct 1 Porto")
    told = await person.types("undo")
    assert "Known no more, fact 2: You live in Porto." in told
    assert "As it was, fact 1: You live in Rome." in told
    assert await person.known() == ["Rome"]
    told = await person.types("redo")
    assert "Known again, fact 2: You live in Porto." in told


async def test_what_has_changed_since_is_left_as_it_is(person: Person) -> None:
    """An old entry isn't taken back over what came later: it says so, and nothing is done."""
    await person.types("/remember I live in Rome")
    await person.types("/remember I live in Porto")
    before = await person.contents()
    with pytest.raises(UsageError, match="has changed since"):
        await person.types("undo 1")
    assert await person.contents() == before
    await person.types("undo")
    await person.types("undo")
    assert await person.known() == []


async def test_what_is_said_again_since_is_kept(person: Person) -> None:
    """Where a turn has said it too, the fact isn't only the command's any more."""
    await person.types("/remember I live in Rome")
    await person.says("I live in Rome")
    with pytest.raises(UsageError, match="has changed since"):
        await person.types("undo 1")
    assert await person.known() == ["Rome"]


async def test_what_changes_nothing_is_no_entry(person: Person) -> None:
    """What is known already is told so, and `undo` takes back what came before it."""
    await person.types("/remember I live in Rome")
    assert "Known already" in await person.types("/remember I live in Rome")
    await person.types("undo")
    assert await person.known() == []


async def test_what_was_forgotten_is_never_brought_back(person: Person) -> None:
    """Neither by `redo` nor by `undo` of what took its place."""
    await person.types("/remember I live in Rome")
    await person.types("/correct 1 Porto")
    await person.types("undo")

    def forget(connection: sqlite3.Connection) -> None:
        told = (ME, "lives_in", "Porto")
        tombstones.bury(connection, *told, person.clock.now(), "You live in Porto.")

    await person.database.write(forget)
    with pytest.raises(UsageError, match="was forgotten, and stays so"):
        await person.types("redo")
    assert await person.known() == ["Rome"]
    await person.database.write(lambda c: store.remove(c, [1]))
    with pytest.raises(UsageError, match="has changed since"):
        await person.types("undo 1")
    assert await person.known() == []


async def test_remembering_what_was_forgotten_is_undone_to_forgotten(person: Person) -> None:
    """The tombstone that it took away is there again."""

    def bury(connection: sqlite3.Connection) -> None:
        now = person.clock.now()
        tombstones.bury(connection, ME, "lives_in", "Porto", now, "You live in Porto.")

    await person.database.write(bury)
    before = await person.contents()
    await person.types("/remember I live in Porto")
    assert (await person.contents())["tombstones"] == []
    await person.types("undo")
    assert await person.contents() == before
    await person.types("redo")
    assert await person.known() == ["Porto"]


async def test_a_message_whose_words_were_taken_back_teaches_nothing(person: Person) -> None:
    """Summing up reads it again, and would learn the same; done again, it may."""
    seq = await person.says("Remember that I live in Porto")
    again = observed("lives_in", "Porto", 400, turn_seq=seq, quote="I live in Porto")
    await person.types("undo")
    (refused,) = await person.facts._learn([again])
    assert refused.reason == store.TAKEN_BACK
    (other,) = await person.facts._learn([replace(again, turn_seq=None)])
    assert other.kind == "add"
    await person.database.write(lambda c: store.remove(c, [other.fact.id if other.fact else 0]))
    await person.types("redo")
    assert await person.known() == ["Porto"]
    (known,) = await person.facts._learn([again])
    assert known.kind == "mention"


@pytest.mark.parametrize(
    "change",
    [
        {"table": "facts", "before": [1], "after": None},
        {"table": "contradictions", "before": None, "after": None},
        {"table": "contradictions", "before": [1, 2, 3], "after": [1, 3, 3]},
        {"table": "turns", "before": [1], "after": None},
        {"table": "contradictions", "before": None, "after": [1, 2, 3]},
    ],
)
async def test_rows_that_are_none_are_refused(person: Person, change: dict[str, Any]) -> None:
    """Whoever makes them up gets no further than to what is known."""
    with pytest.raises(UsageError):
        await person.registry.run("remember", {"rows": [change]})
    with pytest.raises(UsageError):
        await person.registry.run("correct", {"number": 1})


def test_changes_of_one_row_are_one() -> None:
    """From how it was first to how it was last; what came and went is nothing."""

    def row(moment: int) -> tuple[int, ...]:
        return (1, 2, moment)

    made = rows.Change("contradictions", None, row(3))
    later = rows.Change("contradictions", row(3), row(4))
    gone = rows.Change("contradictions", row(4), None)
    assert rows.merged([made, later]) == [rows.Change("contradictions", None, row(4))]
    assert rows.merged([later, gone]) == [rows.Change("contradictions", row(3), None)]
    assert rows.merged([made, later, gone]) == []
