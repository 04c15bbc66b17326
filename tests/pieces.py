"""Every way in which a text can arrive in pieces."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st


def cut(text: str, places: list[int]) -> list[str]:
    """The text cut at these places."""
    edges = sorted({0, len(text), *(min(place, len(text)) for place in places)})
    return [text[a:b] for a, b in pairwise(edges)]


places = st.lists(st.integers(0, 400), max_size=30)
