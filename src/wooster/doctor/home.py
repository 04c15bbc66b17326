"""The home's folders and files, and the disk that they are on."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from wooster.config.paths import Paths
from wooster.config.replacing import may_be_written_into
from wooster.core.text import counted
from wooster.doctor.model import Case, Check, Finding, Fix, Seen

_OPEN = 0o077
_SHOWN = 3
_LITTLE_BYTES, _SOME_BYTES = 200_000_000, 1_000_000_000
_COPIES = 3
_NO_START = "The daemon can't start, or can't keep what you say."


def permissions(case: Case) -> Seen:
    """What Wooster keeps is its person's alone: folders 0700, files 0600."""
    paths = case.paths
    if not paths.home.exists():
        return Seen("nothing yet: the home is made at the first start")
    if not paths.home.is_dir():
        return Seen("no folder", (_no_folder(paths.home),))
    open_ones, foreign, looked = [], [], 0
    for path, found in _kept(paths):
        looked += 1
        if found.st_uid != os.geteuid():
            foreign.append(path)
        elif stat.S_IMODE(found.st_mode) & _OPEN:
            open_ones.append(path)
    findings = [*_foreign(paths, foreign), *_open(paths, open_ones), *_unwritable(paths)]
    told = f"{counted(looked, 'file and folder', 'files and folders')}, yours alone"
    return Seen("not as they should be" if findings else told, tuple(findings))


def _kept(paths: Paths) -> Iterator[tuple[Path, os.stat_result]]:
    """What may hold something private. Models don't, and a person's own documents are theirs to
    share: the home's own mode keeps them too."""
    database = paths.database
    yield from _stats([paths.home, *paths.home.glob(f"{database.name}*"), paths.line_history])
    for folder in (
        *(paths.run, paths.logs, paths.config, paths.cache),
        *(paths.backups, paths.health, paths.credentials),
    ):
        if folder.is_dir() and not folder.is_symlink():
            yield from _stats([folder, *folder.rglob("*")])


def _stats(found: list[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    """Links have no mode of their own, and a socket is looked at by its own check."""
    for path in found:
        try:
            told = path.lstat()
        except FileNotFoundError:
            continue  # a file that is written and renamed while we look
        if stat.S_ISDIR(told.st_mode) or stat.S_ISREG(told.st_mode):
            yield path, told


def _open(of: Paths, paths: list[Path]) -> Iterator[Finding]:
    if paths:
        home = _quoted(of.home)
        yield Finding(
            f"Other users of this machine may open {_named(paths)}.",
            "Your conversations, logs, settings and their keys may be in them.",
            f"`chmod go= {_quoted(paths[0])}`" if len(paths) == 1 else f"`chmod -R go= {home}`",
            fix=Fix(f"{_named(paths)}: yours alone now.", lambda: _close(paths)),
        )


def _close(paths: list[Path]) -> None:
    for path in paths:
        try:
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OPEN)
        except FileNotFoundError:
            continue


def _foreign(of: Paths, paths: list[Path]) -> Iterator[Finding]:
    if paths:
        yield Finding(
            f"Another user owns {_named(paths)}.",
            "Wooster may not be able to write there, and they may be changed by others.",
            f"`sudo chown -R {os.geteuid()} {_quoted(of.home)}`",
        )


def _unwritable(paths: Paths) -> Iterator[Finding]:
    for folder in (paths.home, paths.run, paths.logs, paths.config, paths.cache, paths.backups):
        if folder.exists() and not folder.is_dir():
            yield _no_folder(folder)
        elif folder.exists() and not may_be_written_into(folder):
            yield Finding(
                f"{folder} can't be written to.",
                _NO_START,
                f"`chmod u+rwx {_quoted(folder)}`",
                fix=Fix(f"{folder} can be written to.", lambda at=folder: at.chmod(0o700)),  # type: ignore[misc]
            )


def _no_folder(path: Path) -> Finding:
    aside = _quoted(path.with_name(f"{path.name}-aside"))
    mend = f"`mv {_quoted(path)} {aside}`: the next start makes the folder."
    return Finding(f"{path} isn't a folder.", _NO_START, mend)


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _named(paths: list[Path]) -> str:
    names = ", ".join(map(str, paths[:_SHOWN]))
    more = len(paths) - _SHOWN
    return names if more <= 0 else f"{names} and {more} more"


def disk(case: Case) -> Seen:
    """Room for what is to be stored, and for a copy of it."""
    home = next(each for each in (case.paths.home, *case.paths.home.parents) if each.exists())
    free, size = shutil.disk_usage(home).free, _size(case.paths.database)
    told = f"{_gb(free)} free" + (f"; the database has {_gb(size)}" if size else "")
    wanted = max(_SOME_BYTES, _COPIES * size)
    if free >= wanted:
        return Seen(told)
    finding = Finding(
        f"Only {_gb(free)} are free on the disk of {case.paths.home}.",
        "A backup, an update and forgetting each need as much room as the database has; on a full "
        "disk nothing more can be stored.",
        f"Make room: `du -sh {_quoted(case.paths.home)}/*` shows what is large here.",
        "wrong" if free < max(_LITTLE_BYTES, size) else "note",
        commands=(),
    )
    return Seen(told, (finding,))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _gb(size_bytes: int) -> str:
    if size_bytes < 1_000_000_000:
        return f"{size_bytes / 1e6:.0f} MB"
    return f"{size_bytes / 1e9:.1f} GB"


CHECKS = (Check("permissions", permissions), Check("disk", disk))
