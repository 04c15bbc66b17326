"""How well memory recalls: LoCoMo's and LongMemEval's questions, by retrieval alone.

The conversations are taken in, embedded by the real embed server with the starter model, and asked
for through what the daemon uses; no chat model takes part and none judges. `versus` has, from the
same run, over the same turns: `fts`, a full-text search of the turns as they were said; `vectors`,
the nearest of the vectors that our recall uses; `rrf`, plain reciprocal rank fusion of both.

Questions about a time ("what did we say on 8 May") have many turns that answer them: R-precision is
for these, of the file's questions and, under `times`, of a set of our own, made by rule from the
sessions' dates (`memory_times.py`).
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.benches import memory_corpus, memory_judge, memory_times
from scripts.benches.home import bench_home
from scripts.benches.memory_corpus import Asked, Chat
from scripts.benches.memory_home import Remembered, Remembering, remembering
from scripts.benches.report import figure, median, p95, progress
from scripts.benches.search_home import embed_server, server_at

from wooster.config.paths import Paths
from wooster.core.text import rough_tokens, search_form
from wooster.memory.recall import gate, model
from wooster.memory.recall.showing import line
from wooster.storage import Database
from wooster.vectors import words
from wooster.vectors.model import Narrowing
from wooster.vectors.ports import Embedder

BENCH = "memory"
# As deep as rankings are judged and sessions gathered.
_DEPTH = 100
WAYS = ("ours", "fts", "vectors", "rrf")


@dataclass(slots=True)
class Judged:
    """Marks of each way, question by question: of turns, of sessions; and what ours cost."""

    category: list[str] = field(default_factory=list)
    turns: dict[str, list[dict[str, float]]] = field(default_factory=lambda: defaultdict(list))
    sessions: dict[str, list[dict[str, float]]] = field(default_factory=lambda: defaultdict(list))
    rprecision: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    latency_ms: list[float] = field(default_factory=list)
    tokens: list[float] = field(default_factory=list)


def main() -> None:
    told = _arguments()
    chats = memory_corpus.read(told.data, told.format, told.audit)
    asked = sum(len(chat.questions) for chat in chats)
    left_out = sum(chat.left_out for chat in chats)
    progress(f"{len(chats)} chats, {asked} questions, {left_out} without a known answer left out")
    if not asked:
        raise SystemExit(f"{told.data} has no question whose answer is known")
    asyncio.run(_measure(chats, told))


async def _measure(chats: Sequence[Chat], told: argparse.Namespace) -> None:
    apart, single = Judged(), Judged()
    with bench_home() as paths, embed_server(paths) as url:
        database = Database.open(paths.database, paths.backups)
        async with server_at(paths, database, url) as server:
            embedder = Remembering(server)
            for chat in chats:
                await _judge(paths, embedder, chat, apart, with_times=told.format == "locomo")
            if len(chats) > 1 and not told.no_single:
                together = memory_corpus.together(chats)
                await _judge(paths, embedder, together, single, with_times=False)
        await database.close()
    _tell(told.format, apart)
    if single.category:
        _tell(f"{told.format}.single_store", single)


async def _judge(
    paths: Paths, embedder: Embedder, chat: Chat, judged: Judged, *, with_times: bool
) -> None:
    with tempfile.TemporaryDirectory(dir=paths.home) as folder:
        async with remembering(Path(folder), embedder, chat) as remembered:
            contenders = Contenders(chat, remembered)
            for asked in chat.questions:
                await _judge_one(contenders, asked, judged)
            if with_times:
                for kind, question in memory_times.questions(chat):
                    found = await remembered.recall.find(*_to_memory(question))
                    ranked = [remembered.said(each) for each in found.memories]
                    judged.times[kind].append(memory_judge.rprecision(ranked, question.turns))


async def _judge_one(contenders: Contenders, asked: Asked, judged: Judged) -> None:
    remembered = contenders.remembered
    # The words of a question are embedded for it as in the daemon: the first time that it is asked.
    started = time.perf_counter()
    found = await remembered.recall.find(*_to_memory(asked))
    judged.latency_ms.append((time.perf_counter() - started) * 1000)
    given = gate.chosen(found, gate.BUDGET_TOKENS, lambda each: line(each, None))
    judged.tokens.append(float(sum(rough_tokens(line(each, None)) for each in given)))
    judged.category.append(asked.category)
    rankings = {"ours": [remembered.said(each) for each in found.memories]}
    rankings |= await contenders.rankings(asked.text)
    sessions = {way: contenders.sessions(ranking) for way, ranking in rankings.items()}
    sessions["ours"] = [remembered.sessions[each] for each, _ in found.sessions()]
    for way in WAYS:
        if asked.turns:
            judged.turns[way].append(memory_judge.judged(rankings[way], asked.turns))
            mark = memory_judge.rprecision(rankings[way], asked.turns)
            judged.rprecision[way].append(mark)
        judged.sessions[way].append(memory_judge.judged(sessions[way], asked.sessions))


def _to_memory(asked: Asked) -> tuple[model.Asked, int]:
    """The question and how much is wanted: at least as much as there is that is right."""
    return model.Asked(asked.text, asked.now), max(_DEPTH, len(asked.turns))


class Contenders:
    """What recall is compared to, over the same turns."""

    def __init__(self, chat: Chat, remembered: Remembered) -> None:
        self.remembered = remembered
        self._session = {turn.id: each.id for each in chat.sessions for turn in each.turns}
        self._ids = list(self._session)
        self._index = sqlite3.connect(":memory:")
        self._index.execute(
            f"CREATE VIRTUAL TABLE said USING fts5 (text, tokenize='{words.TOKENIZER}')"
        )
        self._index.executemany(
            "INSERT INTO said (rowid, text) VALUES (?, ?)",
            (
                (row, search_form(f"{turn.speaker}: {turn.text}"))
                for row, turn in enumerate(t for each in chat.sessions for t in each.turns)
            ),
        )

    async def rankings(self, question: str) -> dict[str, list[str]]:
        by_words = self._by_words(question)
        by_vectors = await self._by_vectors(question)
        fused = memory_judge.reciprocal_ranks(by_words, by_vectors)[:_DEPTH]
        return {"fts": by_words, "vectors": by_vectors, "rrf": fused}

    def sessions(self, ranking: Sequence[str]) -> list[str]:
        """The sessions in the order of their best turns."""
        return list(dict.fromkeys(self._session[each] for each in ranking))

    def _by_words(self, question: str) -> list[str]:
        match = " OR ".join(term.phrase for term in words.terms(question))
        if not match:
            return []
        rows = self._index.execute(
            "SELECT rowid FROM said WHERE said MATCH ? ORDER BY bm25(said), rowid LIMIT ?",
            (match, _DEPTH),
        )
        return [self._ids[row[0]] for row in rows]

    async def _by_vectors(self, question: str) -> list[str]:
        scored, _ = await self.remembered.home.search.scored("", question, Narrowing(), _DEPTH)
        near = sorted(scored, key=lambda each: -(each.cosine or 0.0))
        keys = ((each.document, each.key.startswith("a")) for each in near)
        return list(dict.fromkeys(self.remembered.ids[key] for key in keys))


# --- telling ----------------------------------------------------------------------------------


def _tell(name: str, judged: Judged) -> None:
    by_sessions = name.startswith("longmemeval")
    first, second = judged.turns, judged.sessions
    if by_sessions:
        first, second = second, first
    _tell_marks(name, first, judged.category)
    if second["ours"]:
        _tell_marks(f"{name}.{'turns' if by_sessions else 'sessions'}", second, ())
    figure(BENCH, f"{name}.latency.p50", median(judged.latency_ms), "ms")
    figure(BENCH, f"{name}.latency.p95", p95(judged.latency_ms), "ms")
    figure(BENCH, f"{name}.tokens.p50", median(judged.tokens), "tokens")
    figure(BENCH, f"{name}.tokens.p95", p95(judged.tokens), "tokens")
    given = sum(1 for each in judged.tokens if each) / len(judged.tokens)
    figure(BENCH, f"{name}.given_anything", given, "ratio")
    shares = {way: sum(marks) / len(marks) for way, marks in judged.rprecision.items()}
    if shares:
        value = shares.pop("ours")
        figure(BENCH, f"{name}.rprecision", value, "ratio", shares)
    kinds = {kind: sum(marks) / len(marks) for kind, marks in judged.times.items()}
    if kinds:
        every = [mark for marks in judged.times.values() for mark in marks]
        figure(BENCH, f"{name}.times.rprecision", sum(every) / len(every), "ratio")
        for kind, value in kinds.items():
            figure(BENCH, f"{name}.times.rprecision.{kind}", value, "ratio")


def _tell_marks(
    name: str, marks: Mapping[str, Sequence[Mapping[str, float]]], categories: Sequence[str]
) -> None:
    """The means of all questions and of each category's."""
    groups = {"": list(range(len(marks["ours"])))}
    for number, category in enumerate(categories[: len(marks["ours"])]):
        groups.setdefault(f".{category}", []).append(number)
    if len(groups) == 2:
        groups = {"": groups[""]}
    for group, numbers in groups.items():
        means = {way: memory_judge.mean([marks[way][each] for each in numbers]) for way in WAYS}
        for measure, value in means["ours"].items():
            versus = {way: means[way][measure] for way in WAYS[1:]}
            figure(BENCH, f"{name}.{measure}{group}", value, "ratio", versus)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench memory", description=__doc__)
    parser.add_argument("--format", choices=("locomo", "longmemeval"), required=True)
    parser.add_argument("--data", type=Path, required=True, help="a file of that layout")
    parser.add_argument("--audit", type=Path, help="known label errors, as locomo-audit has them")
    parser.add_argument("--no-single", action="store_true", help="not all chats in one store")
    return parser.parse_args()


if __name__ == "__main__":
    main()
