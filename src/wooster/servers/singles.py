"""Sequences that take turns, each with a cache and a generator of its own.

For what mlx-lm's batches can't do: a quantised KV cache, a draft model, and models whose caches
can't be merged. Prompts are read by our own loop, chunk by chunk, so that a long one can be shown,
stopped and put aside; mlx-lm's own generators make the tokens.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wooster.servers.decoding import Decoded, Kept, Processor, Read, Start, Step


@dataclass(frozen=True, slots=True)
class Means:
    """What sequences are decoded with. `kv_bits` 0 leaves the cache as it is."""

    model: Any
    draft: Any
    draft_tokens: int
    kv_bits: int
    kv_group: int
    end_tokens: frozenset[int]
    prefill_tokens: int

    def new_cache(self) -> list[Any]:
        """An empty cache: the model's layers, then those of the draft model."""
        from mlx_lm.generate import maybe_quantize_kv_cache
        from mlx_lm.models.cache import make_prompt_cache

        cache: list[Any] = make_prompt_cache(self.model)
        if self.draft is not None:
            cache += make_prompt_cache(self.draft)
        maybe_quantize_kv_cache(cache, 0, self.kv_group, self.kv_bits or None)
        return cache


@dataclass(slots=True)
class _One:
    """A sequence. `position` is how many of its prompt's tokens are in the cache."""

    start: Start
    cache: list[Any]
    position: int
    tokens: Iterator[Any] | None = None
    out: list[int] = field(default_factory=list)
    held: bool = False


class Singles:
    """The `Decoder` for everything that can't be batched."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._ones: dict[int, _One] = {}
        self._uids = itertools.count()
        self.drafted_tokens = 0

    def insert(self, start: Start) -> int:
        uid = next(self._uids)
        cache = start.cache or self._means.new_cache()
        self._ones[uid] = _One(start, cache, start.known)
        return uid

    def next(self) -> Step:
        step = Step()
        for uid, one in list(self._ones.items()):
            if one.held:
                continue
            try:
                self._advance(uid, one, step)
            # The boundary of the sequence: whatever a model's code raises ends this one alone,
            # since it shares nothing with the others.
            except Exception as error:  # noqa: BLE001
                del self._ones[uid]
                step.failed[uid] = f"{type(error).__name__}: {error}"
        return step

    def hold(self, uid: int) -> bool:
        self._ones[uid].held = True
        return True

    def resume(self, uid: int) -> None:
        self._ones[uid].held = False

    def copy(self, uid: int) -> Kept:
        one = self._ones[uid]
        assert one.tokens is None, "a generator is at work on this cache"
        return Kept(one.start.prompt[: one.position], copy.deepcopy(one.cache))

    def remove(self, uid: int) -> Kept:
        return self._end(self._ones.pop(uid))

    def reset(self) -> None:
        self._ones = {uid: one for uid, one in self._ones.items() if one.held}

    def _advance(self, uid: int, one: _One, step: Step) -> None:
        if one.position < len(one.start.prompt) - 1:
            self._read(one)
            step.read.append(Read(uid, one.position, one.position in one.start.marks))
        else:
            step.decoded.append(self._decode(uid, one))

    def _read(self, one: _One) -> None:
        """One chunk of the prompt, up to the next mark; its last token is left to the generator."""
        import mlx.core as mx

        prompt = one.start.prompt
        marks = [mark for mark in one.start.marks if mark > one.position]
        end = min(one.position + self._means.prefill_tokens, len(prompt) - 1, *marks)
        chunk = mx.array(prompt[one.position : end])[None]
        layers = len(one.cache) if self._means.draft is None else len(self._means.model.layers)
        self._means.model(chunk, cache=one.cache[:layers])
        if self._means.draft is not None:
            self._means.draft(chunk, cache=one.cache[layers:])
        mx.eval([layer.state for layer in one.cache])
        mx.clear_cache()
        one.position = end

    def _decode(self, uid: int, one: _One) -> Decoded:
        if one.tokens is None:
            one.tokens = self._generator(one)
        token, logprobs, *drafted = next(one.tokens)
        self.drafted_tokens += bool(drafted and drafted[0])
        one.out.append(token)
        if token in self._means.end_tokens:
            del self._ones[uid]
            return Decoded(uid, token, logprobs, "stop", self._end(one))
        if len(one.out) >= one.start.max_tokens:
            del self._ones[uid]
            return Decoded(uid, token, logprobs, "length", self._end(one))
        return Decoded(uid, token, logprobs)

    def _generator(self, one: _One) -> Iterator[Any]:
        import mlx.core as mx
        from mlx_lm.generate import generate_step, speculative_generate_step

        start, means = one.start, self._means
        processors = [_WithPrompt(each, start.prompt[:-1]) for each in start.processors]
        last = mx.array(start.prompt[-1:])
        draft = means.draft
        if draft is None or start.exact:
            # A draft would show an exact sequence's processors tokens that are then taken back.
            layers = len(one.cache) if draft is None else len(means.model.layers)
            return generate_step(  # type: ignore[no-any-return]
                last,
                means.model,
                max_tokens=start.max_tokens,
                sampler=start.sampler(0),
                logits_processors=processors,
                prompt_cache=one.cache[:layers],
            )
        return speculative_generate_step(  # type: ignore[no-any-return]
            last,
            means.model,
            draft,
            num_draft_tokens=means.draft_tokens,
            max_tokens=start.max_tokens,
            sampler=start.sampler(0),
            logits_processors=processors,
            prompt_cache=one.cache,
        )

    def _end(self, one: _One) -> Kept:
        """What a sequence has read, its generator closed: that takes back drafts left over."""
        if one.tokens is not None:
            one.tokens.close()  # type: ignore[attr-defined]
        tokens = one.start.prompt[: one.position]
        if one.tokens is not None:
            tokens = one.start.prompt + one.out
        if self._means.draft is not None:
            tokens = tokens[: _level(one.cache)]
        return Kept(tokens, one.cache) if tokens else Kept([], None)


class _WithPrompt:
    """A processor that sees the whole prompt, of which mlx-lm's generator is given the end only."""

    def __init__(self, processor: Processor, prompt: list[int]) -> None:
        import mlx.core as mx

        self._processor = processor
        self._prompt = mx.array(prompt, dtype=mx.uint32)

    def __call__(self, tokens: Any, logits: Any) -> Any:
        import mlx.core as mx

        return self._processor(mx.concatenate([self._prompt, tokens.astype(mx.uint32)]), logits)


def _level(cache: list[Any]) -> int:
    """Trim all layers to the shortest, so that model and draft know the same tokens; how many."""
    known: int = min(layer.offset for layer in cache)
    for layer in cache:
        layer.trim(layer.offset - known)
    return known
