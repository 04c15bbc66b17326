"""How much each feature of a message speaks for the quality model, and how a person reads it.

The numbers come from `scripts/bench router_weights --data DIR`, a logistic regression whose mixture
is described there; they are copied here by hand, so that a choice never depends on a file. Left to
the data alone, `maths`, `arithmetic` and `sentences` came out negative; the script holds them at 0
or above, because a message doesn't get easier by a formula.
"""

from __future__ import annotations

from typing import Final

WEIGHTS: Final[dict[str, float]] = {
    "arithmetic": 0.00,
    "clauses": 0.71,
    "code": 0.93,
    "constraints": 0.36,
    "format": 0.33,
    "length": 0.19,
    "long": 0.45,
    "lookup": -0.36,
    "maths": 0.42,
    "numbers": 0.65,
    "options": -1.93,
    "parts": 0.38,
    "planning": 1.17,
    "questions": 0.40,
    "reasoning": 1.89,
    "rewriting": 0.16,
    "science": 0.47,
    "sentences": 0.00,
    "writing": 1.57,
}

# Each message begins here. At a sum of 0 it is as likely as not that only the larger model will do.
START: Final = -2.34

LABELS: Final[dict[str, str]] = {
    "arithmetic": "calculating with quantities",
    "clauses": "several clauses",
    "code": "program code",
    "constraints": "conditions to keep to",
    "format": "a form that the answer must have",
    "length": "its length",
    "long": "more than a hundred words",
    "lookup": "words of a simple request",
    "maths": "formulas",
    "numbers": "numbers",
    "options": "answers to choose from",
    "parts": "a list of points",
    "planning": "words of planning",
    "questions": "several questions",
    "reasoning": "words of weighing and explaining",
    "rewriting": "a text to change",
    "science": "technical words",
    "sentences": "several sentences",
    "writing": "words of writing",
}
