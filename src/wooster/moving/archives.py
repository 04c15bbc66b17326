"""An export as it was fetched: what each file in a .zip is, by its name or else by what it holds.

Conversations, projects and memories come together or in archives of their own. Nothing is
unpacked. Blocking.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from wooster.moving import arrays, chats, papers, sources
from wooster.moving.model import Aside, Event, Total, Unread
from wooster.moving.texts import MAX_BYTES, TOO_DEEP, CantRead

# What an archive that is cut off, changed or locked makes zipfile raise.
_BROKEN = (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError)
_OTHERS = "other files of an export (pictures, a page to look at, accounts)"
Reads = Callable[[object], Iterator[Event]]


def conversations(file: BinaryIO) -> Iterator[Event]:
    """All of a list of conversations."""
    for entry in arrays.entries(file):
        if entry.problem:
            yield Total(1)
            yield Unread(entry.problem, 1, entry.at)
        else:
            yield from chats.conversation(entry.value, entry.at)


def reader_of(told: object) -> Reads | None:
    """How a JSON value of an export without a telling name is read; None for what is no data."""
    if papers.is_claude_project(told):
        return lambda value: papers.claude_projects([value])
    if chats.is_conversation(told):
        return lambda value: chats.conversation(value, 1)
    if papers.is_memories(told):
        return papers.memories
    return None


def zipped(path: Path) -> Iterator[Event]:
    """What is in an archive."""
    names = [each for each in sources.inside_zip(path) if not each.endswith("/")]
    # Conversations first: what is read of them is most of it.
    names.sort(key=lambda name: (not sources.is_chats(PurePosixPath(name).name), name))
    found = False
    others = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for name in names:
                events = _read(archive, name)
                if events is None:
                    others += 1
                    continue
                found = True
                yield from _by_itself(name, events)
    except _BROKEN as error:
        raise CantRead(f"the archive can't be read to its end: {error}") from error
    if not found:
        yield Total(1)
        yield Unread("it has no conversations, projects or memories in it")
    elif others:
        yield Total(others)
        yield Aside(_OTHERS, others)


def _read(archive: zipfile.ZipFile, name: str) -> Iterator[Event] | None:
    """What one file of it holds; None for what is no data."""
    last = PurePosixPath(name).name
    if sources.is_chats(last):
        return _streamed(archive, name)
    if not last.endswith(".json") or last in sources.OF_EXPORTS:
        return None
    is_wanted = last in _NAMED or "projects" in PurePosixPath(name).parts[:-1]
    if archive.getinfo(name).file_size > MAX_BYTES:
        return _unread(f"{name} in it has more than {MAX_BYTES >> 20} MB") if is_wanted else None
    try:
        told = json.loads(archive.read(name))
    except (ValueError, RecursionError):
        return _unread(f"{name} in it is no JSON") if is_wanted else None
    reads = _NAMED.get(last) or reader_of(told)
    if reads is not None:
        return reads(told)
    return _unread(f"{name} in it is no project") if is_wanted else None


def _by_itself(name: str, events: Iterator[Event]) -> Iterator[Event]:
    """What one file of it holds; one that can't be read is told, and those after it are read."""
    try:
        yield from events
    except arrays.NoList as error:
        yield from _unread(f"{name} in it can't be read: {error}")
    except RecursionError:
        yield from _unread(f"{name} in it can't be read: {TOO_DEEP}")


def _streamed(archive: zipfile.ZipFile, name: str) -> Iterator[Event]:
    with archive.open(name) as file:
        yield from conversations(io.BufferedReader(file))  # type: ignore[type-var]


def _unread(why: str) -> Iterator[Event]:
    yield Total(1)
    yield Unread(why)


def _projects(told: object) -> Iterator[Event]:
    yield from papers.claude_projects(told if isinstance(told, list) else [told])


_NAMED: dict[str, Reads] = {"projects.json": _projects, "memories.json": papers.memories}
