"""One request's answer while it is made: from tokens to pieces of text, probabilities and an end.

It knows a tokenizer's pieces and stop strings; it knows nothing of how tokens are decoded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from wooster.core.thinking import overlap
from wooster.servers.decoding import Decoded, Processor, Read
from wooster.servers.jobs import Finished, Job, Logprob, Progress, Sampled, Text
from wooster.servers.token_bytes import TokenBytes


class StopFinder:
    """Lets text through up to the first stop string, holding back what may become one."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""
        self.found = False

    def feed(self, piece: str) -> str:
        """The text that is now known to be before any stop string."""
        text = self._held + piece
        hits = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        if hits:
            self.found = True
            self._held = ""
            return text[: min(hits)]
        keep = max((overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def rest(self) -> str:
        """What was held back, when no more text comes."""
        held, self._held = self._held, ""
        return held


class Guarded:
    """A processor whose failure is a problem of its own request, and not of the whole batch."""

    def __init__(self, processor: Processor) -> None:
        self._processor = processor
        self._problem = ""

    @property
    def problem(self) -> str:
        return self._problem or getattr(self._processor, "problem", None) or ""

    @property
    def complete(self) -> bool:
        return bool(getattr(self._processor, "complete", False))

    def __call__(self, tokens: Any, logits: Any) -> Any:
        if self._problem:
            return logits
        try:
            return self._processor(tokens, logits)
        # The boundary of a request's own rules: what one raises must not end its neighbours.
        except Exception as error:  # noqa: BLE001
            self._problem = f"{type(error).__name__}: {error}"
            return logits


class Answer:
    """A job that is being worked on. `held` while it is put aside for somebody else's."""

    def __init__(
        self, job: Job, cached: int, detokenizer: Any, processors: Sequence[Processor]
    ) -> None:
        self.job = job
        self.cached = cached
        self.tokens = 0
        self.held = False
        self.yields = job.background
        self.read_tokens = cached
        self.processors = [Guarded(processor) for processor in processors]
        self._detokenizer = detokenizer
        self._stops = StopFinder(job.stops)
        self._sampled: list[Sampled] = []
        self._sampled_bytes = 0
        self._told_bytes = 0

    @property
    def problem(self) -> str:
        """Why there can't be more of it, if so."""
        return next((each.problem for each in self.processors if each.problem), "")

    @property
    def is_complete(self) -> bool:
        """Whether it is all that its rules allow, though no end mark has said so."""
        return any(each.complete for each in self.processors)

    def progress(self) -> None:
        self.job.emit(Progress(self.read_tokens, len(self.job.prompt)))

    def read(self, read: Read) -> None:
        self.read_tokens = read.processed
        self.progress()

    def decoded(self, decoded: Decoded, bytes_of: TokenBytes) -> bool:
        """Tell what the token brings; whether a stop string has ended the answer."""
        self.tokens += 1
        if decoded.ended != "stop":  # else the token is the end mark, which isn't text
            self._detokenizer.add_token(decoded.token)
            if self.job.top_logprobs is not None:
                self._sampled.append(sampled(decoded, self.job.top_logprobs, bytes_of))
        if decoded.ended:
            self._detokenizer.finalize()
        text = self._stops.feed(self._detokenizer.last_segment)
        stopped = self._stops.found
        if decoded.ended and not stopped:
            text += self._stops.rest()
        self._tell(text, last=bool(decoded.ended) or stopped)
        return stopped

    def finished(self, reason: Literal["stop", "length"]) -> None:
        self.job.emit(Finished(reason, self.tokens, self.cached))

    def _tell(self, text: str, *, last: bool) -> None:
        self._told_bytes += len(text.encode())
        told = self._sampled
        if self._stops.found:
            told = self._before_the_stop()
        if text or (last and told):
            self.job.emit(Text(text, tuple(told)))
            self._sampled_bytes += sum(len(each.taken.token) for each in told)
            self._sampled = []

    def _before_the_stop(self) -> list[Sampled]:
        """The tokens that some of the told text came from: a stop string's own are not told."""
        kept, at = [], self._sampled_bytes
        for each in self._sampled:
            if at < self._told_bytes:
                kept.append(each)
            at += len(each.taken.token)
        return kept


def sampled(decoded: Decoded, top: int, bytes_of: TokenBytes) -> Sampled:
    """The token with its probability, and the `top` likeliest, those that are possible at all."""
    import mlx.core as mx
    import numpy as np

    logprobs = np.array(decoded.logprobs.astype(mx.float32)).reshape(-1)
    taken = Logprob(bytes_of(decoded.token), float(logprobs[decoded.token]))
    best: Any = np.argpartition(-logprobs, top)[:top] if 0 < top < logprobs.size else ()
    ordered = sorted(best, key=lambda token: -logprobs[token])
    likeliest = [
        Logprob(bytes_of(int(token)), float(logprobs[token]))
        for token in ordered
        if np.isfinite(logprobs[token])
    ]
    return Sampled(taken, tuple(likeliest))
