"""How near a passage is to a question, on a scale that means the same across questions: pure.

A ranking only tells which is nearest. Whether that is near at all, so that it may be quoted or
recalled, is told by this; what is done then isn't known here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

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
# More bytes than this make a word no rarer.
_LONG = 6


def nearness(cosine: float | None, standing: Collection[str], asked: Sequence[str]) -> float:
    """0 for not at all, 1 and more for the same. `asked` are the words that were searched for,
    `standing` those of them that stand in the passage; `cosine` None is a passage without vector.
    """
    share = _share(standing, asked)
    if cosine is None:
        return WORDS_ALONE * share
    return cosine + WORDS_WITH_MEANING * share


def _share(standing: Collection[str], asked: Sequence[str]) -> float:
    """How much of the question's words stands there; a short word is often one that says nothing,
    in whatever language."""
    weights = {word: min(len(word.encode()), _LONG) - 1 for word in asked}
    total = sum(weights.values())
    return sum(weights[word] for word in weights.keys() & set(standing)) / total if total else 0.0
