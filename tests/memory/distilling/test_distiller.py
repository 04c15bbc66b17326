"""Distilling real turns in a real database, by rules and by a scripted model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta, tzinfo
from typing import Any

import pytest

from tests.memory.distilling.talk import (
    A_WHILE_S,
    PROMPTS,
    ScriptedChat,
    covered,
    distiller,
    findings,
    known,
    say,
    settings,
    told,
)
from wooster.core.clock import ManualClock
from wooster.memory.distilling import keeping, store
from wooster.memory.distilling.service import PAUSES, Distiller
from wooster.memory.episodes import extract
from wooster.memory.episodes import store as episodes
from wooster.memory.episodes.model import Episode, Told
from wooster.memory.model import Line, Turn
from wooster.memory.service import Conversations
from wooster.models.model import ChatRequest
from wooster.storage import Database


async def all_episodes(database: Database) -> list[Episode]:
    return await database.read(lambda c: episodes.recent(c, 100))


async def stuck(database: Database) -> list[store.Row]:
    """What no model could distil."""
    return await database.read(lambda c: store.by_state(c, "dead"))


async def test_a_conversation_that_pauses_is_told_of_once(
    database: Database, clock: ManualClock
) -> None:
    """Nothing while it goes on, an episode when it rests, and nothing more after that."""
    made = distiller(database, clock)
    turn = await say(
        database, clock, "My tulips on the balcony are dying. I'll repot them tomorrow."
    )
    assert await made.catch_up() == 0
    clock.advance(A_WHILE_S)
    assert await made.catch_up() == 1
    assert await made.catch_up() == 0
    assert await distiller(database, clock).catch_up() == 0
    assert await told(database) == [(turn.session_id, turn.seq, turn.seq, "plain", "rules")]
    (episode,) = await all_episodes(database)
    assert "tulips" in episode.summary and "tulips" in episode.topics
    (todo,) = await database.read(lambda c: episodes.open_followups(c, 10))
    assert (todo.turn_seq, todo.text) == (turn.seq, "repot them tomorrow")
    assert await findings(database) == []


async def test_a_session_that_goes_on_later_is_told_of_in_stretches(
    database: Database, clock: ManualClock
) -> None:
    """Full stretches at once, the rest at the pause, and the next one from there on."""
    made = distiller(database, clock, most=2)
    session = (await say(database, clock, "First about bread")).session_id
    for text in ("Then about butter", "Then about cheese"):
        await say(database, clock, text, session)
    assert await made.catch_up() == 1
    clock.advance(A_WHILE_S)
    assert await made.catch_up() == 1
    await say(database, clock, "At last about wine", session)
    clock.advance(A_WHILE_S)
    assert await made.catch_up() == 1
    assert [(first, last) for _, first, last, *_ in await told(database)] == [
        (1, 2),
        (3, 3),
        (4, 4),
    ]
    assert set((await covered(database)).values()) == {(1, 1)}


async def test_another_session_of_the_client_ends_the_one_before(
    database: Database, clock: ManualClock
) -> None:
    """Without a pause; one of another client, or one that goes on beside it, ends nothing."""
    made = distiller(database, clock)
    session = (await say(database, clock, "About bread")).session_id
    await say(database, clock, "piped", client="say")
    assert await made.catch_up() == 0
    beside = (await say(database, clock, "About wine")).session_id
    await say(database, clock, "More about bread", session)
    assert await made.catch_up() == 0
    await say(database, clock, "About cheese")
    assert await made.catch_up() == 2
    assert {row[0] for row in await told(database)} == {session, beside}


async def test_what_was_taken_in_is_told_by_rules_only(
    database: Database, clock: ManualClock
) -> None:
    """At once, whoever spoke, and no model is ever asked about it."""
    chat = ScriptedChat()
    made = distiller(database, clock, chat)
    lines = [
        Line("Ada", "I like mountains and I go climbing every spring.", clock.now()),
        Line("Ben", "The harbour is nicer.", clock.now()),
    ]
    await Conversations(database, clock).take_in(lines, "import")
    assert await made.catch_up() == 1
    assert await made.improve() == 0
    assert [row[3:] for row in await told(database)] == [("done", "rules")]
    (episode,) = await all_episodes(database)
    assert episode.people == ("Ada", "Ben")
    assert chat.requests == [] and await known(database) == []


async def test_what_a_schedule_asked_is_no_conversation(
    database: Database, clock: ManualClock
) -> None:
    """No episode, no fact, and no model is asked."""
    chat = ScriptedChat()
    turn = await say(database, clock, "I like spam. Prepare the briefing.", client="job")
    await database.write(
        lambda c: c.execute("UPDATE sessions SET origin = 'job' WHERE id = ?", (turn.session_id,))
    )
    clock.advance(A_WHILE_S)
    made = distiller(database, clock, chat)
    assert (await made.catch_up(), await made.improve()) == (0, 0)
    assert (chat.requests, await known(database), await told(database)) == ([], [], [])


async def test_a_model_tells_it_better_in_the_same_place(
    database: Database, clock: ManualClock
) -> None:
    """The episode keeps its id, and its summary, facts and row are the model's."""
    chat = ScriptedChat()
    made = distiller(database, clock, chat)
    await say(database, clock, "Today I like tulips so much", answer="I like roses.")
    clock.advance(A_WHILE_S)
    await made.catch_up()
    (plain,) = await all_episodes(database)
    assert await made.improve() == 1
    assert await made.improve() == 0
    (episode,) = await all_episodes(database)
    assert (episode.id, episode.made_by) == (plain.id, "tester")
    assert episode.summary == "You said: Today I like tulips so much."
    assert [row[3:] for row in await told(database)] == [("done", "tester")]
    assert [fact[0] for fact in await known(database)] == ["tulips"]
    assert [request.task for request in chat.requests] == ["summary", "extraction"]
    assert await findings(database) == []


