"""Files of others as text and lines, whatever they were written in. Blocking; it never writes."""

from __future__ import annotations

import codecs
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from wooster.core.text import clip

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MAX_BYTES = 64 * 1024 * 1024
"""What is read at once. Larger files are only copied, or read piece by piece."""
TOO_DEEP = "its brackets are too deep"
"""Of what is no JSON that can be read, and no reader goes down into."""
_SHOWN = 80


class CantRead(Exception):
    """Why a file can't be read, for a person."""


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text, and what it was read as where that isn't UTF-8."""

    text: str
    read_as: str = ""

    @property
    def lines(self) -> list[str]:
        return lines_of(self.text)


def lines_of(text: str) -> list[str]:
    """Without the empty one that a last line end makes."""
    found = text.replace("\r\n", "\n").split("\n")
    return found[:-1] if found[-1] == "" else found


def count_lines(data: bytes) -> int:
    """As `lines_of` would find them."""
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))


def size_of(path: Path) -> int:
    """Raises `CantRead` for what isn't a file that may be read."""
    try:
        found = path.stat()
    except OSError as error:
        raise CantRead(_why(path, error)) from error
    if not stat.S_ISREG(found.st_mode):
        raise CantRead("it is no file")
    return found.st_size


def opened(path: Path) -> int:
    """A descriptor that waits for nobody, of a file. Raises `CantRead`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise CantRead(_why(path, error)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise CantRead("it is no file")
    return descriptor


def _why(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        return "it is a link that leads nowhere"
    return f"it can't be read: {error.strerror}"


def data_of(path: Path) -> bytes:
    """All of a file. Raises `CantRead`, also for one that is too large to be held."""
    with os.fdopen(opened(path), "rb") as file:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            raise CantRead(f"it has more than {MAX_BYTES // 1_048_576} MB")
        try:
            return file.read()
        except OSError as error:
            raise CantRead(_why(path, error)) from error


def text_of(data: bytes) -> Text:
    """By its byte order mark, else as UTF-8, else as Windows-1252, which reads anything."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(name, "replace")
            return Text(text, "" if name == "utf-8" else name.upper())
    try:
        return Text(data.decode("utf-8"))
    except UnicodeDecodeError:
        told = data.decode("cp1252", "replace")
        return Text(told, "Windows-1252")


def as_utf8(data: bytes) -> bytes:
    """A text's bytes in UTF-8, whatever they are in; those that are so stay as they are."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return text_of(data).text.encode("utf-8")
    return data


def shown(text: str) -> str:
    """A line as a report has it: one line, and short."""
    return clip(" ".join(text.split()), _SHOWN)
