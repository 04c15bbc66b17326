"""A library over a real folder and a real search, with the readers in this process."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.embedder import WordEmbedder
from tests.vectors.conftest import search_over
from wooster.config.paths import Paths
from wooster.config.settings import Library as Settings
from wooster.core.clock import ManualClock
from wooster.knowledge import store, updating
from wooster.knowledge.model import ReadDocument
from wooster.knowledge.places import Places
from wooster.knowledge.reading import formats
from wooster.knowledge.service import Library
from wooster.storage import Database
from wooster.vectors import sets
from wooster.vectors import store as vectors


class HereReader:
    """The real readers, without their process. `read_paths` tells what they were asked for."""

    def __init__(self) -> None:
        self.read_paths: list[str] = []

    async def read(self, path: Path) -> list[ReadDocument]:
        self.read_paths.append(str(path))
        return await asyncio.to_thread(lambda: formats.read(path, path.read_bytes()))


class Shelf:
    """A library with what it is made of, and the folder `vault` that is in it."""

    def __init__(self, database: Database, clock: ManualClock, paths: Paths, vault: Path) -> None:
        self.database = database
        self.clock = clock
        self.home = paths.home
        self.vault = vault
        self.reader = HereReader()
        self.embedder = WordEmbedder()
        self.search = search_over(database, self.embedder, clock, paths.cache)
        self.logged: list[tuple[str, dict[str, Any]]] = []
        self.settings = Settings.model_construct(
            folders=[str(vault)], ignore=[], private=[], max_megabytes=1
        )
        self.library = self.reopened()

    def reopened(self, **settings: Any) -> Library:
        """The library as after a restart, with other settings."""
        self.settings = self.settings.model_copy(update=settings)
        self.library = Library(
            self.database,
            self.search,
            self.reader,
            self.clock,
            Places(self.home, self.settings),
            lambda event, fields: self.logged.append((event, fields)),
        )
        return self.library

    def write(self, name: str, text: str = "# Title\n\nWords.\n") -> Path:
        path = self.vault / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    async def settled(self) -> list[str]:
        """Compare with the disk; returns the files that were read for it."""
        self.reader.read_paths.clear()
        await self.library.wait_until_settled()
        assert await self.findings() == []
        return sorted(os.path.relpath(path, self.vault) for path in self.reader.read_paths)

    async def findings(self) -> list[str]:
        return await self.database.read(
            lambda c: [*store.verify(c), *vectors.verify(c), *sets.verify(c)]
        )

    async def found(self, words: str) -> list[str]:
        """The names of the files that a search finds, the best first."""
        result = await self.library.search(words)
        return [each.source.path.name for each in result.found]

    async def everything(self) -> dict[str, Any]:
        """All that is stored, by path, without ids and times of reading."""
        return await self.database.read(everything)

    async def passage_ids(self) -> dict[str, int]:
        rows = await self.database.read(
            lambda c: c.execute("SELECT id, text FROM passages").fetchall()
        )
        return {text: passage for passage, text in rows}


def everything(connection: Any) -> dict[str, Any]:
    """What two libraries that are the same agree in."""
    found: dict[str, Any] = {}
    for file in connection.execute("SELECT * FROM library_files").fetchall():
        documents = [
            _document(connection, row)
            for row in connection.execute(
                "SELECT * FROM documents WHERE file_id = ? ORDER BY part", (file["id"],)
            ).fetchall()
        ]
        found[os.fsdecode(file["path"])] = (
            bytes(file["hash"]),
            file["mtime_ns"],
            file["is_private"],
            file["problem"],
            documents,
        )
    return found


def _document(connection: Any, row: Any) -> Any:
    def rows(query: str) -> list[tuple[Any, ...]]:
        return [tuple(each) for each in connection.execute(query, (row["id"],)).fetchall()]

    return (
        *(row[key] for key in ("part", "format", "title", "aliases", "date_ms", "is_private")),
        rows("SELECT tag FROM document_tags WHERE document_id = ? ORDER BY tag"),
        rows("SELECT name FROM document_names WHERE document_id = ? ORDER BY name"),
        rows("SELECT place, line, target, name FROM document_links WHERE document_id = ?"),
        rows(
            "SELECT place, key, title, text, known_as, project, at_ms, stays, headings, start_at,"
            " end_at, line FROM passages JOIN chunks ON passage_id = id"
            " WHERE collection = 'library' AND document = ? ORDER BY place"
        ),
    )


@pytest.fixture(autouse=True)
def no_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are looked at a second time, and nothing is waited for in between."""
    monkeypatch.setattr(updating, "SETTLE_S", 0.0)


@pytest.fixture
def vault() -> Iterator[Path]:
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="vault-")))
    yield folder
    for each in folder.rglob("*"):
        if each.is_dir() and not each.is_symlink():
            each.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def shelf(database: Database, clock: ManualClock, paths: Paths, vault: Path) -> Shelf:
    return Shelf(database, clock, paths, vault)


def as_json(data: Any) -> str:
    """What a client gets: raises where something in it isn't JSON or isn't text."""
    return json.dumps(data).encode("utf-8").decode("utf-8")