async def test_a_request_is_background_and_as_private_as_its_turns(
    database: Database, clock: ManualClock
) -> None:
    """As private as memory, and what stays on this machine is said to stay."""
    chat = ScriptedChat()
    made = distiller(database, clock, chat)
    kept = Conversations(database, clock)
    turn = await say(database, clock, "What do my papers say?")
    await kept.mark(turn, "documents", is_private=True)
    last = await say(database, clock, "And I like tea", turn.session_id)
    clock.advance(A_WHILE_S)
    await made.catch_up()
    await made.improve()
    assert len(chat.requests) == 2
    for request in chat.requests:
        assert (request.sensitivity, request.stays, request.background) == ("memory", True, True)
        assert (request.purpose, request.turn_id) == ("distillation", last.id)
        assert request.schema is not None
    (episode,) = await all_episodes(database)
    assert episode.is_private
    stays = await database.read(
        lambda c: c.execute("SELECT stays FROM passages WHERE collection = 'episodes'").fetchone()
    )
    assert stays[0] == 1


async def test_with_nobody_there_it_stays_plain_and_is_made_up_later(
    database: Database, clock: ManualClock
) -> None:
    """However long nobody is there, no attempt is counted."""
    chat = ScriptedChat(away=True)
    made = distiller(database, clock, chat)
    await say(database, clock, "I like tulips")
    clock.advance(A_WHILE_S)
    await made.catch_up()
    for _ in range(5):
        assert await made.improve() == 0
    (row,) = await database.read(lambda c: store.by_state(c, "plain"))
    assert (row.attempts, row.retry, row.problem) == (0, None, "")
    chat.away = False
    assert await made.improve() == 1


