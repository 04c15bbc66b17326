"""What a chat model makes of the dialogues, what the gate lets through, and what is stored then.

Requests, schema and gate are the distiller's, and the rules' facts are stored first, as when a
conversation pauses. `…model` is what is stored in the end, `…model_alone` what would be without
rules, and `…before_gate` all that the model proposes.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
from scripts.benches import facts_gate
from scripts.benches.facts_dialogues import (
    DIALOGUE_S,
    ByRules,
    Dialogue,
    Gold,
    Tally,
    compared,
    learned,
    opened,
    say,
    stretch_of,
)
from scripts.benches.home import bench_home, free_port
from scripts.benches.report import figure, median, progress
from scripts.benches.servers import server

from wooster.config import resources
from wooster.config.loading import load_settings
from wooster.memory.distilling import admission, requests, schema
from wooster.memory.distilling.requests import Prompts
from wooster.memory.distilling.schema import FactOutput, FactsOutput
from wooster.memory.episodes.model import Stretch
from wooster.memory.service import Conversations
from wooster.models import openai_http
from wooster.models.model import (
    OWN_MODEL,
    ChatRequest,
    Died,
    Finished,
    Fragment,
    Provider,
    Refused,
    Rejected,
)

BENCH = "facts"
# What every home keeps beside the categories of its settings, and what is read at once: as the
# distiller has it.
_ALWAYS = ("identity", "note")
_CONTEXT_TOKENS = 2_048
_PROMPTS = Prompts(resources.prompt("episode_summary"), resources.prompt("fact_extraction"))


@dataclass(frozen=True, slots=True)
class Options:
    """`url` None is the starter model; `answers` a file that keeps what was answered, so that
    another gate needs no second hour; `limit` None takes all dialogues, else an even sample."""

    url: str | None
    answers: Path | None
    limit: int | None
    shows: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said to a prompt, "" where no whole answer came, and how long it took."""

    text: str
    seconds: float


@dataclass(slots=True)
class Outcome:
    """The tallies of one run, and what the gate did."""

    rules: Tally = field(default_factory=Tally)
    model: Tally = field(default_factory=Tally)
    alone: Tally = field(default_factory=Tally)
    before: Tally = field(default_factory=Tally)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    proposed: int = 0
    admitted: int = 0
    failed: int = 0
    dialogues: int = 0

    def add(
        self, dialogue: Dialogue, gated: admission.Facts, stored: tuple[Sequence[Gold], ...]
    ) -> None:
        """`stored` is what holds by rules, with the model's, by the model's alone, and without a
        gate."""
        tallies = (self.rules, self.model, self.alone, self.before)
        for tally, each in zip(tallies, stored, strict=True):
            tally.add(each, dialogue.facts)
        self.refused += gated.refused
        self.admitted += len(gated.admitted)
        self.dialogues += 1


class Asking:
    """One server, asked one thing at a time. What it answered before stands in `file`."""

    def __init__(self, client: httpx.AsyncClient, provider: Provider, file: Path | None) -> None:
        self._client = client
        self._provider = provider
        self._file = file
        self._known: dict[tuple[str, str], Answer] = {}
        if file is not None and file.exists():
            for line in file.read_text("utf-8").splitlines():
                told = json.loads(line)
                answer = Answer(told["text"], told["seconds"])
                self._known[told["model"], told["prompt"]] = answer

    @property
    def model(self) -> str:
        return self._provider.model

    async def answer(self, request: ChatRequest) -> Answer:
        """Raises `SystemExit` where nobody answers: there is nothing to measure."""
        prompt = request.messages[-1].content
        if known := self._known.get((self.model, prompt)):
            return known
        began = time.perf_counter()
        text = await self._asked(request)
        made = Answer(text, time.perf_counter() - began)
        if self._file is not None:
            line = {"model": self.model, "prompt": prompt, "text": text, "seconds": made.seconds}
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return made

    async def _asked(self, request: ChatRequest) -> str:
        text = ""
        body = openai_http.body(request, self._provider)
        async for event in openai_http.stream(self._client, self._provider, body):
            match event:
                case Fragment():
                    text += event.text
                case Finished("length"):
                    return ""
                case Finished():
                    return text
                case Refused(reason) | Rejected(reason) | Died(reason):
                    raise SystemExit(f"the chat server can't be asked: {reason}")
        return ""


def measure(dialogues: Sequence[Dialogue], by_rules: ByRules, options: Options) -> None:
    """Print the figures of the server that the options name, or of the starter model."""
    with _serving(options.url) as (provider, categories):
        asyncio.run(_measured(dialogues, by_rules, options, provider, categories))


@contextmanager
def _serving(url: str | None) -> Iterator[tuple[Provider, frozenset[str]]]:
    """The server, and the categories of facts that a home keeps."""
    with bench_home() as paths:
        kept = load_settings(paths, {}).memory.semantic.fact_categories
        categories = frozenset([*kept, *_ALWAYS])
        if url is not None:
            yield Provider("bench", url, "", leaves=False), categories
            return
        port = free_port()
        command = ["wooster.servers.chat", "--port", str(port)]
        with server(command, paths, port, "default"):
            here = f"http://127.0.0.1:{port}"
            yield Provider("local", here, "starter", leaves=False, asked_for=OWN_MODEL), categories


