"""The sets that the tier choice is fitted to and measured on, read from where they are.

They are not part of this project, but for the labelled messages in `data/`.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message of daily life, and the tier that it needs by a person's judgement."""

    text: str
    needs: str
    earlier: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Whether the small and the large model answered `text` rightly."""

    text: str
    small: bool
    large: bool


@dataclass(frozen=True, slots=True)
class Exam:
    questions: tuple[Question, ...]

    @property
    def small(self) -> float:
        return sum(question.small for question in self.questions) / len(self.questions)

    @property
    def large(self) -> float:
        return sum(question.large for question in self.questions) / len(self.questions)


def labelled(name: str) -> list[Labelled]:
    with (_HERE / name).open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [Labelled(m["text"], m["needs"], tuple(m.get("earlier", ()))) for m in found]


def exams(data: Path) -> dict[str, Exam]:
    """Every file of `router/`: a prompt, then the small and the large model's columns."""
    found: dict[str, Exam] = {}
    for path in sorted((data / "router").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            next(rows)
            questions = tuple(Question(r[0], r[1] == "True", r[2] == "True") for r in rows if r)
        found[path.stem.removesuffix("_responses")] = Exam(questions)
    return found


def utterances(data: Path) -> dict[str, list[str]]:
    """What people say to assistants: short requests, all simple."""
    found: dict[str, list[str]] = {}
    for path in sorted((data / "intents" / "clinc150").glob("*.json")):
        sets = json.loads(path.read_text("utf-8"))
        texts = [text for name, pairs in sets.items() if "oos" not in name for text, _ in pairs]
        found.setdefault("clinc150", []).extend(texts)
    for path in sorted((data / "intents" / "hwu64").glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            found.setdefault("hwu64", []).extend(json.loads(line)["text"] for line in lines)
    return found
