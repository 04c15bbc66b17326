"""Looking for words in every byte of a home: what is forgotten stands nowhere, or it is told where.

It looks three ways: at the bytes of each file, free pages and write-ahead log included, in the
spellings that programs write; at every text of each database; and at the terms of its indexes. The
weights of models aren't looked into: they are nobody's words. It changes nothing. Blocking.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tarfile
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from wooster.core.text import clean, search_form
from wooster.memory.forgetting import wording
from wooster.memory.forgetting.wording import Wording
from wooster.storage.texts import every_text, indexes, terms

_CODES = ("utf-8", "utf-16-le", "utf-16-be")
_AT_ONCE = 1 << 22
_OVERLAP = 4096
_SQLITE = b"SQLite format 3\0"
_ZIPPED = b"\x1f\x8b"
# What a database, or a bundle, that is damaged or another program's is told by.
_BROKEN = (sqlite3.DatabaseError, tarfile.TarError, zlib.error, EOFError, OSError, ValueError)

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked through, and how often it stands where. `inside` counts where its bytes are
    a part of a longer word, which is another. Of those `unread`, not all could be looked into."""

    files: int
    size_bytes: int
    found: dict[str, int]
    inside: int = 0
    unread: tuple[str, ...] = ()


def prove(home: Path, leave: Sequence[Path], words: Wording, said: str, told: Told) -> Proof:
    """Look for what was `said`, and for texts with all of its `words`, under `home`, but in the
    folders that are to be left."""
    needles = _needles(said)
    found: Counter[str] = Counter()
    files = size = inside = 0
    unread = []
    for folder in _folders(home, leave):
        if words.stands_in(wording.name_of(folder)):
            found[f"{clean(str(folder.relative_to(home)))} (its name)"] += 1
    for path in _files(home, leave):
        name = clean(str(path.relative_to(home)))
        told(name)
        if words.stands_in(wording.name_of(path)):
            found[f"{name} (its name)"] += 1
        try:
            size += path.stat().st_size
            whole, parts = _counted(path, needles)
        except FileNotFoundError:
            continue  # a log of SQLite's that was moved into its database meanwhile
        except OSError:
            unread.append(name)
            continue
        inside += parts
        if whole:
            found[name] += whole
        try:
            for inner, count in _looked_into(path, words):
                found[f"{name}: {inner}"] += count
        except _BROKEN:
            if path.exists():
                unread.append(name)
            continue
        files += 1
    return Proof(files, size, dict(found), inside, tuple(unread))


def _files(home: Path, leave: Sequence[Path]) -> Iterator[Path]:
    for folder, files in _walked(home, leave):
        for name in files:
            path = folder / name
            if path.is_file() and not path.is_symlink():
                yield path


def _folders(home: Path, leave: Sequence[Path]) -> Iterator[Path]:
    return (folder for folder, _ in _walked(home, leave) if folder != home)


def _walked(home: Path, leave: Sequence[Path]) -> Iterator[tuple[Path, list[str]]]:
    for folder, folders, files in os.walk(home):
        folders[:] = sorted(each for each in folders if Path(folder, each) not in leave)
        yield Path(folder), sorted(files)


# --- bytes ------------------------------------------------------------------------------------


def _needles(said: str) -> list[bytes]:
    """Every way in which it may be written, in small letters as far as they are ASCII."""
    spelled: set[str] = set()
    text = said.strip()
    for normal in ("NFC", "NFD", "NFKC", "NFKD"):
        written = unicodedata.normalize(normal, text)
        for each in (written, written.casefold(), written.upper(), written.title()):
            spelled |= {each, search_form(each), wording.form(each)}
    spelled |= {json.dumps(each)[1:-1] for each in spelled}
    return sorted(
        {each.encode(code).lower() for each in spelled for code in _CODES if each.strip()}
    )


def _counted(path: Path, needles: Sequence[bytes]) -> tuple[int, int]:
    """How often a file has it, and how often only inside a longer word."""
    whole = parts = 0
    with path.open("rb") as file:
        kept = b""
        while block := file.read(_AT_ONCE):
            data = kept + block
            for start, end in _places(data.lower(), needles):
                if end <= len(kept):
                    continue  # counted with the block before
                if _is_inside(data, start, end):
                    parts += 1
                else:
                    whole += 1
            kept = data[-_OVERLAP:]
    return whole, parts


def _places(data: bytes, needles: Sequence[bytes]) -> set[tuple[int, int]]:
    found = set()
    for needle in needles:
        at = data.find(needle)
        while at >= 0:
            found.add((at, at + len(needle)))
            at = data.find(needle, at + 1)
    return found


def _is_inside(data: bytes, start: int, end: int) -> bool:
    """Whether letters go on before it or after it. What is no UTF-8 is none."""
    before = data[max(0, start - 4) : start].decode("utf-8", "replace")
    after = data[end : end + 4].decode("utf-8", "replace")
    said = data[start:end].decode("utf-8", "replace")
    goes_back = before[-1:].isalnum() and said[:1].isalnum()
    return goes_back or (after[:1].isalnum() and said[-1:].isalnum())


# --- what is in them --------------------------------------------------------------------------


def _looked_into(path: Path, words: Wording) -> Iterator[tuple[str, int]]:
    """Where in a database or a bundle of files it stands, and how often."""
    with path.open("rb") as file:
        begin = file.read(len(_SQLITE))
    if begin == _SQLITE:
        yield from _in_database(path, words)
    elif begin.startswith(_ZIPPED):
        yield from _in_bundle(path, words)


def _in_database(path: Path, words: Wording) -> Iterator[tuple[str, int]]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        for table, text in every_text(connection):
            if words.stands_in(text):
                yield table, 1
        wanted = [each for each in words.chunks if each.isalnum()]
        for index in indexes(connection):
            if len(wanted) == 1 and wanted[0] in set(terms(connection, index)):
                yield index, 1


def _in_bundle(path: Path, words: Wording) -> Iterator[tuple[str, int]]:
    with tarfile.open(path, "r:gz") as tar:
        for entry in tar:
            read = tar.extractfile(entry) if entry.isreg() else None
            text = "" if read is None else read.read().decode("utf-8", "replace")
            if words.stands_in(f"{entry.name}\n{text}"):
                yield clean(entry.name), 1
