"""A question to memory, through the store and the search: what is found, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tests.memory.recall.conftest import Home
from wooster.memory.facts import store as facts
from wooster.memory.facts.model import Observation
from wooster.memory.model import ASSISTANT, ME
from wooster.memory.recall.model import Asked


def observed(home: Home, key: str, value: str, statement: str, **more: object) -> Observation:
    told = {
        "category": "relationship" if key == "sister" else "identity",
        "subject": "me",
        "confidence": 1.0,
        "source": "explicit",
        "made_by": "person",
        "quote": statement,
        "observed": home.clock.now(),
    }
    return Observation(key=key, value=value, statement=statement, **{**told, **more})  # type: ignore[arg-type]


async def learn(home: Home, *those: Observation) -> None:
    now = home.clock.now()
    await home.database.write(lambda c: [facts.learn(c, each, now) for each in those])
    home.search.changed()


async def test_a_turn_is_found_as_soon_as_it_has_ended(home: Home) -> None:
    """By its words, before anything is embedded; and both of its sides, each by itself."""
    await home.talk("Where do herons nest?", "In tall trees near water.")
    found = await home.ask("herons")
    assert {(each.speaker, each.text) for each in found.memories} == {
        (ME, "Where do herons nest?"),
        (ASSISTANT, "In tall trees near water."),
    }


async def test_reasons_add_up_to_the_score(home: Home) -> None:
    """What `why` shows is the whole of it."""
    await home.talk("I planted three apple trees.", "Lovely.", "And a pear tree.", "Even better.")
    await home.embed()
    found = (await home.ask("Which apple trees did I plant?")).memories
    assert len(found) > 1 and all(len(each.reasons) > 1 for each in found)
    for each in found:
        assert abs(sum(each.reasons.values()) - each.score) < 1e-9


async def test_the_conversation_that_is_shown_is_not_recalled(home: Home) -> None:
    """What stands before the model's eyes anyway would take the room of something else."""
    turns = await home.talk(
        "The key is under the mat.", "Noted.", "The cat is grey.", "A grey cat."
    )
    told = await home.told("key mat cat grey", shown={turns[0].seq})
    assert "The cat is grey." in told
    assert "The key is under the mat." not in told


async def test_a_short_question_is_about_the_one_before_it(home: Home) -> None:
    """ "And when was that?" says nothing by itself."""
    await home.talk("The boiler was repaired in March.", "Good.")
    assert await home.told("And when was that?", earlier=("Who repaired the boiler?",))
    assert (await home.told("And when was that?", earlier=("Who repaired the boiler?",)))[0] == (
        "The boiler was repaired in March."
    )


async def test_what_was_said_in_a_period_comes_back_whole_and_in_order(home: Home) -> None:
    """Two weeks ago: all of that conversation, none of the others."""
    await home.talk("One.", "Two.", "Three.", "Four.", days_ago=14)
    await home.talk("Five.", "Six.", days_ago=3)
    found = await home.ask("What did we talk about two weeks ago?")
    assert found.is_period
    assert [each.text for each in found.memories[:4]] == ["One.", "Two.", "Three.", "Four."]
    last = await home.ask("What did we say in our last conversation?")
    assert [each.text for each in last.memories[:2]] == ["Five.", "Six."]


async def test_a_running_conversation_is_not_the_last_one(home: Home) -> None:
    """ "Our last conversation", asked in a new one, is the one before it."""
    await home.talk("Before.", "Yes.", days_ago=2)
    now = await home.talk("Now.", "Here.")
    found = await home.recall.find(
        Asked("What was our last conversation about?", home.clock.now(), (), now[0].session_id)
    )
    assert [each.text for each in found.memories[:2]] == ["Before.", "Yes."]


async def test_what_holds_now_comes_before_what_did(home: Home) -> None:
    """The old home is still known, and comes after the new one; as of then it is the other way."""
    await learn(home, observed(home, "lives_in", "Rome", "You live in Rome."))
    moved = home.clock.now()
    home.clock.advance(40 * 86_400)
    await learn(home, observed(home, "lives_in", "Porto", "You live in Porto."))
    await home.embed()
    now = (await home.ask("Where do I live?")).memories
    assert [each.text for each in now if each.kind == "fact"] == [
        "You live in Porto.",
        "You live in Rome.",
    ]
    assert [each.until is None for each in now if each.kind == "fact"] == [True, False]
    then = moved + timedelta(days=1)
    before = await home.recall.find(Asked("Where do I live?", then, as_of=then))
    assert [each.text for each in before.memories] == ["You live in Rome."]
    assert "past" not in before.memories[0].reasons
    assert before.memories[0].until is None  # that it would end wasn't known then


