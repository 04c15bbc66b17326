"""A connection for tests of what happens inside one transaction."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest


@pytest.fixture
def empty_schema(empty_database: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """To a copy of an empty database, for what is rolled back."""
    shutil.copy(empty_database, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection
