"""An index's file: a cache that says what it holds, and is built again when in doubt.

Two files: the graph as hnswlib writes it, and beside it a record of what it is. hnswlib crashes on
some damaged files, so that nothing is given to it whose checksum is wrong. It knows files, and
nothing of where vectors come from.
"""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from wooster.vectors.index import Graph

FORMAT = 3
_CHUNK_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index must hold to be the right one."""

    model: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the index has come: all labels up to `label` are in it. `token` is also known to the
    database that it is of: one that was put back from a copy gives labels again, to others."""

    label: int
    token: str


@dataclass(frozen=True, slots=True)
class _Record:
    format: int
    model: str
    dimensions: int
    count: int
    removed: list[int]
    size_bytes: int
    checksum: int
    mark_label: int
    mark_token: str

    def own_checksum(self) -> int:
        """Of this record: a digit that changed in it must not pass for another number."""
        return zlib.crc32(json.dumps(asdict(self), sort_keys=True).encode())


class UnusableIndex(Exception):
    """The file is missing, of something else, or damaged: build the index again."""


def save(graph: Graph, contents: Contents, mark: Mark, path: Path) -> None:
    """Write both files; a crash at any point leaves the old ones or none. Blocking.

    Raises `OSError` or, from hnswlib, `RuntimeError`; what was half written is removed.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    try:
        _write(graph, contents, mark, path, temporary)
    except (OSError, RuntimeError):
        temporary.unlink(missing_ok=True)
        raise


def _write(graph: Graph, contents: Contents, mark: Mark, path: Path, temporary: Path) -> None:
    graph.hnsw.save_index(str(temporary))
    record = _Record(
        FORMAT,
        contents.model,
        contents.dimensions,
        len(graph),
        graph.removed_labels(),
        temporary.stat().st_size,
        _checksum(temporary),
        mark.label,
        mark.token,
    )
    # The record goes first: for a moment there is a graph without one, which is no index.
    _record_path(path).unlink(missing_ok=True)
    _to_disk(temporary)
    temporary.replace(path)
    written = _record_path(path).with_suffix(".new")
    sealed = {"record": asdict(record), "checksum": record.own_checksum()}
    written.write_text(json.dumps(sealed), "utf-8")
    _to_disk(written)
    written.replace(_record_path(path))


def load(contents: Contents, path: Path) -> tuple[Graph, Mark]:
    """The graph in `path`, and how far it came. Raises `UnusableIndex`. Blocking."""
    import hnswlib

    record = _sound(contents, path)
    try:
        hnsw = hnswlib.Index("ip", record.dimensions)
        hnsw.load_index(str(path))
    except (OSError, RuntimeError) as error:
        raise UnusableIndex(str(error)) from error
    graph = Graph.around(hnsw, record.dimensions, record.removed)
    return graph, Mark(record.mark_label, record.mark_token)


def look(contents: Contents, path: Path) -> tuple[int, Mark]:
    """How many vectors are in the file, and how far it came, without reading them into memory.
    Raises `UnusableIndex`. Blocking."""
    record = _sound(contents, path)
    return record.count, Mark(record.mark_label, record.mark_token)


def _sound(contents: Contents, path: Path) -> _Record:
    """The record of a graph that is undamaged and of these contents."""
    record = _read_record(path)
    if (record.model, record.dimensions) != (contents.model, contents.dimensions):
        raise UnusableIndex(f"it is of {record.model} with {record.dimensions} dimensions")
    try:
        if path.stat().st_size != record.size_bytes or _checksum(path) != record.checksum:
            raise UnusableIndex("it is damaged")
    except OSError as error:
        raise UnusableIndex(str(error)) from error
    return record


def remove(path: Path) -> None:
    """Remove an index's files, where there are any. Blocking."""
    for each in (_record_path(path), path, path.with_suffix(".new")):
        each.unlink(missing_ok=True)


def _read_record(path: Path) -> _Record:
    try:
        sealed = json.loads(_record_path(path).read_text("utf-8"))
        record = _Record(**sealed["record"])
        if record.own_checksum() != sealed["checksum"]:
            raise ValueError("its checksum is another")
    except FileNotFoundError as error:
        raise UnusableIndex("there is none") from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnusableIndex(f"its record is damaged: {error}") from error
    if record.format != FORMAT:
        raise UnusableIndex(f"it has format {record.format}")
    return record


def _record_path(path: Path) -> Path:
    return path.with_suffix(".json")


def _checksum(path: Path) -> int:
    """CRC-32: it is there against damage, not against anybody."""
    checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            checksum = zlib.crc32(chunk, checksum)
    return checksum


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
