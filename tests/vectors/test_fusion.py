"""Two rankings made one, by laws."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wooster.vectors.fusion import Ranked, blend, with_best


def test_a_blend_counts_each_search_as_a_share_of_its_best() -> None:
    """Whatever unit its scores have; who is good in both is first."""
    ranked = blend({"a": 10.0, "b": 9.0}, {"b": 0.4, "c": 0.5, "d": -0.2})
    assert [one.label for one in ranked] == ["b", "a", "c", "d"]
    assert [round(one.score, 6) for one in ranked] == [1.7, 1.0, 1.0, 0.0]


@given(
    st.dictionaries(st.integers(0, 20), st.floats(0.1, 50), max_size=9),
    st.dictionaries(st.integers(0, 20), st.floats(-1, 1), max_size=9),
    st.floats(0.5, 100),
)
def test_a_blend_has_every_label_once_and_knows_no_unit(
    words: dict[int, float], cosines: dict[int, float], unit: float
) -> None:
    """Scores ten times as large give the same ranking; where one is empty the other decides."""
    ranked = blend(words, cosines)
    assert sorted(one.label for one in ranked) == sorted({*words, *cosines})
    scaled = blend({label: score * unit for label, score in words.items()}, cosines)
    assert [round(one.score, 9) for one in scaled] == [round(one.score, 9) for one in ranked]
    alone = [one.score for one in blend(words, {})]
    assert alone == sorted(alone, reverse=True)


def test_the_best_of_a_search_is_among_the_first_as_the_last_of_them_if_need_be() -> None:
    """The others keep their order."""
    ranked = [Ranked(label, 0.0) for label in "abcde"]
    assert "".join(one.label for one in with_best(ranked, {"e": 1, "a": 0}, 3)) == "abecd"
    assert "".join(one.label for one in with_best(ranked, {"b": 1, "e": 0}, 3)) == "abcde"
    assert "".join(one.label for one in with_best(ranked, {}, 3)) == "abcde"
