"""Remembers what the model has read, so that a prompt's known beginning isn't read again.

Two bounded stores of mlx-lm prompt caches by their tokens: conversations, and the beginnings that
different conversations share (a system prompt with its tools). A stream of other conversations
pushes the old ones out of the first; it can't push a shared beginning out of the second. It knows
no text, no templates and no requests: that a beginning is shared, it sees.
"""

from __future__ import annotations

import copy
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass
from typing import Any

from wooster.servers.decoding import Kept

CONVERSATIONS = 32
SHARED = 8
SHARED_PART = 4  # shared beginnings get a quarter of the bytes
MIN_SHARED_TOKENS = 32  # less is read again in no time
RECENT = 48
RECENT_TOKENS = 16384
# What a template puts after the last message; it differs from what the next turn has in its place.
TAIL_TOKENS = 12
_MODEL = "the one model of this server"


@dataclass(frozen=True, slots=True)
class Marks:
    """Places in a prompt, 0 for none: the end of what others share, the end of the last message."""

    shared: int = 0
    turn: int = 0

    def places(self) -> tuple[int, ...]:
        return tuple(sorted({self.shared, self.turn} - {0}))


class Prefixes:
    """Used on the engine's thread only, since it holds MLX arrays.

    `trims` says whether the model's caches can be cut back to fewer tokens. Where they can't
    (recurrent and sliding-window models), a beginning is only of use if the cache was copied just
    where it ends: `marks` are those places.
    """

    def __init__(self, limit_bytes: int, *, trims: bool) -> None:
        self.limit_bytes = limit_bytes
        self._trims = trims
        self._recent: deque[Any] = deque(maxlen=RECENT)
        self.clear()

    def clear(self) -> None:
        """Forget all caches."""
        from mlx_lm.models.cache import LRUPromptCache

        for_shared = self.limit_bytes // SHARED_PART
        self._store = LRUPromptCache(
            max_size=CONVERSATIONS, max_bytes=self.limit_bytes - for_shared
        )
        self._shared: OrderedDict[tuple[int, ...], list[Any]] = OrderedDict()

    def let_go(self) -> None:
        """Forget the prompts too by which shared beginnings are seen."""
        self._recent.clear()
        self.clear()

    def __len__(self) -> int:
        return len(self._store) + len(self._shared)

    @property
    def shared(self) -> int:
        """How many beginnings are kept because different conversations share them."""
        return len(self._shared)

    @property
    def size_bytes(self) -> int:
        return int(self._store.nbytes) + self._shared_bytes()

    def longest(self, prompt: list[int]) -> Kept:
        """The longest known beginning of `prompt`; the cache is the caller's own.

        Always less than all of them: the model must read a token to say the next one.
        """
        shared = self._shared_beginning(prompt)
        kept = self._conversation(prompt)
        if len(shared) <= len(kept.tokens):
            return kept
        return Kept(list(shared), copy.deepcopy(self._shared[shared]))

    def marks(self, prompt: list[int], kept: Kept) -> Marks:
        """Where to copy the cache while `prompt` is read from `kept` on; `remember` takes it."""
        known, shared = len(kept.tokens), self._boundary(prompt)
        self._recent.append(_array(prompt))
        if self._trims and 0 < shared <= known:
            self._remember_shared(_cut(kept, shared))
        turn = 0 if self._trims else len(prompt) - TAIL_TOKENS
        return Marks(shared if shared > known else 0, turn if turn > known else 0)

    def remember(self, kept: Kept, marks: Marks) -> None:
        """Take what was copied at one of the `marks` of a prompt."""
        if len(kept.tokens) == marks.shared:
            self._remember_shared(kept)
        else:
            self.keep(kept)

    def keep(self, kept: Kept) -> None:
        """Remember a conversation."""
        import mlx.core as mx

        if not kept.tokens or not kept.cache:
            return
        _tighten(kept.cache)
        mx.eval([layer.state for layer in kept.cache])
        self._store.insert_cache(_MODEL, list(kept.tokens), kept.cache)

    def _conversation(self, prompt: list[int]) -> Kept:
        from mlx_lm.models.cache import can_trim_prompt_cache, trim_prompt_cache

        cache, rest = self._store.fetch_nearest_cache(_MODEL, prompt)
        if cache is None:
            return Kept([], None)
        if not rest:
            if not can_trim_prompt_cache(cache):
                return Kept([], None)
            trim_prompt_cache(cache, 1)
        known = len(prompt) - max(len(rest), 1)
        return Kept(prompt[:known], cache) if known else Kept([], None)

    def _shared_beginning(self, prompt: list[int]) -> tuple[int, ...]:
        known = [
            each
            for each in self._shared
            if len(each) < len(prompt) and tuple(prompt[: len(each)]) == each
        ]
        for each in known:
            self._shared.move_to_end(each)
        return max(known, key=len, default=())

    def _boundary(self, prompt: list[int]) -> int:
        """How much of `prompt` begins other recent prompts that then go their own way, 0 for none.

        Turns of one conversation continue each other: they part in the template's tail, each two at
        a place of their own, so one such place doesn't count. Of several lengths the most frequent
        one counts: where many conversations part, there ends what they share.
        """
        known = len(self._shared_beginning(prompt))
        lengths: Counter[int] = Counter()
        early = set()
        mine = _array(prompt)
        for other in self._recent:
            length, shorter = _common(mine, other), min(len(mine), len(other))
            if length == shorter or length < MIN_SHARED_TOKENS or length * 9 <= known * 10:
                continue
            lengths[length] += 1
            if length < shorter - TAIL_TOKENS:
                early.add(length)
        parting = [length for length in lengths if lengths[length] > 1 or length in early]
        return max(parting, key=lambda length: (lengths[length], length), default=0)

    def _remember_shared(self, kept: Kept) -> None:
        import mlx.core as mx

        _tighten(kept.cache)
        mx.eval([layer.state for layer in kept.cache])
        self._shared[tuple(kept.tokens)] = kept.cache
        limit = self.limit_bytes // SHARED_PART
        while self._shared and (len(self._shared) > SHARED or self._shared_bytes() > limit):
            self._shared.popitem(last=False)

    def _shared_bytes(self) -> int:
        return sum(layer.nbytes for cache in self._shared.values() for layer in cache)


def _array(tokens: list[int]) -> Any:
    import numpy as np

    return np.array(tokens[:RECENT_TOKENS], dtype=np.int64)


def _common(one: Any, other: Any) -> int:
    """How many tokens two prompts begin with together."""
    shorter = min(len(one), len(other))
    different = (one[:shorter] != other[:shorter]).nonzero()[0]
    return int(different[0]) if len(different) else shorter


def _cut(kept: Kept, length: int) -> Kept:
    """A copy of the first `length` tokens."""
    from mlx_lm.models.cache import trim_prompt_cache

    cache = copy.deepcopy(kept.cache)
    trim_prompt_cache(cache, len(kept.tokens) - length)
    return Kept(kept.tokens[:length], cache)


def _tighten(cache: list[Any]) -> None:
    """Let go of the room that caches have for tokens to come, and of what was trimmed off."""
    import mlx.core as mx
    from mlx.utils import tree_map
    from mlx_lm.models.cache import KVCache, QuantizedKVCache

    for layer in cache:
        if isinstance(layer, KVCache | QuantizedKVCache) and not layer.empty():
            _, _, *more = layer.state
            layer.state = (*tree_map(mx.contiguous, layer.keys_and_values()), *more)
