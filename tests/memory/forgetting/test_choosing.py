"""What goes for what a person names, and how it is asked and told."""

from __future__ import annotations

import pytest

from tests.memory.forgetting.home import NOON, Home
from wooster.actions.registry import Registry
from wooster.core.errors import NotConfirmed, NotFound, UsageError
from wooster.memory.forgetting import wording
from wooster.memory.forgetting.actions import forget
from wooster.memory.recall.model import Memory


async def test_a_fact_goes_with_what_it_was_said_in_and_what_else_was_said_there_stays_known(
    home: Home,
) -> None:
    """By its number: the message goes, since it says it; another fact of that message is kept, with
    a quote that says nothing of it."""
    await home.say("I live in Zyxquar. I like walnuts.")
    await home.say("Is it raining in Zyxquar?")
    await home.say("I like walnut trees.")
    await home.distil()
    number = (await home.known())["You live in Zyxquar."]
    done = await home.forget(str(number))
    assert "You like walnuts." in await home.known()
    assert await home.questions() == ["I like walnut trees."]
    assert done.doomed.others == 0
    assert await home.rows("SELECT quote FROM facts WHERE quote LIKE '%Zyxquar%'") == []
    assert await home.findings() == []


async def test_a_plain_word_is_forgotten_where_it_was_made_of_the_fact_only(home: Home) -> None:
    """An answer that was given the fact goes, as does what follows in its conversation; somebody
    else's tea, said elsewhere, stays and is counted."""
    await home.say("I like tea")
    await home.distil()
    number = (await home.known())["You like tea."]
    given = [Memory("fact", number, "", NOON, "me", "", 1.0, {})]
    await home.say("What shall I drink?", "You like tea.", None, given)
    await home.say("What shall I eat?", "Soup.", None, given)
    await home.say("How is tea grown?", "On hills.")
    done = await home.forget(f"#{number}")
    assert await home.questions() == ["What shall I eat?", "How is tea grown?"]
    assert (done.doomed.others, done.doomed.words) == (1, ())


async def test_a_name_that_is_talked_of_often_stays_where_it_is_talked_of(home: Home) -> None:
    """Forgetting that somebody likes Python doesn't take all their talk of Python with it."""
    await home.say("I like Python")
    await home.distil()
    for number in range(11):
        await home.say(f"How does Python sort list {number}?")
    done = await home.forget(str((await home.known())["You like Python."]))
    assert len(await home.questions()) == 11
    assert done.doomed.others == 11


async def test_another_fact_that_says_the_same_keeps_the_turn_that_it_was_said_in(
    home: Home,
) -> None:
    """The person named one fact; what is still known is still quoted from where it was said."""
    await home.say("I live in Porto.")
    await home.say("My sister lives in Porto.")
    await home.facts.remember("the meeting is in Porto")
    await home.distil()
    facts = await home.known()
    done = await home.forget(str(facts["You live in Porto."]))
    assert await home.questions() == ["My sister lives in Porto."]
    assert done.doomed.others >= 2
    assert "You live in Porto." not in await home.known()
    assert len(await home.known()) == len(facts) - 1


async def test_the_last_exchange_goes_with_all_that_was_learned_only_there(home: Home) -> None:
    """What was also said before is known still, and quoted from there."""
    await home.say("I like plums")
    await home.say("I like plums and my name is Yxor.")
    await home.distil()
    await home.forget("LAST")
    assert await home.questions() == ["I like plums"]
    assert list(await home.known()) == ["You like plums."]
    assert await home.rows("SELECT quote FROM facts") == [("I like plums",)]


@pytest.mark.parametrize(
    ("said", "what", "goes"),
    [
        ("I write C++ all day", "C++", True),
        ("I write C all day", "C++", False),
        ("In C# it is easy", "c#", True),
        ("A concatenation", "cat", False),
        ("The cats ran", "cat", False),
        ("Call 555-1234 now", "555 1234", True),
        ("Call 555 1234 now", "555-1234", True),
        ("Call 5551 234 now", "555-1234", False),
        ("Un café, por favor", "CAFE", True),
        ("Ich wohne in Zürich.", "zurich", True),
        ("東京都に住んでいます", "東京", True),
        ("京東に住んでいます", "東京", False),
        ("Pizza 🍕 tonight", "🍕", True),
        ("I ♥️ it", "♥", True),
        ("It is preferred", "preference", False),
        ("snake_case", "snake", True),
        ("Ana met Tom", "tom ana", True),
        ("Ana met Tim", "tom ana", False),
        ("He said “Zyx”!", "Zyx?", True),
        ("My number is 99.", "99", True),
        ("नमस्ते दुनिया", "नमस्ते", True),
    ],
)
async def test_words_are_meant_as_they_are_written(
    home: Home, said: str, what: str, goes: bool
) -> None:
    """Whole words, whatever their case and accents; signs count, where they end no sentence. What
    isn't said isn't forgotten: no stem, no part, no category of facts."""
    await home.say(said)
    await home.say("I like plums")
    await home.distil()
    done = await home.forget(what)
    assert [turn.question for turn in done.doomed.turns] == ([said] if goes else [])
    assert "I like plums" in await home.questions()


@pytest.mark.parametrize("what", ["", "  ", "?!", "“…”"])
async def test_nothing_is_named_by_signs_that_say_nothing(home: Home, what: str) -> None:
    """Everything has a full stop."""
    await home.say("Hello.")
    with pytest.raises(UsageError):
        await home.forget(what)


