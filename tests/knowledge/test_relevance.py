"""What a question is answered from, and when there is nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wooster.core.text import rough_tokens
from wooster.knowledge.relevance import choose, worth_showing
from wooster.vectors.model import Hit


def hit(cosine: float | None, *words: str, text: str = "text", number: int = 1) -> Hit:
    return Hit(number, "library", 1, "k", "", text, 1.0, cosine, frozenset(words))


ASKED = ("capital", "france")


def test_what_has_nothing_to_do_with_a_question_is_not_quoted() -> None:
    """A search always finds something; one common word or a far vector is nothing."""
    assert choose([hit(0.1), hit(0.2, "capital"), hit(None, "capital")], ASKED, 6) == []


def test_meaning_words_or_some_of_both() -> None:
    """Near in meaning, or less near with some of the words, or without a vector most of them."""
    for good in (hit(0.5), hit(0.2, *ASKED), hit(0.33, "france"), hit(None, *ASKED)):
        assert [each.hit for each in choose([good], ASKED, 6)] == [good]


def test_what_is_far_behind_the_best_is_left_out() -> None:
    """Unless its words make up for it."""
    best, behind, worded = hit(0.8), hit(0.5), hit(0.4, *ASKED)
    assert [each.hit for each in choose([best, behind, worded], ASKED, 6)] == [best, worded]


def test_short_words_say_little() -> None:
    """In whatever language: "die" of "wie ist die Adresse" is no reason to quote."""
    asked = ("wie", "ist", "die", "adresse")
    assert choose([hit(0.34, "die", "ist")], asked, 6) == []
    assert len(choose([hit(0.34, "adresse")], asked, 6)) == 1


def test_a_search_shows_what_has_the_words_or_is_near() -> None:
    """And not the rest of a ranking that always has ten."""
    worded, near, far, farther = hit(0.01, "france"), hit(0.5), hit(0.28), hit(0.1)
    assert worth_showing([worded, near, far, farther]) == (worded, near)
    assert worth_showing([far, farther]) == (far,)
    assert worth_showing([hit(None)]) == ()


def test_a_question_without_a_word_goes_by_meaning() -> None:
    """No words are all words of none."""
    assert choose([hit(None)], (), 6) == []
    assert len(choose([hit(0.8)], (), 6)) == 1


@given(
    st.lists(st.text(max_size=3000), max_size=8),
    st.integers(1, 400),
    st.integers(1, 6),
)
def test_the_budget_and_the_limit_hold(texts: list[str], budget: int, limit: int) -> None:
    """The best is cut to fit, others are left out where they don't."""
    hits = [hit(0.9, text=text, number=i) for i, text in enumerate(texts)]
    chosen = choose(hits, ASKED, limit, budget)
    assert len(chosen) <= limit
    assert sum(rough_tokens(each.text) for each in chosen) <= budget
    assert all(each.hit.text.startswith(each.text) for each in chosen)
