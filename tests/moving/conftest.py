"""A home into which is moved, and what is typed there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from blockbuster import BlockBuster

from tests.bootstrap.test_undo import contents, opened, runs, types
from tests.moving.old_home import build
from wooster.bootstrap.daemon import _Running
from wooster.config.paths import Paths
from wooster.wire.requests import ActionResult


class Home:
    """A daemon's parts, and what is typed to it."""

    def __init__(self, made: _Running) -> None:
        self.made = made
        self.registry = made.services.registry

    async def types(self, line: str) -> ActionResult:
        return await types(self.registry, line)

    async def says(self, line: str) -> str:
        return (await self.types(line)).text

    async def moves(self, path: Path, **more: Any) -> ActionResult:
        return await runs(self.registry, "import", {"path": str(path), **more})

    async def moves_back(self, number: int) -> ActionResult:
        return await runs(self.registry, "import_undo", {"number": number})

    async def rows(self) -> dict[str, Any]:
        return await self.made.database.read(lambda c: contents(c, ()))


@pytest.fixture
async def old(tmp_path: Path) -> Path:
    return await asyncio.to_thread(build, tmp_path / "old")


@asynccontextmanager
async def at_home(
    paths: Paths, empty_database: Path, never_blocks: BlockBuster
) -> AsyncIterator[Home]:
    async with opened(paths, empty_database, never_blocks) as made:
        yield Home(made)


@pytest.fixture
async def home(
    paths: Paths, empty_database: Path, never_blocks: BlockBuster
) -> AsyncIterator[Home]:
    async with at_home(paths, empty_database, never_blocks) as found:
        yield found
