"""What is stored of facts: with their passages, mentions, chains, tombstones, in any order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.memory.facts.conftest import day, observed
from wooster.memory import store as turns
from wooster.memory.facts import checks, keys, store, tombstones
from wooster.memory.facts.model import ME, PERSON, Fact, Observation
from wooster.memory.facts.store import Learned
from wooster.storage import Database
from wooster.vectors import store as vectors
from wooster.vectors.model import NewPassage


@pytest.fixture
def connection(empty_database: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the empty database in memory, with some turns to point at."""
    with closing(copied(empty_database)) as made:
        yield made


def copied(path: Path) -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.row_factory = sqlite3.Row
    with closing(sqlite3.connect(path)) as source:
        source.backup(made)
    made.execute("PRAGMA foreign_keys = ON")
    turns.add_session(made, "s", day(0), "test")
    for number in range(1, 61):
        turns.add_turn(made, f"t{number}", "s", day(number), "x")
    return made


def learn(connection: sqlite3.Connection, *told: Observation) -> list[Learned]:
    return [store.learn(connection, each, day(1000)) for each in told]


def right(connection: sqlite3.Connection) -> bool:
    assert [*checks.verify(connection), *vectors.verify(connection)] == []
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return True


def test_a_fact_is_a_passage_too(connection: sqlite3.Connection) -> None:
    """With its statement as text, found by the words it was said in and its key, and dated."""
    (made,) = learn(connection, observed("lives_in", "Porto", 1, is_private=True, turn_seq=1))
    assert made.fact is not None
    row = connection.execute("SELECT * FROM passages").fetchone()
    assert (row["collection"], row["document"], row["key"]) == ("facts", made.fact.id, "fact")
    assert (row["title"], row["text"], row["stays"]) == ("", "You live in Porto.", 1)
    assert "lives in" in row["known_as"]
    assert right(connection)


def test_the_same_of_the_same_turn_is_learned_once(connection: sqlite3.Connection) -> None:
    """A distillation that is done again changes nothing: not a row, a date nor a confidence."""
    said = [
        observed("lives_in", "Rome", 1, turn_seq=1),
        observed("likes", "tea", 2, turn_seq=2),
        observed("lives_in", "Porto", 3, turn_seq=3),
        observed("likes", "tea", 4, turn_seq=4, ends=True),
        observed("birthday", "", 5, turn_seq=5, ends=True),
        observed("birthday", "3 May", 5, turn_seq=5),
    ]
    learn(connection, *said)
    before = "\n".join(connection.iterdump())
    learn(connection, *said)
    assert "\n".join(connection.iterdump()) == before


def test_a_mention_raises_confidence_and_adds_no_row(connection: sqlite3.Connection) -> None:
    """It is counted with its turn and its words; what was inferred is explicit once it is said."""
    learn(connection, observed("likes", "tea", 1, turn_seq=1, source="inferred", confidence=0.5))
    (again,) = learn(connection, observed("likes", "Tea", 2, turn_seq=2))
    assert again.kind == "mention"
    (fact,) = store.listed(connection)
    assert (fact.mentions, fact.source, fact.confidence) == (2, "explicit", 0.75)
    assert fact.said == day(2)


def test_the_chain_of_a_fact(connection: sqlite3.Connection) -> None:
    """From any link, all of it, oldest first; each was so in its time."""
    learn(connection, *(observed("lives_in", city, at) for at, city in enumerate("ABCD", 1)))
    ids = [fact.id for fact in store.listed(connection)]
    for each in ids:
        assert [fact.id for fact in store.chain(connection, each)] == ids
    for at, city in enumerate("ABCD", 1):
        assert [fact.value for fact in store.known(connection, day(at))] == [city]
    assert right(connection)


def test_a_bare_correction_finds_what_it_corrects(connection: sqlite3.Connection) -> None:
    """ "It's Anna, not Hanna" takes the place of the fact that has Hanna; without one, of none."""
    learn(connection, observed("sister", "Hanna", 1))
    (made,) = learn(connection, replace(observed("", "Anna", 2, instead_of="hanna")))
    assert made.fact is not None
    assert (made.kind, made.fact.key, made.fact.statement) == (
        "supersede",
        "sister",
        "Your sister is called Anna.",
    )
    (none,) = learn(connection, observed("", "Eva", 3, instead_of="Ida"))
    assert (none.kind, none.reason) == ("refused", store.NOTHING_CORRECTED)


