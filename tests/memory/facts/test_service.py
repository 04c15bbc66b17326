"""What a person does with what is known: remember, correct, list, profile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.memory.facts.conftest import ALL, observed
from wooster.actions.registry import Registry
from wooster.core.clock import ManualClock
from wooster.core.errors import NotFound, UsageError
from wooster.memory.facts import showing, store
from wooster.memory.facts.actions import actions
from wooster.memory.facts.service import Facts
from wooster.memory.facts.wanted import NOT_KEPT, SWITCHED_OFF, refused
from wooster.memory.service import Conversations
from wooster.storage import Database


@pytest.fixture
def registry(facts: Facts, clock: ManualClock) -> Registry:
    made = Registry()
    for each in actions(facts, clock):
        made.add(each)
    return made


async def typed(registry: Registry, line: str) -> str:
    """What a typed command answers."""
    parsed = await registry.parse(line)
    assert parsed is not None
    name, arguments = parsed
    return (await registry.run(name, arguments)).text


async def test_what_is_remembered_is_keyed_where_it_can_be(
    facts: Facts, changes: list[None]
) -> None:
    """Else it is kept in the person's words; the search is told once for each."""
    (home,) = await facts.remember("I live in Porto")
    (note,) = await facts.remember("the key is under the mat")
    assert home.fact is not None
    assert note.fact is not None
    assert (home.fact.key, home.fact.value, home.fact.confidence) == ("lives_in", "Porto", 1.0)
    assert (note.fact.key, note.fact.statement) == ("note", "the key is under the mat")
    assert len(changes) == 2


async def test_a_turn_that_says_to_remember_is_the_source(
    facts: Facts, database: Database, clock: ManualClock
) -> None:
    """Its moment and its number are the fact's; remembered twice by one turn is once."""
    turn = await Conversations(database, clock).begin("Remember that I like tea", None, "test")
    clock.advance(60)
    for _ in range(2):
        (made,) = await facts.remember(turn.question, turn)
        assert made.fact is not None
        assert (made.fact.value, made.fact.mentions, made.fact.observed) == ("tea", 1, turn.asked)
    assert len(await facts.all()) == 1


async def test_what_is_remembered_wins_over_what_is_inferred(facts: Facts) -> None:
    """The inferred one gives way, and can't come back."""
    await facts._learn([observed("lives_in", "Rome", 1, source="inferred")])
    (made,) = await facts.remember("I live in Porto")
    assert [old.value for old in made.instead] == ["Rome"]
    (again,) = await facts._learn([observed("lives_in", "Rome", 400, source="inferred")])
    assert again.kind == "refused"
    assert [fact.value for fact in await facts.all()] == ["Porto"]


async def test_settings_say_what_is_kept(
    database: Database, clock: ManualClock, changes: list[None]
) -> None:
    """Of other categories nothing, and nothing at all when it is off; told to, always."""
    told = [observed("likes", "tea", 1), observed("goal", "learn to sail", 1)]
    few = ALL.model_copy(update={"fact_categories": ["goal"]})
    assert [refused(each, few) for each in told] == [NOT_KEPT, ""]
    nothing = ALL.model_copy(update={"enabled": False})
    assert [refused(each, nothing) for each in told] == [SWITCHED_OFF, SWITCHED_OFF]
    off = Facts(database, clock, nothing, lambda: None)
    assert (await off.remember("I like tea"))[0].kind == "add"


async def test_a_correction_by_value_or_by_sentence(facts: Facts, clock: ManualClock) -> None:
    """Either takes the old one's place; what was known before keeps its dates."""
    (home,) = await facts.remember("I live in Rome")
    assert home.fact is not None
    clock.advance(3600)
    made = await facts.correct(home.fact.id, "Porto.")
    assert made.fact is not None
    assert made.fact.statement == "You live in Porto."
    assert [fact.value for fact in await facts.all(at=clock.now() - timedelta(minutes=1))] == [
        "Rome"
    ]
    clock.advance(3600)
    again = await facts.correct(made.fact.id, "I have lived in Oslo since 2020")
    assert again.fact is not None
    assert (again.fact.value, again.fact.valid_from is not None) == ("Oslo", True)
    chain = await facts._database.read(partial(store.chain, fact_id=home.fact.id))
    assert [fact.value for fact in chain] == ["Rome", "Porto", "Oslo"]
    assert [fact.value for fact in await facts.all()] == ["Oslo"]


