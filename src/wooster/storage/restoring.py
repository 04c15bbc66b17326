"""Putting a whole other state in the place of a home's: all of it, or nothing.

The new state is made ready in a folder of its own. One rename says that it is; from then on whoever
comes first carries it out to the end (`finish`), however often that is broken off. Before it, what
there was is untouched. It knows files, and nothing of what is in them. Everything here blocks.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from wooster.config.replacing import (
    may_be_written,
    may_be_written_into,
    replace_file,
    sync_folder,
)
from wooster.core.errors import HomeError

_FOLDER, _PLAN, _READY = "restoring", "plan.json", "ready.json"
_SIDES = ("-wal", "-shm", "")


@dataclass(slots=True)
class Staged:
    """A state that is made ready. `database` is where its database is to be put; `files` are
    targets on the disk, with their bytes and modes; `removed` go."""

    folder: Path
    files: dict[Path, tuple[int, bytes]] = field(default_factory=dict)
    removed: list[Path] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.folder / "wooster.db"


def begin(home: Path) -> Staged:
    """An empty folder to make a state ready in; what was left of another is finished first."""
    finish(home)
    folder = home / _FOLDER
    folder.mkdir(mode=0o700)
    sync_folder(home)  # else a power cut could keep what is taken away, and not what is made ready
    return Staged(folder)


def drop(staged: Staged) -> None:
    """Leave all as it is."""
    shutil.rmtree(staged.folder, ignore_errors=True)


def commit(staged: Staged, database: Path, aside: Path | None) -> None:
    """Make it the home's state. `aside` is where the database that is there goes, where it is too
    damaged to be copied. Raises `HomeError` where a file may not be written, or its folder: then
    all is as it was."""
    for target in staged.files:
        _must_take(Path(os.path.realpath(target)))
    for target in (*staged.removed, database, *([aside] if aside else [])):
        _must_let_change(target.parent)
    plan = {
        "database": str(database),
        "aside": str(aside) if aside else "",
        "files": _stored(staged.folder, staged.files),
        "removed": [str(each) for each in staged.removed],
    }
    for path in staged.folder.iterdir():
        if path.is_file():
            _sync(path)
    written = staged.folder / _PLAN
    written.write_text(json.dumps(plan), "utf-8")
    _sync(written)
    sync_folder(staged.folder)
    written.rename(staged.folder / _READY)
    sync_folder(staged.folder)
    finish(staged.folder.parent)


def _must_take(target: Path) -> None:
    """A file can be put there."""
    if target.is_dir():
        raise HomeError(f"{target} is a folder.", hint="Move it away, and restore again.")
    if target.exists() and not may_be_written(target):
        raise _not_to_be_written(target)
    _must_let_change(target.parent)


def _must_let_change(folder: Path) -> None:
    """The folder, or the one that it is to be made in, lets what is in it come and go."""
    there = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if not there.is_dir() or not may_be_written_into(there):
        raise _not_to_be_written(there)


def _not_to_be_written(path: Path) -> HomeError:
    return HomeError(f"{path} may not be written.", hint="Make it writable, and restore again.")


def _stored(folder: Path, files: Mapping[Path, tuple[int, bytes]]) -> list[tuple[str, int, str]]:
    """Each file's name in the folder, its mode, and its target."""
    told = []
    for number, (target, (mode, data)) in enumerate(files.items()):
        kept = folder / f"file-{number}"
        kept.write_bytes(data)
        told.append((kept.name, mode, str(target)))
    return told


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def finish(home: Path) -> bool:
    """Carry out what was made ready and broken off; what wasn't ready is thrown away. Returns
    whether a state was put in place. Called with the home's lock, before anything is opened. Raises
    `HomeError` where a file hinders it: then it goes on when it is called again."""
    folder = home / _FOLDER
    if not folder.is_dir():
        return False
    ready = folder / _READY
    if not ready.exists():
        shutil.rmtree(folder)
        return False
    plan = json.loads(ready.read_text("utf-8"))
    _put_database(folder / "wooster.db", Path(plan["database"]), plan["aside"])
    _put_files(folder, plan["files"])
    for each in plan["removed"]:
        with _hindered_by(Path(each)):
            Path(each).unlink(missing_ok=True)
            if Path(each).parent.is_dir():
                sync_folder(Path(each).parent)
    ready.unlink()
    shutil.rmtree(folder)
    sync_folder(home)
    return True


def _put_database(staged: Path, target: Path, aside: str) -> None:
    if not staged.exists():
        return  # it is in its place already
    with _hindered_by(target):
        # A -wal file of the old one, beside the new one, would damage it.
        for side in _SIDES:
            old = target.with_name(target.name + side)
            if aside:
                if old.exists():
                    old.rename(f"{aside}{side}")
            elif side:
                old.unlink(missing_ok=True)
        sync_folder(target.parent)  # nor may it be back after a power cut
        staged.replace(target)
        sync_folder(target.parent)


def _put_files(folder: Path, files: Sequence[tuple[str, int, str]]) -> None:
    for name, mode, told in files:
        kept, target = folder / name, Path(told)
        if not kept.exists():
            continue
        data = kept.read_bytes()
        with _hindered_by(target):
            # Broken off behind it, it may have a mode that lets nobody write to it.
            if not target.exists() or target.read_bytes() != data:
                replace_file(target, data)
            target.chmod(mode)
            kept.unlink()


@contextmanager
def _hindered_by(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HomeError(
            f"A restore was begun and can't be finished: {path}: {error.strerror}.",
            hint="Make it writable, and its folder, and start Wooster again: it goes on by itself.",
        ) from error
