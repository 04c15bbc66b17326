"""The Unix socket and the lock beside it.

The lock says who is the daemon: it is held by the kernel for as long as the process lives, so that
neither a kill -9 nor a reused process id can leave a wrong answer behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from wooster.config.paths import Paths
from wooster.core.errors import Busy, HomeError

_BACKLOG = 128


@contextmanager
def only_daemon(paths: Paths) -> Iterator[None]:
    """Hold the home's lock for the block. Raises `Busy` when another daemon holds it."""
    try:
        descriptor = os.open(paths.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HomeError(
            f"The lock {paths.lock} can't be opened: {error.strerror}.",
            hint="Make it writable for you, or remove it.",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            raise Busy(
                f"Wooster is running already for {paths.home} (process {holder or 'unknown'}).",
                hint="`wooster stop` ends it.",
            ) from error
        with contextlib.suppress(OSError):  # on a full disk only the number's note is missing
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def listen(paths: Paths) -> socket.socket:
    """A listening socket that only this user can open. Call it with the lock held."""
    with contextlib.suppress(FileNotFoundError):
        paths.socket.unlink()  # left by a daemon that was killed: the lock shows that it is gone
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Bound under a umask, because a chmod afterwards would leave it open to everyone for a moment.
    before = os.umask(0o177)
    try:
        listener.bind(str(paths.socket))
    except OSError as error:
        listener.close()
        raise HomeError(
            f"The socket {paths.socket} can't be made: {error.strerror}.",
            hint="Set WOOSTER_HOME to a folder on a local disk that you may write.",
        ) from error
    finally:
        os.umask(before)
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def remove(paths: Paths) -> None:
    """Take the socket's file away at the end."""
    with contextlib.suppress(FileNotFoundError):
        paths.socket.unlink()
