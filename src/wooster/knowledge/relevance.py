"""Which hits a question can be answered from: pure.

A search always finds something. An answer that cites what has nothing to do with the question is
worse than none, so that here nothing is preferred to noise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wooster.core.text import rough_tokens
from wooster.vectors.model import Hit

BUDGET_TOKENS = 1500

# Cosines of all-MiniLM-L6-v2: texts about different things are at 0.0 to 0.2, a question and its
# answer mostly above 0.4. Models with an instruction before the question sit somewhat higher for
# both, which is why meaning alone has to be clear, and less of it counts only beside words.
MEANING_ALONE = 0.45
MEANING_WITH_WORDS = 0.25
SHARE_WITH_MEANING = 0.5
# So many of the question's words in one passage are no chance, whatever a model thinks of it. Two
# of three are: "weather" and "tomorrow" stand in many texts that say nothing of Paris.
SHARE_ALONE = 0.7
# What is so much further off than the best hit adds words, and no answer.
BEHIND_BEST = 0.25


@dataclass(frozen=True, slots=True)
class Chosen:
    """A hit to be quoted, with as much of its text as the budget has room for."""

    hit: Hit
    text: str


def choose(
    hits: Iterable[Hit], asked: Sequence[str], limit: int, budget_tokens: int = BUDGET_TOKENS
) -> list[Chosen]:
    """The hits to quote, the best first; none when none is relevant. `asked` are the words that
    were searched for."""
    relevant = [hit for hit in hits if is_relevant(hit, asked)]
    best = max((hit.cosine for hit in relevant if hit.cosine is not None), default=0.0)
    near = [
        hit
        for hit in relevant
        if hit.cosine is None or hit.cosine >= best - BEHIND_BEST or _share(hit, asked) == 1.0
    ]
    return _within(near[:limit], budget_tokens)


def is_relevant(hit: Hit, asked: Sequence[str]) -> bool:
    """By meaning, by words, or by some of both."""
    share, cosine = _share(hit, asked), hit.cosine or 0.0
    return (
        cosine >= MEANING_ALONE
        or share >= SHARE_ALONE
        or (cosine >= MEANING_WITH_WORDS and share >= SHARE_WITH_MEANING)
    )


def _share(hit: Hit, asked: Sequence[str]) -> float:
    return len(hit.words.intersection(asked)) / len(set(asked)) if asked else 0.0


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
