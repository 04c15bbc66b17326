"""What the tier choice costs and saves, on exam questions and on what people say to assistants.

For exams: the accuracy that the choice reaches beside always-fast, always-quality and a coin with
the same share of quality; and the performance gap recovered (APGR), the mean over all shares when
the questions that need it most go first (a coin has 0.5).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from scripts.benches.report import figure, median, p95
from scripts.benches.router_sets import Exam, exams, labelled, utterances

from wooster.models.choice import judge

BENCH = "router"
# Below this the large model does worse than guessing: its answers were read wrongly in the source.
SPOILT = 0.2


def measure(data: Path) -> None:
    """Print every figure of the choice."""
    found = exams(data)
    for name, exam in found.items():
        _exam(f"choice.{name}" + (".spoilt_labels" if exam.large < SPOILT else ""), exam)
    subjects = {name: exam for name, exam in found.items() if name.startswith("mmlu")}
    for name, kept in (
        ("mmlu_all", list(subjects.values())),
        ("mmlu_all_but_spoilt", [exam for exam in subjects.values() if exam.large >= SPOILT]),
    ):
        if kept:
            _exam(f"choice.{name}", Exam(tuple(q for exam in kept for q in exam.questions)))
    for name, texts in utterances(data).items():
        share = sum(judge(text).tier == "fast" for text in texts) / len(texts)
        figure(BENCH, f"choice.{name}.fast_share", share, "ratio")
    for kind in ("fit", "held_out"):
        _messages(kind)
    _speed()


def _exam(name: str, exam: Exam) -> None:
    judged = [(judge(question.text), question) for question in exam.questions]
    is_quality = [choice.tier == "quality" for choice, _ in judged]
    share = sum(is_quality) / len(judged)
    right = sum(
        question.large if large else question.small
        for large, (_, question) in zip(is_quality, judged, strict=True)
    )
    versus = {
        "always_fast": exam.small,
        "always_quality": exam.large,
        "random_same_share": exam.small + share * (exam.large - exam.small),
    }
    figure(BENCH, f"{name}.quality_share", share, "ratio")
    figure(BENCH, f"{name}.accuracy", right / len(judged), "ratio", versus)
    gap = exam.large - exam.small
    if gap > 0:
        recovered = (right / len(judged) - exam.small) / gap
        figure(BENCH, f"{name}.gap_recovered", recovered, "ratio", {"random_same_share": share})
        # The likeliest first; of equals, as the file has them.
        order = sorted(judged, key=lambda pair: -(pair[0].need or 0.0))
        gained, curve = 0, [0]
        for _, question in order:
            gained += question.large - question.small
            curve.append(gained)
        apgr = sum(curve) / len(curve) / len(judged) / gap
        figure(BENCH, f"{name}.apgr", apgr, "ratio", {"random": 0.5})


def _messages(kind: str) -> None:
    """Hand-made messages: what must not go to the fast model, and what needn't go to the other."""
    messages = labelled(f"messages_{kind}.jsonl")
    for needs in ("quality", "fast"):
        those = [m for m in messages if m.needs == needs]
        kept = sum(judge(m.text, m.earlier).tier == needs for m in those) / len(those)
        figure(BENCH, f"choice.messages_{kind}.{needs}_kept", kept, "ratio")


def _speed() -> None:
    usual = [message.text for message in labelled("messages_held_out.jsonl")]
    times = [_ms(text) for _ in range(20) for text in usual]
    figure(BENCH, "choice.usual.median_ms", median(times), "ms", {"p95": p95(times)})
    figure(BENCH, "choice.four_megabytes_ms", _ms("why not plan it? " * 250_000), "ms")


def _ms(text: str) -> float:
    started = time.perf_counter()
    judge(text)
    return (time.perf_counter() - started) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench router_choice", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    measure(parser.parse_args().data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
