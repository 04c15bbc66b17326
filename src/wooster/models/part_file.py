"""One file on its way to the disk: what is there already, its checksum, and its last rename.

It blocks, and is meant for a thread. It knows files and checksums, and nothing of networks.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from wooster.core.errors import ModelDamaged
from wooster.models.hub_listing import HubFile

_READ_BYTES = 1 << 20


class PartFile:
    """`<path>.part` in `folder`, until all of it is there and right; then `<path>`."""

    def __init__(self, folder: Path, file: HubFile) -> None:
        self.file = file
        self.target = folder / file.path
        self._part = self.target.with_name(f"{self.target.name}.part")
        self._sum = _fresh(file)
        self.have_bytes = 0

    def open(self) -> None:
        """Take up what an earlier attempt left; `have_bytes` tells how much."""
        self.target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._part.touch(mode=0o600)
        if self._part.stat().st_size > self.file.size_bytes:
            self.start_over()
            return
        self._sum, self.have_bytes = _fresh(self.file), 0
        with self._part.open("rb") as stream:
            while chunk := stream.read(_READ_BYTES):
                self._sum.update(chunk)
                self.have_bytes += len(chunk)

    def start_over(self) -> None:
        self._part.write_bytes(b"")
        self._sum, self.have_bytes = _fresh(self.file), 0

    def add(self, data: bytes) -> None:
        with self._part.open("ab") as stream:
            stream.write(data)
        self._sum.update(data)
        self.have_bytes += len(data)

    def finish(self) -> None:
        """Check it and give it its name. Raises `ModelDamaged`, and then nothing of it is kept."""
        wanted = self.file.sha256 or self.file.blob_sha1
        found = self._sum.hexdigest()
        if self.have_bytes != self.file.size_bytes or found != wanted:
            self._part.unlink()
            raise ModelDamaged(
                f"{self.file.path} came damaged: {self.have_bytes} bytes with checksum {found}, "
                f"where the hub has {self.file.size_bytes} with {wanted}. It was removed.",
                hint="Pull it again: what is right already isn't fetched twice. If it stays, "
                "something between here and the hub changes it.",
            )
        with self._part.open("rb") as stream:
            os.fsync(stream.fileno())
        self._part.rename(self.target)


def _fresh(file: HubFile) -> Any:
    """A running checksum of the kind that the hub gave for `file`."""
    if file.sha256:
        return hashlib.sha256()
    # Git hashes a blob with a header (git-hash-object); SHA-1 is git's choice, not ours.
    header = f"blob {file.size_bytes}\0".encode()
    return hashlib.sha1(header, usedforsecurity=False)
