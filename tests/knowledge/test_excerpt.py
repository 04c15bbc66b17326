"""The part of a passage that is shown, with the words marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.knowledge.excerpt import excerpt


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Red apples fell.", ["apple"], "Red **apples** fell."),
        ("Running in Kraków", ["run", "krakow"], "Running in **Kraków**"),
        ("organised", ["organise"], "**organised**"),
        ("an oak table", ["oak table"], "an **oak** **table**"),
        ("明日の会議は東京で", ["会 議"], "明日の**会****議**は東京で"),
        ("a *b* `c`\n# d", ["b"], "a \\***b**\\* \\`c\\` \\# d"),
        ("nothing here", ["else"], "nothing here"),
    ],
)
def test_words_are_marked_where_the_index_found_them(
    text: str, words: list[str], shown: str
) -> None:
    """By their begin, without accents, and nothing in a document is our Markdown."""
    assert excerpt(text, words) == shown


def test_the_excerpt_is_where_the_words_are() -> None:
    """The window with most of them, cut between words."""
    text = "apple " + "filler " * 200 + "the apple and the pear together " + "filler " * 200
    shown = excerpt(text, ["apple", "pear"])
    assert "the **apple** and the **pear** together" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 300


@given(st.text(max_size=2000), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_and_any_words(text: str, words: list[str]) -> None:
    """On one line, and not much longer than the limit."""
    shown = excerpt(text, words, 100)
    assert "\n" not in shown
