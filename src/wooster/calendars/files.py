"""Calendars in files of this machine: looking whether they changed, reading, and writing one.

Everything here blocks. It knows files, and of their text no more than that it is text.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from wooster.calendars.blocks import decoded, encoded
from wooster.calendars.model import CalendarError, Object
from wooster.config.replacing import replace_file

MAX_BYTES: Final = 50_000_000
_MOST_FILES: Final = 2000


def state(path: Path) -> str:
    """What changes whenever the file does. Raises `CalendarError`."""
    try:
        found = path.stat()
    except OSError as error:
        raise CalendarError(f"{path} can't be read: {error.strerror}") from error
    return _state(found)


def _state(found: os.stat_result) -> str:
    return f"{found.st_mtime_ns}-{found.st_size}-{found.st_ino}"


def listed(folder: Path) -> list[Path]:
    """The .ics files in a folder and those below it. Raises `CalendarError`."""
    if not folder.is_dir():
        raise CalendarError(f"{folder} isn't there, or is no folder")
    found: list[Path] = []
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(".ics") and not name.startswith("."):
                found.append(Path(base) / name)
        if len(found) > _MOST_FILES:
            raise CalendarError(f"{folder} has more than {_MOST_FILES} calendar files")
    return found


def read(path: Path) -> Object:
    """The file's text. Raises `CalendarError`."""
    try:
        # Not to wait for a writer, should it be a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise CalendarError(f"{path} is no file")
            if found.st_size > MAX_BYTES:
                raise CalendarError(f"{path} has more than {MAX_BYTES // 1_000_000} MB")
            data = file.read()
    except OSError as error:
        raise CalendarError(f"{path} can't be read: {error.strerror}") from error
    return Object(str(path), _state(found), decoded(data))


def write(path: Path, text: str, before: str | None) -> str:
    """Put `text` in the place of what is there, whole or not at all.

    `before` is the text that the change was made from; where another is there now, nothing is
    written. None makes a new file. Returns its `state` then. Raises `CalendarError`.
    """
    was = b""
    if before is not None:
        if read(path).text != before:
            raise _changed(path)
        was = path.read_bytes()
    try:
        found = replace_file(
            path,
            encoded(text, was),
            lambda: before is None or read(path).text == before,
        )
    except OSError as error:
        raise CalendarError(f"{path} can't be written: {error.strerror}") from error
    if found is None:
        raise _changed(path)
    return _state(found)


def _changed(path: Path) -> CalendarError:
    return CalendarError(
        f"{path} was changed by another program at the same moment.", hint="Say it again."
    )
