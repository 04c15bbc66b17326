"""After something was forgotten, and while it is: nothing brings it back, and nothing hangs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.memory.distilling.talk import settings
from tests.memory.forgetting.home import NOON, Home, lived
from wooster.core.errors import Busy, DiskFull
from wooster.memory.episodes.service import Episodes
from wooster.memory.forgetting import service, sweeping
from wooster.memory.model import Ending


async def test_the_forgotten_is_not_learned_again_until_the_person_says_to(home: Home) -> None:
    """Neither by rules nor by a model; what went with it, unasked, may be learned again."""
    await home.say("I like mango")
    await home.say("I like figs. My dentist is Zyxquar.")
    await home.distil(by_model=True)
    await home.forget("mango")
    await home.forget("Zyxquar")
    assert await home.known() == {}
    await home.say("I like mango")
    await home.say("I like figs")
    await home.distil()
    await home.distil(by_model=True)
    assert list(await home.known()) == ["You like figs."]
    await home.say("Remember that I like mango")
    assert "You like mango." in await home.known()


async def test_what_a_person_closed_stays_closed_when_its_episode_is_told_anew(home: Home) -> None:
    """Forgetting one turn doesn't open the follow-ups of another."""
    session = (await home.say("I'll call the plumber tomorrow.")).session_id
    await home.say("I'll send Zyxquar the papers tomorrow.", session=session)
    await home.distil()
    todo = await home.rows("SELECT id, text FROM followups ORDER BY id")
    assert len(todo) == 2
    episodes = Episodes(home.database, home.clock, settings().episodic, home.search.changed)
    await episodes.close(todo[0][0], "done")
    await home.forget("Zyxquar")
    assert await home.rows("SELECT id, text, state FROM followups") == [(*todo[0], "done")]
    assert await home.findings() == []


async def test_a_model_that_answers_late_brings_nothing_back(home: Home) -> None:
    """Forgotten while a model sums the session up: what it says of it isn't stored."""
    session = (await home.say("I like wuzzkdaq")).session_id
    await home.say("I like plums", session=session)
    home.clock.advance(3_600)
    made = home.distiller(by_model=True)
    await made.catch_up()

    async def forget_meanwhile(_: object) -> None:
        if len(home.chat.requests) == 1:
            await home.forget("wuzzkdaq")

    home.chat.thinking = forget_meanwhile
    await made.improve()
    assert list(await home.known()) == ["You like plums."]
    summaries = await home.rows("SELECT summary FROM episodes")
    assert "plums" in str(summaries) and "wuzzkdaq" not in str(summaries)
    assert await home.rows("SELECT state FROM distillations") == [("done",)]
    assert await home.findings() == []


async def test_it_waits_for_an_answer_that_is_under_way(home: Home) -> None:
    """Which may have been given it: when it has ended, its answer is looked at too."""
    await home.say("I like wuzzkdaq")
    turn = await home.conversations.begin("What do I like?", None, "say")
    await home.conversations.keep(turn, 0, "It is wuzz")

    async with asyncio.TaskGroup() as tasks:
        forgetting = tasks.create_task(home.forget("wuzzkdaq"))
        while not any("waiting" in told for told in home.told):
            await asyncio.sleep(0)
        await home.conversations.keep(turn, 1, "kdaq.")
        await home.conversations.end(turn, Ending("done"))
    assert len(forgetting.result().doomed.turns) == 2
    assert await home.questions() == []


async def test_it_does_not_wait_for_ever(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that hangs is stopped by the person; until then nothing is forgotten."""
    monkeypatch.setitem(vars(service), "_PATIENCE_S", 0.0)
    await home.say("I like wuzzkdaq")
    await home.conversations.begin("And?", None, "say")
    with pytest.raises(Busy):
        await home.forget("wuzzkdaq")
    assert await home.questions() == ["I like wuzzkdaq", "And?"]


async def test_two_at_once_forget_both(empty_database: Path) -> None:
    """And nothing of either is left."""

    async def life(home: Home) -> None:
        await home.say("I like qzolvix")
        await home.say("I like brundaq")
        await home.distil()
        await asyncio.gather(home.forget("qzolvix"), home.forget("brundaq"))
        assert await home.rows("SELECT * FROM facts") == []

    assert await lived(empty_database, NOON, life, "qzolvix", []) == []
    assert await lived(empty_database, NOON, life, "brundaq", []) == []


async def test_the_last_exchange_is_the_one_that_was_the_last_when_it_began(home: Home) -> None:
    """Another that ends while it waits is not meant."""
    await home.say("I like plums")
    turn = await home.conversations.begin("Hello?", None, "say")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(home.forget("last"))
        while not any("waiting" in told for told in home.told):
            await asyncio.sleep(0)
        await home.conversations.end(turn, Ending("done"))
    assert await home.questions() == ["Hello?"]


async def test_what_cannot_be_swept_out_is_told(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is gone from memory; where it may stand still is said, and is tried again."""
    await home.say("I like tea")

    def full(*_: object) -> int:
        raise DiskFull("The disk is full.")

    with monkeypatch.context() as planted:
        planted.setattr(sweeping, "replace_copies", full)
        done = await home.forget("tea")
    assert "disk is full" in done.problem and await home.questions() == []
    assert await home.forgetting.finish() == ""
    assert await home.rows("SELECT * FROM sweeps") == []
