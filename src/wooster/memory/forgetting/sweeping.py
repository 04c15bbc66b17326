"""What deleting leaves behind, swept out: of index segments, pages, copies, history and logs.

It knows what lies where on the disk; what has to go it is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from wooster.memory.forgetting import store, traces
from wooster.memory.forgetting.wording import Wording
from wooster.storage import Database
from wooster.storage.backup import Files as Owned
from wooster.storage.backup import replace_copies


@dataclass(frozen=True, slots=True)
class Files:
    """Where text of the person's may stand besides the database: the prompt's history, and the
    folder of the daemon's logs. `owned` are the files that a copy of the database is made
    with; `weights` the folders of models, which hold nobody's words."""

    history: Path
    logs: Path
    owned: Owned | None = None
    weights: tuple[Path, ...] = ()


async def clear_database(database: Database, told: Callable[[str], None]) -> None:
    """Merge the full-text indexes until nothing deleted is left in them, step by step, so that
    others may write in between; then write the file anew and empty the write-ahead log."""
    for index in store.INDEXES:
        told(f"clearing {index.replace('_', ' ')}")
        is_first = True
        while await database.write(partial(store.merge, index=index, is_first=is_first)):
            is_first = False
    told("rewriting the database")
    await database.rewrite()
    await database.empty_log()


def replace_old_copies(database: Database, now: datetime, owned: Owned | None = None) -> int:
    """Put one new copy in the place of all that were made before; returns how many went. Blocking.
    Raises `StorageError`: then the old ones are there still."""
    return replace_copies(database.path, database.backups, now, owned)


def clear_files(files: Files, texts: Collection[str], words: Collection[Wording]) -> None:
    """Take what was forgotten out of history and logs. Blocking. Raises `OSError`."""
    if files.history.exists():
        _rewrite(files.history, partial(traces.without_entries, texts=texts, words=words))
    for log in _logs(files.logs):
        _rewrite_in_place(log, partial(traces.without_lines, texts=texts, words=words))


def _logs(folder: Path) -> Iterator[Path]:
    for pattern in ("*.log*", "*.err*"):
        yield from sorted(each for each in folder.glob(pattern) if each.is_file())


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    """The new text takes the old one's place at once: a prompt may read it meanwhile, or write."""
    # Always the same name, so that what a crash leaves of it is overwritten.
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    while True:
        size_bytes, old = _read(path)
        new = change(old)
        if new == old:
            return
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        if path.stat().st_size == size_bytes:
            unfinished.replace(path)
            return


def _read(path: Path) -> tuple[int, str]:
    data = path.read_bytes()
    return len(data), data.decode("utf-8", "surrogateescape")


def _rewrite_in_place(path: Path, change: Callable[[str], str]) -> None:
    """The file stays the one that is being written to, at its end, by whoever has it open."""
    with path.open("r+", encoding="utf-8", errors="surrogateescape", newline="") as file:
        old = file.read()
        new = change(old)
        if new == old:
            return
        new += change(file.read())  # what was logged since
        file.seek(0)
        file.write(new)
        file.truncate()
