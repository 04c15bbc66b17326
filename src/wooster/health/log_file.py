"""The file of the health log: read whole, and replaced in one step. Blocking.

Whoever edits it at the same time loses nothing: where it has changed since it was read, the change
is made again from what stands there now.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

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
                seen = self._seen()
                new, result = change(self.read())
                if self._replace(new, seen):
                    return result
        raise Busy(f"{self.path} changes all the time.", hint="Close what writes it; try again.")

    def _seen(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._told(error) from error
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _replace(self, data: bytes | None, seen: tuple[int, int, int] | None) -> bool:
        """False, with nothing changed, where the file isn't as it was seen."""
        target = self.path.resolve()  # a link to a file elsewhere stays a link
        if data is None:
            return self._remove(target, seen)
        made = target.with_name(f".{target.name}.new")
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            mode = 0o600 if seen is None else target.stat().st_mode & 0o777
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with os.fdopen(os.open(made, flags, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            made.chmod(mode)
            if self._seen() != seen:
                made.unlink()
                return False
            made.replace(target)
        except OSError as error:
            made.unlink(missing_ok=True)
            raise self._told(error) from error
        return True

    def _remove(self, target: Path, seen: tuple[int, int, int] | None) -> bool:
        if self._seen() != seen:
            return False
        try:
            target.unlink(missing_ok=True)
        except OSError as error:
            raise self._told(error) from error
        return True

    def _told(self, error: OSError) -> HomeError:
        return HomeError(
            f"The health log {self.path} can't be used: {error.strerror}.",
            hint="Make it a file that you may read and write.",
        )
