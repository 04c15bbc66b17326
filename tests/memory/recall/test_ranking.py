"""What is recalled first, and why."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.memory.recall.ranking import (
    Question,
    Utterance,
    asking_share,
    of_period,
    ranked,
    session_scores,
)
from wooster.memory.recall.when import chosen, parse

BEGIN = datetime(2023, 5, 1, 12, tzinfo=UTC)
NOW = datetime(2023, 10, 22, tzinfo=UTC)
BOTH = frozenset({"Ann", "Ben"})
STOP = frozenset({"what", "did", "the", "we", "about", "on", "to", "i", "you", "of", "when", "our"})


def said(
    place: int,
    text: str = "Something was said.",
    speaker: str = "Ann",
    *,
    session: int = 1,
    words: float = 1.0,
    cosine: float = 0.5,
    company: frozenset[str] = BOTH,
) -> Utterance:
    at = BEGIN + timedelta(days=session)
    return Utterance(
        session * 100 + place, session, place, at, speaker, text, company, words, cosine
    )


def question(text: str, sessions: int = 0, *, me: str = "", you: str = "") -> Question:
    """Asked where so many sessions were held, one a day."""
    when = parse(text, NOW, UTC)
    held = [(BEGIN + timedelta(days=day),) * 2 for day in range(1, sessions + 1)]
    meant = [index + 1 for index in chosen(held, when)] if when else []
    return Question(text, BOTH, when, meant, me, you)


def first(candidates: list[Utterance], asked: Question) -> int:
    return ranked(candidates, asked, STOP)[0].utterance.place


def test_words_and_meaning_count_equally() -> None:
    """Each as a share of the best of all candidates, whatever the unit of its scores."""
    candidates = [said(1, words=20, cosine=0.1), said(2, words=19, cosine=0.5), said(3, words=0)]
    assert first(candidates, question("pottery")) == 2


def test_who_is_named_is_preferred_and_so_is_who_asks() -> None:
    """One name, or "I" and "you" where it is only one of them; two names prefer nobody."""
    candidates = [said(1, speaker="Ann"), said(2, speaker="Ben")]
    assert first(candidates, question("What did Ben buy?")) == 2
    assert first(candidates, question("what did ann buy?")) == 1
    assert first(candidates, question("What did I buy?", me="Ben", you="Ann")) == 2
    assert first(candidates, question("What did you buy?", me="Ann", you="Ben")) == 2
    for nobody in ("What did you tell me?", "What did Ann tell Ben?", "What did I buy?"):
        asked = question(nobody, me="Ben" if "you" in nobody else "", you="Ann")
        assert first(candidates, asked) == 1


def test_who_was_there_counts_where_others_talk_elsewhere() -> None:
    """A chat that the named one had no part in comes after."""
    elsewhere = said(1, speaker="Eve", company=frozenset({"Eve"}))
    assert first([elsewhere, said(2, session=2)], question("What does Ben like?")) == 2


def test_who_asks_doesnt_tell_and_filler_says_little() -> None:
    """An answer is before its question; content is before politeness."""
    assert first([said(1, "Where do you go?"), said(2, "To Porto.")], question("Where?")) == 2
    full = "Porto, pottery, swimming, violins, tomatoes, bicycles and an old typewriter."
    assert first([said(1, "That's so great!"), said(2, full)], question("Where?")) == 2


def test_a_session_about_it_lifts_its_utterances() -> None:
    """Of two that are equally good, the one among good ones is first."""
    candidates = [
        said(1, session=1),
        said(2, session=1, words=0.0, cosine=0.0),
        said(3, session=2),
        said(4, session=2, words=0.9),
    ]
    assert first(candidates, question("pottery")) == 3


def test_a_date_in_the_question_prefers_what_was_said_then() -> None:
    """A little when it asks for what happened, surely when it asks for what was said."""
    candidates = [said(1, session=2, words=1.0), said(2, session=8, words=0.5)]
    assert first(candidates, question("What did Ann buy on 9 May?", 9)) == 2
    weak = [said(1, session=2, words=1.0), said(2, session=8, words=0.0, cosine=0.0)]
    assert first(weak, question("What did Ann buy on 9 May?", 9)) == 1
    assert first(weak, question("What did we say about pots on 9 May?", 9)) == 2
    assert first(weak, question("What did we say about pots in our eighth session?", 9)) == 2


def test_the_last_time_is_the_last_session_that_was_about_it() -> None:
    """Not the last session; and the first time is the first of them."""
    candidates = [
        said(1, session=1),
        said(2, session=5),
        said(3, session=9, words=0.0, cosine=0.1),
    ]
    assert first(candidates, question("When was the last time we spoke of pots?")) == 2
    assert first(candidates, question("When did we first discuss pots?")) == 1


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["Ann", "Ben"]),
            st.floats(0, 30),
            st.floats(-1, 1),
            st.text(max_size=30),
        ),
        max_size=12,
    ),
    st.sampled_from(
        ["", "What did Ann say?", "the last time we met Ben", "what did we say on 2 May 2023"]
    ),
    st.randoms(),
)
def test_the_order_of_the_candidates_doesnt_matter_and_reasons_add_up(
    told: list[tuple[int, str, float, float, str]], text: str, chance: random.Random
) -> None:
    """Every candidate is ranked once, by the sum of its reasons."""
    candidates = [
        said(place, text, speaker, session=session, words=words, cosine=cosine)
        for place, (session, speaker, words, cosine, text) in enumerate(told)
    ]
    asked = question(text, 3)
    found = ranked(candidates, asked, STOP)
    chance.shuffle(candidates)
    assert ranked(candidates, asked, STOP) == found
    assert sorted(one.utterance.id for one in found) == sorted(one.id for one in candidates)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for one in found:
        assert one.score == pytest.approx(sum(one.reasons.values()))


def test_all_that_was_said_then_comes_back_in_its_order() -> None:
    """Whose words are asked for come first; what was said at other times doesn't come."""
    utterances = [
        said(place, speaker=speaker, session=session)
        for session in (3, 2, 1)
        for place, speaker in ((2, "Ann"), (1, "Ben"))
    ]
    asked = question("What did we talk about between 2 and 3 May?", 3)
    found = of_period(utterances, asked, STOP)
    assert found is not None
    assert [one.utterance.id for one in found] == [101, 102, 201, 202]
    hers = of_period(utterances, question("What did Ann say on 3 May?", 3), STOP)
    assert hers is not None
    assert [one.utterance.id for one in hers] == [202, 201]


def test_an_empty_period_is_empty_and_a_subject_is_left_to_the_ranking() -> None:
    """Nothing was said then: nothing is made up. None means that a search has to answer."""
    assert of_period([said(1)], question("What did we say yesterday?", 1), STOP) == []
    for other in ("What did we say about pots on 2 May?", "What did Ann buy on 2 May?", "Pots?"):
        assert of_period([said(1)], question(other, 1), STOP) is None


def test_sessions_are_ranked_by_their_best_and_a_little_by_the_rest() -> None:
    """One strong utterance beats three weak ones; of equal bests the one with more is first."""
    held = [(1, 1.0), (2, 0.4), (2, 0.3), (2, 0.2), (3, 1.0), (3, 0.5)]
    assert [session for session, _ in session_scores(held)] == [3, 1, 2]
    none: list[tuple[int, float]] = []
    assert session_scores(none) == []


def test_how_much_of_a_text_asks() -> None:
    """By its letters."""
    assert asking_share("Why?") == 1.0
    assert asking_share("Because.") == 0.0
    assert asking_share("") == 0.0
    assert 0.4 < asking_share("I see it. Do you?") < 0.6
