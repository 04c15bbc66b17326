"""What is told of a conversation without a model: transcripts of what was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.memory.episodes.said import turns
from wooster.memory.episodes import extract
from wooster.memory.episodes.mood import sentiment
from wooster.memory.episodes.people import people
from wooster.memory.episodes.sentences import own_words, sentences
from wooster.memory.episodes.topics import topics
from wooster.vectors.words import STOP_WORDS

GARDEN = turns(
    ("Hello", "Good morning! What can I do for you?"),
    ("How do I prune a climbing rose in winter?", "**Cut** it back in February:\n- above a bud"),
    ("Mine stands at the north wall and has never flowered.", "It gets too little sun there."),
    ("Ok thanks.", "You're welcome."),
)


def test_a_summary_is_the_sentences_that_carry_most_in_their_order() -> None:
    """What was asked and told is in it, courtesies aren't, and whose words an answer is is said."""
    summary = extract.summary(GARDEN)
    asked, told = summary.index("prune a climbing rose"), summary.index("north wall")
    assert asked < told
    assert "Hello" not in summary and "welcome" not in summary
    assert "Wooster: It gets too little sun" in summary
    assert "*" not in summary


def test_the_person_is_told_of_before_the_assistant() -> None:
    """However long the answers are, a summary isn't made of them."""
    plants = ["Basil burned on the sill", "Mint took over the bed", "Fennel shades the lettuce"]
    essay = "Horticulture rewards patient observers with abundant seasonal harvests everywhere. "
    summary = extract.summary(turns(*((plant, essay * 40) for plant in plants)))
    assert all(plant in summary for plant in plants)
    assert summary.count("Horticulture") <= 1


def test_who_speaks_by_name_is_named() -> None:
    """A conversation of others keeps apart who said what."""
    told = extract.told(turns("The ferry leaves at nine.", speaker="Ada"), None)
    assert told.summary == "Ada: The ferry leaves at nine."
    assert (told.people, told.followups) == (("Ada",), ())


def test_lines_without_a_full_stop_stay_apart() -> None:
    """Two messages don't run into one sentence."""
    told = extract.summary(turns("Basil burned on the sill", "Fennel shades the lettuce"))
    assert told == "Basil burned on the sill. Fennel shades the lettuce"


@pytest.mark.parametrize(
    ("said", "summary"),
    [
        ("Hello", "Hello"),
        ("", "(no words)"),
        ("?!", "?!"),
        ("> quoted only", "> quoted only"),
        ("明日の会議は九時です。東京駅で会います。", "明日の会議は九時です。 東京駅で会います。"),
        ("Ich ziehe nach Bremen. Dort ist Regen.", "Ich ziehe nach Bremen. Dort ist Regen."),
    ],
)
def test_little_or_strange_words_still_make_a_summary(said: str, summary: str) -> None:
    """It is never empty, and other languages are told in their own words."""
    assert extract.summary(turns(said)) == summary


@given(st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), min_size=1, max_size=6))
def test_whatever_was_said_the_telling_is_bounded(said: list[tuple[str, str]]) -> None:
    """Any bytes make a summary of at most its length, a few topics, names and follow-ups."""
    told = extract.told(turns(*said), None)
    assert 0 < len(told.summary) <= extract.LONGEST_SUMMARY
    assert len(told.topics) <= 5 and len(told.people) <= 8 and len(told.followups) <= 5
    assert told == extract.told(turns(*said), None)


def test_a_book_that_is_pasted_is_read_in_part() -> None:
    """Its beginning, and in no time."""
    summary = extract.summary(
        turns("Read this.\n" + "Chapter upon chapter of plain text. " * 50_000)
    )
    assert 0 < len(summary) <= extract.LONGEST_SUMMARY


