"""What says the same is one hit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wooster.vectors.folding import folded

PAGE = " ".join(f"word{number}" for number in range(60))


def test_what_differs_in_spaces_case_and_a_word_is_folded() -> None:
    """A page saved twice; another page stays."""
    again = PAGE.upper().replace(" ", "\n", 5) + " advert"
    assert folded([PAGE, "something else entirely", again], 9) == [(0, (2,)), (1, ())]


def test_what_shares_half_is_not_folded() -> None:
    """Two letters with one salutation are two letters."""
    other = " ".join(PAGE.split()[:30] + [f"other{number}" for number in range(30)])
    assert folded([PAGE, other], 9) == [(0, ()), (1, ())]


def test_short_texts_are_folded_only_when_they_are_the_same() -> None:
    """Three words have few runs to compare."""
    assert folded(["call Ana", "Call Ana!", "call Tom", "", "…"], 9) == [
        (0, (1,)),
        (2, ()),
        (3, ()),
        (4, ()),
    ]


@given(st.lists(st.text(alphabet="ab \n", max_size=12), max_size=12))
def test_every_text_is_kept_or_stood_for_once(texts: list[str]) -> None:
    """Nothing is lost, and the order stays."""
    result = folded(texts, 12)
    positions = [position for position, _ in result]
    everyone = [*positions, *(each for _, alike in result for each in alike)]
    assert sorted(everyone) == list(range(len(texts)))
    assert positions == sorted(positions)


def test_no_more_are_looked_at_than_are_wanted() -> None:
    """What says the same as one of them still is, up to the first that is too much."""
    texts = ["call Ana", "call Tom", "Call Tom!", "call Eve", "call Ana"]
    assert folded(texts, 2) == [(0, ()), (1, (2,))]
