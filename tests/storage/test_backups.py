"""Backups: whole while others write, known when they have rotted, and put back whole or not."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOON
from wooster.config.paths import Paths
from wooster.core.errors import DatabaseDamaged, DiskFull, HomeError, StorageError
from wooster.storage import bundle, copies, restoring
from wooster.storage.backup import back_up, copy_elsewhere, prune
from wooster.storage.bundle import Owned
from wooster.storage.copies import Copy, Keep, copy_at

_PAIR = "INSERT INTO sessions (id, started_ms, client) VALUES (?, 1, 'x')"


def _home(paths: Paths, empty_database: Path) -> list[Owned]:
    paths.database.write_bytes(empty_database.read_bytes())
    inbox = paths.home / "gtd" / "inbox.md"
    inbox.parent.mkdir()
    inbox.write_text("- [ ] call Ana\n", "utf-8")
    return [Owned("tasks/inbox.md", inbox), Owned("tasks/gone.md", inbox.with_name("gone.md"))]


def _made(paths: Paths, owned: list[Owned], why: str = copies.ASKED) -> Copy:
    found = copy_at(back_up(paths.database, paths.backups, NOON, why, lambda: owned))
    assert found is not None
    return found


def test_a_copy_is_of_one_moment_while_somebody_writes(paths: Paths, empty_database: Path) -> None:
    """Two rows of a transaction are both there, or neither; the copy has the files too, is for its
    owner only, and can be had on another disk as well."""
    owned = _home(paths, empty_database)
    begun, ended = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(paths.database, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            number = 0
            while not ended.is_set():
                connection.execute("BEGIN")
                connection.execute(_PAIR, (f"a{number}",))
                connection.execute(_PAIR, (f"b{number}",))
                connection.execute("COMMIT")
                number += 1
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait()
    made = _made(paths, owned)
    ended.set()
    writer.join()
    tested = copies.test(made)
    assert (tested.files, tested.left_out) == (1, ())
    with closing(sqlite3.connect(made.path)) as connection:
        ids = {row[0] for row in connection.execute("SELECT id FROM sessions")}
    assert ids and {f"b{each[1:]}" for each in ids if each[0] == "a"} == {
        each for each in ids if each[0] == "b"
    }
    assert list(bundle.contents(made.files)) == [("tasks/inbox.md", 0o644, b"- [ ] call Ana\n")]
    assert {each.stat().st_mode & 0o777 for each in paths.backups.iterdir()} == {0o600}
    elsewhere = copy_elsewhere(made, paths.home / "stick")
    assert copies.test(elsewhere) == tested


@pytest.mark.parametrize("part", ["path", "files"])
def test_a_copy_that_has_rotted_is_known(paths: Paths, empty_database: Path, part: str) -> None:
    """One byte of it is enough; so is an end that is missing. A packed file has a few bits that say
    nothing: without them it has the same in it."""
    made = _made(paths, _home(paths, empty_database))
    file: Path = getattr(made, part)
    whole, packed = file.read_bytes(), list(bundle.contents(made.files))
    for at in (len(whole) // 3, len(whole) // 2):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            copies.test(made)
        except DatabaseDamaged as problem:
            assert "is damaged" in str(problem)
        else:
            assert part == "files" and list(bundle.contents(made.files)) == packed
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DatabaseDamaged, match="is damaged"):
        copies.test(made)
    file.write_bytes(whole)
    copies.test(made)


def test_two_copies_of_a_second_are_two(paths: Paths, empty_database: Path) -> None:
    """The second doesn't take the place of the first, and it is the newer one."""
    owned = _home(paths, empty_database)
    first = _made(paths, owned)
    owned[0].path.write_text("- [ ] newer\n", "utf-8")
    second = _made(paths, owned)
    assert [each.path for each in copies.listed(paths.backups)] == [second.path, first.path]
    texts = [[data for *_, data in bundle.contents(each.files)] for each in (first, second)]
    assert texts == [[b"- [ ] call Ana\n"], [b"- [ ] newer\n"]]


def test_a_bundle_with_a_way_out_of_the_home_is_refused(paths: Paths, empty_database: Path) -> None:
    """Whoever has put it together: nothing is written outside of the folders that are known."""
    made = _made(paths, _home(paths, empty_database))
    for name in ("../x", "/etc/x", "a/../../x"):
        bundle.write(made.files, [Owned(name, empty_database)], made.path, {})
        with pytest.raises(DatabaseDamaged, match="no file of a home"):
            copies.test(made)


