"""What is freed goes back to the system."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from wooster.core.heap import give_back

_EIGHT_THREADS = """
import ctypes, sys, threading
from wooster.core.heap import few_arenas
if "few" in sys.argv and not few_arenas():
    sys.exit(3)
held, meet = [], threading.Barrier(8)
def hold():
    meet.wait()
    held.append([bytes(3000) for _ in range(100)])
    meet.wait()
threads = [threading.Thread(target=hold) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
library = ctypes.CDLL(None)
library.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(library.fdopen(1, b"w"))
library.malloc_info(0, out)
library.fflush(out)
"""


def _heaps(*arguments: str) -> int:
    command = [sys.executable, "-c", _EIGHT_THREADS, *arguments]
    environ = {name: value for name, value in os.environ.items() if "MALLOC" not in name}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    if done.returncode == 3:
        pytest.skip("this C library has no such heaps")
    done.check_returncode()
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heaps")
def test_threads_share_their_heaps() -> None:
    """Eight threads that allocate at once have two heaps between them, and more without."""
    few, own = _heaps("few"), _heaps()
    assert few <= 2 < own


def test_pages_between_what_stays_are_given_back() -> None:
    """A hundred megabytes in small pieces, of which one in sixty-four stays: most of it is the
    system's again."""
    process = psutil.Process()
    pieces = [bytes(2000) for _ in range(50_000)]
    stays = pieces[::64]
    full_mb = process.memory_info().rss / 1e6
    pieces.clear()
    if not give_back():
        pytest.skip("this C library gives pages back by itself")
    assert len(stays) == 782
    assert full_mb - process.memory_info().rss / 1e6 > 50
