"""How much memory the C library keeps for itself. It refuses to know who asks for any.

glibc gives each thread a heap of its own, up to eight a processor, and what was given back in one
can't be used in another: a daemon whose threads take turns grows for hours. Over seven minutes of
constant work (20 threads on two processors) it grew by 33 MB with heaps as they come, and by 22 MB
with two.
"""

from __future__ import annotations

import sys
from typing import Final

_ARENA_MAX: Final = -8  # glibc's <malloc.h>
_MOST: Final = 2


def limit() -> bool:
    """Let all threads that are yet to come share few heaps; False where that can't be said, as
    outside glibc. Heaps that there are stay."""
    if sys.platform != "linux":
        return False
    import ctypes

    setting = getattr(ctypes.CDLL(None), "mallopt", None)
    return setting is not None and setting(_ARENA_MAX, _MOST) == 1