async def test_what_fails_again_and_again_is_left_alone_and_shown(
    database: Database, clock: ManualClock
) -> None:
    """After growing pauses a third attempt is the last; what rules made stays until a retry."""
    chat = ScriptedChat(text="Sure! Here is a story.")
    made = distiller(database, clock, chat)
    turn = await say(database, clock, "I like tulips")
    clock.advance(A_WHILE_S)
    await made.catch_up()
    for pause in PAUSES:
        assert await made.improve() == 0
        asked = len(chat.requests)
        clock.advance(pause.total_seconds() - 1)
        assert await made.improve() == 0
        assert len(chat.requests) == asked
        clock.advance(2)
    assert await stuck(database) == []
    await made.improve()
    (dead,) = await stuck(database)
    assert (dead.first_seq, dead.attempts, dead.made_by) == (turn.seq, 3, "rules")
    assert "no JSON object" in dead.problem
    clock.advance(10**7)
    assert await made.improve() == 0 and len(chat.requests) == 3
    chat.text = ""
    assert await made.retry() == 1
    assert await made.improve() == 1
    assert await stuck(database) == []


async def test_a_pause_that_a_clock_made_endless_is_not_waited_for(
    database: Database, clock: ManualClock
) -> None:
    """An attempt that failed in a wrong year is made again when the clock is right."""
    chat = ScriptedChat(fails_at=frozenset([1]))
    made = distiller(database, clock, chat)
    await say(database, clock, "I like tulips")
    clock.advance(A_WHILE_S)
    await made.catch_up()
    clock.advance(timedelta(days=4000).total_seconds())
    assert await made.improve() == 0
    clock.advance(-timedelta(days=4000).total_seconds())
    assert await made.improve() == 1


async def test_one_that_fails_holds_up_no_other(database: Database, clock: ManualClock) -> None:
    """The next stretch is asked about in the same go."""
    chat = ScriptedChat(fails_at=frozenset([1]))
    made = distiller(database, clock, chat)
    await say(database, clock, "I like tulips")
    await say(database, clock, "I like tea")
    clock.advance(A_WHILE_S)
    await made.catch_up()
    assert await made.improve() == 1
    assert [row[3] for row in await told(database)] == ["plain", "done"]


async def test_what_is_forgotten_while_a_model_thinks_does_not_come_back(
    database: Database, clock: ManualClock
) -> None:
    """An answer about turns that have changed is thrown away, and they are asked about as they
    are."""
    turn = await say(database, clock, "I like tulips and my code is 4711")

    async def forget(request: ChatRequest) -> None:
        if request.task == "extraction" and len(chat.requests) == 2:
            await database.write(
                lambda c: c.execute("UPDATE turns SET question = 'I like tulips', answer = ''")
            )
            await database.write(
                lambda c: keeping.retell(c, store.with_turns(c, [turn.seq]), clock.now(), None)
            )

    chat = ScriptedChat(thinking=forget)
    made = distiller(database, clock, chat)
    clock.advance(A_WHILE_S)
    await made.catch_up()
    assert await made.improve() == 1
    (episode,) = await all_episodes(database)
    assert "4711" not in episode.summary
    assert len(chat.requests) == 4
    assert [row[3] for row in await told(database)] == ["done"]
    trace = await database.read(
        lambda c: c.execute(
            "SELECT count(*) FROM passages WHERE text LIKE '%4711%' AND collection = 'episodes'"
        ).fetchone()
    )
    assert trace[0] == 0


async def test_a_stretch_whose_turns_are_gone_leaves_no_trace(
    database: Database, clock: ManualClock
) -> None:
    """Told anew it is of the turns that are left; of none it is removed."""
    made = distiller(database, clock)
    session = (await say(database, clock, "About bread")).session_id
    await say(database, clock, "About wine, which I'll buy tomorrow", session)
    clock.advance(A_WHILE_S)
    await made.catch_up()

    def forget(connection: Any, seq: int) -> None:
        rows = store.with_turns(connection, [seq])
        for table, column in (("turns_search", "rowid"), ("turns", "seq")):
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (seq,))
        keeping.retell(connection, rows, clock.now(), clock.zone)

    await database.write(lambda c: forget(c, 2))
    (episode,) = await all_episodes(database)
    assert (episode.first_seq, episode.last_seq, episode.summary) == (1, 1, "About bread")
    assert await database.read(lambda c: episodes.open_followups(c, 9)) == []
    await database.write(lambda c: forget(c, 1))
    assert (await all_episodes(database), await told(database)) == ([], [])


