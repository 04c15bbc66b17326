"""What deleting leaves in a database's file, its log and its copies, and how it is got rid of."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from tests.conftest import NOON
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.errors import StorageError
from wooster.storage import Database, backup
from wooster.storage.backup import back_up, back_up_daily, replace_copies


def _holds(folder: Path, text: bytes) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if text in path.read_bytes()]


async def test_what_a_page_that_was_split_keeps_is_gone_when_the_file_is_rewritten(
    database: Database, paths: Paths
) -> None:
    """`secure_delete` doesn't reach it: the bytes that moved to another page stay in the first.
    Where a newer SQLite has none there before, rewriting is needed no more."""

    def grow(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE lines (id INTEGER PRIMARY KEY, text TEXT)")
        for number in range(60):
            word = "qzolvix" if number % 3 else "kept"
            connection.execute("INSERT INTO lines VALUES (?, ?)", (number, f"{word} " * 30))
        for number in reversed(range(60)):
            connection.execute("UPDATE lines SET text = text || text WHERE id = ?", (number,))

    await database.write(grow)
    await database.write(lambda c: c.execute("DELETE FROM lines WHERE id % 3").rowcount)
    await database.empty_log()
    assert await asyncio.to_thread(_holds, paths.home, b"qzolvix") == ["wooster.db"]
    await database.rewrite()
    await database.empty_log()
    assert await asyncio.to_thread(_holds, paths.home, b"qzolvix") == []
    kept = await database.read(lambda c: c.execute("SELECT id FROM lines ORDER BY id").fetchall())
    assert [row[0] for row in kept] == list(range(0, 60, 3))


async def test_the_log_is_emptied_when_nobody_reads_an_older_state(
    database: Database, paths: Paths
) -> None:
    """Until then others write, without waiting for the reader."""
    await database.write(lambda c: c.execute("CREATE TABLE lines (text TEXT)").rowcount)
    begun, ended = threading.Event(), threading.Event()

    def read(connection: sqlite3.Connection) -> None:
        connection.execute("SELECT * FROM lines").fetchall()
        begun.set()
        ended.wait()

    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(database.read(read))
        await asyncio.to_thread(begun.wait)
        await database.write(lambda c: c.execute("INSERT INTO lines VALUES ('x')").rowcount)
        emptying = tasks.create_task(database.empty_log())
        for _ in range(3):
            await database.write(lambda c: c.execute("INSERT INTO lines VALUES ('y')").rowcount)
        assert not emptying.done()
        ended.set()
        await reading
    log = paths.database.with_name("wooster.db-wal")
    assert (await asyncio.to_thread(log.stat)).st_size == 0
    timeout = await database.write(lambda c: c.execute("PRAGMA busy_timeout").fetchone()[0])
    assert timeout == 5000


def test_one_new_copy_takes_the_place_of_all_others(
    empty_database: Path, tmp_path: Path, clock: ManualClock
) -> None:
    """Whatever they were made for, whole or not; what isn't a copy is the person's own."""
    copies = tmp_path / "copies"
    for why in ("daily", "before-0007"):
        clock.advance(60)
        back_up(empty_database, copies, clock.now(), why)
    (copies / "2026.unfinished").write_bytes(b"half")
    (copies / "read me.txt").write_text("mine", "utf-8")
    clock.advance(-86_400)  # a clock that was put back
    assert replace_copies(empty_database, copies, clock.now()) == 3
    assert len(list(copies.glob("*.db"))) == 1
    assert replace_copies(empty_database, copies, clock.now()) == 1  # within one second too
    assert len(list(copies.iterdir())) == 2


def test_where_no_copy_can_be_made_the_old_ones_stay(tmp_path: Path) -> None:
    """A damaged database is no reason to lose the last good copy of it."""
    broken, copies = tmp_path / "broken.db", tmp_path / "copies"
    broken.write_bytes(b"no database" * 1000)
    copies.mkdir()
    (copies / "2026-daily.db").write_bytes(b"good")
    with pytest.raises(StorageError):
        replace_copies(broken, copies, NOON)
    assert [path.name for path in copies.glob("*.db")] == ["2026-daily.db"]


def test_a_copy_that_was_begun_before_is_replaced_too(
    empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daily copy that is being made meanwhile has what must not be kept."""
    copies = tmp_path / "copies"
    begun, go_on = threading.Event(), threading.Event()
    whole = backup._copied

    def slow(path: Path, folder: Path, *given: object) -> Path:
        if not begun.is_set():
            begun.set()
            go_on.wait()
        return whole(path, folder, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(backup, "_copied", slow)
    daily = threading.Thread(target=back_up_daily, args=(empty_database, copies, NOON))
    daily.start()
    begun.wait()
    later = NOON.replace(minute=5)
    replacing = threading.Thread(target=replace_copies, args=(empty_database, copies, later))
    replacing.start()
    go_on.set()
    daily.join()
    replacing.join()
    assert [path.name for path in copies.iterdir()] == ["2026-11-22T120500Z-daily.db"]
