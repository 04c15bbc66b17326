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
        ("Running in Kraków", ["run", "krakow"], "**Run**ning in **Kraków**"),
        ("Handwerkerrechnung", ["handwerker"], "**Handwerker**rechnung"),
        ("in an inn", ["i", "in"], "**in** an inn"),
        ("organised", ["organise"], "**organised**"),
        ("an oak table", ["oak table"], "an **oak** **table**"),
        ("明日の会議は東京で", ["会 議"], "明日の**会議**は東京で"),
        ("日本語が 会 は", ["が", "会 議"], "日本語**が** 会 は"),
        ("a *b* `c` # d", ["b"], "a \\***b**\\* \\`c\\` \\# d"),
        ("nothing here", ["else"], "nothing here"),
    ],
)
def test_words_are_marked_where_the_index_found_them(
    text: str, words: list[str], shown: str
) -> None:
    """By their begin, without accents, and nothing in a document is our Markdown."""
    assert excerpt(text, words) == shown


def test_what_only_lays_a_text_out_is_left_away() -> None:
    """Signs of headings, lists, tables and code, and headings that are said above it."""
    text = "# Bread\n\n## Dough\n- [x] mix\n> rest\n\n| a | b |\n|---|---|\n| 1 \\| 2 | 3 |\n"
    code = "```sh\nls *.md\n```\n[[Flour#rye|rye]] #tag\n***\n"
    shown = "Dough mix rest a · b 1 \\| 2 · 3 ls \\*.md rye \\#tag"
    assert excerpt(text + code, [], ("Bread",)) == shown


def test_the_excerpt_is_where_the_words_are() -> None:
    """The window with most of them, cut between words."""
    text = "apple " + "filler " * 200 + "the apple and the pear together " + "filler " * 200
    shown = excerpt(text, ["apple", "pear"])
    assert "the **apple** and the **pear** together" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 300


def test_what_a_heading_says_is_shown_from_the_begin() -> None:
    """All of the passage is about it, and not the tag at its end."""
    text = "# Bees\n\nThey need water." + " filler" * 100 + " #bees"
    assert excerpt(text, ["bees"], ("Bees",)).startswith("They need water. filler")


@given(st.text(max_size=2000), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_and_any_words(text: str, words: list[str]) -> None:
    """On one line, and not much longer than the limit."""
    shown = excerpt(text, words, limit=100)
    assert "\n" not in shown