async def test_what_the_person_closed_stays_closed(database: Database, clock: ManualClock) -> None:
    """A model that says it again in other words opens nothing; the same keeps its number."""
    text = "I'll call the plumber tomorrow and I'll pay the electricity bill tonight."
    chat = ScriptedChat()
    made = distiller(database, clock, chat)
    await say(database, clock, text)
    clock.advance(A_WHILE_S)
    await made.catch_up()
    plumber, bill = await database.read(lambda c: episodes.open_followups(c, 9))
    await database.write(lambda c: episodes.close_followup(c, plumber.id, "done", clock.now()))
    chat.text = (
        '{"summary": "You said that you call the plumber and pay the bill.",'
        ' "sentiment": "neutral", "topics": [], "people": [], "facts": [], "to_do": ['
        '{"message": 1, "what": "call plumber"}, {"message": 1, "what": "pay electricity bill"}]}'
    )
    assert await made.improve() == 1
    (still,) = await database.read(lambda c: episodes.open_followups(c, 9))
    assert (still.id, still.text) == (bill.id, bill.text)
    states = await database.read(
        lambda c: [row[0] for row in c.execute("SELECT state FROM followups ORDER BY id")]
    )
    assert states == ["done", "open"]


async def test_a_context_that_is_small_takes_it_in_parts(
    database: Database, clock: ManualClock
) -> None:
    """The person's words go in as many requests as they need, and none of them is too long."""
    chat = ScriptedChat(tokens=1_400)
    made = distiller(database, clock, chat)
    session = None
    for number in range(6):
        text = f"I like tulip{number} " + "and that is that " * 44
        session = (await say(database, clock, text, session)).session_id
    clock.advance(A_WHILE_S)
    await made.catch_up()
    assert await made.improve() == 1
    tasks = [request.task for request in chat.requests]
    assert tasks.count("summary") == 1 and tasks.count("extraction") > 1
    assert len(await known(database)) == 6


async def test_it_runs_until_it_is_stopped(database: Database, clock: ManualClock) -> None:
    """What is there at the start is distilled, and so is what a nudge tells of; a stop waits for
    nobody."""
    improved = asyncio.Event()

    async def note(request: ChatRequest) -> None:
        if request.task == "extraction":
            improved.set()

    chat = ScriptedChat(thinking=note)
    made = distiller(database, clock, chat)
    await say(database, clock, "I like tulips")
    clock.advance(A_WHILE_S)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(made.run())
        await improved.wait()
        improved.clear()
        await say(database, clock, "I like tea")
        clock.advance(A_WHILE_S)
        made.nudge()
        await improved.wait()
        made.stop()
    assert set((await covered(database)).values()) == {(1, 1)}


async def test_what_is_long_past_is_consolidated_on_the_way(
    database: Database, clock: ManualClock
) -> None:
    """Two conversations of a month, two years later, are found as that month."""
    changed = asyncio.Event()
    made = Distiller(database, None, clock, settings(), PROMPTS, changed.set)
    for text in ("About bread and its crust", "About wine and its grapes"):
        await say(database, clock, text)
    clock.advance(timedelta(days=730).total_seconds())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(made.run())
        while [each.kind for each in await all_episodes(database)] != ["month"]:
            await changed.wait()
            changed.clear()
        made.stop()
    (month,) = await all_episodes(database)
    assert "bread" in month.summary and "wine" in month.summary
    assert await findings(database) == []


