"""Files that stand beside a copy of the database: a .tar.gz that any program can unpack.

Its last entry, `about.json`, has a digest of each file and of the copy, so that what has rotted is
known. It knows names and bytes, and nothing of what they are for. Everything here blocks.
"""

from __future__ import annotations

import io
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from wooster.core.errors import DatabaseDamaged

if TYPE_CHECKING:
    import tarfile  # a start has no need of it

ABOUT = "about.json"
# What is larger isn't a list, a log or a setting of Wooster's.
LARGEST_BYTES = 64 * 1024 * 1024
# There are some twenty copies, and each has all of them.
MOST_EXTRA_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Owned:
    """A file that belongs to the home: its name in a bundle, such as `tasks/inbox.md`, and where it
    is. Of those that are `extra`, as a picture of a note, only so many are taken."""

    name: str
    path: Path
    extra: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a copy: its digest, how much it has, its files' digests, and what was too
    large or couldn't be read."""

    database: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def with_room(owned: Iterable[Owned]) -> tuple[list[Owned], list[Owned]]:
    """Those that `write` takes, as far as their sizes go, and those that are too many."""
    taken: list[Owned] = []
    left_out: list[Owned] = []
    left_bytes = MOST_EXTRA_BYTES
    for each in owned:
        size = size_bytes(each) if each.extra else 0
        (taken if size <= left_bytes else left_out).append(each)
        left_bytes -= size if size <= left_bytes else 0
    return taken, left_out


def size_bytes(owned: Owned) -> int:
    """How much of it `write` would take; 0 for what it would leave out."""
    try:
        found = owned.path.lstat()
    except OSError:
        return 0
    is_taken = stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST_BYTES
    return found.st_size if is_taken else 0


def write(target: Path, owned: Iterable[Owned], database: Path, counts: Mapping[str, int]) -> About:
    """Put all that is there of `owned` into `target`, beside the copy `database`."""
    import tarfile

    digests: dict[str, str] = {}
    taken, too_many = with_room(owned)
    left_out = [each.name for each in too_many]
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
            for each in taken:
                told = _add(tar, each)
                if told is None:
                    left_out.append(each.name)
                elif told:
                    digests[each.name] = told
            about = About(digest(database), dict(counts), digests, tuple(left_out))
            _put(tar, ABOUT, json.dumps(_told(about)).encode(), 0o600, 0)
        file.flush()
        os.fsync(file.fileno())
    return about


def _add(tar: tarfile.TarFile, owned: Owned) -> str | None:
    """Its digest; "" where it is gone meanwhile, None where it can't be taken."""
    try:
        found = owned.path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST_BYTES:
            return None
        data = owned.path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError:
        return None
    _put(tar, owned.name, data, stat.S_IMODE(found.st_mode), int(found.st_mtime))
    return sha256(data).hexdigest()


def _put(tar: tarfile.TarFile, name: str, data: bytes, mode: int, mtime_s: int) -> None:
    import tarfile

    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(data), mode, mtime_s
    tar.addfile(entry, io.BytesIO(data))


def _told(about: About) -> dict[str, Any]:
    return {
        "database": about.database,
        "counts": dict(about.counts),
        "files": dict(about.files),
        "left_out": list(about.left_out),
    }


def read_about(bundle: Path) -> About:
    """What a bundle says of itself and its copy. Raises `DatabaseDamaged`."""
    about = None
    for name, _, data in _entries(bundle):
        if name == ABOUT:
            about = _about(bundle, data)
    if about is None:
        raise damaged(bundle, "it ends too early")
    return about


def contents(bundle: Path) -> Iterator[tuple[str, int, bytes]]:
    """Name, mode and bytes of each file. Raises `DatabaseDamaged` for one that isn't as it was."""
    files = read_about(bundle).files
    missing = set(files)
    for name, mode, data in _entries(bundle):
        if name == ABOUT:
            continue
        if files.get(name) != sha256(data).hexdigest():
            raise damaged(bundle, f"{name!r} isn't what was put into it")
        missing.discard(name)
        yield name, mode, data
    if missing:
        raise damaged(bundle, f"{min(missing)!r} is missing")


def _entries(bundle: Path) -> Iterator[tuple[str, int, bytes]]:
    import gzip
    import tarfile
    import zlib

    try:
        with gzip.open(bundle) as zipped:
            with tarfile.open(fileobj=zipped, mode="r|") as tar:
                for entry in tar:
                    _must_be_ours(bundle, entry)
                    read = tar.extractfile(entry)
                    yield entry.name, entry.mode & 0o777, b"" if read is None else read.read()
            while zipped.read(1 << 20):
                pass  # its checksum is at its end
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        raise damaged(bundle, str(error)) from error


def _must_be_ours(bundle: Path, entry: tarfile.TarInfo) -> None:
    parts = PurePosixPath(entry.name).parts
    if not entry.isreg() or entry.name.startswith("/") or ".." in parts or not parts:
        raise damaged(bundle, f"{entry.name!r} is no file of a home")
    if entry.size > LARGEST_BYTES:
        raise damaged(bundle, f"{entry.name!r} is too large")


def _about(bundle: Path, data: bytes) -> About:
    try:
        told = json.loads(data)
        files, counts = dict(told["files"]), dict(told["counts"])
        return About(str(told["database"]), counts, files, tuple(told["left_out"]))
    except (ValueError, TypeError, KeyError) as error:
        raise damaged(bundle, f"{ABOUT} can't be read") from error


def damaged(part: Path, why: str) -> DatabaseDamaged:
    """What is said of a part of a backup, its files or its copy of the database."""
    return DatabaseDamaged(
        f"The backup {part.name} is damaged: {why}. It is left as it is.",
        hint="`wooster backup list` shows the others.",
    )
