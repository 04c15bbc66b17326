"""Text: cleaning, clipping, the search form and the query."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.core.text import clean, clip, match_query, rough_tokens, search_form


def find(stored: str, words: str) -> bool:
    """Whether a full-text index with `stored` in it finds `words`."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE t USING fts5(x, tokenize='unicode61 remove_diacritics 2')"
        )
        connection.execute("INSERT INTO t VALUES (?)", (search_form(stored),))
        query = match_query(words)
        rows = connection.execute("SELECT 1 FROM t WHERE t MATCH ?", (query,)).fetchall()
    connection.close()
    return bool(rows)


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("Zoë's café in Kraków", "cafe krakow"),
        ("Zoë's café in Kraków", "zoë's"),
        ("the well-known O'Reilly book", "well-known"),
        ("the well-known O'Reilly book", "O'Reilly"),
        ("he said “never again”", '"never again"'),
        ("明日は東京で会議があります", "東京"),
        ("明日は東京で会議があります", "会"),
        ("ประชุมพรุ่งนี้", "พรุ่งนี้"),
        ("straße nach Süden", "Sud"),
        ("call AND OR NOT NEAR", "NOT"),
        ("a (b) c* ^d: e", "(b) c*"),
        ("remind me tomorrow", "tomor"),
        ("snake_case names", "snake_case"),
        ("ﬁne ligature", "fine"),
        ("ọ̀rẹ́ mi", "ọ̀rẹ́"),
        ("कल सुबह मिलेंगे", "सुबह"),
    ],
)
def test_words_are_found_whatever_their_script_and_punctuation(stored: str, words: str) -> None:
    """Accents, apostrophes, dashes, quotes, operators and unspaced scripts can all be searched."""
    assert find(stored, words)


@pytest.mark.parametrize(
    ("stored", "words"),
    [("京都と東京", "京東"), ("apple", "pear"), ("a b", "a c"), ("कल मल", "लक")],
)
def test_what_is_not_there_is_not_found(stored: str, words: str) -> None:
    """All words are needed, and characters of an unspaced script in their order."""
    assert not find(stored, words)


@given(st.text())
def test_any_text_makes_a_query_that_sqlite_takes(words: str) -> None:
    """No input is ever read as query syntax."""
    query = match_query(words)
    if query:
        find("anything", words)


@pytest.mark.parametrize(
    "words", ["tea NOT milk", "milk AND tea", "NEAR(tea milk)", "tea OR milk", "text:tea", "^milk"]
)
def test_what_is_syntax_elsewhere_is_sought_as_words(words: str) -> None:
    """A text that has them all is found by them, which an operator wouldn't."""
    assert find(f"{words}, said the cook", words)
    assert not find(f"said the cook: {words.split()[0]}", f"{words} nothing")


@given(st.text())
def test_cleaning_leaves_nothing_that_moves_a_cursor(text: str) -> None:
    """No control character but tab and newline survives, and cleaning twice changes nothing."""
    cleaned = clean(text)
    assert not any((ord(c) < 32 and c not in "\t\n") or 127 <= ord(c) < 160 for c in cleaned)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")


def test_cleaning_keeps_words() -> None:
    """Line ends become newlines and nothing visible is lost."""
    assert clean("a\r\nb\rc\x1b[31m red\x07") == "a\nb\nc[31m red"


@given(st.text(), st.integers(1, 50))
def test_a_clip_is_one_line_within_the_limit(text: str, limit: int) -> None:
    """Whatever is clipped fits."""
    assert len(clip(text, limit)) <= limit
    assert "\n" not in clip(text, limit)


def test_tokens_are_not_underestimated_for_plain_english() -> None:
    """The estimate stays above four characters a token, which is what English takes."""
    assert rough_tokens("The quick brown fox jumps over the lazy dog. " * 10) >= 100
