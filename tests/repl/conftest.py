"""A home with a short socket path, and a daemon on it that says what a test scripted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wooster.config.paths import Paths
from wooster.repl.client import Client

from .fake_daemon import FakeDaemon, short_home


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Paths]:
    with short_home() as paths:
        monkeypatch.setenv("WOOSTER_HOME", str(paths.home))
        yield paths


@pytest.fixture
def daemon(home: Paths) -> Iterator[FakeDaemon]:
    fake = FakeDaemon(home).start()
    yield fake
    fake.close()


@pytest.fixture
def client(daemon: FakeDaemon) -> Client:
    return Client(daemon.paths.socket)


@pytest.fixture(autouse=True)
def never_blocks() -> None:
    """Off in this room: the only loop is prompt_toolkit's, which runs inside our own call.

    Its reads of the terminal, made when there is something to read, look like ours.
    """