async def test_a_correction_by_another_sentence(facts: Facts) -> None:
    """It is kept as it is meant, or in the person's words, and never as a value in a sentence."""
    (nuts, tea) = await facts.remember("I'm allergic to nuts. I like tea.")
    assert nuts.fact is not None
    assert tea.fact is not None
    made = await facts.correct(nuts.fact.id, "I'm fine with all nuts")
    assert made.fact is not None
    assert made.fact.statement == "I'm fine with all nuts"
    made = await facts.correct(tea.fact.id, "I don't like tea")
    assert made.fact is not None
    assert (made.fact.key, made.fact.value) == ("dislikes", "tea")
    chain = await facts._database.read(partial(store.chain, fact_id=tea.fact.id))
    assert [fact.id for fact in chain] == [tea.fact.id, made.fact.id]


async def test_a_correction_of_somebody_elses_number_is_refused(facts: Facts) -> None:
    """A sentence is no name: who is corrected by it isn't the one who is called so."""
    (sister, home) = await facts.remember("My sister Anna lives in Rome")
    assert sister.fact is not None
    assert home.fact is not None
    assert (sister.fact.key, home.fact.key) == ("sister", "lives_in")
    with pytest.raises(UsageError, match="is no name"):
        await facts.correct(sister.fact.id, "Anna lives in Milan")
    assert len(await facts.all()) == 2
    made = await facts.correct(sister.fact.id, "Hanna")
    assert made.fact is not None
    assert made.fact.statement == "Your sister is called Hanna."


async def test_a_plan_is_shown_and_set_right_as_one(registry: Registry, facts: Facts) -> None:
    """From when it is to be so is always said, and a value alone doesn't make it begin now."""
    await typed(registry, "/remember I live in Rome")
    assert await typed(registry, "/remember from May I will live in Porto") == (
        "Remembered, fact 2: You live in Porto. That is from 2027-05-01 on."
        " Then it takes the place of fact 1: You live in Rome."
    )
    listed = await typed(registry, "facts")
    assert "You live in Rome.  *(identity; until 2027-05-01; you told Wooster" in listed
    assert "You live in Porto.  *(identity; from 2027-05-01; you told Wooster" in listed
    await typed(registry, "/correct 2 Oslo")
    assert [(fact.value, fact.valid_from) for fact in await facts.all()] == [
        ("Rome", None),
        ("Oslo", datetime(2027, 5, 1, tzinfo=UTC)),
    ]
    await typed(registry, "/correct 1 Naples")
    assert [(fact.value, fact.valid_to) for fact in await facts.all()] == [
        ("Oslo", None),
        ("Naples", datetime(2027, 5, 1, tzinfo=UTC)),
    ]


async def test_words_find_what_is_known_before_what_was_said_with_it(
    registry: Registry,
) -> None:
    """A quote says other things too: it is looked into where no fact has the words."""
    said = await typed(registry, "/remember I like jazz. I like hiking.")
    assert said.startswith("- Remembered, fact 1: You like jazz.\n- Remembered, fact 2: ")
    assert (await typed(registry, "/facts jazz")).count("\n") == 0
    assert (await typed(registry, "/facts hiking jazz")).count("\n") == 1


async def test_a_profile_keeps_others_apart(registry: Registry) -> None:
    """Where a sister lives isn't who the person is."""
    await typed(registry, "/remember my sister Anna lives in Rome")
    await typed(registry, "/remember I work as a nurse")
    profile = await typed(registry, "profile")
    assert "You work as a nurse." in profile
    assert profile.index("You work as") < profile.index("**People**")
    assert profile.index("**People**") < profile.index("Anna lives in Rome.")


