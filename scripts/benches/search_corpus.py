"""A BEIR folder (Thakur et al., arXiv 2104.08663) read, and rankings of it judged.

`corpus.jsonl`, `queries.jsonl` and `qrels/SPLIT.tsv`, as the benchmark's own files have them. It
knows nothing of searching.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A passage of the corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query, and how relevant passages are to it by their ids: more than 0."""

    id: str
    text: str
    relevant: dict[str, int]


@dataclass(frozen=True, slots=True)
class Beir:
    """A benchmark. `queries` are those of which something is known to be relevant."""

    texts: tuple[Text, ...]
    queries: tuple[Query, ...]


def read(folder: Path, split: str = "test") -> Beir:
    """The benchmark in `folder`. Raises `SystemExit` where something is missing."""
    judgements = folder / "qrels" / f"{split}.tsv"
    for path in (folder / "corpus.jsonl", folder / "queries.jsonl", judgements):
        if not path.is_file():
            raise SystemExit(f"there is no {path}: is {folder} a BEIR folder?")
    relevant: dict[str, dict[str, int]] = {}
    for query, text, grade in _judged(judgements):
        if grade > 0:
            relevant.setdefault(query, {})[text] = grade
    texts = tuple(
        Text(str(each["_id"]), each.get("title") or "", each.get("text") or "")
        for each in _lines(folder / "corpus.jsonl")
    )
    queries = tuple(
        Query(str(each["_id"]), each["text"], relevant[str(each["_id"])])
        for each in _lines(folder / "queries.jsonl")
        if str(each["_id"]) in relevant
    )
    if not texts or not queries:
        raise SystemExit(f"{folder} has {len(texts)} texts and {len(queries)} judged queries")
    return Beir(texts, queries)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _judged(path: Path) -> Iterator[tuple[str, str, int]]:
    """Query, text and grade of each row: three columns under a heading, or TREC's four without."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if len(row) >= 3 and row[-1].strip().lstrip("-").isdigit():
                yield row[0], row[-2], int(row[-1])


def ndcg(ranked: Sequence[str], relevant: dict[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain with the grade as gain, as trec_eval has it."""
    grades = [relevant.get(each, 0) for each in ranked[:depth]]
    return _gain(grades) / _gain(sorted(relevant.values(), reverse=True)[:depth])


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))


def recall(ranked: Sequence[str], relevant: dict[str, int], depth: int = 100) -> float:
    return len(relevant.keys() & set(ranked[:depth])) / len(relevant)
