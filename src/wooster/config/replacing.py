"""Putting a file in the place of another in one step, so that no half of it is ever there.

The new one is on the disk before it takes the old one's name, with its mode. It knows paths and
bytes and nothing of what they are for. Blocking.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import threading
from collections.abc import Callable
from pathlib import Path

# What a killed run left is told by its name from what is being written: nobody else writes then.
_one_at_a_time = threading.Lock()


class NotSynced(OSError):
    """The change is made, and whether it outlives a power cut isn't known."""


def replace_file(
    path: Path, data: bytes, is_still: Callable[[], bool] = lambda: True
) -> os.stat_result | None:
    """Make `data` what stands in `path`; what it is then, None where it isn't what the change was
    made from any more (`is_still`, asked last of all): nothing was changed.

    A link stays one, and what it leads to is replaced. A new file is for this user alone, and so is
    a folder that is made for it. One that may not be written to is left. Raises `OSError`, of which
    `NotSynced` alone where it is replaced.
    """
    target = Path(os.path.realpath(path))
    with _one_at_a_time:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = _mode(target)
        begin = f".{target.name}.wooster-"
        _remove_left(target.parent, begin)
        made = target.with_name(begin + secrets.token_hex(4))
        is_there = False
        try:
            found = _store(made, data, mode)
            if not is_still():
                return None
            made.replace(target)
            is_there = True
        finally:
            if not is_there:
                made.unlink(missing_ok=True)
        sync_folder(target.parent)
        return found


def _store(path: Path, data: bytes, mode: int) -> os.stat_result:
    """Write a new file whose bytes are on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        return os.fstat(file.fileno())


def sync_folder(folder: Path) -> None:
    """What a folder's entries are is on the disk when this returns. Raises `NotSynced`."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise NotSynced(error.errno, error.strerror, str(folder)) from error


def may_be_written(path: Path) -> bool:
    """Whether a file's own mode lets this user write to it. A file is replaced by way of its
    folder, and root may do all, so that its mode has to be asked. Raises `OSError`."""
    return bool(path.stat().st_mode & stat.S_IWUSR) and os.access(path, os.W_OK)


def may_be_written_into(folder: Path) -> bool:
    """Whether this user may add, replace and remove what is in a folder, by its own mode too.
    Raises `OSError`."""
    return may_be_written(folder) and os.access(folder, os.X_OK)


def _mode(target: Path) -> int:
    """The mode that the new file gets."""
    try:
        if not may_be_written(target):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return 0o600


def _remove_left(folder: Path, begin: str) -> None:
    """What a run that was killed left there, told by the begin of its name; folders may have
    thousands, through which `glob` takes many times as long."""
    with os.scandir(folder) as entries:
        left = [each.path for each in entries if each.name.startswith(begin)]
    for path in left:
        Path(path).unlink(missing_ok=True)
