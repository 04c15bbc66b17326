"""File events in any order, seen in any part, end in the library that a fresh one would be."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.knowledge.conftest import Shelf
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.knowledge import updating
from wooster.storage import Database

NAMES = st.sampled_from(["a.md", "b.md", "c.txt", "Ä.md", "d.pdf", ".hidden.md", "e.png"])
FOLDERS = st.sampled_from(["", "x", "x/y", "projects/p", "z", "diary"])
PATHS = st.tuples(FOLDERS, NAMES).map("/".join)
TEXTS = st.sampled_from(
    [
        "",
        "apples",
        "# One\n\napples and [[b]]",
        "# One\n\n## Two\n\npears\n\n## Two\n\npears",
        "---\ntags: [t]\nprivate: true\naliases: [u]\n---\nplums #v",
        "---\ntitle: Fixed\ndate: 2026-01-02\n---\nplums",
    ]
)


class AnyOrder(RuleBasedStateMachine):
    """A person at work in a folder, and a library that looks at parts of it now and then."""

    blank: Path

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="wooster-order-")))
        self.vault = self.folder / "vault"
        self.vault.mkdir()
        self.touched: set[str] = set()
        self.at_ns = 1_700_000_000_000_000_000
        self.shelf = self.loop.run_until_complete(self.opened("kept"))

    async def opened(self, name: str) -> Shelf:
        paths = Paths(self.folder / name)
        await asyncio.to_thread(paths.prepare)
        await asyncio.to_thread(shutil.copy, self.blank, paths.database)
        database = await asyncio.to_thread(Database.open, paths.database, paths.backups)
        shelf = Shelf(database, ManualClock(datetime(2026, 11, 22, tzinfo=UTC)), paths, self.vault)
        shelf.reopened(private=["diary/"])
        return shelf

    def teardown(self) -> None:
        if hasattr(self, "shelf"):
            self.loop.run_until_complete(self.end())
            self.loop.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    async def end(self) -> None:
        """However it went, one look at everything makes it what a fresh library is."""
        await self.shelf.settled()
        fresh = await self.opened("fresh")
        await fresh.settled()
        kept, wanted = await self.shelf.everything(), await fresh.everything()
        await self.shelf.database.close()
        await fresh.database.close()
        assert kept == wanted

    def stamp(self, path: Path) -> None:
        """Times that differ: two edits within one tick of a file system's clock are not the test's
        subject."""
        self.at_ns += 1_000_000_000
        os.utime(path, ns=(self.at_ns, self.at_ns))
        self.touched.add(str(path))

    def files(self) -> list[Path]:
        return sorted(path for path in self.vault.rglob("*") if path.is_file())

    def chosen(self, data: Any) -> Path | None:
        files = self.files()
        return data.draw(st.sampled_from(files)) if files else None

    @rule(name=PATHS, text=TEXTS)
    def write(self, name: str, text: str) -> None:
        path = self.vault / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.stamp(path)

    @rule(data=st.data(), name=PATHS)
    def rename(self, data: Any, name: str) -> None:
        path, to = self.chosen(data), self.vault / name
        if path is not None:
            to.parent.mkdir(parents=True, exist_ok=True)
            path.rename(to)
            self.touched |= {str(path), str(to)}

    @rule(data=st.data())
    def delete(self, data: Any) -> None:
        path = self.chosen(data)
        if path is not None:
            path.unlink()
            self.touched.add(str(path))

    @rule(data=st.data())
    def touch(self, data: Any) -> None:
        path = self.chosen(data)
        if path is not None:
            self.stamp(path)

    @rule(source=FOLDERS.filter(bool), to=st.sampled_from(["moved", "projects/q"]))
    def move_folder(self, source: str, to: str) -> None:
        old, new = self.vault / source, self.vault / to
        if old.is_dir() and not new.exists() and not str(new).startswith(str(old)):
            new.parent.mkdir(parents=True, exist_ok=True)
            old.rename(new)
            self.touched |= {str(old), str(new)}

    @rule(data=st.data())
    def look_at_some(self, data: Any) -> None:
        """Some of the events come now, the others later or never."""
        events = sorted(self.touched)
        some = data.draw(st.lists(st.sampled_from(events), unique=True)) if events else []
        self.touched -= set(some)
        keeping = self.shelf.library.keeping
        keeping.mark(some)

        async def passes() -> None:
            while keeping._marks:
                await keeping._catch_up()

        self.loop.run_until_complete(passes())
        assert keeping.failure is None

    @rule()
    def look_at_all(self) -> None:
        self.touched.clear()
        self.loop.run_until_complete(self.shelf.settled())

    @invariant()
    def all_agrees(self) -> None:
        if hasattr(self, "shelf"):
            assert self.loop.run_until_complete(self.shelf.findings()) == []


def test_any_order_of_events_ends_in_the_same_library(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Create, edit, rename, move, delete and touch in any order, with passes over random parts."""
    monkeypatch.setattr(updating, "SETTLE_S", 0.0)
    AnyOrder.blank = empty_database
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=25,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
