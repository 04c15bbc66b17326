"""Forgetting: whatever way something got in, nothing is left of it, and all else is there still."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.memory.forgetting.home import NOON, Home, lived
from wooster.memory.forgetting.wording import all_of
from wooster.memory.recall.model import Memory
from wooster.vectors import keeper
from wooster.vectors.model import embedded

# Parts of no word that anything else in these tests says.
_PARTS = st.lists(
    st.sampled_from(["qzo", "lvix", "brun", "daq", "wuzzk", "yxor"]), min_size=2, max_size=3
).map("".join)
_SECRETS = st.one_of(
    _PARTS,
    _PARTS.map(str.title),
    st.tuples(_PARTS, _PARTS).map(lambda two: f"{two[0].title()} {two[1].title()}"),
    _PARTS.map(lambda part: f"Éø{part}ñü"),
    _PARTS.map(lambda part: f"e\u0301{part}u\u0308"),
    st.lists(st.sampled_from("鸞鵞龘龜麤"), min_size=3, max_size=4).map("".join),
    st.integers(10**8, 10**9).map(str),
    st.tuples(_PARTS, st.integers(1000, 9999)).map(lambda two: f"{two[0]}-{two[1]}"),
    _PARTS.map(lambda part: f"{part.title()} 🦩🪩"),
    _PARTS.map(lambda part: f"{part}++"),
    _PARTS.map(lambda part: f"O'{part.title()}"),
    _PARTS.map(lambda part: f"{part}@{part}.example"),
    st.lists(st.sampled_from("झञणढघ"), min_size=5, max_size=7).map("".join),
    st.lists(st.sampled_from("ظغضخث"), min_size=5, max_size=7).map("".join),
)
_WAYS = st.lists(
    st.sampled_from(
        [
            "remembered",
            "corrected to",
            "corrected from",
            "taken back",
            "done again",
            "told to remember",
            "stated",
            "liked",
            "moved to",
            "contradicted",
            "named as somebody",
            "planned",
            "answered",
            "recalled",
            "pasted long",
            "imported",
            "imported as a speaker",
            "by another client",
            "typed",
            "logged",
            "copied",
            "distilled",
            "distilled by a model",
            "long past",
        ]
    ),
    min_size=1,
    max_size=8,
)


async def plant(home: Home, way: str, secret: str, session: str | None) -> str | None:
    """Get it in; returns the session to go on in."""

    async def say(question: str, answer: str = "I see.", **more: Any) -> str:
        return (await home.say(question, answer, session, **more)).session_id

    match way:
        case "remembered":
            await home.act("remember", text=f"my locker's word is {secret}")
        case "corrected to":
            await home.act("remember", text="my bike's word is walnut")
            number = max((await home.known()).values())
            await home.act("correct", number=number, text=f'my bike\'s word is "{secret}"')
        case "corrected from":
            await home.act("remember", text=f"my boat's word is {secret}")
            number = (await home.rows("SELECT max(id) FROM facts"))[0][0]
            await home.act("correct", number=number, text="my boat's word is pine")
        case "taken back" | "done again":
            await home.act("remember", text=f"my shed's word is {secret} {len(home.told)}")
            await home.act("undo")
            if way == "done again":
                await home.act("redo")
        case "told to remember":
            return await say(f"Remember that my locker's word is {secret}.", f"Noted: {secret}.")
        case "stated":
            return await say(f"My name is {secret}. It was a rainy Tuesday.")
        case "liked":
            return await say(f"I like {secret}")
        case "moved to":
            await say(f"I live in {secret}.")
            return await say(f"I moved from {secret} to Lisbon last week.")
        case "contradicted":
            await say("My favourite colour is teal.")
            return await say(f"My favourite colour is {secret}.")
        case "named as somebody":
            return await say(f"My sister {secret} works at the mill. I like walnuts.")
        case "planned":
            return await say(f"I'll write to {secret} tomorrow, don't let me forget.")
        case "answered":
            return await say("What was that word again?", f"You mean **{secret}**, I think.")
        case "recalled":
            found = await home.rows("SELECT id FROM facts ORDER BY id DESC LIMIT 2")
            given = [
                Memory("fact", row[0], "", NOON, "me", "", 1.0, {"words": 1.0}) for row in found
            ]
            turn = await home.say("Tell me what you know.", f"It is {secret}!", None, given)
            return turn.session_id
        case "pasted long":
            return await say("Read this. " + "All is well here. " * 90 + secret + " is the end.")
        case "imported":
            await home.hear(
                ("Tom", "Did you see it?"), ("Ann", f"Yes, {secret}, at the pier."), ("Tom", "Oh!")
            )
        case "imported as a speaker":
            await home.hear(("Tom", "Hi there."), (secret, "Hello!"), ("Tom", "How is the boat?"))
        case "by another client":
            await home.say(f"How is {secret} spelled?", f"{secret}, so.", client="say")
        case "typed":
            await home.type(f"/recall {secret}")
            await home.type(f"a line\nand {secret} below it")
        case "logged":
            await home.log(question=f"Who is {secret}?", turn="t1")
            await home.log(reason=["before", {"deep": secret}])
        case "copied":
            await home.copy()
        case "distilled":
            await home.distil()
        case "distilled by a model":
            await home.distil(by_model=True)
        case "long past":
            await home.distil()
            await home.consolidate()
    return session


async def _before(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    return {
        "turns": await home.rows(
            "SELECT seq, id, session_id, asked_ms, question, answer, ended_ms, speaker FROM turns"
        ),
        "facts": await home.rows("SELECT id, statement, value, quote, observed_ms FROM facts"),
        "mentions": await home.rows("SELECT fact_id, turn_seq FROM fact_mentions"),
        "vectors": await home.rows("SELECT text_hash, vector FROM vectors"),
    }


@pytest.mark.timeout(300)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # Each example is a life: to shrink one takes longer than to read it.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@example(  # a page that was split kept what moved from it to another
    secret="qzoqzo",
    ways=["told to remember", "told to remember", "liked", "pasted long"],
    as_typed=str,
)
@given(secret=_SECRETS, ways=_WAYS, as_typed=st.sampled_from([str, str.upper, "«{}!»".format]))
def test_nothing_is_left_of_what_is_forgotten_and_all_else_is(
    empty_database: Path,
    monkeypatch: pytest.MonkeyPatch,
    secret: str,
    ways: list[str],
    as_typed: Any,
) -> None:
    """In no table, index, summary, vector, log, history or copy, in no spelling; every other turn
    and fact is as it was, all checks pass, and nothing that was embedded is embedded again."""
    monkeypatch.setitem(vars(keeper), "EXACT_LIMIT", 3)
    vectors: list[bytes] = []
    words = all_of(secret)
    assert words is not None

    async def life(home: Home) -> None:
        session = (await home.say("I like marzipan.", "Who doesn't?")).session_id
        await home.say("Remember that the boiler is serviced in May.")
        for way in ways:
            session = await plant(home, way, secret, session) or session
            session = (await home.say("How is the weather?", "Fine.", session)).session_id
        await home.say("I'll ring the bakery on Friday.", "Good.", session)
        await home.distil()
        await home.settle()
        before = await _before(home)
        have_vectors = {
            embedded(*row) for row in await home.rows("SELECT title, text FROM passages")
        }
        count = len(home.embedder.embedded)

        assert (await home.forget(as_typed(secret))).problem == ""
        await home.settle()
        after = await _before(home)

        gone = {row[0] for row in before["turns"] if words.stands_in(*row[4:6], row[7])}
        assert after["turns"] == [row for row in before["turns"] if row[0] not in gone]
        unsaid = {row[0] for row in before["facts"]}
        unsaid -= {fact for fact, seq in before["mentions"] if seq not in gone}
        unsaid &= {fact for fact, _ in before["mentions"]}
        unsaid |= {row[0] for row in before["facts"] if words.stands_in(*row[1:3])}
        kept = [row for row in before["facts"] if row[0] not in unsaid]
        assert [row[:3] for row in after["facts"]] == [row[:3] for row in kept]
        assert await home.findings() == []
        assert have_vectors.isdisjoint(home.embedder.embedded[count:])
        # Texts of the same words have the same vector here.
        there = {row[1] for row in after["vectors"]}
        vectors.extend(row[1] for row in before["vectors"] if row[1] not in there)
        assert gone and await home.rows("SELECT * FROM sweeps") == []

    ways = [*ways, "stated"]  # something is to be forgotten
    assert asyncio.run(lived(empty_database, NOON, life, secret, vectors)) == []
