"""Points at which a run is made to fail: a process that can be killed anywhere, and system calls
that fail where they are told to.

`syscalls.c` stands before the C library (`LD_PRELOAD`, so on Linux only): what SQLite, Python and
any library write below one folder passes through it, and so does what goes over the network. A
process is begun anew with it by `begin_with`; `Faults` arms it, or has it written down.
"""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

WRITE, SYNC, CONNECT, SEND, RECEIVE = 1, 2, 4, 8, 16
_KINDS = (WRITE, SYNC, CONNECT, SEND, RECEIVE)
_SOURCE = Path(__file__).with_name("syscalls.c")
_LOADED = "FAULT_POINTS"


def in_a_process(work: Callable[[], int]) -> int:
    """The exit code of `work` in a child, negative for a signal."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = work()
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the `at`-th system call of these `kinds`. `kills`: half of it is written, and
    the process is gone; else it fails with `error`, and so do those after it where it `lasts`."""

    name: str
    kinds: int
    kills: bool = False
    error: int = errno.EIO
    lasts: bool = False


FAULTS = (
    Fault("kill", sum(_KINDS), kills=True),
    Fault("write", WRITE),
    Fault("full", WRITE, error=errno.ENOSPC, lasts=True),
    Fault("sync", SYNC),
    Fault("network", CONNECT, error=errno.ECONNREFUSED),
    Fault("send", SEND, error=errno.ECONNRESET),
    Fault("receive", RECEIVE, error=errno.ECONNRESET),
)


def is_begun() -> bool:
    """Whether this process is one in which system calls can fail."""
    return _LOADED in os.environ


def begin_with(folder: Path) -> None:
    """Go on as a process in which system calls can fail; returns where it is one already. Needs a C
    compiler; `folder` is where the library is put."""
    if is_begun():
        return
    library = folder / "syscalls.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    environ = {**os.environ, "LD_PRELOAD": str(library), _LOADED: str(library)}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environ)


class Faults:
    """The system calls of this process, below one folder."""

    def __init__(self, folder: Path) -> None:
        self._library = ctypes.CDLL(os.environ[_LOADED])
        number = ctypes.c_int
        self._library.faults_arm.argtypes = (
            *(ctypes.c_char_p, number, number, number, ctypes.c_long, number),
        )
        self._library.faults_disarm.restype = ctypes.c_long
        self._library.faults_seen.restype = ctypes.c_long
        self._folder = os.fsencode(folder)

    def arm(self, fault: Fault, at: int) -> None:
        """From now on they are counted, and the `at`-th of the fault's kinds is its."""
        self._library.faults_arm(
            self._folder, fault.kinds, 2 if fault.kills else 1, fault.error, at, int(fault.lasts)
        )

    def seen(self) -> dict[int, int]:
        """How many there were of each kind, since they were armed."""
        return {kind: self._library.faults_seen(kind) for kind in _KINDS}

    def record(self, book: Path) -> None:
        """From now on all that changes a file is written down there, for `disk.events`."""
        descriptor = os.open(book, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._library.faults_record(self._folder, descriptor)

    def mark(self) -> None:
        """Write down that something begins."""
        self._library.faults_mark()

    def disarm(self) -> int:
        """How many there were."""
        return int(self._library.faults_disarm())
