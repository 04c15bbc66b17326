"""`wooster logs`: the daemon's log for a person, with or without waiting for more.

It reads the file itself, so it works when the daemon doesn't. It knows the log's JSON lines only
as keys and values.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from wooster.config.paths import Paths
from wooster.core.errors import HomeError
from wooster.core.text import clean
from wooster.repl.say import PIPE_CLOSED, leave_pipe
from wooster.repl.terminal import Terminal

LAST_LINES = 50
_POLL_S = 0.2
_FIRST = ("time", "level", "event")


def logs(paths: Paths, follow: bool) -> int:
    """Print the last lines of the daemon's log and, with `follow`, each new one until Ctrl-C."""
    out, aside = Terminal(sys.stdout), Terminal(sys.stderr)
    path = paths.daemon_log
    if not _exists(path):
        aside.line(f"There is no log yet: {path}")
        if not follow:
            return 0
    try:
        for line in _lines(path, follow):
            out.line(readable(line))
    except BrokenPipeError:
        leave_pipe()
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return 0
    return 0


def readable(line: str) -> str:
    """A JSON line as `time level event key=value …`; any other line as it is."""
    try:
        record = json.loads(line)
    except ValueError:
        return clean(line)
    if not isinstance(record, dict):
        return clean(line)
    first = [str(record[key]) for key in _FIRST if key in record]
    rest = [f"{key}={_value(value)}" for key, value in record.items() if key not in _FIRST]
    return clean(" ".join(first + rest))


def _value(value: object) -> str:
    if isinstance(value, str) and value and not any(c.isspace() or c in '"=' for c in value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unreadable(path, error) from error
    return True


def _opened(path: Path) -> BinaryIO:
    """The log, open. Raises `HomeError`, or `FileNotFoundError` when there is none yet."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> HomeError:
    return HomeError(
        f"The log can't be read: {error.strerror}: {path}", hint="Is WOOSTER_HOME as you want it?"
    )


def _lines(path: Path, follow: bool) -> Iterator[str]:
    if not follow:
        if _exists(path):
            with _opened(path) as file:
                yield from (_text(line) for line in deque(file, LAST_LINES))
        return
    last = LAST_LINES
    while True:
        try:
            file = _opened(path)
        except FileNotFoundError:
            time.sleep(_POLL_S)
            continue
        with file:
            yield from _followed(file, path, last)
        # What a fresh file holds came while we watched: all of it is new.
        last = sys.maxsize


def _followed(file: BinaryIO, path: Path, last: int) -> Iterator[str]:
    """The last lines of `file`, then each that is added, until another file takes its place."""
    held = b""
    for line in deque(file, last if last != sys.maxsize else None):
        if line.endswith(b"\n"):
            yield _text(line)
        else:
            held = line
    while True:
        replaced = _replaced(file, path)
        for line in file:
            held += line
            if held.endswith(b"\n"):
                yield _text(held)
                held = b""
        if replaced:
            if held:
                yield _text(held)
            return
        time.sleep(_POLL_S)


def _replaced(file: BinaryIO, path: Path) -> bool:
    """Whether the log was rotated or cut off; asked before the last lines are read."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return True
    then = os.fstat(file.fileno())
    return (now.st_ino, now.st_dev) != (then.st_ino, then.st_dev) or now.st_size < file.tell()


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\n")
