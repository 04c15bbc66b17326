"""The two servers on the starter models, started once a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .harness import Server, running


@pytest.fixture(scope="session")
def chat(starter_home: Path) -> Iterator[Server]:
    with running("chat", starter_home) as server:
        assert server.settled()["status"] == "ready", server.health()
        yield server


@pytest.fixture(scope="session")
def embed(starter_home: Path) -> Iterator[Server]:
    with running("embed", starter_home) as server:
        assert server.settled()["status"] == "ready", server.health()
        yield server
