"""Texts to vectors: one thread that works off all requests, batch by batch, people's first.

It knows whose turn it is, and when there has to be a model in memory; the computing it leaves to
`embed_model`. It knows nothing of HTTP or of OpenAI's shapes.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wooster.config.footprint import EMBED_BATCH_TOKENS
from wooster.config.settings import EmbedServer
from wooster.core.clock import Clock, Every, SystemClock
from wooster.core.heap import give_back
from wooster.servers import embed_model
from wooster.servers.embed_model import EmbedModel
from wooster.servers.families import Family
from wooster.servers.health import Health
from wooster.servers.memory import GIVE_BACK_S, Pressure, memory_limit, read_memory
from wooster.servers.metrics import Metric
from wooster.servers.texts import TextReader
from wooster.servers.weights import ModelPlace, explain_failure
from wooster.servers.worker import IDLE_LOOK_S, Worker

# Background work is done in steps of about this length, because a person's query waits for the step
# that is under way. Before the speed is known a step is short.
_STEP_S = 0.25
_FIRST_STEP_TOKENS = 512
# How much the last step counts in what is known of the speed.
_NEWNESS = 0.3


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors in the order of the texts: float32 of shape (texts, dimensions), of length 1."""

    vectors: Any
    tokens: int


@dataclass(frozen=True, slots=True)
class EmbeddingFailed:
    reason: str


@dataclass(slots=True, eq=False)
class EmbedJob:
    """One request's texts as tokens. `done` is called once; from any thread, set `cancelled`.

    `background` work yields to everybody else's.
    """

    tokens: list[list[int]]
    done: Callable[[Embedded | EmbeddingFailed], None]
    background: bool = False
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True, eq=False)
class _Work:
    """A job in line: its batches that are left (None: not yet made), and its vectors so far."""

    job: EmbedJob
    batches: deque[list[int]] | None = None
    vectors: Any = None


def batches(lengths: Sequence[int], size: int, tokens: int = EMBED_BATCH_TOKENS) -> list[list[int]]:
    """Indices of texts, like lengths together: little padding, so little wasted work.

    Each batch has up to `size` texts, and up to `tokens` tokens with padding unless it is a single
    text: the memory for attention grows with the square of a text's length.
    """
    made: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: lengths[index]):
        longest = lengths[index]  # of its batch, since lengths only grow
        if made and len(made[-1]) < size and (len(made[-1]) + 1) * longest <= tokens:
            made[-1].append(index)
        else:
            made.append([index])
    return made


