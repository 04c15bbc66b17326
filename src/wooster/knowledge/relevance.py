"""Which hits a question can be answered from: pure.

A search always finds something. An answer that cites what has nothing to do with the question is
worse than none, so that here nothing is preferred to noise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wooster.core.text import rough_tokens
from wooster.vectors.model import Hit
from wooster.vectors.nearness import NEAR, nearness

BUDGET_TOKENS = 1500

# What is so much further off than the best adds words, and no answer.
BEHIND_BEST = 0.25
# What is shown of a search's hits that have none of its words: short queries have low cosines, and
# a person sees at once what is of no use. At 0.25 a query of nonsense finds one of 67 notes.
SHOWN = 0.25
SHOWN_BEHIND_BEST = 0.2


@dataclass(frozen=True, slots=True)
class Chosen:
    """A hit to be quoted, with as much of its text as the budget has room for."""

    hit: Hit
    text: str


def choose(
    hits: Iterable[Hit], asked: Sequence[str], limit: int, budget_tokens: int = BUDGET_TOKENS
) -> list[Chosen]:
    """The hits to quote, the best first; none when none is near. `asked` are the words that were
    searched for."""
    near = [(nearness(hit.cosine, hit.words, asked), hit) for hit in hits]
    least = max(NEAR, max((each for each, _ in near), default=0.0) - BEHIND_BEST)
    return _within([hit for each, hit in near if each >= least][:limit], budget_tokens)


def worth_showing(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits without those that have none of the words and mean something else."""
    best = max((hit.cosine for hit in hits if hit.cosine is not None), default=0.0)
    least = max(SHOWN, best - SHOWN_BEHIND_BEST)
    return tuple(
        hit for hit in hits if hit.words or (hit.cosine is not None and hit.cosine >= least)
    )


def _within(hits: Iterable[Hit], budget_tokens: int) -> list[Chosen]:
    """Those that fit, in their order. The best is cut to fit; a lesser one is left out."""
    chosen: list[Chosen] = []
    left = budget_tokens
    for hit in hits:
        text = hit.text if chosen else _cut(hit.text, left)
        tokens = rough_tokens(text)
        if text and tokens <= left:
            chosen.append(Chosen(hit, text))
            left -= tokens
    return chosen


def _cut(text: str, budget_tokens: int) -> str:
    while text and rough_tokens(text) > budget_tokens:
        # No character takes less than a third of a token, so this ends near the budget.
        text = text[: min(len(text) - 1, len(text) * budget_tokens // rough_tokens(text))]
    return text
