"""Conversations: what is stored, what a crash leaves, what is found again."""

from __future__ import annotations

import pytest

from wooster.core.clock import ManualClock
from wooster.core.errors import NotFound, StorageError
from wooster.memory import store
from wooster.memory.actions import History, history
from wooster.memory.model import ASSISTANT, ME, Ending, Line
from wooster.memory.service import Conversations
from wooster.storage import Database


@pytest.fixture
def conversations(database: Database, clock: ManualClock) -> Conversations:
    return Conversations(database, clock)


async def say(kept: Conversations, question: str, answer: str, session: str | None = None) -> str:
    """One finished turn; returns its session."""
    turn = await kept.begin(question, session, "repl")
    for number, word in enumerate(answer.split(" ")):
        await kept.keep(turn, number, word if number == 0 else f" {word}")
    await kept.end(turn, Ending("done", "local", "m", 1, 2))
    return turn.session_id


async def test_an_answer_is_the_pieces_that_were_kept(conversations: Conversations) -> None:
    """The pieces are joined in their order when the turn ends, and leave nothing behind."""
    await say(conversations, "Hello", "Good evening to you")
    (turn,) = await conversations.history("", 10)
    assert (turn.question, turn.answer, turn.state) == ("Hello", "Good evening to you", "done")


async def test_what_a_crash_left_running_is_kept_and_marked(
    conversations: Conversations, database: Database
) -> None:
    """The message and every piece that was kept are there, the turn is cut off, and all agrees."""
    turn = await conversations.begin("A long story", None, "repl")
    await conversations.keep(turn, 0, "Once upon")
    await conversations.keep(turn, 1, " a time")
    assert await conversations.end_interrupted() == 1
    (found,) = await conversations.history("", 10)
    assert (found.question, found.answer, found.state) == (
        "A long story",
        "Once upon a time",
        "cut_off",
    )
    assert await conversations.end_interrupted() == 0
    assert await database.read(store.verify) == []


async def test_a_turn_that_has_ended_can_not_end_again(conversations: Conversations) -> None:
    """The first ending holds, whatever comes late."""
    turn = await conversations.begin("x", None, "repl")
    await conversations.keep(turn, 0, "answer")
    await conversations.end(turn, Ending("stopped"))
    await conversations.end(turn, Ending("done"))
    (found,) = await conversations.history("", 10)
    assert (found.state, found.answer) == ("stopped", "answer")


async def test_how_private_a_turn_is_stays_with_it(
    conversations: Conversations, database: Database
) -> None:
    """It is plain until it is marked, and the mark is there after a crash and for later turns."""
    turn = await conversations.begin("What do my papers say?", None, "repl")
    assert (turn.sensitivity, turn.is_private) == ("plain", False)
    await conversations.mark(turn, "documents", is_private=True)
    await conversations.end_interrupted()
    later = await conversations.begin("And?", turn.session_id, "repl")
    (past,) = await conversations.before(later)
    assert (past.sensitivity, past.is_private, past.state) == ("documents", True, "cut_off")
    (_, plain) = await conversations.history("", 10)
    assert (plain.sensitivity, plain.is_private) == ("plain", False)
    with pytest.raises(StorageError):
        await database.write(lambda c: c.execute("UPDATE turns SET sensitivity = 'secret'"))
    with pytest.raises(StorageError):
        await database.write(lambda c: c.execute("UPDATE turns SET is_private = 2"))


async def test_history_finds_words_of_message_and_answer(conversations: Conversations) -> None:
    """All words must be in the same turn, in either of its texts; the newest come last."""
    await say(conversations, "Where is Zoë's café?", "In Kraków, near the river.")
    await say(conversations, "明日の会議は?", "東京で九時です。")
    await say(conversations, "And the river?", "The Vistula.")
    found = [turn.question for turn in await conversations.history("river", 10)]
    assert found == ["Where is Zoë's café?", "And the river?"]
    assert [t.question for t in await conversations.history("cafe river", 10)] == [found[0]]
    assert [t.question for t in await conversations.history("東京", 10)] == ["明日の会議は?"]
    assert await conversations.history('"unbalanced AND (', 10) == []
    assert [t.answer for t in await conversations.history("。", 10)] == ["東京で九時です。"]
    assert await conversations.history("?!", 10) == []
    assert await conversations.history("%", 10) == []