async def test_there_must_be_such_a_fact_and_a_last_exchange(home: Home) -> None:
    """A number that no fact has may be words; with its sign it is a number."""
    for what in ("#7", "last"):
        with pytest.raises(NotFound):
            await home.forget(what)
    assert (await home.forget("7" * 400)).doomed.is_empty


# --- what is asked and told ---------------------------------------------------------------------


async def _asked(home: Home, what: str) -> str:
    registry = Registry()
    registry.add(forget(lambda: home.forgetting, home.clock))
    return await registry.prepare("forget", {"what": what}).question()


async def test_the_question_says_what_goes_and_what_stays(home: Home) -> None:
    """Facts and exchanges by their words, how many more, and that it can't be undone."""
    await home.say("My name is Zyxquar. I like figs.")
    for number in range(4):
        await home.say(f"Call Zyxquar {number}")
    await home.distil()
    told = await _asked(home, "zyxquar")
    assert told.startswith("Forget 1 fact (“Your name is Zyxquar.”), 5 exchanges (2026-11-22 “My")
    assert "; 2 more) and 1 other fact (“You like figs.”) learned only there" in told
    assert told.endswith("It can't be undone.")


async def test_a_fact_told_elsewhere_is_told_so(home: Home) -> None:
    """The person learns how to forget the rest."""
    await home.say("I like tea")
    await home.say("How is tea grown?")
    await home.distil()
    told = await _asked(home, str((await home.known())["You like tea."]))
    assert "still said in 1 more place: `/forget tea`" in told


async def test_nothing_is_asked_about_nothing(home: Home) -> None:
    """What isn't there is an error before any question."""
    await home.say("Hello.")
    with pytest.raises(NotFound, match="zyxquar"):
        await _asked(home, "zyxquar")


async def test_the_action_asks_first_and_tells_what_went(home: Home) -> None:
    """Without a yes nothing happens."""
    await home.say("I like tea")
    registry = Registry()
    registry.add(forget(lambda: home.forgetting, home.clock))
    with pytest.raises(NotConfirmed, match="Forget 1 exchange"):
        await registry.run("forget", {"what": "tea"})
    assert await home.questions() == ["I like tea"]
    told = await registry.prepare("forget", {"what": "tea"}).run(lambda _: None)
    assert (told.text, told.exit_code) == ("Forgotten: 1 exchange.", 0)


# --- turns, conversations, people -----------------------------------------------------------------


async def test_a_conversation_goes_whole_by_when_something_was_said_in_it(home: Home) -> None:
    """The last one, or by the minute that `history` shows; an exchange goes by its minute alone.
    In quotation marks it is words."""
    first = (await home.say("I like figs")).session_id
    home.clock.advance(60)
    await home.say("And plums", session=first)
    home.clock.advance(60)
    await home.say("Let's plan the session of the board")
    home.clock.advance(60)
    await home.say("Hello")
    done = await home.forget("turn 2026-11-22 12:00")
    assert [turn.question for turn in done.doomed.turns] == ["I like figs"]
    assert [turn.question for turn in (await home.forget("session")).doomed.turns] == ["Hello"]
    await home.say("Hello", session=first)
    home.clock.advance(600)
    await home.say("Anybody there?")
    await home.forget("session 2026-11-22 12:01")
    assert await home.questions() == ["Let's plan the session of the board", "Anybody there?"]
    with pytest.raises(NotFound, match="2020-01-01"):
        await home.forget("session 2020-01-01 10:00")
    await home.forget('"session board"')
    assert await home.questions() == ["Anybody there?"]


async def test_a_person_goes_with_what_is_known_of_them(home: Home) -> None:
    """Also what doesn't name them; who is called otherwise stays."""
    await home.say("My sister Zyxa lives in Porto.")
    await home.say("Zyxandra likes figs.")
    await home.say("Zyxa called me.")
    await home.distil()
    await home.forget("person Zyxa")
    assert await home.questions() == ["Zyxandra likes figs."]
    assert not [each for each in await home.known() if "Zyxa " in each]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Zyxquar", "I met ZYXQUAR, then left."),
        ("my dentist", "A dentist is not my dentist's"),
        ("C++", "I write c++!"),
        ("555-1234", "Call 555 1234 now"),
        ("Café Zürich", "in ZURICH there is a café."),
        ("東京", "東京都に住んでいます"),
        ("♥", "I ♥ it"),
        ("O'Neil", "ask o’neil"),
    ],
)
def test_what_was_forgotten_is_known_again_where_it_stands(words: str, said: str) -> None:
    """From digests of its parts: each is among the stretches of a text that says it, however it is
    written, and a text that doesn't say it lacks one."""
    meant = wording.all_of(words)
    assert meant is not None and meant.stands_in(said)
    for text, says in ((said, True), ("Something else, by somebody.", False)):
        known = [wording.known_as(chunk) for chunk in meant.chunks]
        found = [
            told in {each for row in wording.windows(text, runs) for each in wording.stretches(row)}
            for told, runs in known
        ]
        assert all(found) == says
    again = wording.of_chunks([wording.known_as(chunk)[0] for chunk in meant.chunks])
    assert again is not None and again.stands_in(said)
