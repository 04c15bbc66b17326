"""Telling kinds apart by vectors."""

from __future__ import annotations

import numpy as np

from tests.embedder import vector_of
from wooster.actions.sentences import classifier
from wooster.vectors.model import Maker

MAKER = Maker("words", 64)
WATER = ["drink some water", "water is wet", "a glass of water"]
STONE = ["throw a stone", "stone is hard", "a wall of stone"]


def of(*texts: str) -> classifier.Vectors:
    found: classifier.Vectors = np.stack([vector_of(each, MAKER) for each in texts])
    return found


def test_a_sentence_is_of_the_kind_whose_examples_it_is_like() -> None:
    """An example itself most of all; the kinds are in the order of their names."""
    fitted = classifier.fit(of(*WATER, *STONE), ["water"] * 3 + ["stone"] * 3)
    assert fitted.kinds == ("stone", "water")
    scores = fitted.scores(of("some cold water", "some big stone", WATER[0], STONE[0]))
    assert scores.shape == (4, 2)
    assert scores.argmax(axis=1).tolist() == [1, 0, 1, 0]
    assert scores[2, 1] > scores[0, 1]
    assert scores[2, 1] > 0.6


def test_what_is_like_nothing_known_scores_low_everywhere() -> None:
    """So that it is no kind's: the opposite of an example is farthest."""
    fitted = classifier.fit(of(*WATER, *STONE), ["water"] * 3 + ["stone"] * 3)
    assert float(np.abs(fitted.scores(-of(WATER[0]))).max()) < 0.1


def test_the_order_of_the_examples_says_nothing() -> None:
    """The same examples give the same scores."""
    kinds = ["water"] * 3 + ["stone"] * 3
    forth = classifier.fit(of(*WATER, *STONE), kinds)
    back = classifier.fit(of(*reversed([*WATER, *STONE])), kinds[::-1])
    asked = of("some cold water")
    assert np.allclose(forth.scores(asked), back.scores(asked), atol=1e-4)
