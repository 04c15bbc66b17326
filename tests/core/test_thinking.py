"""Thoughts are told apart from the answer, however the text arrives."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pieces import cut, places
from wooster.core.thinking import Beginning, Marks, ThoughtReader

THINK = Marks("<think>", "</think>")
End = Literal["stop", "length"]

texts = st.lists(
    st.sampled_from(
        [
            "<think>",
            "</think>",
            "<",
            ">",
            "/",
            "think",
            " ",
            "\n",
            "a",
            "Paris",
            "é",
            "<thi",
            "</th",
        ]
    ),
    max_size=12,
).map("".join)
beginnings = st.sampled_from(["inside", "assumed", "perhaps", "outside"])


def read(
    pieces: list[str], beginning: Beginning, end: End = "stop", marks: Marks | None = THINK
) -> tuple[str, str]:
    """The thought and the answer."""
    reader = ThoughtReader(marks, beginning)
    parts = [part for piece in pieces for part in reader.feed(piece)] + reader.finish(end)
    answer = "".join(part.text for part in parts if not part.is_thought)
    told = "".join(part.text for part in parts if part.is_thought)
    if reader.thought:
        assert told == reader.thought
    return reader.thought, answer


@pytest.mark.parametrize(
    ("text", "beginning", "thought", "answer"),
    [
        ("Hm.\n</think>\n\nParis.", "inside", "Hm.", "Paris."),
        ("<think>\nHm.\n</think>\n\nParis.", "inside", "Hm.", "Paris."),
        ("<think>\nHm.\n</think>\n\nParis.", "perhaps", "Hm.", "Paris."),
        ("\n<think></think>Paris.", "perhaps", "", "Paris."),
        ("Hm.</think>Paris.", "assumed", "Hm.", "Paris."),
        ("Paris.", "perhaps", "", "Paris."),
        ("  Paris.\n", "perhaps", "", "  Paris.\n"),
        ("The tag is <think>so</think>.", "perhaps", "", "The tag is <think>so</think>."),
        ("Hm.</think>Write <think>x</think>.", "inside", "Hm.", "Write <think>x</think>."),
        ("<think>a</think><think>b</think>", "perhaps", "a", "<think>b</think>"),
        ("<think>Paris.", "outside", "", "<think>Paris."),
        ("a < b", "perhaps", "", "a < b"),
        ("", "inside", "", ""),
    ],
)
def test_what_is_thought_and_what_is_answer(
    text: str, beginning: Beginning, thought: str, answer: str
) -> None:
    """Opening mark in the prompt, at the start of the answer, or left out; mentions stay text."""
    assert read([text], beginning) == (thought, answer)
    assert read(list(text), beginning) == (thought, answer)


@pytest.mark.parametrize("end", ["stop", "length"])
def test_an_end_inside_a_thought_leaves_it_a_thought(end: End) -> None:
    """A thought that the model has opened and never closed is no answer."""
    assert read(["Hm, and th", "en </thi"], "inside", end) == ("Hm, and then </thi", "")
    assert read(["<think>Hm"], "perhaps", end) == ("Hm", "")
    assert read(["<think>Hm"], "assumed", end) == ("Hm", "")


def test_a_thought_that_was_only_assumed_was_the_answer() -> None:
    """A model that ends without closing what it never opened has answered; cut off, it hasn't."""
    assert read(["Par", "is."], "assumed", "stop") == ("", "Paris.")
    assert read(["Par", "is."], "assumed", "length") == ("Paris.", "")


def test_thoughts_are_told_as_they_come() -> None:
    """Nothing is held back but what may be white space before a mark, or a mark."""
    reader = ThoughtReader(THINK, "inside")
    assert [part.text for part in reader.feed("Let me see")] == ["Let me see"]
    assert [part.text for part in reader.feed(" now. </th")] == [" now."]
    assert [part.text for part in reader.feed("is")] == [" </this"]


@given(texts, places, beginnings, st.sampled_from(["stop", "length"]))
def test_the_pieces_make_no_difference(
    text: str, at: list[int], beginning: Beginning, end: End
) -> None:
    """Tags split anywhere give the same thought and the same answer."""
    assert read(cut(text, at), beginning, end) == read([text], beginning, end)


@given(texts, places)
def test_a_model_without_marks_only_answers(text: str, at: list[int]) -> None:
    """Text of a model that doesn't think passes as it is."""
    assert read(cut(text, at), "outside", marks=None) == ("", text)


@given(texts, places, beginnings)
def test_no_word_is_lost(text: str, at: list[int], beginning: Beginning) -> None:
    """Thought and answer together are the text but for white space and the first marks."""
    thought, answer = read(cut(text, at), beginning)
    kept, whole = thought + answer, text
    for mark in ("<think>", "</think>"):
        kept, whole = kept.replace(mark, ""), whole.replace(mark, "")
    if "<think>" not in text and "</think>" not in text:
        assert "".join(kept.split()) == "".join(whole.split())
