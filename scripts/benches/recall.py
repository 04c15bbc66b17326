"""How long recall takes, and how much memory it holds, over more and more stored turns.

The turns are stored as the product stores them, with 1 000 passages of a library beside them, and
each size is measured by a process of its own, as the daemon has it after a start: index loaded, no
question asked yet. Vectors, of texts and of questions, are drawn (`vectors_data.py`) in no time, so
that no embed server takes part; all else that `find` does for a message is timed. `versus` has
`fts`: a full-text search of the same turns alone, from the same process. What the parts take is
measured in a second round of the same questions; parts that run side by side are counted each.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import shutil
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil
from scripts.benches.recall_talk import NOW, Session, Talk
from scripts.benches.report import figure, median, p95, progress
from scripts.benches.search_home import running
from scripts.benches.vectors_data import Draw, Vectors

from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.memory import passages, store
from wooster.memory.model import Turn
from wooster.memory.recall import service, sources
from wooster.memory.recall import store as recall_store
from wooster.memory.recall.model import Asked
from wooster.memory.recall.service import Recall
from wooster.storage import Database
from wooster.vectors import candidates, words
from wooster.vectors import store as passage_store
from wooster.vectors.keeper import IndexKeeper
from wooster.vectors.model import Kind, Maker, NewPassage

BENCH = "recall"
SIZES = (1_000, 10_000, 100_000)
DIMENSIONS = 384
_SESSIONS_AT_ONCE = 100
_LIBRARY_DOCUMENTS, _LIBRARY_PASSAGES = 100, 10
_OF_EACH_KIND = 50
_WARM_UP = 4
_FOUND = 50

# Which functions make up which part of an answer.
_PARTS: dict[str, tuple[tuple[object, str], ...]] = {
    "words": ((words, "ranked"), (words, "inside_words")),
    "vectors": ((IndexKeeper, "nearest"), (candidates, "with_vectors"), (candidates, "cosines")),
    "passages": ((candidates, "scored"), (candidates, "allowed_labels")),
    "sessions": ((service, "_around"),),
    "turns": ((sources, "gathered"), (recall_store, "companies")),
    "ranking": ((sources, "utterances"), (service, "_ranked")),
    "judging": ((service, "_judged"),),
}


@dataclass(slots=True)
class Measured:
    """Milliseconds by kind of question, of `find`, of the full-text search and of each part."""

    find: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    fts: list[float] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=dict)
    rss_mb: float = 0.0
    at_start_mb: float = 0.0

    def all_times(self) -> list[float]:
        return [each for times in self.find.values() for each in times]


def main() -> None:
    arguments = _arguments()
    most = arguments.turns
    sizes = sorted({size for size in SIZES if size < most} | {most})
    p95s: dict[int, float] = {}
    for size in sizes:
        with _homed(arguments.home, size) as folder:
            measured: Measured = _apart(measure, folder, size)
        _tell(size, measured)
        p95s[size] = p95(measured.all_times())
    if len(sizes) > 1:
        growth = p95s[sizes[-1]] / p95s[sizes[0]]
        figure(BENCH, "latency.p95.growth", growth, "ratio", {"turns": sizes[-1] / sizes[0]})


@contextmanager
def _homed(kept: Path | None, size: int) -> Iterator[Path]:
    """A home with so many turns: the one that is kept, or one for this run."""
    if kept is None:
        with tempfile.TemporaryDirectory(prefix="wooster-bench-") as folder:
            _apart(build, Path(folder), size)
            yield Path(folder)
        return
    home = kept.absolute() / str(size)
    if not home.exists():
        unfinished = home.with_name(f"{size}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        _apart(build, unfinished, size)
        unfinished.rename(home)
    yield home


def _apart(work: Callable[[Path, int], Any], folder: Path, size: int) -> Any:
    """In a process of its own, whose memory is that of this work alone."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as process:
        return process.submit(work, folder, size).result()


class Drawn:
    """A model whose vectors are drawn, whatever the text."""

    is_here = True
    batch_size = 1_000

    def __init__(self) -> None:
        self._draw = Draw(DIMENSIONS)

    async def made_by(self) -> Maker:
        return Maker("drawn", DIMENSIONS)

    async def embed(
        self, texts: Sequence[str], kind: Kind, dimensions: int, *, background: bool
    ) -> tuple[Maker, Vectors]:
        return await self.made_by(), self._draw.vectors(len(texts))


# --- storing ----------------------------------------------------------------------------------


def build(folder: Path, size: int) -> None:
    """A home with so many turns, all embedded and indexed."""
    asyncio.run(_build(folder, size))


async def _build(folder: Path, size: int) -> None:
    paths = Paths(folder)
    paths.prepare()
    database = Database.open(paths.database, paths.backups)
    talk = Talk()
    started = time.perf_counter()
    async with running(paths, database, Drawn()) as home:
        await database.write(partial(_put_library, talk=talk))
        held: list[Session] = []
        for session in talk.sessions(size):
            held.append(session)
            if len(held) == _SESSIONS_AT_ONCE:
                await database.write(partial(_put, sessions=held))
                held = []
        await database.write(partial(_put, sessions=held))
        stored_s = time.perf_counter() - started
        await home.embed()
        await home.keeper.save()
    taken_s = time.perf_counter() - started
    progress(f"{size} turns stored in {stored_s:.0f} s, indexed after {taken_s:.0f} s")