class Embedder(Worker):
    """The embed server's engine."""

    def __init__(
        self,
        health: Health,
        *,
        models: Path,
        cache: Path,
        settings: EmbedServer,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(health, models=models, cache=cache)
        self.dimensions = 0
        self.family = Family("none")
        self.reader: TextReader | None = None
        self._settings = settings
        self._clock = clock or SystemClock()
        self._gives_back = Every(self._clock, GIVE_BACK_S)
        self._busy_at_s = self._clock.monotonic_s()
        self._unload_after_s = settings.idle_unload_minutes * 60
        self._inbox: queue.SimpleQueue[EmbedJob | None] = queue.SimpleQueue()
        self._lines: tuple[deque[_Work], deque[_Work]] = (deque(), deque())  # people, background
        self._gone = ""  # why nothing is worked on any more
        self._active = 0
        self._model: EmbedModel | None = None
        self._pressure: Pressure | None = None
        self._texts = self._tokens = self._unloads = self._relieved = 0
        self._tokens_a_second = 0.0

    # --- from any thread ---------------------------------------------------------------------

    @property
    def active(self) -> int:
        return self._active

    @property
    def queued(self) -> int:
        return self._inbox.qsize() + sum(map(len, self._lines))

    def wake(self) -> None:
        self._inbox.put(None)

    def submit(self, job: EmbedJob) -> None:
        """Have `job` worked on; its `done` hears of the end unless it is cancelled before."""
        self._inbox.put(job)
        if self._gone:  # the thread has looked into the inbox for the last time
            self._refuse_submitted()

    def figures(self) -> list[Metric]:
        return [
            Metric("texts_total", "counter", "Texts embedded.", self._texts),
            Metric("tokens_total", "counter", "Tokens of those texts.", self._tokens),
            Metric("unloads_total", "counter", "Times the idle model was unloaded.", self._unloads),
            Metric(
                "memory_relief_total",
                "counter",
                "Steps taken under memory pressure.",
                {"clear buffers": self._relieved},
                "step",
            ),
        ]

    # --- on the engine's thread --------------------------------------------------------------

    def load(self, path: str) -> None:
        limit = memory_limit(self._settings.memory_limit_gb)
        model = embed_model.load(
            path,
            name=self.health.model,
            prompts=self._settings.prompts,
            limit=limit,
            tell=self._tell_detail,
        )
        self.take(model)
        self._pressure = Pressure(limit)
        self.health.figures = {"memory": {"limit_bytes": limit.size_bytes}}

    def take(self, model: EmbedModel) -> None:
        """Work with `model` from now on."""
        self._tell_detail("warming up")
        first = model.embed(model.reader.read(["Good morning, Wooster."], truncate=True))
        self.dimensions = first.shape[-1]
        self.family, self.reader = model.family, model.reader
        self.health.context_length = model.reader.limit
        self._model = model
        self._busy_at_s = self._clock.monotonic_s()

    def serve(self) -> None:
        while not self.stopping.is_set():
            self._listen()
            if any(self._lines):
                self._turn()
            elif self._unload_after_s and self._idle_s >= self._unload_after_s:
                self._unload()

    def abandon(self, reason: str) -> None:
        self._gone = reason
        for line in self._lines:
            while line:
                line.popleft().job.done(EmbeddingFailed(reason))
        self._refuse_submitted()

    def _refuse_submitted(self) -> None:
        while job := self._submitted():
            job.done(EmbeddingFailed(self._gone))

    def _listen(self) -> None:
        """Put what was submitted in line; with nothing to do, wait for it a while."""
        if not any(self._lines):
            look_s = min(IDLE_LOOK_S, self._unload_after_s or IDLE_LOOK_S)
            try:
                self._line_up(self._inbox.get(timeout=look_s))
            except queue.Empty:
                return
        while job := self._submitted():
            self._line_up(job)

    def _submitted(self) -> EmbedJob | None:
        """The next job that was submitted, without waiting; None when there is none."""
        while True:
            try:
                job = self._inbox.get_nowait()
            except queue.Empty:
                return None
            if job is not None:  # else a call to look at `stopping`, which is looked at anyhow
                return job

    def _line_up(self, job: EmbedJob | None) -> None:
        if job is not None:
            self._lines[job.background].append(_Work(job))

    def _turn(self) -> None:
        """One batch of the work whose turn it is; what is left of it goes to the line's end.

        So a person's query waits for one batch of each request before it, and never for a thousand
        texts.
        """
        line = next(line for line in self._lines if line)
        work = line.popleft()
        if work.job.cancelled.is_set():
            return
        self._active = 1
        try:
            left = self._compute(work)
        # The boundary of the engine: whatever a model's code raises (out of memory, mostly) ends
        # this request, and not the server.
        except Exception as error:  # noqa: BLE001
            work.job.done(EmbeddingFailed(self._explain(error)))
            return
        finally:
            self._active = 0
            self._busy_at_s = self._clock.monotonic_s()
        if left:
            line.append(work)
            return
        tokens = sum(map(len, work.job.tokens))
        self._texts += len(work.job.tokens)
        self._tokens += tokens
        self.note_memory()
        work.job.done(Embedded(work.vectors, tokens))

    def _compute(self, work: _Work) -> int:
        """Do one batch of `work`; how many are left."""
        import numpy as np

        model = self._loaded_model()
        if work.batches is None:
            lengths = [len(tokens) for tokens in work.job.tokens]
            step = self._step_tokens() if work.job.background else EMBED_BATCH_TOKENS
            work.batches = deque(batches(lengths, self._settings.batch_size, step))
            work.vectors = np.empty((len(lengths), self.dimensions), dtype=np.float32)
        batch = work.batches.popleft()
        texts = [work.job.tokens[index] for index in batch]
        began_s = self._clock.monotonic_s()
        work.vectors[batch] = model.embed(texts)
        self._learn_speed(len(texts) * max(map(len, texts)), self._clock.monotonic_s() - began_s)
        self._relieve()
        return len(work.batches)

    def _step_tokens(self) -> int:
        """Tokens of a step of background work, with padding."""
        known = int(self._tokens_a_second * _STEP_S) or _FIRST_STEP_TOKENS
        return max(1, min(known, EMBED_BATCH_TOKENS))

    def _learn_speed(self, tokens: int, seconds: float) -> None:
        """A large step tells the speed; in a small one the call itself takes most of the time."""
        # Where steps are small because it was found slow, they must be able to say otherwise.
        large = min(_FIRST_STEP_TOKENS, self._step_tokens()) // 2
        if seconds <= 0 or tokens < large:
            return
        speed, known = tokens / seconds, self._tokens_a_second
        self._tokens_a_second = speed if not known else known + _NEWNESS * (speed - known)

    def _relieve(self) -> None:
        """Give back what is free now and then; and what MLX keeps for reuse where memory is short:
        all that can be spared here."""
        import mlx.core as mx

        if self._gives_back.due():
            give_back()
        if self._pressure is not None and self._pressure.is_short(read_memory()):
            mx.clear_cache()
            self._relieved += 1

    # --- the model in memory -----------------------------------------------------------------

    @property
    def _idle_s(self) -> float:
        return self._clock.monotonic_s() - self._busy_at_s

    def _loaded_model(self) -> EmbedModel:
        """The model, loaded again if it was unloaded."""
        if self._model is None:
            self.load(self.health.model_path)
            self.health.loaded = True
            self._tell_detail("")
        assert self._model is not None
        return self._model

    def _unload(self) -> None:
        """Give the memory back. Whoever asks next has the model loaded again."""
        if self._model is None:
            return
        self._model = None
        self._unloads += 1
        self.note_unloaded()

    def _explain(self, error: Exception) -> str:
        if self._model is None:
            reason = explain_failure(ModelPlace(self.health.model, self.health.model_path), error)
            self._tell_detail(f"unloaded; {reason}")
            return reason
        return f"{type(error).__name__}: {error}"