async def test_a_relation_leads_to_the_name_and_back(home: Home) -> None:
    """My sister is Anna: what was said of Anna answers a question about my sister."""
    await learn(home, observed(home, "sister", "Anna", "Your sister is called Anna."))
    await home.talk("Anna bought a boat.", "How nice for her.")
    await home.talk("The harbour was closed.", "Oh.")
    assert "Anna bought a boat." in await home.told("What did my sister buy?")


async def test_others_are_told_apart(home: Home) -> None:
    """A question about one of two speakers finds that one's words first."""
    await home.chat([("Bo", "I bought a kayak."), ("Cy", "I bought a canoe.")])
    await home.embed()
    assert (await home.told("What did Cy buy?"))[0] == "I bought a canoe."
    assert (await home.told("What did Bo buy?"))[0] == "I bought a kayak."


async def test_of_a_long_answer_the_piece_that_answers_is_told(home: Home) -> None:
    """A book-long answer doesn't fill the budget."""
    long = "\n".join(f"Paragraph {number} on pottery and glazes. " * 8 for number in range(30))
    await home.talk("Tell me all of it.", f"{long}\nThe kiln stands in Delft.\n{long}")
    (best, *_) = (await home.ask("Where does the kiln in Delft stand?")).memories
    assert "Delft" in best.text
    assert len(best.text) <= 800


async def test_words_find_where_no_model_makes_vectors(home: Home) -> None:
    """The embedding server is away: what is there is said, and why it is less."""
    await home.talk("The spare key hangs in the shed.", "Good to know.")
    found = await home.ask("spare key shed")
    assert found.memories[0].text == "The spare key hangs in the shed."
    assert found.without_meaning in ("", "nothing is embedded yet")


async def test_any_bytes_and_nothing_at_all(home: Home) -> None:
    """A question may be anything, and a memory may be empty."""
    for text in ("", "?", '"', "NEAR(", "\x00*", "a" * 5_000, "日本", "😀"):
        assert (await home.ask(text)).memories == ()
    await home.talk("日本へ行きました。", "よかった。")
    assert (await home.told("日本"))[0] == "日本へ行きました。"


async def test_a_reranker_goes_over_the_best(home: Home) -> None:
    """Its order holds, and its scores are the reasons; a period stays in the order of time."""

    class Longest:
        async def scores(self, text: str, passages: Sequence[str]) -> Sequence[float]:
            return [float(len(each)) for each in passages]

    await home.talk("Pots are made of clay.", "Clay pots are fired in a kiln, and then glazed.")
    home.search.rerank_with(Longest())
    found = await home.ask("clay pots")
    assert [each.is_answer for each in found.memories] == [True, False]
    assert [set(each.reasons) for each in found.memories] == [{"reranker"}] * 2
    told = await home.ask("What did we talk about today?")
    assert [each.is_answer for each in told.memories] == [False, True]


async def test_the_last_conversation_is_the_last_before_it_is_asked(home: Home) -> None:
    """A question of an earlier day, and a clock that was set back."""
    await home.talk("First.", "Yes.", days_ago=30)
    await home.talk("Second.", "Yes.", days_ago=10)
    then = home.clock.now() - timedelta(days=20)
    found = await home.recall.find(Asked("What did we say in our last conversation?", then))
    assert [each.text for each in found.memories[:2]] == ["First.", "Yes."]
    before = home.clock.now() - timedelta(days=50)
    found = await home.recall.find(Asked("What did we say in our last conversation?", before))
    assert [each.text for each in found.memories[:2]] == ["Second.", "Yes."]


async def test_who_asks_what_is_known_of_them_gets_what_is_known(home: Home) -> None:
    """No fact has a word of that question; all that holds answers it, and nobody else's."""
    await learn(
        home,
        observed(home, "lives_in", "Porto", "You live in Porto."),
        observed(home, "lives_in", "Rome", "Anna lives in Rome.", subject="Anna"),
    )
    home.clock.advance(60)
    await learn(home, observed(home, "speaks", "Dutch", "You speak Dutch."))
    for question in ("What do you know about me?", "Who am I?", "tell me about myself"):
        assert await home.told(question) == ["You speak Dutch.", "You live in Porto."]
