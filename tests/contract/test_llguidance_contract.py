"""What is relied upon of llguidance, so that an update fails here and not a user."""

from __future__ import annotations

import pytest

llguidance = pytest.importorskip("llguidance")


@pytest.mark.parametrize(
    "name",
    [
        "deep_copy",
        "is_error",
        "get_error",
        "is_accepting",
        "consume_token",
        "consume_tokens",
        "validate_tokens",
        "compute_bitmask",
        "compute_ff_bytes",
        "grammar_from_json_schema",
    ],
)
def test_the_matcher_has_what_is_used(name: str) -> None:
    """Grammars and plans are made of these."""
    assert hasattr(llguidance.LLMatcher, name)


@pytest.mark.parametrize(
    "name",
    ["vocab_size", "eos_tokens", "decode_bytes", "tokenize_bytes", "is_special_token"],
)
def test_the_tokenizer_has_what_is_used(name: str) -> None:
    """The vocabulary is read through these."""
    assert hasattr(llguidance.LLTokenizer, name)
