"""What narrows the next token of one request: its grammar, once a thought is over, and its biases.

It knows logits and token numbers; it knows nothing of how grammars work, of HTTP or of batches.
Everything here is called as mlx-lm calls a logits processor: with all tokens so far, shape (n,),
the prompt's at the first call, and the logits of the next, shape (1, vocabulary).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wooster.servers.constraint import Constraint
from wooster.servers.decoding import Processor

Begin = Callable[[int], Constraint]
"""Begins a grammar's constraint for an answer of so many tokens."""


@dataclass(frozen=True, slots=True)
class ThoughtTokens:
    """The marks of a thought as tokens; `start` is None where the prompt has opened the thought."""

    start: int | None
    end: tuple[int, ...]


class AfterThought:
    """A grammar that begins when the model has closed its thought.

    Where the model opens the thought itself, its first token may be the opening mark or the
    grammar's. What was made so far is told by the tokens alone: it may be asked twice about the
    same ones, or about fewer when a draft wasn't taken.
    """

    def __init__(self, marks: ThoughtTokens, begin: Begin, max_tokens: int) -> None:
        self._marks = marks
        self._begin = begin
        self._max_tokens = max_tokens
        self._prompt: int | None = None
        self._made: list[int] = []  # up to where the grammar began
        self._inner: Constraint | None = None

    @property
    def problem(self) -> str | None:
        return self._inner.problem if self._inner else None

    @property
    def complete(self) -> bool:
        return self._inner is not None and self._inner.complete

    def __call__(self, tokens: Any, logits: Any) -> Any:
        if self._prompt is None:
            self._prompt = tokens.size
        made = tokens.size - self._prompt
        if made == 0 and self._marks.start is not None:
            return self._first(tokens, logits)
        if made < len(self._made):
            del self._made[made:]
            self._inner = None
        if self._inner is None or self._is_thought(tokens):
            self._read(tokens[self._prompt + len(self._made) :].tolist())
        return logits if self._inner is None else self._inner(tokens, logits)

    def _first(self, tokens: Any, logits: Any) -> Any:
        import mlx.core as mx

        self._made = []
        if self._inner is None:
            self._inner = self._begin(self._max_tokens)
        narrowed = self._inner(tokens, logits)
        mark = mx.arange(logits.shape[-1]) == self._marks.start
        return mx.where(mark, logits, narrowed)

    def _is_thought(self, tokens: Any) -> bool:
        """Whether the model has opened a thought instead of beginning with the grammar."""
        if self._made or self._marks.start is None:
            return False
        if int(tokens[self._prompt]) != self._marks.start:
            return False
        self._inner = None
        return True

    def _read(self, new: list[int]) -> None:
        end = self._marks.end
        for token in new:
            self._made.append(token)
            if tuple(self._made[-len(end) :]) == end:
                left = max(1, self._max_tokens - len(self._made))
                self._inner = self._begin(left)
                return


class Biased:
    """Adds what a client has set to the logits of single tokens, before anything else narrows."""

    def __init__(self, biases: Mapping[int, float], then: Processor | None) -> None:
        self._biases = dict(biases)
        self._then = then

    @property
    def problem(self) -> str | None:
        return getattr(self._then, "problem", None)

    @property
    def complete(self) -> bool:
        return bool(getattr(self._then, "complete", False))

    def __call__(self, tokens: Any, logits: Any) -> Any:
        import mlx.core as mx

        places = mx.array(list(self._biases))
        added = mx.array(list(self._biases.values()), logits.dtype)
        logits = logits.at[:, places].add(added)
        return logits if self._then is None else self._then(tokens, logits)
