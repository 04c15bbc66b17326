"""A grammar that waits for the end of a thought."""

from __future__ import annotations

from typing import Any

import pytest

from wooster.servers.narrowing import AfterThought, Biased, ThoughtTokens

mx: Any = pytest.importorskip("mlx.core")
OPEN, CLOSE, BRACE, WORD = 0, 1, 2, 3


class OnlyBrace:
    """Stands for a grammar: it allows one token, and remembers how long its answer may be."""

    problem: str | None = None
    complete = False

    def __init__(self, max_tokens: int) -> None:
        self.max_tokens = max_tokens

    def __call__(self, tokens: Any, logits: Any) -> Any:
        return mx.where(mx.arange(4) == BRACE, logits, -mx.inf)


def allowed(narrow: AfterThought, made: list[int]) -> list[int]:
    """The tokens that may come after a prompt and these."""
    left = narrow(mx.array([9, 9, *made]), mx.zeros((1, 4)))
    return [token for token in range(4) if left[0, token].item() == 0]


def after(start: int | None) -> AfterThought:
    return AfterThought(ThoughtTokens(start, (CLOSE,)), OnlyBrace, 10)  # type: ignore[arg-type]


ALL = [OPEN, CLOSE, BRACE, WORD]


def test_an_open_thought_is_free_until_it_is_closed() -> None:
    """The grammar begins with the token after the closing mark."""
    narrow = after(None)
    made: list[int] = []
    for token in (WORD, BRACE, CLOSE):
        assert allowed(narrow, made) == ALL
        made.append(token)
    assert allowed(narrow, made) == [BRACE]


def test_a_model_may_open_a_thought_or_begin_its_answer() -> None:
    """The first token is the grammar's or the opening mark; what it is decides the rest."""
    narrow = after(OPEN)
    assert allowed(narrow, []) == [OPEN, BRACE]
    assert allowed(narrow, [OPEN]) == ALL
    assert allowed(narrow, [OPEN, WORD]) == ALL
    assert allowed(narrow, [OPEN, WORD, CLOSE]) == [BRACE]
    answers = after(OPEN)
    assert allowed(answers, []) == [OPEN, BRACE]
    assert allowed(answers, [BRACE]) == [BRACE]


def test_it_can_be_asked_twice_and_taken_back() -> None:
    """Asking again changes nothing, and tokens that are taken back are forgotten."""
    narrow = after(None)
    for made in ([], [], [WORD], [WORD], [WORD, CLOSE], [WORD, CLOSE]):
        expected = [BRACE] if CLOSE in made else ALL
        assert allowed(narrow, made) == expected
    assert allowed(narrow, [WORD]) == ALL


def test_a_bias_comes_before_the_grammar() -> None:
    """What the grammar forbids, no bias allows."""
    biased = Biased({WORD: 100.0, BRACE: -1.0}, OnlyBrace(1))
    left = biased(mx.array([9]), mx.zeros((1, 4)))
    assert left.tolist() == [[-mx.inf, -mx.inf, -1.0, -mx.inf]]
