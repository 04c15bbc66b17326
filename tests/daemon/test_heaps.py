"""What the C library keeps for threads, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

_THREADS = """
import ctypes, sys, tempfile, threading
from wooster.daemon import heaps
if sys.argv[1] == "limited":
    assert heaps.limit()
here, go_on = threading.Barrier(9), threading.Event()
def work():
    kept = [bytearray(2_000) for _ in range(100)]
    here.wait()
    go_on.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for each in threads:
    each.start()
here.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as told:
    file = ctypes.c_void_p(libc.fopen(told.name.encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(told.read().count(b"<heap nr="))
go_on.set()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heaps")
def test_threads_share_two_heaps() -> None:
    """Eight that work at once have two, where they would have more as it comes."""

    def heaps(how: str) -> int:
        ran = subprocess.run(
            [sys.executable, "-c", _THREADS, how], check=True, capture_output=True, text=True
        )
        return int(ran.stdout)

    assert heaps("as it comes") > 2
    assert heaps("limited") == 2