def _put(connection: sqlite3.Connection, sessions: Sequence[Session]) -> None:
    for session in sessions:
        store.add_session(connection, session.id, session.at, "bench")
        seqs = [store.take_in(connection, turn) for turn in session.turns]
        passages.put(connection, session.id, seqs[0], seqs[-1])


def _put_library(connection: sqlite3.Connection, talk: Talk) -> None:
    """What is beside the turns, so that a search for turns is a narrow one."""
    for document in range(_LIBRARY_DOCUMENTS):
        (session,) = talk.sessions(_LIBRARY_PASSAGES)
        made = [NewPassage(str(place), "", turn.answer) for place, turn in enumerate(session.turns)]
        passage_store.put(connection, "library", document + 1, made)


# --- measuring --------------------------------------------------------------------------------


def measure(folder: Path, size: int) -> Measured:
    """What questions to a home take, and the memory of the process that answers them."""
    return asyncio.run(_measure(folder, size))


async def _measure(folder: Path, size: int) -> Measured:
    paths = Paths(folder)
    measured = Measured(at_start_mb=_rss_mb())
    database = Database.open(paths.database, paths.backups)
    async with running(paths, database, Drawn()) as home:
        await home.indexed()
        told = await database.read(partial(_some_turns, size=size))
        questions = Talk(seed=size).questions(told, _OF_EACH_KIND + _WARM_UP)
        recall = Recall(database, home.search, ManualClock(NOW))
        for kind, asked in questions.items():
            for number, each in enumerate(asked):
                taken_ms = await _timed(partial(recall.find, each, _FOUND))
                if number >= _WARM_UP:
                    measured.find[kind].append(taken_ms)
        measured.rss_mb = _rss_mb()
        every = [each for asked in questions.values() for each in asked[_WARM_UP:]]
        for each in every:
            search = partial(database.read, partial(_full_text, asked=each))
            measured.fts.append(await _timed(search))
        measured.parts = await _parts(recall, every)
    return measured


async def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    await work()
    return (time.perf_counter() - started) * 1000


def _some_turns(connection: sqlite3.Connection, size: int) -> list[Turn]:
    """Turns from all over the years."""
    step = max(1, size // 500)
    seqs = range(1, size + 1, step)
    return [turn for seq in seqs for turn in _turn(connection, seq)]


def _turn(connection: sqlite3.Connection, seq: int) -> list[Turn]:
    row = recall_store.turns(connection, [seq]).get(seq)
    return [] if row is None else store.around(connection, row.session_id, seq, seq, 0)


def _full_text(connection: sqlite3.Connection, asked: Asked) -> list[int]:
    match = " OR ".join(term.phrase for term in words.terms(asked.text))
    rows = connection.execute(
        "SELECT rowid FROM turns_search WHERE turns_search MATCH ?"
        " ORDER BY bm25(turns_search) LIMIT ?",
        (match, _FOUND),
    )
    return [row[0] for row in rows]


def _rss_mb() -> float:
    return float(psutil.Process().memory_info().rss / 1024 / 1024)


async def _parts(recall: Recall, questions: Sequence[Asked]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {part: [] for part in _PARTS}
    spent: dict[str, float] = {}
    with _watched(spent):
        for each in questions:
            spent.update(dict.fromkeys(_PARTS, 0.0))
            await recall.find(each, _FOUND)
            for part, times in found.items():
                times.append(spent[part])
    return found


@contextmanager
def _watched(spent: dict[str, float]) -> Iterator[None]:
    """Add up the milliseconds of each part while it lasts."""
    with ExitStack() as stack:
        for part, functions in _PARTS.items():
            for owner, name in functions:
                watched = _watching(getattr(owner, name), part, spent)
                stack.enter_context(patch.object(owner, name, watched))
        yield


def _watching(
    function: Callable[..., Any], part: str, spent: dict[str, float]
) -> Callable[..., Any]:
    def add(started: float) -> None:
        spent[part] += (time.perf_counter() - started) * 1000

    async def awaited(*given: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return await function(*given, **named)
        finally:
            add(started)

    def called(*given: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            add(started)

    return awaited if iscoroutinefunction(function) else called


# --- telling ----------------------------------------------------------------------------------


def _tell(size: int, measured: Measured) -> None:
    times = measured.all_times()
    for name, middle in (("p50", median), ("p95", p95)):
        versus = {"fts": middle(measured.fts)}
        figure(BENCH, f"latency.{name}.{size}", middle(times), "ms", versus)
    for kind, of_kind in measured.find.items():
        _tell_times(f"latency.p95.{kind.replace(' ', '-')}.{size}", of_kind)
    for part, of_part in measured.parts.items():
        _tell_times(f"part.p95.{part}.{size}", of_part)
    versus = {"at_start": measured.at_start_mb}
    figure(BENCH, f"rss.{size}", measured.rss_mb, "MB", versus)


def _tell_times(name: str, times_ms: Sequence[float]) -> None:
    figure(BENCH, name, p95(times_ms), "ms", {"p50": median(times_ms)})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench recall", description=__doc__)
    parser.add_argument(
        "--turns", type=int, default=SIZES[-1], help="up to so many (1000, 10000, … and N)"
    )
    parser.add_argument("--home", type=Path, help="keep the homes here: a second run is short")
    return parser.parse_args()


if __name__ == "__main__":
    main()