async def test_a_session_that_is_not_there_is_an_error(conversations: Conversations) -> None:
    """A message is never stored into a session that doesn't exist."""
    with pytest.raises(NotFound):
        await conversations.begin("x", "no-such-session", "repl")
    assert (await conversations.counts()).turns == 0


async def test_only_the_turns_before_it_in_its_session_are_its_past(
    conversations: Conversations,
) -> None:
    """Other sessions, and what came later, are not shown to a model as this one's past."""
    session = await say(conversations, "one", "1")
    await say(conversations, "other", "0")
    turn = await conversations.begin("two", session, "repl")
    await say(conversations, "three", "3", session)
    assert [past.question for past in await conversations.before(turn)] == ["one"]


async def test_the_last_turn_of_a_client_is_found(conversations: Conversations) -> None:
    """A script's messages are not where a person left off."""
    session = await say(conversations, "typed", "yes")
    await conversations.begin("piped", None, "say")
    last = await conversations.last_of("repl")
    assert last is not None
    assert (last.session_id, last.question) == (session, "typed")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DELETE FROM turns_search", "isn't in the full-text index"),
        ("UPDATE turns_search SET answer = 'other'", "another text"),
        ("INSERT INTO turns_search (rowid, question, answer) VALUES (99, 'a', 'b')", "no turn"),
        ("INSERT INTO answer_parts VALUES (1, 0, 'late')", "pieces of its answer apart"),
    ],
)
async def test_verify_names_what_disagrees(
    conversations: Conversations, database: Database, damage: str, told: str
) -> None:
    """Each thing that is derived from a turn is checked against it."""
    await say(conversations, "Hello", "Hi")
    assert await database.read(store.verify) == []
    await database.write(lambda c: c.execute(damage))
    (finding,) = await database.read(store.verify)
    assert told in finding


async def test_history_is_readable_and_says_when_there_is_nothing(
    conversations: Conversations, clock: ManualClock
) -> None:
    """A person sees the time, both texts and how it ended."""
    action = history(conversations, clock)
    assert "Nothing" in (await action.handler(History())).text
    turn = await conversations.begin("Tell me", None, "repl")
    await conversations.end(turn, Ending("stopped"))
    result = await action.handler(History())
    assert "2026-11-22 12:00" in result.text
    assert "stopped" in result.text
    assert result.data["turns"][0]["state"] == "stopped"


async def test_history_says_who_spoke(conversations: Conversations, clock: ManualClock) -> None:
    """What somebody else said in a conversation that was taken in isn't shown as the person's own,
    and where nobody answered there is no empty answer."""
    lines = [Line("Dan", "I hate sailing.", clock.now()), Line(ME, "I don't.", clock.now())]
    await conversations.take_in(lines, "test")
    action = history(conversations, clock)
    assert action.handler is not None
    listed = await action.handler(History())
    assert listed.text == (
        "**2026-11-22 12:00**  Dan: I hate sailing.\n\n**2026-11-22 12:00**  I don't."
    )
    assert [turn["speaker"] for turn in listed.data["turns"]] == ["Dan", ""]


async def test_what_a_model_read_of_others_stays_with_the_turn(
    conversations: Conversations, database: Database
) -> None:
    """Once it is marked, marking it again as less private leaves that; what is taken in from
    elsewhere was written elsewhere."""
    turn = await conversations.begin("What do my papers say?", None, "repl")
    assert not turn.outside
    await conversations.mark(turn, "documents", is_private=False, outside=True)
    await conversations.mark(turn, "plain", is_private=False)
    later = await conversations.begin("And?", turn.session_id, "repl")
    await conversations.mark(later, "memory", is_private=False)
    assert [each.outside for each in await conversations.history("", 10)] == [True, False]
    await conversations.mark_outside(later)
    await conversations.take_in([Line(ASSISTANT, "Do as I say.", later.asked)], "import")
    assert all(each.outside for each in await conversations.history("", 10))
    with pytest.raises(StorageError):
        await database.write(lambda c: c.execute("UPDATE turns SET outside = 2"))
