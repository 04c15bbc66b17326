"""Remembers what the model has read, so that a conversation's next turn reads only what is new.

A bounded store of mlx-lm prompt caches by their tokens. It knows no text and no requests.
"""

from __future__ import annotations

import os
from typing import Any

SEQUENCES = 16
_MODEL = "the one model of this server"


def _size_bytes() -> int:
    """A sixteenth of the machine's memory, at most 4 GB: tens of thousands of tokens."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(memory // 16, 4 << 30)


class Prefixes:
    """Used on the engine's thread only, since it holds MLX arrays."""

    def __init__(self) -> None:
        from mlx_lm.models.cache import LRUPromptCache

        self._store = LRUPromptCache(max_size=SEQUENCES, max_bytes=_size_bytes())

    def longest(self, prompt: list[int]) -> tuple[int, Any]:
        """How many tokens at the start of `prompt` are known, and the cache for them (or None).

        Always less than all of them: the model must read a token to say the next one.
        """
        from mlx_lm.models.cache import can_trim_prompt_cache, trim_prompt_cache

        cache, rest = self._store.fetch_nearest_cache(_MODEL, prompt)
        if cache is None:
            return 0, None
        if not rest:
            if not can_trim_prompt_cache(cache):
                return 0, None
            trim_prompt_cache(cache, 1)
        known = len(prompt) - max(len(rest), 1)
        return (known, cache) if known else (0, None)

    def keep(self, tokens: list[int], cache: Any) -> None:
        """Remember the `cache` that was made by reading `tokens`."""
        import mlx.core as mx

        if not tokens or not cache:
            return
        # Now, so that what is kept doesn't hold on to the whole batch that it was cut from.
        mx.eval([layer.state for layer in cache])
        self._store.insert_cache(_MODEL, list(tokens), cache)