def test_topics_are_the_words_that_it_is_about() -> None:
    """What the person speaks of, the most frequent first; no stop words, and none twice."""
    told = topics(
        turns(
            ("My sourdough never rises.", "Sourdough needs warmth."),
            ("The starter is a week old. I keep the starter in the fridge.", "Try a warm place."),
            ("Does the sourdough need another flour?", "Rye flour is livelier."),
        )
    )
    assert set(told[:2]) == {"sourdough", "starter"}
    assert not STOP_WORDS & {word.lower() for word in told}
    assert topics(turns("Hello there", "How are you?")) == ()
    assert topics(turns("I think about switching jobs after the wedding")) == ("wedding",)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("My sister Marta is here.", ("Marta",)),
        ("Marta told me that Jo and I are late.", ("Marta", "Jo")),
        ("I'll call Ana Souza tomorrow", ("Ana Souza",)),
        ("It's Zoë's birthday", ("Zoë",)),
        ("Tom is my brother-in-law", ("Tom",)),
        ("We went to Lisbon and then to Madrid on Monday.", ()),
        ("Tell me about Napoleon", ()),
        ("I bought an Opel. Python is great.", ()),
        ("call Monday", ()),
        ("He said “my sister Eve told me”", ()),
        ("my sister is here", ()),
    ],
)
def test_a_name_is_taken_where_somebody_must_be_meant(said: str, names: tuple[str, ...]) -> None:
    """Kin, and those who say and do what people do; no place, day, thing or quotation."""
    assert people(turns(said)) == names


@pytest.mark.parametrize(
    ("said", "dates"),
    [
        ("We met on 8 May 2024", ("2024-05-08",)),
        ("We met on 8 May", ("2026-05-08",)),
        ("I'll be in Rome on 8 May", ("2027-05-08",)),
        ("It was yesterday; tomorrow we go on", ("2026-11-23", "2026-11-21")),
        ("We moved in March 2020", ("2020-03",)),
        ("I graduated in 2011", ("2011",)),
        ("on Friday, some weeks ago", ()),
        ("today and now", ()),
        ("> on 8 May 2024", ()),
    ],
)
def test_dates_are_those_that_were_spoken_of(said: str, dates: tuple[str, ...]) -> None:
    """From the moment at which it was said; what is vague is left out."""
    assert extract.spoken_dates(turns(said), None) == dates


@pytest.mark.parametrize(
    ("said", "mood"),
    [
        ("I'm so exhausted and worried.", "negative"),
        ("I feel lonely here", "negative"),
        ("I'm not happy with it", "negative"),
        ("My dog died last night.", "negative"),
        ("My cat Misha died and I can't stop crying.", "negative"),
        ("I feel terrible today", "negative"),
        ("I feel terrible code should be rewritten", "neutral"),
        ("I am really proud and happy!", "positive"),
        ("I’m thrilled about it", "positive"),
        ("The bug is terrible and the build failed", "neutral"),
        ("I'm not sad", "neutral"),
        ("Are you sad?", "neutral"),
        ("If I'm worried, I'll tell you", "neutral"),
        ('She wrote "I am so lonely here"', "neutral"),
        ("I'm happy. But I'm sad.", "neutral"),
        ("Ich bin traurig", "neutral"),
        ("", "neutral"),
    ],
)
def test_mood_is_told_where_it_is_sure(said: str, mood: str) -> None:
    """Only of oneself, never of a bug, a question, a condition or a quotation."""
    assert sentiment([said]) == mood


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\n> b\nc", ["a", "c"]),
        ("a\n```\nx = 1\n```\nc", ["a", "c"]),
        ("a\n```\nx = 1", ["a"]),
        ("He said “I like tea a lot” to me", ["He said … to me"]),
        ("I don't and can't", ["I don't and can't"]),
        ("mine\nOn Mon, 3 May 2026, Ben wrote:\nhis", ["mine"]),
        ("mine\nFrom: ben@example.org\nhis", ["mine"]),
        ("see https://example.org/x?y", ["see …"]),
        ("Dr. Who came. Then e.g. this. End", ["Dr. Who came.", "Then e.g. this.", "End"]),
        ("- one\n- two", ["one", "two"]),
    ],
)
def test_own_words_are_apart_from_what_is_quoted(text: str, left: list[str]) -> None:
    """Code, quotations, addresses and mail that is passed on are somebody else's."""
    assert sentences(own_words(text)) == left


def test_a_page_of_nothing_is_passed_over_at_once() -> None:
    """Empty lines were looked at from each of them on, with the daemon waiting."""
    assert sentences(own_words("\n" * 3_999 + "x")) == ["x"]
    assert own_words("Hello\n  > quoted\n  | a | b |\nfrom: a@b\nrest").split() == ["Hello"]
    assert own_words("a\n  ~~~\ncode\n  ~~~\nb").split() == ["a", "b"]