async def test_what_can_not_be_corrected(facts: Facts) -> None:
    """A fact that isn't there, one that is over, and no text: each is told with what to do."""
    with pytest.raises(NotFound, match="fact 9"):
        await facts.correct(9, "Porto")
    (home,) = await facts.remember("I live in Rome")
    assert home.fact is not None
    await facts.correct(home.fact.id, "Porto")
    with pytest.raises(UsageError, match=r"over already. Fact 2"):
        await facts.correct(home.fact.id, "Oslo")
    with pytest.raises(UsageError, match="says nothing"):
        await facts.correct(2, " \x00 ")
    with pytest.raises(UsageError, match="2001 characters"):
        await facts.remember("x" * 2001)


async def test_a_contradiction_is_open_until_it_is_settled(facts: Facts) -> None:
    """A correction says which is so."""
    await facts._learn([observed("birthday", "3 May", 1), observed("birthday", "5 May", 2)])
    (question,) = await facts.contradictions()
    await facts.correct(question.older.id, "5 May")
    assert await facts.contradictions() == []
    assert [fact.value for fact in await facts.all()] == ["5 May"]


async def test_commands_of_a_conversation(registry: Registry) -> None:
    """What a person types, from nothing known to a fact set right, and what each answers."""
    assert "Nothing is known about you yet" in await typed(registry, "facts")
    assert "Nothing is known about you yet" in await typed(registry, "profile")
    said = await typed(registry, "/remember I live in Rome")
    assert said == "Remembered, fact 1: You live in Rome."
    assert await typed(registry, "/remember I live in Rome") == (
        "Known already, fact 1: You live in Rome."
    )
    await typed(registry, "/remember I like green tea")
    assert await typed(registry, "/correct 1 Porto") == (
        "Remembered, fact 3: You live in Porto. It takes the place of fact 1: You live in Rome."
    )
    assert await typed(registry, "/facts tea") == (
        "- **2** You like green tea.  *(preference; you told Wooster on 2026-11-22)*"
    )
    assert await typed(registry, "/facts zebra") == "Nothing that is known has “zebra”."
    profile = await typed(registry, "profile")
    assert profile.index("**You**") < profile.index("**Likes and dislikes**")
    assert "You live in Porto.  *(you told Wooster on 2026-11-22)*" in profile
    assert "Rome" not in profile


async def test_a_profile_is_one_screen_and_honest(registry: Registry, facts: Facts) -> None:
    """What is inferred says how sure it is, a contradiction is told, the rest is counted."""
    await facts._learn([observed("likes", f"thing {number}", 1) for number in range(40)])
    await facts._learn(
        [
            observed("birthday", "3 May", 1),
            observed("birthday", "5 May", 2),
            observed("owns", "a *boat*", 3, source="inferred", made_by="qwen", confidence=0.6),
        ]
    )
    profile = await typed(registry, "profile")
    assert len(profile.splitlines()) < 45
    assert r"You have a \*boat\*.  *(made out by qwen on 2026-01-04, 60% sure)*" in profile
    assert "Unclear: Your birthday is 3 May. Or: Your birthday is 5 May." in profile
    (question,) = await facts.contradictions()
    assert showing.asking(question).endswith(f"Say it with /correct {question.older.id} TEXT")
    assert "13 more: `facts` lists all." in profile
    told = await registry.run("profile", {})
    assert (len(told.data["facts"]), told.data["count"]) == (30, 43)


@pytest.mark.parametrize("line", ["/correct", "/correct Porto", "/correct 1", "/remember"])
async def test_half_a_command_is_told_what_is_missing(registry: Registry, line: str) -> None:
    """Nothing is stored, and the answer shows how it is typed."""
    name, arguments = await registry.parse(line) or ("", {})
    with pytest.raises(UsageError) as told:
        await registry.run(name, arguments)
    assert told.value.hint


async def test_a_program_sends_what_a_person_types(registry: Registry) -> None:
    """With the number apart, and gets all of a fact as data."""
    await registry.run("remember", {"text": "I live in Rome"})
    result = await registry.run("correct", {"number": 1, "text": "Porto"})
    learned: dict[str, Any] = result.data["learned"][0]
    assert (learned["kind"], learned["instead"], learned["fact"]["value"]) == (
        "supersede",
        [1],
        "Porto",
    )