async def _measured(
    dialogues: Sequence[Dialogue],
    by_rules: ByRules,
    options: Options,
    provider: Provider,
    categories: frozenset[str],
) -> None:
    count = max(1, min(options.limit or len(dialogues), len(dialogues)))
    some = [dialogues[at * len(dialogues) // count] for at in range(count)]
    outcome = Outcome()
    async with opened() as (database, clock), _asking(provider, options.answers) as asking:
        await facts_gate.measure(dialogues, by_rules, database, clock, shows=options.shows)
        for number, dialogue in enumerate(some, 1):
            progress(f"dialogue {number} of {count}: {dialogue.id}")
            clock.advance(DIALOGUE_S)
            turns = await say(dialogue, Conversations(database, clock), clock)
            known = await by_rules(turns)
            stretch = await stretch_of(database, turns)
            made = await _made(asking, stretch, categories, outcome)
            gated = admission.admit_facts(stretch, made, asking.model, categories, known)
            alone = admission.admit_facts(stretch, made, asking.model, categories, ())
            by_rule, stored = await learned([known, gated.admitted], database, clock)
            (without,) = await learned([alone.admitted], database, clock)
            outcome.add(dialogue, gated, (by_rule, stored, without, _proposed(made)))
            if options.shows:
                _show(dialogue, made, gated, without)
    _tell(outcome)


@asynccontextmanager
async def _asking(provider: Provider, answers: Path | None) -> AsyncIterator[Asking]:
    async with httpx.AsyncClient(trust_env=False) as client:
        if provider.needs_model:
            names = await openai_http.model_names(client, provider)
            if not names:
                raise SystemExit(f"the server at {provider.url} names no model")
            provider = replace(provider, model=names[0])
        yield Asking(client, provider, answers)


async def _made(
    asking: Asking, stretch: Stretch, categories: frozenset[str], outcome: Outcome
) -> list[FactOutput]:
    """What the model proposes of a dialogue; nothing where its answer can't be read."""
    asked = requests.facts_requests(_PROMPTS, stretch, _CONTEXT_TOKENS, categories)
    answers = [await asking.answer(request) for request in asked]
    outcome.seconds.append(sum(answer.seconds for answer in answers))
    outputs = [schema.read(FactsOutput, answer.text) for answer in answers]
    if any(isinstance(output, str) for output in outputs):
        outcome.failed += 1
        return []
    made = [fact for output in outputs if not isinstance(output, str) for fact in output.facts]
    outcome.proposed += len(made)
    return made


def _proposed(made: Sequence[FactOutput]) -> list[Gold]:
    """What is proposed as it would stand there without the gate, the same once."""
    return list(dict.fromkeys(Gold(*admission.named(fact), False) for fact in made))


def _show(
    dialogue: Dialogue, made: Sequence[FactOutput], gated: admission.Facts, without: Sequence[Gold]
) -> None:
    said = " | ".join(text for who, text in dialogue.said if who == "me")
    progress(f"  {said!r}: {len(made)} proposed, refused {dict(gated.refused)}")
    for each in gated.admitted:
        progress(f"  stored {each.subject} {each.key} {each.value!r}: {each.quote!r}")
    _, wrong, _ = compared(without, dialogue.facts)
    for fact in wrong:
        progress(f"  wrong alone: {fact}")


# --- figures ----------------------------------------------------------------------------------


def _tell(outcome: Outcome) -> None:
    rules, model = outcome.rules, outcome.model
    _ratio("precision.model", model.right, model.stored, _share(rules.right, rules.stored))
    _ratio("recall.model", model.right, model.wanted, _share(rules.right, rules.wanted))
    nothing = _share(rules.kept_empty, rules.empty)
    _ratio("nothing.model", model.kept_empty, model.empty, nothing)
    _ratio("precision.model_alone", outcome.alone.right, outcome.alone.stored)
    _ratio("recall.model_alone", outcome.alone.right, outcome.alone.wanted)
    _ratio("model.precision_before_gate", outcome.before.right, outcome.before.stored)
    _ratio("model.recall_before_gate", outcome.before.right, outcome.before.wanted)
    figure(BENCH, "model.dialogues", outcome.dialogues, "dialogues")
    figure(BENCH, "model.proposed", outcome.proposed / outcome.dialogues, "facts/dialogue")
    _ratio("model.admitted", outcome.admitted, outcome.proposed)
    figure(BENCH, "model.stored_beside_rules", model.stored - rules.stored, "facts")
    for reason, count in sorted(outcome.refused.items()):
        name = reason.replace("'", "").replace(" ", "-")
        _ratio(f"model.refused.{name}", count, outcome.proposed)
    _ratio("model.unreadable", outcome.failed, outcome.dialogues)
    figure(BENCH, "model.seconds", median(outcome.seconds), "s/dialogue")


def _ratio(name: str, count: int, of: int, rules: dict[str, float] | None = None) -> None:
    """A share; nothing is told of what there was none of."""
    if of:
        figure(BENCH, name, count / of, "ratio", rules)


def _share(right: int, of: int) -> dict[str, float]:
    return {"rules": right / of} if of else {}
