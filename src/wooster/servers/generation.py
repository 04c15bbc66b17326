"""Text generation: one thread that drives mlx-lm's `BatchGenerator` for all requests at once.

It knows tokens, batches and prompt caches, through mlx-lm's public names only. It knows nothing of
HTTP or of OpenAI's shapes: jobs come in by a queue, `events` go out by each job's callback.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from wooster.core.errors import UsageError
from wooster.servers.events import Event, Failed, Finished, Progress, Text
from wooster.servers.health import Health
from wooster.servers.prefixes import Prefixes
from wooster.servers.prompting import PromptReader
from wooster.servers.sampling import Sampling, penalties, recommended, sampler
from wooster.servers.stops import StopFinder
from wooster.servers.weights import fit_precision
from wooster.servers.worker import Worker

# From the tokens so far and logits of shape (1, vocabulary) to the logits that are left.
Constraint = Callable[[Any, Any], Any]

BATCH = 8  # sequences that decode together; more wait, shown as `queued`
PREFILL_TOKENS_CPU = 128  # a chunk takes about a second on two slow cores
PREFILL_TOKENS_GPU = 512


@dataclass(slots=True, eq=False)
class Job:
    """One request. `emit` is called on the engine's thread; set `cancelled` from any.

    `constraint` narrows the next token last of all; `top_logprobs` None tells no probabilities;
    `background` work yields to everybody else's.
    """

    prompt: list[int]
    max_tokens: int
    sampling: Sampling
    stops: tuple[str, ...]
    emit: Callable[[Event], None]
    constraint: Constraint | None = None
    top_logprobs: int | None = None
    background: bool = False
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True)
class _Running:
    """A job inside the generator, and what has come out of it."""

    job: Job
    cached: int
    detokenizer: Any
    stops: StopFinder
    tokens: int = 0


class PromptTooLong(UsageError):
    code = "context_length_exceeded"


class Generator(Worker):
    """The chat server's engine."""

    def __init__(
        self, health: Health, *, models: Path, cache: Path, context_length: int, max_tokens: int
    ) -> None:
        super().__init__(health, models=models, cache=cache)
        self.context_length = context_length
        self.recommended = Sampling()
        self._default_max_tokens = max_tokens
        self._inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._running: dict[int, _Running] = {}
        self.prompts: PromptReader | None = None
        self._model: Any = None
        self._tokenizer: Any = None
        self._batch: Any = None
        self._prefixes: Prefixes | None = None

    # --- from any thread ---------------------------------------------------------------------

    @property
    def active(self) -> int:
        return len(self._running)

    @property
    def queued(self) -> int:
        return self._inbox.qsize()

    def wake(self) -> None:
        self._inbox.put(None)

    def submit(self, job: Job) -> None:
        """Have `job` worked on; its events end with `Finished` or `Failed` unless cancelled."""
        self._inbox.put(job)

    def answer_limit(self, prompt_tokens: int, asked: int | None) -> int:
        """How many tokens an answer may have. Raises `PromptTooLong` with the numbers."""
        room = self.context_length - prompt_tokens
        if room < 1:
            raise PromptTooLong(
                f"This model's maximum context length is {self.context_length} tokens. "
                f"The messages have {prompt_tokens} tokens."
            )
        if asked is not None and asked > room:
            raise PromptTooLong(
                f"This model's maximum context length is {self.context_length} tokens. "
                f"{prompt_tokens + asked} were requested: {prompt_tokens} in the messages, "
                f"{asked} for the completion."
            )
        return asked or min(self._default_max_tokens, room)

    # --- on the engine's thread --------------------------------------------------------------

    def load(self, path: str) -> None:
        self.health.detail = "importing mlx-lm"
        import mlx_lm
        from mlx_lm.models.cache import make_prompt_cache
        from mlx_lm.utils import hf_repo_to_path

        self.health.detail = "reading the weights"
        model, tokenizer, config = mlx_lm.load(path, lazy=True, return_config=True)
        if not all(hasattr(layer, "merge") for layer in make_prompt_cache(model)):
            raise ValueError(f"models of type {config.get('model_type')!r} can't be batched")
        self._model, self._tokenizer = fit_precision(model), tokenizer
        self.prompts = PromptReader(tokenizer)
        trained_for = config.get("max_position_embeddings") or self.context_length
        self.context_length = min(self.context_length, trained_for)
        self.health.context_length = self.context_length
        folder = Path(path)
        self.recommended = recommended(folder if folder.is_dir() else hf_repo_to_path(path))
        self._prefixes = Prefixes()
        self._batch = self._new_batch()
        self.health.detail = "warming up"
        self._warm_up()

    def serve(self) -> None:
        while not self.stopping.is_set():
            self._admit()
            if self._running:
                self._step()

    def abandon(self, reason: str) -> None:
        for running in self._running.values():
            running.job.emit(Failed(reason))
        while not self._inbox.empty():
            if (job := self._inbox.get()) is not None:
                job.emit(Failed(reason))

    def _new_batch(self) -> Any:
        import mlx.core as mx
        from mlx_lm.generate import BatchGenerator

        on_cpu = mx.default_device() == mx.Device(mx.cpu)
        return BatchGenerator(
            self._model,
            stop_tokens=[[token] for token in self._tokenizer.eos_token_ids],
            completion_batch_size=BATCH,
            prefill_batch_size=BATCH,
            prefill_step_size=PREFILL_TOKENS_CPU if on_cpu else PREFILL_TOKENS_GPU,
        )

    def _warm_up(self) -> None:
        """One token, drawn as requests draw it: compiles what MLX compiles at first use."""
        tokens = self._tokenizer.encode("Good morning, Wooster.")
        draw = sampler(Sampling(temperature=0.7, top_p=0.9))
        self._batch.insert([tokens], max_tokens=[1], samplers=[draw])
        while not self._batch.next()[1]:
            pass

    def _admit(self) -> None:
        """Take waiting jobs into the batch; with nothing else to do, wait for one."""
        while len(self._running) < BATCH:
            try:
                job = self._inbox.get(block=not self._running)
            except queue.Empty:
                return
            if job is None:  # woken, to look at `stopping`
                return
            if not job.cancelled.is_set():
                self._insert(job)

    def _insert(self, job: Job) -> None:
        assert self._prefixes is not None
        cached, cache = self._prefixes.longest(job.prompt)
        (uid,) = self._batch.insert(
            [job.prompt[cached:]],
            max_tokens=[job.max_tokens],
            caches=[cache],
            all_tokens=[job.prompt[:cached]],
            samplers=[sampler(job.sampling)],
            logits_processors=[_processors(job)],
        )
        detokenizer = self._tokenizer.detokenizer
        self._running[uid] = _Running(job, cached, detokenizer, StopFinder(job.stops))
        job.emit(Progress(cached, len(job.prompt)))

    def _step(self) -> None:
        """One token for every decoding sequence, and one chunk for those still reading."""
        try:
            read, decoded = self._batch.next()
        # The boundary of the engine: whatever a model's code raises (out of memory, mostly) ends
        # the answers that were under way, and not the server.
        except Exception as error:  # noqa: BLE001
            self._give_up(f"{type(error).__name__}: {error}")
            return
        for progress in read:
            running = self._running[progress.uid]
            processed = running.cached + progress.progress[0]
            running.job.emit(Progress(processed, len(running.job.prompt)))
        for response in decoded:
            self._decoded(response)
        self._drop([uid for uid, each in self._running.items() if each.job.cancelled.is_set()])

    def _decoded(self, response: Any) -> None:
        running = self._running[response.uid]
        running.tokens += 1
        if response.finish_reason != "stop":  # else the token is the end mark, which isn't text
            running.detokenizer.add_token(response.token)
        if response.finish_reason:
            running.detokenizer.finalize()
        text = running.stops.feed(running.detokenizer.last_segment)
        stopped = running.stops.found
        if response.finish_reason and not stopped:
            text += running.stops.rest()
        if text:
            running.job.emit(Text(text))
        if response.finish_reason:
            assert self._prefixes is not None
            self._prefixes.keep(response.all_tokens, response.prompt_cache)
            del self._running[response.uid]
        elif stopped:
            self._drop([response.uid])
        if response.finish_reason or stopped:
            length = response.finish_reason == "length" and not stopped
            reason: Literal["stop", "length"] = "length" if length else "stop"
            running.job.emit(Finished(reason, running.tokens, running.cached))

    def _drop(self, uids: list[int]) -> None:
        """Take sequences out; what they have read is kept for the next question."""
        if not uids:
            return
        assert self._prefixes is not None
        removed = self._batch.remove(uids, return_prompt_caches=True)
        for uid in uids:
            del self._running[uid]
            cache, tokens = removed[uid]
            self._prefixes.keep(tokens, cache)

    def _give_up(self, reason: str) -> None:
        self._batch = self._new_batch()
        failed, self._running = self._running, {}
        for running in failed.values():
            running.job.emit(Failed(reason))


def _processors(job: Job) -> list[Constraint]:
    """What changes the logits of a job's next token, in this order: its constraint has the last
    word."""
    return [*penalties(job.sampling), *([job.constraint] if job.constraint else [])]
