"""Reciprocal rank fusion has laws."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wooster.vectors.fusion import Ranking, fuse

rankings = st.lists(
    st.builds(
        Ranking,
        st.lists(st.integers(0, 30), unique=True, max_size=15),
        st.floats(0.1, 3.0),
    ),
    max_size=5,
)


@given(rankings, st.randoms())
def test_the_order_of_the_searches_does_not_matter(
    given_: list[Ranking[int]], random: object
) -> None:
    """Words first or vectors first: the result is the same."""
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fuse(given_) == fuse(shuffled)


@given(rankings)
def test_every_label_is_there_once_and_none_is_invented(given_: list[Ranking[int]]) -> None:
    """No search hides another's hits."""
    labels = [one.label for one in fuse(given_)]
    assert len(labels) == len(set(labels))
    assert set(labels) == {label for ranking in given_ for label in ranking.labels}


@given(st.lists(st.integers(), unique=True))
def test_one_search_alone_keeps_its_order(labels: list[int]) -> None:
    """Fusing one ranking changes nothing."""
    assert [one.label for one in fuse([Ranking(labels)])] == labels


def test_what_both_searches_find_comes_before_what_one_finds_first() -> None:
    """Two good ranks are better than one best."""
    found = fuse([Ranking(["a", "b"]), Ranking(["c", "b"])])
    assert [one.label for one in found] == ["b", "a", "c"]
