"""Zip files, as DOCX and EPUB are: their members, as large as what is read may be.

A few kilobytes can unpack to gigabytes; nobody's book does.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable

from wooster.knowledge.model import UnreadableFile

MEMBER_BYTES = 64 * 1024 * 1024
ALL_BYTES = 256 * 1024 * 1024
# Password needed, unknown compression, damaged stream, wrong offsets: zipfile has no one word.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class Archive:
    """A zip file in memory. Every failure is `UnreadableFile`, except a member that isn't there."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._names = {info.filename: info for info in self._zip.infolist()}
        except (*DAMAGED, ValueError) as error:
            raise UnreadableFile(f"it is damaged: {error}") from error

    @property
    def names(self) -> Iterable[str]:
        return self._names

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def unpacked_bytes(self, *suffixes: str) -> int:
        """How large the members with these suffixes say that they are."""
        return sum(
            info.file_size for name, info in self._names.items() if name.lower().endswith(suffixes)
        )

    def read(self, name: str) -> bytes:
        """A member's bytes. Raises `KeyError` when there is none."""
        info = self._names[name]
        if info.file_size > MEMBER_BYTES:
            raise UnreadableFile(f"{name!r} in it unpacks to {info.file_size} bytes")
        try:
            # zipfile reads no more than the size that is declared, whatever the stream holds.
            return self._zip.read(info)
        except DAMAGED as error:
            raise UnreadableFile(f"it is damaged: {error}") from error
