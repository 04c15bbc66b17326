"""Fit the weights of the tier choice again, and print them as they stand in `models/weights.py`.

A logistic regression over a mixture: everyday utterances (all taken to be simple), the labelled
messages beside this file, and exam questions by whether only the large of two models knew the
answer. The weights are pulled towards `EXPECTED`, what a person would say without data, and none
but those expected to be negative may be: that more maths made a message easier would be an accident
of which exams there are.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scripts.benches.report import progress
from scripts.benches.router_sets import Exam, exams, labelled, utterances

from wooster.models.features import see

Array = NDArray[np.float64]

# What each part says in the whole. Missing a need costs an answer, an unneeded quality model costs
# seconds: hence more for the questions that only the large model answered.
SHARES = {"everyday": 1.0, "messages": 2.0, "exam": 1.0}
NEED_WEIGHT = 2.5
RIDGE = 0.02
STEPS = 20_000
EXPECTED = {
    "arithmetic": 0.3,
    "clauses": 0.4,
    "code": 0.9,
    "constraints": 0.5,
    "format": 0.4,
    "length": 0.8,
    "long": 0.5,
    "lookup": -0.6,
    "maths": 0.9,
    "numbers": 0.3,
    "options": -0.5,
    "parts": 0.5,
    "planning": 1.3,
    "questions": 0.4,
    "reasoning": 1.3,
    "rewriting": -0.2,
    "science": 0.5,
    "sentences": 0.0,
    "writing": 1.0,
}
# The large model is right here less often than by guessing: its answers were read wrongly.
SPOILT = 0.2


def rows(data: Path) -> list[tuple[dict[str, float], float, float]]:
    """Features, need and weight of every example."""
    found: list[tuple[dict[str, float], float, float]] = []
    parts: dict[str, list[tuple[str, float, float]]] = {"everyday": [], "messages": [], "exam": []}
    for texts in utterances(data).values():
        chosen = random.Random(3).sample(texts, min(3000, len(texts)))
        parts["everyday"] += [(text, 0.0, 1.0) for text in chosen]
    for message in labelled("messages_fit.jsonl"):
        is_needed = message.needs == "quality"
        weight = NEED_WEIGHT if is_needed else 1.0
        parts["messages"].append((message.text, float(is_needed), weight))
    for exam in exams(data).values():
        parts["exam"] += _exam_rows(exam)
    for name, examples in parts.items():
        total = sum(weight for _, _, weight in examples)
        for text, need, weight in examples:
            seen = see(text)
            if not seen.is_small_talk:
                found.append((seen.values, need, SHARES[name] * weight / total))
    return found


def _exam_rows(exam: Exam) -> list[tuple[str, float, float]]:
    if exam.large < SPOILT:
        return []
    questions = [
        (question.text, float(not question.small), 1.0 if question.small else NEED_WEIGHT)
        for question in exam.questions
        if question.small or question.large
    ]
    # A large set isn't worth more than its square root.
    return [(text, need, weight / len(questions) ** 0.5) for text, need, weight in questions]


def fit(x: Array, y: Array, weight: Array, expected: Array) -> Array:
    """Projected gradient descent; the intercept, in the last column, isn't held back."""
    beta = np.append(expected, 0.0)
    ridge = np.append(np.full(len(expected), RIDGE), 0.0)
    lowest = np.append(np.where(expected < 0, -np.inf, 0.0), -np.inf)
    # The steepest that the loss can be: a step of its inverse never overshoots.
    steepest = np.linalg.eigvalsh((x.T * weight) @ x / 4).max() + RIDGE
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (weight * (p - y)) + ridge * (beta - np.append(expected, 0.0))
        beta = np.maximum(beta - gradient / steepest, lowest)
    return beta


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench router_weights", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    given = parser.parse_args()
    examples = rows(given.data)
    names = sorted(EXPECTED)
    x = np.array([[*(values.get(n, 0.0) for n in names), 1.0] for values, _, _ in examples])
    y = np.array([need for _, need, _ in examples])
    weight = np.array([share for _, _, share in examples])
    beta = fit(x, y, weight, np.array([EXPECTED[name] for name in names]))
    for name, value in zip([*names, "(start)"], beta, strict=True):
        print(f'    "{name}": {value:.2f},')
    progress(f"{len(examples)} examples")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
