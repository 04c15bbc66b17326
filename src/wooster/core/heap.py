"""Holding no more memory than is in use.

It knows the C library's allocator, and nothing of what was in the memory.
"""

from __future__ import annotations

_M_ARENA_MAX = -8  # of glibc's malloc.h
_ARENAS = 2


def give_back() -> bool:
    """Return every whole page that is free, wherever in the heap it lies: by itself glibc returns
    only what is free at the heap's end. Milliseconds, blocking; other threads go on.

    False where the C library has no `malloc_trim` (that of macOS returns pages by itself).
    """
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:
        return False
    trim(0)
    return True


def few_arenas() -> bool:
    """Have all threads share two heaps: by itself glibc gives nearly each thread its own, and what
    is free in one is of no use to another. To be called before threads begin.

    False where the C library has no such heaps.
    """
    import ctypes

    library = ctypes.CDLL(None)
    return hasattr(library, "malloc_trim") and library.mallopt(_M_ARENA_MAX, _ARENAS) == 1
