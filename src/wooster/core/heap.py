"""Giving the memory that a process has freed back to the system.

It knows the C library's allocator, and nothing of what was in the memory.
"""

from __future__ import annotations


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
