"""The database: transactions, the schema's steps, and files that can't be used."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOON
from wooster.config import resources
from wooster.config.paths import Paths
from wooster.core.errors import DatabaseDamaged, DiskFull, SchemaTooNew, StorageError
from wooster.storage import Database, migrations
from wooster.storage.backup import back_up, back_up_daily
from wooster.storage.copies import Keep
from wooster.storage.verify import file_is_sound, references_resolve


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def add_session(name: str) -> str:
    return f"INSERT INTO sessions (id, started_ms, client) VALUES ('{name}', 0, 'test')"


@pytest.mark.parametrize("what", ["removed", "replaced", "emptied"])
async def test_what_could_not_be_found_again_is_not_acknowledged(
    database: Database, what: str
) -> None:
    """A file that is taken away while it is open still takes what is written, and loses it."""
    if what == "emptied":
        os.truncate(database.path, 0)
    else:
        database.path.rename(database.path.with_suffix(".away"))
    if what == "replaced":
        database.path.write_bytes(b"something")
    with pytest.raises(StorageError, match=what):
        await database.write(lambda connection: connection.execute(add_session("a")))


async def test_a_write_that_raises_stores_nothing(database: Database) -> None:
    """A change is all or nothing."""

    def change(connection: sqlite3.Connection) -> None:
        connection.execute(add_session("a"))
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await database.write(change)
    await database.write(lambda c: c.execute(add_session("b")))
    rows = await database.read(lambda c: c.execute("SELECT id FROM sessions").fetchall())
    assert [row["id"] for row in rows] == ["b"]


async def test_a_reader_can_not_write(database: Database) -> None:
    """Everything that changes goes through the one writer."""
    with pytest.raises(StorageError):
        await database.read(lambda c: c.execute(add_session("a")))


async def test_a_full_disk_is_named_and_what_was_stored_stays(database: Database) -> None:
    """SQLite's own limit on pages stands in for the disk: the error is the same code."""

    def fill(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    await database.write(lambda c: c.execute(add_session("before")))
    await database.write(fill)
    with pytest.raises(DiskFull, match="full"):
        await database.write(lambda c: c.execute(add_session("x" * 100_000)))
    rows = await database.read(lambda c: c.execute("SELECT id FROM sessions").fetchall())
    assert [row["id"] for row in rows] == ["before"]


def test_a_new_database_has_every_migration_recorded_and_is_private(paths: Paths) -> None:
    """The schema is made by the migrations, the file is readable by its owner only."""
    Database.open(paths.database, paths.backups)._shut_down()
    assert migrations.pending(paths.database, paths.backups) == []
    assert stat.S_IMODE(paths.database.stat().st_mode) == 0o600


def test_a_newer_schema_is_refused_without_touching_it(paths: Paths, empty_database: Path) -> None:
    """An older program never opens a newer file for writing."""
    paths.database.write_bytes(empty_database.read_bytes())
    run(
        paths.database,
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        " VALUES ('wooster', '9999_from_the_future', '2030-01-01')",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA journal_mode = DELETE",
    )
    before = paths.database.read_bytes()
    with pytest.raises(SchemaTooNew, match="9999_from_the_future"):
        Database.open(paths.database, paths.backups)
    assert paths.database.read_bytes() == before


def test_another_programs_database_is_refused(paths: Paths) -> None:
    """A file that isn't ours is left alone."""
    run(paths.database, "CREATE TABLE places (url TEXT)")
    with pytest.raises(StorageError, match="another program"):
        Database.open(paths.database, paths.backups)


def test_a_damaged_file_is_refused_kept_and_explained(paths: Paths) -> None:
    """Nothing is overwritten, and the person is told how to get it back."""
    paths.database.write_bytes(b"not a database at all" * 1000)
    before = paths.database.read_bytes()
    with pytest.raises(DatabaseDamaged) as caught:
        Database.open(paths.database, paths.backups)
    assert paths.database.read_bytes() == before
    assert "There is no backup yet" in caught.value.hint


def test_the_newest_backup_can_be_put_back_as_the_hint_says(
    paths: Paths, empty_database: Path
) -> None:
    """Where there is a backup, the hint's command puts it back, whatever lies beside the damage."""
    paths.backups.mkdir()
    backup = paths.backups / "2026-01-01T000000Z-after-0001 mine.db"
    backup.write_bytes(empty_database.read_bytes())
    paths.database.write_bytes(b"not a database at all" * 1000)
    wal = paths.database.with_name(paths.database.name + "-wal")
    wal.write_bytes(b"newest writes")
    with pytest.raises(DatabaseDamaged) as caught:
        Database.open(paths.database, paths.backups)
    command = caught.value.hint.split("\n")[1]
    subprocess.run(["sh", "-c", command], check=True)
    Database.open(paths.database, paths.backups)._shut_down()
    assert (paths.home / "damaged" / wal.name).read_bytes() == b"newest writes"


def test_a_failing_migration_leaves_the_schema_and_its_record_as_they_were(
    paths: Paths, empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration and its record share one transaction, and a backup is taken first."""
    paths.database.write_bytes(empty_database.read_bytes())
    for file in resources.MIGRATIONS.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "0999_broken.sql").write_text(
        "CREATE TABLE half (x TEXT); INSERT INTO nowhere VALUES (1);"
    )
    monkeypatch.setattr(resources, "MIGRATIONS", tmp_path)
    with pytest.raises(StorageError):
        migrations.apply(paths.database, paths.backups)
    with closing(sqlite3.connect(paths.database)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert "half" not in tables
    assert migrations.pending(paths.database, paths.backups) == ["0999_broken"]
    assert len(list(paths.backups.glob("*.db"))) == 1


def test_what_older_turns_may_have_read_of_others_is_taken_for_granted(
    paths: Paths, empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that carried documents or memory or a pasted page, and what came after them in their
    conversations; all of conversations from elsewhere; and no other turn."""
    paths.database.write_bytes(empty_database.read_bytes())
    turn = "INSERT INTO turns (seq, id, session_id, asked_ms, question, state, ended_ms"
    run(
        paths.database,
        "DELETE FROM _sqlite_migrations WHERE name >= '0017'",
        "ALTER TABLE turns DROP COLUMN outside",
        *map(add_session, "abcd"),
        "UPDATE sessions SET origin = 'import' WHERE id = 'c'",
        f"{turn}) VALUES (1, '1', 'a', 0, 'hello', 'done', 0)",
        f"{turn}, sensitivity) VALUES (2, '2', 'a', 0, 'and my notes?', 'done', 0, 'documents')",
        f"{turn}) VALUES (3, '3', 'b', 0, 'hello', 'done', 0)",
        f"{turn}) VALUES (4, '4', 'a', 0, 'thanks', 'done', 0)",
        f"{turn}) VALUES (5, '5', 'b', 0, printf('%1001c', 'x'), 'done', 0)",
        f"{turn}) VALUES (6, '6', 'c', 0, 'hello', 'done', 0)",
        f"{turn}, sensitivity) VALUES (7, '7', 'd', 0, 'my aunt?', 'done', 0, 'memory')",
    )
    for file in sorted(resources.MIGRATIONS.glob("00*.sql")):
        if file.stem <= "0017_outside":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(resources, "MIGRATIONS", tmp_path)
    migrations.apply(paths.database, paths.backups)
    with closing(sqlite3.connect(paths.database)) as connection:
        rows = connection.execute("SELECT seq FROM turns WHERE outside = 1 ORDER BY seq")
        assert [row[0] for row in rows] == [2, 4, 5, 6, 7]


def test_there_is_a_copy_a_day_and_so_many_are_kept(paths: Paths, empty_database: Path) -> None:
    """Made once a day, whole and openable; of days, weeks and months the newest stay; what was made
    for another reason is left alone."""
    paths.database.write_bytes(empty_database.read_bytes())
    other = back_up(paths.database, paths.backups, NOON - timedelta(days=99), "after-0001")
    keep = Keep(daily=2, weekly=2, monthly=3)
    for day in (0, 1, 5, 6, 40, 41, 42):
        for hour in range(2):
            now = NOON + timedelta(days=day, hours=hour)
            assert back_up_daily(paths.database, paths.backups, now, keep) is (hour == 0)
    daily = sorted(paths.backups.glob("*-daily.db"))
    assert [file.name[:10] for file in daily] == ["2026-11-28", "2027-01-02", "2027-01-03"]
    assert other.exists()
    assert migrations.pending(daily[0], paths.backups) == []
    assert stat.S_IMODE(daily[0].stat().st_mode) == 0o600


def test_a_damaged_database_never_replaces_a_copy(paths: Paths) -> None:
    """The copies that there are stay, and no half of one is left as if it were whole."""
    paths.database.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(DatabaseDamaged):
        back_up_daily(paths.database, paths.backups, NOON)
    assert list(paths.backups.glob("*.db")) == []


def test_migrations_are_cut_into_statements_whatever_stands_in_them() -> None:
    """Semicolons in comments, texts and triggers end no statement."""
    script = (
        "-- a comment; with one\nCREATE TABLE a (x TEXT DEFAULT ';');\n"
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; SELECT 1; END;\n-- the end\n"
    )
    found = migrations.statements(script)
    assert len(found) == 2
    with pytest.raises(ValueError, match="unfinished"):
        migrations.statements("CREATE TABLE a (x TEXT)")


async def test_verify_names_a_reference_to_nothing(database: Database) -> None:
    """A row whose session is gone is found; a sound file gives no finding."""
    assert await database.read(file_is_sound) == []
    assert await database.read(references_resolve) == []
    run(
        database.path,
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO turns (id, session_id, asked_ms, question, state)"
        " VALUES ('t', 'nobody', 0, '', 'running')",
    )
    assert len(await database.read(references_resolve)) == 1


async def test_after_a_stop_the_database_is_one_file(database: Database, paths: Paths) -> None:
    """What was written last is in it, so that a copy of it alone is whole."""
    await database.write(
        lambda c: c.execute("INSERT INTO sessions (id, started_ms, client) VALUES ('a', 1, 'x')")
    )
    await database.read(lambda c: c.execute("SELECT 1 FROM sessions").fetchall())
    await database.close()
    assert [each.name for each in paths.home.glob("wooster.db*")] == ["wooster.db"]