@pytest.mark.parametrize("part", ["episodic", "semantic"])
async def test_what_is_switched_off_is_not_made(
    database: Database, clock: ManualClock, part: str
) -> None:
    """Neither by rules nor by a model, and the rest is."""
    chat = ScriptedChat()
    made = distiller(database, clock, chat)
    vars(getattr(made._settings, part))["enabled"] = False
    await say(database, clock, "I like tulips")
    clock.advance(A_WHILE_S)
    assert (await made.catch_up(), await made.improve()) == (1, 1)
    assert len(await all_episodes(database)) == (part != "episodic")
    assert len(await known(database)) == (part != "semantic")
    assert await findings(database) == []


async def test_no_model_is_asked_about_what_is_long_past(
    database: Database, clock: ManualClock
) -> None:
    """A home of years that is opened by this version keeps no model busy for days."""
    chat = ScriptedChat()
    made = distiller(database, clock, chat)
    await say(database, clock, "I moved to Porto.")
    clock.advance(40 * 86_400)
    assert (await made.catch_up(), await made.improve()) == (1, 0)
    assert chat.requests == []
    assert [row[3:] for row in await told(database)] == [("done", "rules")]
    assert [fact[0] for fact in await known(database)] == ["Porto"]


async def test_what_a_model_writes_is_text(database: Database, clock: ManualClock) -> None:
    """Half of an emoji or a terminal's code in an answer ends neither the daemon nor a line."""
    await say(database, clock, "The tulips on the balcony need water and sun")
    clock.advance(A_WHILE_S)
    told_by_model = "You said the tulips on the balcony need water and sun \\ud83c\\u001b[2J."
    chat = ScriptedChat(
        text=f'{{"summary": "{told_by_model}", "people": ["\\ud83c"], "facts": []}}'
    )
    made = distiller(database, clock, chat)
    await made.catch_up()
    assert await made.improve() == 1
    (episode,) = await all_episodes(database)
    assert episode.made_by == "tester"
    assert episode.summary == "You said the tulips on the balcony need water and sun ?[2J."


@pytest.mark.parametrize("answer", ["9" * 5_000, "[" * 50_000, "{}", "1e999"])
async def test_an_answer_that_makes_no_sense_is_only_an_attempt(
    database: Database, clock: ManualClock, answer: str
) -> None:
    """However it is wrong: what the rules made stays, and the row says what was wrong."""
    await say(database, clock, "My tulips on the balcony are dying")
    clock.advance(A_WHILE_S)
    made = distiller(database, clock, ScriptedChat(text=f'{{"summary": {answer}}}'))
    await made.catch_up()
    assert await made.improve() == 0
    (row,) = await database.read(lambda c: store.by_state(c, "plain"))
    assert row.attempts == 1
    assert row.problem.startswith("the answer")


async def test_a_mistake_of_ours_costs_one_conversation(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words that rules break at are told of by nobody, visibly, and all others as ever."""
    broken = await say(database, clock, "These words break it")
    await say(database, clock, "My tulips on the balcony are dying", client="other")
    clock.advance(A_WHILE_S)
    rules = extract.told

    def breaks(turns: Sequence[Turn], zone: tzinfo | None) -> Told:
        if turns[0].seq == broken.seq:
            raise ZeroDivisionError
        return rules(turns, zone)

    monkeypatch.setattr(extract, "told", breaks)
    made = distiller(database, clock, ScriptedChat())
    assert await made.catch_up() == 2
    assert await made.improve() == 1
    (row,) = await database.read(lambda c: store.by_state(c, "plain"))
    assert (row.first_seq, row.attempts) == (broken.seq, 1)
    (episode,) = await all_episodes(database)
    assert "tulips" in episode.summary
    assert await findings(database) == []


async def test_a_correction_in_passing_is_learned(database: Database, clock: ManualClock) -> None:
    """It has no key of its own, and the one of what it corrects."""
    made = distiller(database, clock, None)
    turn = await say(database, clock, "My sister is called Anna.")
    await say(database, clock, "Sorry, it's Hanna, not Anna.", turn.session_id)
    clock.advance(A_WHILE_S)
    await made.catch_up()
    assert "Hanna" in [fact[0] for fact in await known(database)]
