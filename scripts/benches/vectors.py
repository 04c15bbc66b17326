"""The vector store beside exact NumPy, sqlite-vec and usearch, on the same data in the same run.

For each number of vectors and of dimensions: building, starting with what was built until the first
answer, queries, recall@10 against exact search, the memory of the process that searches (all of it,
Python's own included), and what is on disk. Then what float16 and an index of a prefix cost, and
from which number on a graph is faster than comparing everything. What the vectors are is said in
`vectors_data`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scripts.benches import vectors_data
from scripts.benches.report import figure, median, progress
from scripts.benches.vectors_data import Data

from wooster.vectors.finding import DEPTH
from wooster.vectors.index import Exact, Graph, Index

BENCH = "vectors"
UNITS = {
    "build_s": "s",
    "load_s": "s",
    "query_p50_ms": "ms",
    "query_p95_ms": "ms",
    "recall@10": "ratio",
    "rss_mb": "MB",
    "file_mb": "MB",
}
OTHERS = ("numpy", "sqlite_vec", "usearch")
# Sizes at which exact search and the graph are compared: each half as much again.
_FIRST, _LAST, _STEP = 500, 40_000, 1.5
_ROUNDS = 100

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Choice:
    """How the store may be set."""

    name: str
    options: tuple[str, ...]


def main() -> None:
    told = _arguments()
    for dimensions in told.dims:
        for count in told.n:
            with _folder() as folder:
                progress(f"making {count} vectors of {dimensions}")
                data = vectors_data.synthetic(folder, count, dimensions, told.queries)
                _compare(data, f"{count}x{dimensions}", _choices(told, dimensions), told.others)
        if not told.no_crossover:
            _crossover(dimensions)
    if told.texts is not None:
        with _folder() as folder:
            data = _real(told.texts, told.home, folder)
            count, dimensions = data.base().shape
            name = f"texts.{count}x{dimensions}"
            _compare(data, name, _choices(told, dimensions), told.others)


def _choices(told: argparse.Namespace, dimensions: int) -> list[Choice]:
    found = [Choice(each, ("--precision", each)) for each in told.precision if each != "float32"]
    found += [
        Choice(f"prefix{each}", ("--index-dimensions", str(each)))
        for each in told.index_dimensions
        if each < dimensions
    ]
    return found


def _compare(data: Data, name: str, choices: list[Choice], others: list[str]) -> None:
    ours = _measured("ours", data, f"ours {name}", ())
    beside = {each: _measured(each, data, f"{each} {name}", ()) for each in others}
    for what, unit in UNITS.items():
        versus = {other: found[what] for other, found in beside.items()}
        figure(BENCH, f"{name}.{what}", ours[what], unit, versus)
    for choice in choices:
        found = _measured("ours", data, f"ours {name} {choice.name}", choice.options)
        for what, unit in UNITS.items():
            figure(BENCH, f"{name}.{choice.name}.{what}", found[what], unit, {"ours": ours[what]})


def _measured(contender: str, data: Data, told: str, options: tuple[str, ...]) -> Figures:
    """One contender's figures, from processes of its own."""
    progress(told)
    with _folder() as folder:
        found = _child(contender, "build", data, folder, options)
        return found | _child(contender, "use", data, folder, options)


def _child(
    contender: str, phase: str, data: Data, folder: Path, options: tuple[str, ...]
) -> Figures:
    module = "scripts.benches.vectors_contenders"
    answer = subprocess.run(
        [sys.executable, "-m", module, contender, phase, str(data.folder), str(folder), *options],
        check=True,
        stdout=subprocess.PIPE,
    )
    found: Figures = json.loads(answer.stdout)
    return found


def _real(texts: Path, home: Path | None, folder: Path) -> Data:
    """The embeddings of a BEIR folder's passages and queries, by the starter model."""
    from scripts.benches import search_corpus, search_home

    base, queries = search_home.embeddings(search_corpus.read(texts), home)
    return vectors_data.stored(folder, base, queries)


# --- from where on a graph ----------------------------------------------------------------------


def _crossover(dimensions: int) -> None:
    """The number of vectors at which the graph answers as fast as comparing all of them does."""
    with _folder() as folder:
        data = vectors_data.synthetic(folder, _LAST, dimensions, _ROUNDS)
        base, queries = data.base(), data.queries()
        exact, graph = Exact(dimensions), Graph.empty(dimensions, _LAST)
        before: tuple[int, float] | None = None
        size = _FIRST
        while size <= _LAST:
            part = slice(len(exact), size)
            labels = np.arange(part.start, part.stop)
            for index in (exact, graph):
                index.add(labels, np.array(base[part]))
            slower_ms = _slower_ms(exact, graph, queries)
            progress(f"{size} of {dimensions}: exact {slower_ms:+.3f} ms against the graph")
            if slower_ms >= 0:
                figure(
                    BENCH, f"crossover.{dimensions}", _crossed(before, (size, slower_ms)), "count"
                )
                return
            before = size, slower_ms
            size = int(size * _STEP)
        figure(BENCH, f"crossover.{dimensions}", _LAST, "count")


def _crossed(before: tuple[int, float] | None, after: tuple[int, float]) -> float:
    """Where the straight line between two measurements is zero."""
    if before is None:
        return after[0]
    return before[0] + (after[0] - before[0]) * before[1] / (before[1] - after[1])


def _slower_ms(one: Index, other: Index, queries: vectors_data.Vectors) -> float:
    """How much longer the first one's middle query takes. Both are asked in turns, so that a busy
    moment of the machine meets both."""
    times_ms: tuple[list[float], list[float]] = ([], [])
    for query in queries:
        for index, taken_ms in zip((one, other), times_ms, strict=True):
            started = time.perf_counter()
            index.search(query, DEPTH)
            taken_ms.append((time.perf_counter() - started) * 1000)
    return median(times_ms[0]) - median(times_ms[1])


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wooster-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _numbers(told: str) -> list[int]:
    return [int(each) for each in told.split(",") if each]


def _names(told: str) -> list[str]:
    return [each for each in told.split(",") if each]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench vectors", description=__doc__)
    parser.add_argument("--n", type=_numbers, default=[10_000], help="numbers of vectors")
    parser.add_argument("--dims", type=_numbers, default=[384], help="numbers of dimensions")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--precision", type=_names, default=["float32", "float16"])
    parser.add_argument(
        "--index-dimensions", type=_numbers, default=[512], help="prefixes for the index to hold"
    )
    parser.add_argument("--others", type=_names, default=list(OTHERS), help="whom to compare with")
    parser.add_argument("--no-crossover", action="store_true")
    parser.add_argument("--texts", type=Path, help="a BEIR folder whose embeddings are used too")
    parser.add_argument("--home", type=Path, help="where --texts were or will be embedded")
    return parser.parse_args()


if __name__ == "__main__":
    main()
