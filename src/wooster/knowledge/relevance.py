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

# How near a hit is to a question: its cosine, and this much for all of the question's words in it.
# The limits were measured with all-MiniLM-L6-v2 and its search by words; "answers" is a share of
# questions for which a passage with the answer is chosen, "noise" one for which any other is:
#
#                                                    cosine ≥ 0.45, or words   cosine + 0.3 × share
#                                                    ≥ 0.7, or 0.25 and 0.5    ≥ 0.44   0.46   0.48
#   answers  70 questions to 67 notes, 5 languages         0.84                0.89   0.89   0.87
#            762 of LoCoMo to its turns                    0.77                0.83   0.81   0.80
#            300 of SciFact to 5 183 abstracts             0.81                0.88   0.88   0.88
#   noise    48 of small talk and general knowledge        0.12                0.06   0.06   0.06
#            40 near misses ("when is Tomasz's birthday")  0.20                0.30   0.28   0.25
#            all 158 to LoCoMo's turns                     0.23                0.25   0.22   0.18
#            all 158 to SciFact                            0.16                0.15   0.10   0.09
#
# That a passage is about the thing and doesn't say it can't be told by nearness: it is left to the
# model. Models with an instruction before the question sit somewhat higher for both.
WORDS_WITH_MEANING = 0.3
NEAR = 0.46
# Without a vector the words are all there is: six tenths of them, by their letters, are near.
WORDS_ALONE = 0.75
# What is so much further off than the best adds words, and no answer.
BEHIND_BEST = 0.25
# What is shown of a search's hits that have none of its words: short queries have low cosines, and
# a person sees at once what is of no use. At 0.25 a query of nonsense finds one of 67 notes.
SHOWN = 0.25
SHOWN_BEHIND_BEST = 0.2
# More bytes than this make a word no rarer.
_LONG = 6


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
    near = [(nearness(hit, asked), hit) for hit in hits]
    least = max(NEAR, max((each for each, _ in near), default=0.0) - BEHIND_BEST)
    return _within([hit for each, hit in near if each >= least][:limit], budget_tokens)


def nearness(hit: Hit, asked: Sequence[str]) -> float:
    """How near a hit is to a question: 0 for not at all, 1 and more for the same."""
    share = _share(hit, asked)
    if hit.cosine is None:
        return WORDS_ALONE * share
    return hit.cosine + WORDS_WITH_MEANING * share


def worth_showing(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits without those that have none of the words and mean something else."""
    best = max((hit.cosine for hit in hits if hit.cosine is not None), default=0.0)
    least = max(SHOWN, best - SHOWN_BEHIND_BEST)
    return tuple(
        hit for hit in hits if hit.words or (hit.cosine is not None and hit.cosine >= least)
    )


def _share(hit: Hit, asked: Sequence[str]) -> float:
    """How much of the question's words stands in it; a short word is often one that says nothing,
    in whatever language."""
    weights = {word: min(len(word.encode()), _LONG) - 1 for word in asked}
    total = sum(weights.values())
    return sum(weights[word] for word in hit.words & weights.keys()) / total if total else 0.0


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