def _no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_without_room_is_told_and_nothing_is_left(
    paths: Paths, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the files take is counted before anything is written; a disk that is full or fails
    meanwhile is told as such, here and for a copy elsewhere."""
    owned = _home(paths, empty_database)
    size_bytes = paths.database.stat().st_size + owned[0].path.stat().st_size
    usage = shutil.disk_usage(paths.home)._replace(free=size_bytes - 1)
    with monkeypatch.context() as planted:
        planted.setattr(shutil, "disk_usage", lambda _: usage)
        with pytest.raises(DiskFull):
            _made(paths, owned)
    with monkeypatch.context() as planted:
        planted.setattr(os, "fsync", _no_room)
        with pytest.raises(DiskFull):
            _made(paths, owned)
    with monkeypatch.context() as planted:
        planted.setattr(Path, "rename", lambda *_: _failing(paths.backups))
        with pytest.raises(StorageError, match="Input/output"):
            _made(paths, owned)
    assert list(paths.backups.iterdir()) == []
    made = _made(paths, owned)
    with monkeypatch.context() as planted:
        planted.setattr(os, "fsync", _no_room)
        with pytest.raises(OSError, match="No space"):
            copy_elsewhere(made, paths.home / "stick")
    assert list((paths.home / "stick").iterdir()) == []


def _failing(folder: Path) -> None:
    raise OSError(errno.EIO, "Input/output error", str(folder))


def test_those_that_were_asked_for_have_their_time_too(paths: Paths, empty_database: Path) -> None:
    """The newest ten stay; files whose database is gone go with it."""
    owned = _home(paths, empty_database)
    for minute in range(12):
        now = NOON.replace(minute=minute)
        back_up(paths.database, paths.backups, now, copies.ASKED, lambda: owned)
    assert len(prune(paths.backups, Keep())) == 2
    kept = copies.listed(paths.backups)
    assert [each.made.minute for each in kept] == list(range(11, 1, -1))
    assert len(list(paths.backups.iterdir())) == 20


class _KilledError(BaseException):
    """The process ends here."""


def _killed_at(monkeypatch: pytest.MonkeyPatch, number: int) -> Callable[[], int]:
    """Whatever changes a folder ends the process at the call of that number; returns how many
    there were."""
    count = 0

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            if count >= number:  # from then on nothing is done any more
                raise _KilledError
            return real(*given, **more)

        return call

    for name in ("rename", "replace", "unlink", "mkdir", "rmdir", "fsync"):
        monkeypatch.setattr(os, name, guarded(getattr(os, name)))
    return lambda: count


def test_killed_anywhere_it_is_the_old_state_or_the_new(
    empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Database, its log, files that change, come and go: after the next start all are of one
    state."""
    seen = set()
    number = 0
    while True:
        number += 1
        home = tmp_path / str(number)
        (home / "gtd").mkdir(parents=True)
        (home / "wooster.db").write_bytes(b"old")
        (home / "wooster.db-wal").write_bytes(b"old")
        (home / "gtd" / "inbox.md").write_bytes(b"old")
        (home / "gtd" / "later.md").write_bytes(b"old")
        staged = restoring.begin(home)
        staged.database.write_bytes(b"new")
        staged.files = {
            home / "gtd" / "inbox.md": (0o600, b"new"),
            home / "health" / "log.md": (0o600, b"new"),
        }
        staged.removed = [home / "gtd" / "later.md"]
        with monkeypatch.context() as planted:
            calls = _killed_at(planted, number)
            with suppress(_KilledError):
                restoring.commit(staged, home / "wooster.db", None)
            ended = calls() < number
        restoring.finish(home)
        there = {
            str(path.relative_to(home)): path.read_bytes()
            for path in home.rglob("*")
            if path.is_file()
        }
        old = {"wooster.db", "wooster.db-wal", "gtd/inbox.md", "gtd/later.md"}
        new = {"wooster.db", "gtd/inbox.md", "health/log.md"}
        assert there in (dict.fromkeys(old, b"old"), dict.fromkeys(new, b"new")), number
        seen.add(there["wooster.db"])
        if ended:
            break
    assert seen == {b"old", b"new"} and number > 10


def test_what_may_not_be_written_stops_it_before_anything_is_changed(paths: Paths) -> None:
    """A file that somebody has made read-only is theirs."""
    kept = paths.home / "inbox.md"
    kept.write_bytes(b"old")
    kept.chmod(0o400)
    staged = restoring.begin(paths.home)
    staged.database.write_bytes(b"new")
    staged.files = {kept: (0o600, b"new")}
    with pytest.raises(HomeError, match="may not be written"):
        restoring.commit(staged, paths.database, None)
    assert not restoring.finish(paths.home)
    assert kept.read_bytes() == b"old" and not paths.database.exists()


@pytest.mark.parametrize("hinders", ["folder", "removed", "is a folder"])
def test_a_folder_that_hinders_it_is_found_before_anything_is_changed(
    paths: Paths, hinders: str
) -> None:
    """Where a file can't come, or go, or something else stands in its place, all is as it was."""
    folder = paths.home / "gtd"
    folder.mkdir()
    (folder / "inbox.md").write_bytes(b"old")
    staged = restoring.begin(paths.home)
    staged.database.write_bytes(b"new")
    if hinders == "removed":
        staged.removed = [folder / "inbox.md"]
    elif hinders == "folder":
        staged.files = {folder / "a" / "b" / "new.md": (0o600, b"new")}
    else:
        staged.files = {folder: (0o600, b"new")}
    folder.chmod(0o700 if hinders == "is a folder" else 0o500)
    with pytest.raises(HomeError, match=r"gtd (may not be written|is a folder)"):
        restoring.commit(staged, paths.database, None)
    folder.chmod(0o700)
    assert not restoring.finish(paths.home) and not paths.database.exists()
    assert [each.read_bytes() for each in folder.iterdir()] == [b"old"]


@pytest.mark.parametrize(("hinders", "named"), [("file-0", "a.md"), ("b.md", "b.md")])
def test_what_hinders_it_later_is_named_and_it_goes_on_when_that_is_mended(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, hinders: str, named: str
) -> None:
    """Also where it had got as far as a file that is to be read-only."""
    kept, gone = paths.home / "a.md", paths.home / "b.md"
    gone.write_bytes(b"old")
    staged = restoring.begin(paths.home)
    staged.database.write_bytes(b"new")
    staged.files, staged.removed = {kept: (0o400, b"new")}, [gone]
    real = Path.unlink

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if path.name == hinders:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        real(path, missing_ok)

    with monkeypatch.context() as planted:
        planted.setattr(Path, "unlink", unlink)
        with pytest.raises(HomeError, match=f"can't be finished: .*{named}"):
            restoring.commit(staged, paths.database, None)
    assert restoring.finish(paths.home)
    assert kept.read_bytes() == b"new" and not gone.exists()
