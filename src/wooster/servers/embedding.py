"""Texts to vectors: one thread that drives an mlx-embeddings model, batch by batch.

It knows tokens, padding and vectors. It knows nothing of HTTP or of OpenAI's shapes.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wooster.core.errors import UsageError
from wooster.servers.health import Health
from wooster.servers.weights import fit_precision
from wooster.servers.worker import Worker


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
    """One request's texts as tokens. `done` is called once, on the engine's thread."""

    tokens: list[list[int]]
    done: Callable[[Embedded | EmbeddingFailed], None]
    cancelled: threading.Event = field(default_factory=threading.Event)


class InputTooLong(UsageError):
    code = "context_length_exceeded"


class Embedder(Worker):
    """The embed server's engine."""

    def __init__(self, health: Health, *, models: Path, cache: Path, batch_size: int) -> None:
        super().__init__(health, models=models, cache=cache)
        self.dimensions = 0
        self.max_tokens = 0
        self._batch_size = batch_size
        self._inbox: queue.SimpleQueue[EmbedJob | None] = queue.SimpleQueue()
        self._current: EmbedJob | None = None
        self._reading = threading.Lock()
        self._model: Any = None
        self._tokenizer: Any = None
        self._padding = 0

    # --- from any thread ---------------------------------------------------------------------

    @property
    def active(self) -> int:
        return 0 if self._current is None else 1

    @property
    def queued(self) -> int:
        return self._inbox.qsize()

    def wake(self) -> None:
        self._inbox.put(None)

    def submit(self, job: EmbedJob) -> None:
        self._inbox.put(job)

    def read_texts(self, texts: Sequence[str], *, truncate: bool) -> list[list[int]]:
        """The tokens of each text. Raises `InputTooLong` for the first too long one, or cuts it.

        Not on the engine's thread, so that tokens of one request are made while another computes.
        """
        with self._reading:
            # A cut keeps the closing mark that the model was trained with, so the tokenizer cuts.
            tokens = self._tokenizer(
                list(texts), padding=False, truncation=truncate, max_length=self.max_tokens
            )["input_ids"]
        for index, ids in enumerate(tokens):
            if len(ids) > self.max_tokens:
                raise InputTooLong(
                    f"Text {index} of the input has {len(ids)} tokens; this model takes "
                    f"{self.max_tokens}. Shorten it, or ask for a cut with `truncate`: true."
                )
        return [list(ids) for ids in tokens]

    # --- on the engine's thread --------------------------------------------------------------

    def load(self, path: str) -> None:
        self.health.detail = "importing mlx-embeddings"
        from mlx_embeddings.utils import get_model_path, load

        self.health.detail = "reading the weights"
        model, self._tokenizer = load(path, lazy=True)
        self._model = fit_precision(model)
        self.max_tokens = _longest_input(get_model_path(path), self._tokenizer)
        self._padding = self._tokenizer.pad_token_id or 0
        self.health.detail = "warming up"
        first = self._embed([self._tokenizer("Good morning, Wooster.")["input_ids"]])
        self.dimensions = first.shape[-1]

    def serve(self) -> None:
        while not self.stopping.is_set():
            job = self._inbox.get()
            if job is None or job.cancelled.is_set():
                continue
            self._current = job
            self._work(job)
            self._current = None

    def abandon(self, reason: str) -> None:
        if self._current is not None:
            self._current.done(EmbeddingFailed(reason))
        while not self._inbox.empty():
            if (job := self._inbox.get()) is not None:
                job.done(EmbeddingFailed(reason))

    def _work(self, job: EmbedJob) -> None:
        import numpy as np

        vectors = np.empty((len(job.tokens), self.dimensions), dtype=np.float32)
        # Texts of like length together: little padding, so little wasted work.
        order = sorted(range(len(job.tokens)), key=lambda index: len(job.tokens[index]))
        for start in range(0, len(order), self._batch_size):
            if job.cancelled.is_set():
                return
            if self.stopping.is_set():
                job.done(EmbeddingFailed("The server is stopping."))
                return
            batch = order[start : start + self._batch_size]
            try:
                vectors[batch] = self._embed([job.tokens[index] for index in batch])
            # The boundary of the engine: whatever a model's code raises (out of memory, mostly)
            # ends this request, and not the server.
            except Exception as error:  # noqa: BLE001
                job.done(EmbeddingFailed(f"{type(error).__name__}: {error}"))
                return
        job.done(Embedded(vectors, sum(map(len, job.tokens))))

    def _embed(self, tokens: Sequence[Sequence[int]]) -> Any:
        import mlx.core as mx
        import numpy as np

        longest = max(map(len, tokens))
        ids = np.full((len(tokens), longest), self._padding, dtype=np.int32)
        mask = np.zeros_like(ids)
        for row, each in enumerate(tokens):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
        output = self._model(mx.array(ids), attention_mask=mx.array(mask))
        vectors = np.array(output.text_embeds.astype(mx.float32))
        return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def _longest_input(folder: Path, tokenizer: Any) -> int:
    """Tokens that the model was trained to read at once; more fit, but mean less."""
    limits = [tokenizer.model_max_length]
    for name, key in (
        ("config.json", "max_position_embeddings"),
        ("sentence_bert_config.json", "max_seq_length"),
    ):
        file = folder / name
        if file.is_file():
            limits.append(json.loads(file.read_text("utf-8")).get(key))
    return int(min(limit for limit in limits if limit))
