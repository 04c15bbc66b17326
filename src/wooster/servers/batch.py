"""Sequences that decode together, step by step, in mlx-lm's `BatchGenerator`.

What it adds is putting a sequence aside and going on with it later, which the generator can't: it
is taken out with its cache and comes back as a prompt of which all but one token is read.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wooster.servers.decoding import Decoded, Kept, Read, Start, Step


@dataclass(slots=True)
class _Part:
    """A sequence. `inner` is the generator's number for it, None while it is on hold."""

    start: Start
    known: int  # tokens that were read when it last went in
    inner: int | None = None
    out: list[int] = field(default_factory=list)
    held: Kept | None = None

    def all_tokens(self) -> list[int]:
        return self.start.prompt + self.out


class Batched:
    """The `Decoder` for models whose caches can be merged."""

    def __init__(
        self, model: Any, *, end_tokens: Sequence[int], size: int, prefill_tokens: int
    ) -> None:
        self._model = model
        self._end_tokens = [[token] for token in end_tokens]
        self._size = size
        self._prefill_tokens = prefill_tokens
        self._parts: dict[int, _Part] = {}
        self._outer: dict[int, int] = {}
        self._uids = itertools.count()
        self._batch = self._new_batch()

    def insert(self, start: Start) -> int:
        uid = next(self._uids)
        part = self._parts[uid] = _Part(start, start.known)
        self._put_in(uid, part, Kept(start.prompt[: start.known], start.cache))
        return uid

    def next(self) -> Step:
        read, decoded = self._batch.next()
        step = Step()
        for each in read:
            uid = self._outer[each.uid]
            part = self._parts[uid]
            processed = part.known + each.progress[0]
            marked = each.end_of_segment and processed in part.start.marks
            # A part that comes back has some of its answer to read again; that is nobody's prompt.
            shown = min(processed, len(part.start.prompt))
            step.read.append(Read(uid, shown, marked))
        for each in decoded:
            step.decoded.append(self._decoded(each))
        return step

    def hold(self, uid: int) -> bool:
        from mlx_lm.models.cache import can_trim_prompt_cache, trim_prompt_cache

        part = self._parts[uid]
        kept = self.copy(uid)
        if len(kept.tokens) == len(part.all_tokens()):
            # The token after the last one was drawn, but isn't told; the last one is read again.
            if not can_trim_prompt_cache(kept.cache):
                return False
            trim_prompt_cache(kept.cache, 1)
            kept = Kept(kept.tokens[:-1], kept.cache)
        self._take_out(part)
        part.held = kept
        return True

    def resume(self, uid: int) -> None:
        part = self._parts[uid]
        assert part.held is not None
        held, part.held = part.held, None
        part.known = len(held.tokens)
        self._put_in(uid, part, held)

    def copy(self, uid: int) -> Kept:
        part = self._parts[uid]
        if part.held is not None:
            return part.held
        cache, tokens = self._batch.extract_cache([part.inner])[part.inner]
        return _kept(tokens, cache)

    def remove(self, uid: int) -> Kept:
        kept = self.copy(uid)
        part = self._parts.pop(uid)
        if part.held is None:
            self._take_out(part)
        return kept

    def reset(self) -> None:
        self._parts = {uid: part for uid, part in self._parts.items() if part.held is not None}
        self._outer = {}
        self._batch = self._new_batch()

    def _new_batch(self) -> Any:
        from mlx_lm.generate import BatchGenerator

        return BatchGenerator(
            self._model,
            stop_tokens=self._end_tokens,
            completion_batch_size=self._size,
            prefill_batch_size=self._size,
            prefill_step_size=self._prefill_tokens,
        )

    def _put_in(self, uid: int, part: _Part, kept: Kept) -> None:
        start, drawn = part.start, len(part.out)
        known = len(kept.tokens)
        (part.inner,) = self._batch.insert_segments(
            [_segments(part.all_tokens(), known, start.marks)],
            max_tokens=[start.max_tokens - drawn],
            caches=[kept.cache],
            all_tokens=[list(kept.tokens)],
            samplers=[start.sampler(drawn)],
            logits_processors=[list(start.processors)],
        )
        self._outer[part.inner] = uid

    def _take_out(self, part: _Part) -> None:
        assert part.inner is not None
        self._batch.remove([part.inner])
        del self._outer[part.inner]
        part.inner = None

    def _decoded(self, response: Any) -> Decoded:
        uid = self._outer[response.uid]
        self._parts[uid].out.append(response.token)
        kept = None
        if response.finish_reason:
            kept = _kept(response.all_tokens, response.prompt_cache)
            del self._parts[uid], self._outer[response.uid]
        return Decoded(uid, response.token, response.logprobs, response.finish_reason or "", kept)


def _kept(tokens: Sequence[int], cache: Any) -> Kept:
    import mlx.core as mx

    if cache:
        # Now, so that what is kept doesn't hold on to the whole batch that it was cut from.
        mx.eval([layer.state for layer in cache])
    return Kept(list(tokens), cache)


def _segments(tokens: list[int], known: int, marks: Sequence[int]) -> list[list[int]]:
    """The tokens from `known` on, cut at the marks."""
    cuts = [known, *sorted(mark for mark in marks if known < mark < len(tokens)), len(tokens)]
    return [tokens[begin:end] for begin, end in itertools.pairwise(cuts)]
