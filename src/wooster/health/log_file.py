"""The file of the health log: read whole, and replaced in one step. Blocking.

Whoever edits it at the same time loses nothing: where it has changed since it was read, the change
is made again from what stands there now.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from wooster.config.replacing import replace_file
from wooster.core.errors import Busy, HomeError

T = TypeVar("T")

NAME = "health_events.log.md"
_TRIES = 5


class LogFile:
    """`health_events.log.md` in a folder, which is made with the first entry."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._lock = threading.Lock()

    def read(self) -> bytes:
        """What stands in it; nothing where there is none. Raises `HomeError`."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise self._told(error) from error

    def is_there(self) -> bool:
        return self.path.exists()

    def change(self, change: Callable[[bytes], tuple[bytes | None, T]]) -> T:
        """Replace what stands in it by what `change` makes of it; None removes it. Raises
        `HomeError`, `Busy`, and what `change` raises; then nothing was changed."""
        with self._lock:
            for _ in range(_TRIES):
                seen = self.stamp()
                new, result = change(self.read())
                if self._replace(new, seen):
                    return result
        raise Busy(f"{self.path} changes all the time.", hint="Close what writes it; try again.")

    def stamp(self) -> tuple[int, int, int] | None:
        """What tells that it has changed; None where there is none. Raises `HomeError`."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._told(error) from error
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _replace(self, data: bytes | None, seen: tuple[int, int, int] | None) -> bool:
        """False, with nothing changed, where the file isn't as it was seen."""
        if data is None:
            return self._remove(seen)
        try:
            return replace_file(self.path, data, lambda: self.stamp() == seen) is not None
        except OSError as error:
            raise self._told(error) from error

    def _remove(self, seen: tuple[int, int, int] | None) -> bool:
        if self.stamp() != seen:
            return False
        try:
            self.path.resolve().unlink(missing_ok=True)
        except OSError as error:
            raise self._told(error) from error
        return True

    def _told(self, error: OSError) -> HomeError:
        return HomeError(
            f"The health log {self.path} can't be used: {error.strerror}.",
            hint="Make it a file that you may read and write.",
        )
