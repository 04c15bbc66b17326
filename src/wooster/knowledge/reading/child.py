"""The process that reads: asked for one file after the other, `python -m` this module.

A request is a line of JSON on stdin, an answer is frames on stdout; it ends with stdin, so that it
never outlives the daemon. It has no network, writes no file, and lets everything else on the
machine go first. A parser that crashes or takes all memory takes this process with it and nothing
else.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import stat
import sys
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from wooster.knowledge.model import UnreadableFile
from wooster.knowledge.reading import formats
from wooster.knowledge.reading.frames import Done, Frame, Missing, Ready, Unreadable, pack

_NICENESS = 10
_MEGABYTE = 1_000_000


def main() -> int:
    memory_bytes, alarm_s, zone_name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    _stand_back(memory_bytes)
    zone = ZoneInfo(zone_name) if zone_name else None
    with _own_stdout() as answers, contextlib.suppress(BrokenPipeError):
        _say(answers, Ready())
        for line in sys.stdin.buffer:
            request = json.loads(line)
            # The parent ends a child that takes too long. Should the parent be gone, this does.
            signal.alarm(alarm_s)
            for frame in _answer(Path(request["path"]), request["max_bytes"], zone):
                _say(answers, frame)
            signal.alarm(0)
    return 0


def _answer(path: Path, max_bytes: int, zone: tzinfo | None) -> Iterator[Frame]:
    try:
        yield from formats.read(path, data_of(path, max_bytes), zone)
        yield Done()
    except UnreadableFile as error:
        yield Unreadable(str(error))
    except (FileNotFoundError, NotADirectoryError):
        yield Missing()


def data_of(path: Path, max_bytes: int) -> bytes:
    """A file's bytes. Raises `UnreadableFile`; `FileNotFoundError` or `NotADirectoryError` where
    there is none."""
    try:
        # Not to wait for a writer, should it be a pipe.
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
        with os.fdopen(os.open(path, flags), "rb", closefd=True) as file:
            # Looked at through what is open, so that it can't be exchanged in between.
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise UnreadableFile("it is no regular file")
            if found.st_size > max_bytes:
                raise UnreadableFile(
                    f"it has {found.st_size / _MEGABYTE:.1f} MB, and no more than "
                    f"{max_bytes / _MEGABYTE:.1f} MB are read"
                )
            # As large as it was said to be: it may grow for ever while it is read.
            return file.read(found.st_size)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except IsADirectoryError as error:
        raise UnreadableFile("it is a folder") from error
    except PermissionError as error:
        raise UnreadableFile("you have no right to read it") from error
    except OSError as error:
        raise UnreadableFile(f"it can't be read: {error.strerror}") from error


def _stand_back(memory_bytes: int) -> None:
    """The lowest priority that is not idle, and no more memory than this, where the system can."""
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    for kind, limit in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0)):
        # macOS has no limit of the first kind.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (limit, limit))


def _own_stdout() -> BinaryIO:
    """Where answers go. What a library prints goes to stderr instead of between them."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _say(answers: BinaryIO, frame: Frame) -> None:
    answers.write(pack(frame))
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())
