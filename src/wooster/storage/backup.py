"""Copies of the database and of what stands beside it: consistent while it is in use, private,
tested as they are made, and only so many of them.

It knows files and their names; when a copy is due is decided by whoever calls. Everything here
blocks.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from wooster.config.replacing import make_folder, sync_folder
from wooster.core.errors import DiskFull, StorageError
from wooster.storage import bundle, copies
from wooster.storage.bundle import Owned
from wooster.storage.copies import DAILY, FILES, Copy, Keep
from wooster.storage.errors import explained

Files = Callable[[], Iterable[Owned]]
"""The files that belong to the home, looked up when a copy is made."""

_ENDINGS = (
    *(".db", ".unfinished", ".db-wal", ".db-shm", ".db-journal", ".unfinished-journal"),
    *(FILES, f"{FILES}.new"),
)
# A copy that was begun before something was removed must be there, to be replaced, before that is
# done: one at a time.
_copying = threading.RLock()


def back_up(path: Path, backups: Path, now: datetime, why: str, files: Files | None = None) -> Path:
    """Copy the database at `path`, and `files`, into `backups`; returns the copy.

    It is whole and was read back, or it isn't there. A damaged database raises `DatabaseDamaged`
    and leaves the copies that there are; what hinders it otherwise is a `StorageError`.
    """
    with _copying, _explained(backups):
        return _copied(path, backups, now, why, files)


def _copied(path: Path, backups: Path, now: datetime, why: str, files: Files | None = None) -> Path:
    make_folder(backups)
    owned = None if files is None else list(files())
    _must_have_room(path, backups, owned or [])
    copy = copies.new(backups, now, why)
    unfinished = copy.path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        _written(path, backups, unfinished)
        counts = copies.sound(unfinished)
        if owned is not None:
            _bundle(copy, owned, unfinished, counts)
        unfinished.rename(copy.path)  # last of all: a copy with its name is whole
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(backups)
    return copy.path


def keep_files(copy: Copy, owned: Sequence[Owned], database: Path | None) -> None:
    """Keep files where no copy of a database can be made: beside `database`, which will take the
    copy's name, or beside an empty one. Raises `StorageError`."""
    with _copying, _explained(copy.path.parent):
        make_folder(copy.path.parent)
        if database is not None:
            _bundle(copy, owned, database, {})
            return
        empty = copy.path.with_suffix(".unfinished")
        empty.touch(mode=0o600)
        try:
            _bundle(copy, owned, empty, {})
            empty.rename(copy.path)
        except BaseException:
            empty.unlink(missing_ok=True)
            raise
        sync_folder(copy.path.parent)


def _bundle(copy: Copy, owned: Iterable[Owned], database: Path, counts: Mapping[str, int]) -> None:
    """The copy's files, which have their name when they were read back."""
    new = _new(copy.files)
    try:
        bundle.write(new, owned, database, counts)
        for _ in bundle.contents(new):
            pass  # each is read back, and its digest compared
        new.rename(copy.files)
        sync_folder(copy.path.parent)  # a copy with its name has its files, whatever happens
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _new(target: Path) -> Path:
    return target.with_name(f"{target.name}.new")


@contextmanager
def _explained(backups: Path) -> Iterator[None]:
    """Turns what goes wrong with files into a `StorageError`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                "The disk is full; no copy was made.",
                hint=f"Make room on the disk that holds {backups}.",
            ) from error
        where = error.filename or backups
        raise StorageError(
            f"A copy of the database can't be made or removed: {where}: {error.strerror or error}.",
            hint=f"Give yourself the right to write {backups}, and to read what is copied.",
        ) from error


def _written(path: Path, backups: Path, target: Path) -> None:
    address = f"{path.absolute().as_uri()}?mode=ro"
    with explained(path, backups), closing(sqlite3.connect(address, uri=True)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _must_have_room(path: Path, backups: Path, owned: Iterable[Owned]) -> None:
    """Before anything is written: a disk that is filled up by copies stops all else too."""
    needed = path.stat().st_size if path.exists() else 0
    needed += sum(map(bundle.size_bytes, bundle.with_room(owned)[0]))
    if shutil.disk_usage(backups).free < needed:
        raise DiskFull(
            f"The disk has no room for a copy of {path.name}.",
            hint=f"Make room on the disk that holds {backups}.",
        )


def replace_copies(path: Path, backups: Path, now: datetime, files: Files | None = None) -> int:
    """Make a copy and remove all that were made before, since they have what must not be kept;
    returns how many went. Where no copy can be made, they stay."""
    with _copying:
        new = back_up(path, backups, now, DAILY, files)
        kept = (new, new.with_name(new.stem + FILES))
        old = [
            each
            for each in backups.iterdir()
            if each.is_file() and each not in kept and each.name.endswith(_ENDINGS)
        ]
        _remove(old, backups)
    return len(old)


def _remove(paths: Iterable[Path], backups: Path) -> None:
    """The databases first: a copy that is there has its files. After a power cut none is back."""
    there = list(paths)
    for some in (
        [each for each in there if each.suffix == ".db"],
        [each for each in there if each.suffix != ".db"],
    ):
        for each in some:
            each.unlink(missing_ok=True)
        if some:
            sync_folder(backups)


def back_up_daily(
    path: Path,
    backups: Path,
    now: datetime,
    keep: Keep = Keep(),  # noqa: B008 # frozen
    files: Files | None = None,
) -> bool:
    """Make today's copy if there is none, and remove those that have had their time."""
    if any(backups.glob(f"{now.astimezone(UTC):%Y-%m-%d}T*-{DAILY}.db")):
        return False
    back_up(path, backups, now, DAILY, files)
    prune(backups, keep)
    return True


def prune(backups: Path, keep: Keep) -> list[Copy]:
    """Remove the copies that aren't kept any more, and bundles whose copy is gone. Raises
    `StorageError`."""
    with _copying, _explained(backups):
        gone = copies.outlived(copies.listed(backups), keep)
        _remove([each.path for each in gone], backups)
        left = backups.glob(f"*{FILES}")
        _remove([each for each in left if not _copy_of(each).exists()], backups)
    return gone


def _copy_of(files: Path) -> Path:
    return files.with_name(files.name.removesuffix(FILES) + ".db")


def copy_elsewhere(copy: Copy, folder: Path) -> Copy:
    """Put a copy, with its files, into a folder on another disk too, and read it back there.
    Raises `OSError` and `DatabaseDamaged`."""
    make_folder(folder)
    made = Copy(folder / copy.path.name, copy.made, copy.why)
    parts = ((copy.files, made.files), (copy.path, made.path))
    there = [(source, target) for source, target in parts if source.exists()]
    try:
        for source, target in there:
            _put(source, _new(target))
        for _, target in there:
            _new(target).replace(target)
            sync_folder(folder)
    except BaseException:
        for _, target in there:
            _new(target).unlink(missing_ok=True)
        raise
    copies.test(made)
    return made


def _put(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o600)
    with target.open("rb") as file:
        os.fsync(file.fileno())
