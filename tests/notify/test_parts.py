"""Long text in parts: nothing is lost, nothing is too long, nothing goes twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.notify.model import NotSent
from wooster.notify.parts import Parts, numbered, split


@given(st.text(max_size=400), st.integers(8, 60))
def test_joined_parts_are_the_text_and_each_is_within_the_limit(text: str, most: int) -> None:
    """Whatever the letters, and wherever it is cut."""
    parts = split(text, most)
    assert "".join(parts) == text
    assert all(len(part.encode()) <= most for part in parts)


@given(st.text("ab é東\n", max_size=30).map(lambda text: text * 10), st.integers(40, 90))
def test_numbered_parts_are_within_the_limit_too(text: str, most: int) -> None:
    """With the number before each, and no word is lost."""
    parts = numbered(text, most)
    assert all(len(part.encode()) <= most for part in parts)
    heads = [f"({number}/{len(parts)}) " for number in range(1, len(parts) + 1)]
    if len(parts) > 1:
        assert all(map(str.startswith, parts, heads))
        parts = [part.removeprefix(head) for part, head in zip(parts, heads, strict=True)]
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_it_is_cut_after_a_line_where_that_can_be() -> None:
    """Else after a word."""
    assert split("first line\nsecond line\n", 16) == ["first line\n", "second line\n"]
    assert split("one two three", 9) == ["one two ", "three"]


async def test_what_failed_half_way_goes_on_where_it_stopped() -> None:
    """The parts that have gone aren't sent again."""
    parts = Parts()
    gone: list[str] = []

    async def send(text: str) -> None:
        if text == "b" and gone == ["a"]:
            gone.append("failed")
            raise NotSent("the line is busy")
        gone.append(text)

    with pytest.raises(NotSent):
        await parts.send("key", ["a", "b", "c"], send)
    await parts.send("key", ["a", "b", "c"], send)
    assert gone == ["a", "failed", "b", "c"]