def test_a_contradiction_is_open_until_one_of_both_ends(connection: sqlite3.Connection) -> None:
    """It is gone when the person has said which is so."""
    learn(connection, observed("birthday", "3 May", 1), observed("birthday", "5 May", 2))
    (found,) = store.contradictions(connection, day(3))
    assert (found.older.value, found.newer.value) == ("3 May", "5 May")
    learn(connection, observed("birthday", "5 May", 4))
    assert store.contradictions(connection, day(5)) == []
    assert [fact.value for fact in store.known(connection, day(5))] == ["5 May"]


def test_words_find_by_their_stems(connection: sqlite3.Connection) -> None:
    """In the statement, the words it was said in, or signs alone; any bytes are words."""
    learn(connection, observed("likes", "running shoes", 1), observed("likes", "🍵", 2))
    (shoes, tea) = store.listed(connection)
    assert store.matching(connection, "shoe run") == {shoes.id}
    assert store.matching(connection, "🍵") == {tea.id}
    assert store.matching(connection, '" OR *') == set()


def test_what_is_removed_leaves_nothing(connection: sqlite3.Connection) -> None:
    """No row, mention, contradiction, passage or word; what it had replaced stays as it ended."""
    learn(
        connection,
        observed("birthday", "3 May", 1, turn_seq=1),
        observed("birthday", "5 May", 2, turn_seq=2),
        observed("lives_in", "Rome", 3),
        observed("lives_in", "Porto", 4),
    )
    may, _, rome, porto = store.listed(connection)
    assert store.remove(connection, [may.id, porto.id, 999]) == 2
    assert store.contradictions(connection, day(9)) == []
    left = store.by_id(connection, rome.id)
    assert left is not None
    assert (left.valid_to, left.replaced_by) == (day(4), None)
    assert store.matching(connection, "Porto") == set()
    assert right(connection)


def test_what_was_forgotten_is_not_learned_again(connection: sqlite3.Connection) -> None:
    """However it is written, by whomever it is made out, until the person says to remember it;
    the tombstone holds none of its words."""
    learned = observed("likes", "tea", 1)
    tombstones.bury(connection, ME, "likes", "Tea", day(2), "You like tea.")
    tombstones.bury(connection, ME, "likes", "Tea", day(2), "You like tea.")
    assert connection.execute("SELECT count(*) FROM tombstones").fetchone()[0] == 2
    assert "tea" not in "\n".join(connection.iterdump()).lower().split("tombstones", 1)[1][:500]
    (made,) = learn(connection, learned)
    assert (made.kind, made.reason) == ("refused", store.FORGOTTEN)
    (other,) = learn(connection, replace(learned, key="enjoys", statement="you like TEA"))
    assert other.kind == "refused"
    (outright,) = learn(connection, replace(learned, made_by=PERSON))
    assert outright.kind == "add"
    assert not tombstones.is_buried(connection, ME, "likes", "tea", "You like tea.")


def test_verify_sees_what_disagrees(connection: sqlite3.Connection) -> None:
    """A passage with another text, one without a fact, a chain that bites its tail, an end that
    lacks a date: each is named."""
    learn(connection, *(observed("lives_in", city, at) for at, city in enumerate("AB", 1)))
    connection.execute("UPDATE facts SET replaced_by = 1, valid_to_ms = 1 WHERE id = 2")
    connection.execute("UPDATE facts SET statement = 'another' WHERE id = 1")
    vectors.put(connection, "facts", 77, [NewPassage("fact", "", "lost")])
    told = " · ".join(checks.verify(connection))
    assert "fact 1: its passage is missing or has another text" in told
    assert "belongs to no fact" in told
    assert "fact 2: of its end, one date is missing" in told
    assert "fact 1: its chain has no end" in told


