"""Sentences through the whole recogniser: over the product's registry, in a home with habits."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.benches.intents_figures import BENCH
from scripts.benches.intents_sets import AS_GOOD, HELD_OUT, PARTS, Sentence
from scripts.benches.intents_vectors import Made
from scripts.benches.report import figure, median, p95, progress

from wooster.actions.action import Action
from wooster.actions.registry import Registry
from wooster.actions.sentences import wording
from wooster.actions.sentences.deciding import AskFirst, Recognised, Run
from wooster.actions.sentences.nearest import Nearest
from wooster.actions.sentences.recogniser import Recogniser
from wooster.bootstrap import daemon, ground
from wooster.bootstrap.sentences import compared
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.errors import UsageError

HABITS = (
    "meditate every day",
    "run 3 times a week",
    "yoga on Mondays and Thursdays",
    "read 20 minutes daily",
    "drink water 2 l daily",
    "workout 3 times a week",
    "30 push-ups daily",
    "piano 20 minutes daily",
    "vitamins every day",
    "stretching every day",
    "floss every day",
    "walk 8000 steps daily",
    "journal every day",
)

GOALS = (
    "read 24 books by the end of the year",
    "weight from 88 to 80 kg by July",
    "savings from 0 to 6000 euros by December",
    "thesis 120 pages by March",
    "run 500 km this year",
    "learn Spanish by summer",
)
TASKS = (
    "buy milk +shopping",
    "buy bread +shopping",
    "call the plumber",
    "call the bank",
    "do the tax return",
    "send the invoice",
    "book the hotel",
    "pay the rent",
    "write the report",
)
EVENTS = (
    "lunch with Tom on Friday at 12:30",
    "dentist next Tuesday at 9",
    "team meeting on Wednesday from 10 to 11",
    "choir on Monday at 19:30",
)
REMINDERS = ("to take out the bins every Monday at 19:00", "to call Grandma tomorrow at 17:00")

_EMBEDDED = 200


class Unknown:
    """No embedding server: nothing is near."""

    async def to(self, text: str) -> dict[str, float] | None:
        del text
        return None


@dataclass(frozen=True, slots=True)
class Home:
    """What lines go through, with an embedding server and without one."""

    registry: Registry
    actions: Sequence[Action[Any]]
    with_phrases: Recogniser
    with_embeddings: Recogniser

    def knows(self, action: str) -> bool:
        """Whether there is such an action."""
        return any(each.name == action for each in self.actions)

    async def typed(self, recogniser: Recogniser, line: str) -> Recognised:
        """What becomes of a line, as the daemon takes it."""
        try:
            command = await self.registry.parse(line)
        except UsageError:
            return None
        return Run(*command) if command is not None else await recogniser.recognise(line)


@asynccontextmanager
async def home(made: Made) -> AsyncIterator[Home]:
    """All of the program over a home with a few of each thing, with nothing of it running."""
    with tempfile.TemporaryDirectory(prefix="wooster-bench-") as folder:
        paths = Paths(Path(folder))
        paths.prepare()
        opened = await daemon._open(paths, load_settings(paths, {}), {}, asyncio.Event())
        registry = opened.ground.registry
        await asyncio.to_thread(ground.load, opened.ground)
        registry.complete()
        actions = list(registry.actions)
        await _fill(registry)
        path = paths.cache / "sentences.npz"
        nearest = Nearest(made, path, lambda: compared(actions), lambda *_: None)
        nearest._learnt = await nearest._learn()
        yield Home(registry, actions, Recogniser(actions, Unknown()), Recogniser(actions, nearest))
        await opened.database.close()


async def _fill(registry: Registry) -> None:
    for action, into, all_of in (
        ("habits_add", "habit", HABITS),
        ("goals_set", "goal", GOALS),
        ("tasks_add", "text", TASKS),
        ("event_add", "event", EVENTS),
        ("remind", "text", REMINDERS),
    ):
        for each in all_of:
            await registry.run(action, {into: each})


async def waits(sentences: Sequence[Sentence], made: Made) -> None:
    """How long a line is kept by all this, and how long one embedding takes of it."""
    async with home(made) as at:
        for name, recogniser in _both(at):
            taken = [await _timed(recogniser.recognise(each.text)) for each in sentences]
            figure(BENCH, f"recognise_p95_ms.{name}", p95(taken), "ms", {"p50": median(taken)})
    asked = [each.text for each in sentences[:_EMBEDDED]]
    taken = [await _timed(made.anew(each)) for each in asked]
    figure(BENCH, "embedding_p95_ms", p95(taken), "ms", {"p50": median(taken)})


async def _timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1000


async def own_sentences(sentences: Sequence[Sentence], made: Made) -> None:
    """How many of our own become what they are of, and how much talk becomes anything: of all, and
    of each part of them. What went wrong is shown of the parts that are looked at alone."""
    await made.vectors(_asked([each.text for each in sentences]))
    async with home(made) as at:
        for name, recogniser in _both(at):
            found = [(each, await at.typed(recogniser, each.text)) for each in sentences]
            meant = [(s, f) for s, f in found if s.intent and at.knows(s.intent)]
            talked = [(s, f) for s, f in found if not s.intent]
            for sentence, what in meant:
                if sentence.part != HELD_OUT and not _is_right(sentence, what):
                    progress(f"{name}: {sentence.text!r} is {sentence.intent}: {_told(what)}")
            _told_acts(name, [(s, f) for s, f in talked if s.part != HELD_OUT])
            _own(f"own.run.{name}", meant)
            _false(f"own.false_actions.{name}", [what for _, what in talked])
            for part in PARTS:
                _own(f"own.{part}.run.{name}", [(s, f) for s, f in meant if s.part == part])
                of_part = [what for s, what in talked if s.part == part]
                _false(f"own.{part}.false_actions.{name}", of_part)


def _own(name: str, meant: Sequence[tuple[Sentence, Recognised]]) -> None:
    right = sum(_is_right(each, what) for each, what in meant)
    wrong = sum(isinstance(what, Run) for _, what in meant) - right
    asked = sum(isinstance(what, AskFirst) for _, what in meant)
    count = max(len(meant), 1)
    versus = {"asked": asked / count, "wrong": wrong / count, "sentences": float(count)}
    figure(BENCH, name, right / count, "ratio", versus)


def _is_right(sentence: Sentence, what: Recognised) -> bool:
    return isinstance(what, Run) and what.name in (
        sentence.intent,
        *AS_GOOD.get(sentence.intent, ()),
    )


async def talk(of: str, texts: Sequence[str], made: Made) -> None:
    """How much of what asks for nothing that we do becomes an action, or a question."""
    await made.vectors(_asked(texts))
    async with home(made) as at:
        for name, recogniser in _both(at):
            found = [(Sentence(text, ""), await at.typed(recogniser, text)) for text in texts]
            _told_acts(name, found)
            _false(f"{of}.false_actions.{name}", [what for _, what in found])


def _asked(texts: Sequence[str]) -> list[str]:
    """What will be embedded of these: at once, because one at a time takes long."""
    said = [wording.courteous(each) for each in texts]
    return [each for each in said if wording.may_be_meant(each)] or said[:1]


def _both(at: Home) -> list[tuple[str, Recogniser]]:
    return [("phrases", at.with_phrases), ("embeddings", at.with_embeddings)]


def _false(name: str, found: Sequence[Recognised]) -> None:
    count = Counter(type(each).__name__ for each in found)
    # As counts, too: of so many, a few are 0.000.
    versus = {"acted": count["Run"], "asked": count["AskFirst"], "sentences": len(found)}
    ratio = count["Run"] / max(len(found), 1)
    figure(BENCH, name, ratio, "ratio", {key: float(each) for key, each in versus.items()})


def _told_acts(name: str, found: Sequence[tuple[Sentence, Recognised]]) -> None:
    for sentence, what in found:
        if what is not None:
            progress(f"{name}: {sentence.text!r} is talk: {_told(what)}")


def _told(what: Recognised) -> str:
    if isinstance(what, Run):
        return f"ran {what.name} {what.arguments}"
    if isinstance(what, AskFirst):
        return f"asked {[option.action for option in what.choice.options]}"
    return "left to the model"
