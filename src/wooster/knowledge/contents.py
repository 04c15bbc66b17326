"""A file as it is at this moment: its size and time, and the hash of its content.

It blocks, and is meant for a thread. Only ordinary files are files here: neither a link that took
one's place is followed, nor is a named pipe waited for.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import replace

from wooster.knowledge.scanning import Entry, mtime_of

_SAFELY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def look(entry: Entry) -> Entry:
    """The file as it is now. Raises `FileNotFoundError` when it isn't one any more."""
    return _with_status(entry, os.lstat(entry.path))


def those_still_there(entries: Iterable[Entry]) -> list[Entry]:
    found = []
    for entry in entries:
        try:
            found.append(look(entry))
        except FileNotFoundError:
            continue
        except OSError:  # told when it is opened
            found.append(entry)
    return found


def hash_of(entry: Entry) -> tuple[Entry, bytes]:
    """The file as it is now, and 16 bytes of the SHA-256 of its content."""
    with os.fdopen(os.open(entry.path, _SAFELY), "rb") as file:
        now = _with_status(entry, os.fstat(file.fileno()))
        return now, hashlib.file_digest(file, "sha256").digest()[:16]


def hash_all(entries: Iterable[Entry], stopped: Callable[[], bool]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in entries:
        if stopped():
            break
        try:
            found[entry.path] = hash_of(entry)[1]
        except OSError:  # told when it is read
            continue
    return found


def _with_status(entry: Entry, status: os.stat_result) -> Entry:
    if not stat.S_ISREG(status.st_mode):
        raise FileNotFoundError(entry.path)
    return replace(entry, size=status.st_size, mtime_ns=mtime_of(status))