async def test_facts_are_stored_whole_or_not_at_all(database: Database) -> None:
    """Where learning fails in the middle, neither fact nor passage is there."""

    def change(connection: sqlite3.Connection) -> None:
        store.learn(connection, observed("likes", "tea", 1), day(1))
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await database.write(change)
    assert await database.read(store.listed) == []
    assert await database.read(checks.verify) == []


# --- any order --------------------------------------------------------------------------------

VALUES = {
    "lives_in": ["Rome", "Porto", "Oslo"],
    "birthday": ["3 May", "5 May"],
    "likes": ["tea", "Jazz"],
    "dislikes": ["tea", "jazz"],
}


class AnyOrder(RuleBasedStateMachine):
    """Learning whatever is said, in whatever order it is read."""

    path: Path

    def __init__(self) -> None:
        super().__init__()
        self.connection = copied(self.path)
        self.turn = 0

    def teardown(self) -> None:
        with closing(self.connection):
            assert right(self.connection)

    @rule(
        key=st.sampled_from(sorted(VALUES)),
        place=st.integers(0, 2),
        at=st.integers(1, 40),
        since=st.none() | st.integers(-20, 20),
        until=st.none() | st.integers(-20, 20),
        source=st.sampled_from(["explicit", "explicit", "inferred"]),
        how=st.sampled_from(["is", "is", "is", "ends", "ends all"]),
    )
    def learn(
        self,
        key: str,
        place: int,
        at: int,
        since: int | None,
        until: int | None,
        source: str,
        how: str,
    ) -> None:
        if self.turn == 60:
            return
        self.turn += 1
        value = VALUES[key][place % len(VALUES[key])]
        begins = None if since is None else day(at + since)
        ends = None if until is None else day(at + until)
        if begins and ends and ends < begins:
            begins, ends = ends, begins
        told = observed(
            key,
            "" if how == "ends all" else value,
            at,
            turn_seq=self.turn,
            valid_from=begins,
            valid_to=ends,
            source=source,
            ends=how != "is",
        )
        facts = store.listed(self.connection)
        before = {when: held(facts, when) for when in range(0, at)}
        rows = len(facts)
        (made,) = learn(self.connection, told)
        facts = store.listed(self.connection)
        self.is_accounted_for(made, len(facts) - rows)
        for when, ids in before.items():
            assert held(facts, when) == ids, f"what was known on day {when} has changed"

    def is_accounted_for(self, made: Learned, added: int) -> None:
        """Nothing is lost: it is a row, a mention with its turn, or refused for a reason."""
        if made.kind == "refused":
            assert made.reason
            assert added == 0
            return
        assert added == (made.kind in ("add", "supersede", "contradiction"))
        assert made.fact is not None
        mentions = self.connection.execute(
            "SELECT count(*) FROM fact_mentions WHERE fact_id = ? AND turn_seq = ?",
            (made.fact.id, self.turn),
        ).fetchone()
        assert mentions[0] == 1

    @invariant()
    def what_can_not_stand_together_does_not(self) -> None:
        """But where a contradiction says so."""
        pairs = {
            frozenset((row["older"], row["newer"]))
            for row in self.connection.execute("SELECT older, newer FROM contradictions")
        }
        facts = store.listed(self.connection)
        apart = [
            (one, other)
            for one, other in combinations(facts, 2)
            if excluded(one, other) and {one.id, other.id} not in pairs
        ]
        for when in map(day, range(70)):
            for one, other in apart:
                assert not (one.was_known(when) and other.was_known(when)), (when, one, other)


def held(facts: list[Fact], when: int) -> list[int]:
    """Which were known on that day, and so."""
    return [fact.id for fact in facts if fact.was_known(day(when))]


def excluded(one: Fact, other: Fact) -> bool:
    key = keys.of(one.key)
    is_same_value = one.value.casefold() == other.value.casefold()
    if one.key == other.key:
        return key.is_single and not is_same_value
    return other.key in key.excludes and is_same_value


def test_any_order_of_learning_keeps_the_books(empty_database: Path) -> None:
    """At any moment at most one value of what has one; nothing is lost; and what was known, and
    held, before something was said is the same after it is learned."""

    class OnACopy(AnyOrder):
        path = empty_database

    OnACopy.TestCase.settings = settings(
        max_examples=60,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    OnACopy.TestCase("runTest").runTest()
