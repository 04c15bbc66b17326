"""A home to forget in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.memory.forgetting.home import NOON, Home, a_folder, living


@pytest.fixture
async def home(empty_database: Path) -> AsyncIterator[Home]:
    async with a_folder(empty_database) as folder, living(folder, NOON) as made:
        yield made
