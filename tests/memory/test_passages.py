"""Turns as passages: what finds them, and what changes when another comes or goes."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from functools import partial

import pytest

from tests.conftest import NOON
from tests.memory.test_conversations import say
from wooster.core.clock import ManualClock
from wooster.memory import passages, service
from wooster.memory.model import ASSISTANT, ME, Line
from wooster.memory.service import Conversations, turns_of
from wooster.storage import Database
from wooster.vectors import store as vectors


@pytest.fixture
def conversations(database: Database, clock: ManualClock) -> Conversations:
    return Conversations(database, clock)


async def rows(database: Database) -> list[tuple[int, str, str, str, str]]:
    return await database.read(
        lambda c: [
            tuple(row)
            for row in c.execute(
                "SELECT document, key, title, text, known_as FROM passages ORDER BY document, key"
            )
        ]
    )


async def test_an_answer_is_found_by_its_question_and_its_neighbours(
    conversations: Conversations, database: Database
) -> None:
    """It is embedded with the question that it answers, and known by what was said around it."""
    session = await say(conversations, "Where is the boat?", "In the harbour.")
    await say(conversations, "And the oars?", "In the shed.", session)
    first, second, third, fourth = await rows(database)
    assert (first[1], first[2], first[3]) == ("a.0", "In the harbour.", "Where is the boat?")
    assert "And the oars?" in first[4]
    assert (second[1], second[2], second[3]) == ("q.0", "Where is the boat?", "")
    assert (fourth[2], fourth[3]) == ("And the oars?", "")
    assert "In the harbour." in fourth[4]
    assert third[2] == "In the shed."
    assert await database.read(passages.verify) == []


async def test_a_new_turn_embeds_nothing_again(
    conversations: Conversations, database: Database
) -> None:
    """The rows of what was said before stay, whatever comes after it."""

    async def ids() -> set[int]:
        return await database.read(
            lambda c: {row[0] for row in c.execute("SELECT id FROM passages")}
        )

    session = await say(conversations, "One?", "Two.")
    before = await ids()
    await say(conversations, "Three?", "Four.", session)
    assert before < await ids()


async def test_what_was_stored_before_can_be_made_findable(
    conversations: Conversations, database: Database
) -> None:
    """A home of an earlier version is caught up with, once; what a crash cut off is findable."""
    session = await say(conversations, "One?", "Two.")
    await say(conversations, "Three?", "Four.", session)
    turn = await conversations.begin("Five?", session, "repl")
    await conversations.keep(turn, 0, "Six.")
    assert await conversations.end_interrupted() == 1
    whole = await rows(database)
    assert whole[-2][1:3] == ("a.0", "Six.")
    await database.write(lambda c: c.execute("DELETE FROM passages"))
    await database.write(lambda c: c.execute("DELETE FROM passages_words"))
    assert await conversations.make_findable() == 3
    assert await conversations.make_findable() == 0
    assert await rows(database) == whole
    assert await database.read(passages.verify) == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE passages SET title = 'other' WHERE key = 'q.0'",
        "DELETE FROM passages WHERE key = 'a.0'",
        "UPDATE passages SET stays = 1",
        "INSERT INTO passages (collection, document, place, key, title, text, known_as, text_hash,"
        " project, at_ms, stays) VALUES ('turns', 99, 0, 'q.0', '', '', '', x'', '', 0, 0)",
    ],
)
async def test_verify_names_what_disagrees(
    conversations: Conversations, database: Database, damage: str
) -> None:
    """A passage with another text, one too few, one too many, one that may leave."""
    await say(conversations, "One?", "Two.")
    await database.write(lambda c: c.execute(damage))
    assert await database.read(passages.verify)


def test_lines_become_turns() -> None:
    """An answer belongs to the person's words just before it; all else stands by itself."""

    def lines(*told: tuple[str, str]) -> list[Line]:
        return [Line(who, text, NOON + timedelta(minutes=n)) for n, (who, text) in enumerate(told)]

    made = turns_of(
        lines(
            (ASSISTANT, "Hi"), (ME, "a"), (ASSISTANT, "b"), (ASSISTANT, "c"), ("Bo", "d"), (ME, "e")
        ),
        "s",
    )
    assert [(turn.speaker, turn.question, turn.answer) for turn in made] == [
        ("", "", "Hi"),
        ("", "a", "b"),
        ("", "", "c"),
        ("Bo", "d", ""),
        ("", "e", ""),
    ]


async def test_a_conversation_is_taken_in_whole_or_not_at_all(
    conversations: Conversations, database: Database, clock: ManualClock
) -> None:
    """It fails in the middle, and nothing of it is there; empty lines make nothing."""
    lines = [Line("Bo", f"word {number}", clock.now()) for number in range(5)]

    def refuse(connection: sqlite3.Connection) -> None:
        connection.execute(
            "CREATE TRIGGER no AFTER INSERT ON turns WHEN new.question = 'word 3'"
            " BEGIN SELECT raise(ABORT, 'no'); END"
        )

    await database.write(refuse)
    with pytest.raises(Exception, match="no"):
        await conversations.take_in(lines, "test")
    assert (await conversations.counts()).sessions == 0
    await database.write(lambda c: c.execute("DROP TRIGGER no"))
    assert len(await conversations.take_in(lines, "test")) == 5
    assert await conversations.take_in([Line(ME, "  ", clock.now())], "test") == []
    assert await database.read(passages.verify) == []


async def test_however_many_can_be_made_findable(
    conversations: Conversations, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In steps that end within a session, those with and without passages between each other."""
    monkeypatch.setattr(service, "_AT_ONCE", 2)
    for name in ("a", "b"):
        session = await say(conversations, f"One {name}?", "Yes.")
        for number in range(4):
            await say(conversations, f"{number} {name}?", f"No {number}.", session)
    whole = await rows(database)
    for seq in {row[0] for row in whole} - {3}:
        await database.write(partial(vectors.drop, collection=passages.COLLECTION, document=seq))
    assert await conversations.make_findable()
    assert await conversations.make_findable() == 0
    assert sorted(await rows(database)) == sorted(whole)
    assert await database.read(passages.verify) == []
