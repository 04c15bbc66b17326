"""Putting a file in the place of another in one step, so that no half of it is ever there.

The new one is on the disk before it takes the old one's name, with its mode. It knows paths and
bytes and nothing of what they are for. Blocking.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

# Of one file, one at a time; a slow disk doesn't hold up the files of others.
_ONE_AT_A_TIME = tuple(threading.Lock() for _ in range(64))


class NotSynced(OSError):
    """The change is made, and whether it outlives a power cut isn't known."""


def replace_file(
    path: Path, data: bytes, is_still: Callable[[], bool] = lambda: True
) -> os.stat_result | None:
    """Make `data` what stands in `path`; what it is then, None where it isn't what the change was
    made from any more (`is_still`, asked last of all): nothing was changed.

    A link stays one, and what it leads to is replaced. A new file is for this user alone, and so is
    a folder that is made for it. One that may not be written to is left. Raises `OSError`; then
    nothing was changed. Where the folder can't be synced (some file systems refuse it), the file is
    replaced all the same, and that is logged.
    """
    found = put_in_place(path, data, is_still)
    if found is not None:
        synced_or_logged(Path(os.path.realpath(path)).parent)
    return found


def put_in_place(
    path: Path, data: bytes, is_still: Callable[[], bool] = lambda: True
) -> os.stat_result | None:
    """The same, without syncing the folder: what takes its place may not outlive a power cut."""
    target = Path(os.path.realpath(path))
    with _ONE_AT_A_TIME[hash(target) % len(_ONE_AT_A_TIME)]:
        make_folder(target.parent)
        mode = _mode(target)
        begin = f".{target.name}.wooster-"
        _remove_left(target.parent, begin)
        made = target.with_name(_name(begin))
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
        return found


def remove_file(path: Path, is_still: Callable[[], bool]) -> bool:
    """Remove it, unless it isn't any more what it was (`is_still`, asked last of all); whether it
    is gone. What `replace_file` is to put in its place meanwhile waits. Raises `OSError`."""
    target = Path(os.path.realpath(path))
    with _ONE_AT_A_TIME[hash(target) % len(_ONE_AT_A_TIME)]:
        if not is_still():
            return False
        path.unlink(missing_ok=True)
    synced_or_logged(path.parent)
    return True


def copy_file(source: Path, path: Path) -> None:
    """Make `path`, which isn't there, a copy of a file that is too large to be held. Raises
    `OSError`; then it isn't there."""
    make_folder(path.parent)
    begin = f".{path.name}.wooster-"
    _remove_left(path.parent, begin)
    made = path.with_name(_name(begin))
    try:
        with source.open("rb") as data:
            handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(data, file)
                file.flush()
                os.fsync(file.fileno())
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
    synced_or_logged(path.parent)


def make_folder(folder: Path) -> None:
    """Make it where it isn't there, for this user alone, and what it is to be in; a folder whose
    own entry isn't on the disk takes what is in it along in a power cut. Raises `OSError`; where
    only that can't be synced, it is logged."""
    new = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in reversed(new):
        synced_or_logged(each.parent)


def _name(begin: str) -> str:
    """One that tells who is writing it."""
    return f"{begin}{os.getpid()}-{secrets.token_hex(4)}"


def synced_or_logged(folder: Path) -> None:
    """`sync_folder`, where a change that is made is kept whether or not that can be done."""
    try:
        sync_folder(folder)
    except NotSynced as error:
        log.warning("file.not_synced", extra={"fields": {"reason": str(error)}})


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
    """What a process that is no more left there, told by the begin of its name; folders may have
    thousands, through which `glob` takes many times as long."""
    with os.scandir(folder) as entries:
        names = [each.name for each in entries if each.name.startswith(begin)]
    for name in names:
        if not _is_being_written(name.removeprefix(begin)):
            (folder / name).unlink(missing_ok=True)


def _is_being_written(end: str) -> bool:
    """Whether another process that has this name's number runs: it writes the same file."""
    number, _, token = end.partition("-")
    if not (token and number.isdecimal()) or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's runs
    return True
