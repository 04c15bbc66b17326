"""JSON's outer form, as the closing of answers reads it."""

from __future__ import annotations

import pytest

from wooster.servers.closing import Scan
from wooster.servers.keywords import pattern


@pytest.mark.parametrize(
    ("text", "inside"),
    [(b'{"a', True), (b'{"a"', False), (b'"\\"', True), (b'"\\\\"', False), (b"[1, 2", False)],
)
def test_a_scan_knows_whether_it_is_inside_a_string(text: bytes, inside: bool) -> None:
    """Quotes open and close; an escaped one does neither; pieces are as good as the whole."""
    assert Scan().after(text).in_string is inside
    pieces = Scan()
    for byte in text:
        pieces = pieces.after(bytes([byte]))
    assert pieces == Scan().after(text)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("[a&&b]", "[a\\&\\&b]"),
        ("[[]", "[\\[]"),
        ("a&&b", "a&&b"),
        (r"\[&&", r"\[&&"),
        ("^[^]]$",) * 2,
    ],
)
def test_a_class_means_what_json_schema_means(given: str, told: str) -> None:
    """Rust's class operations are characters like others in a schema's pattern."""
    assert pattern(given, "$") == told
