"""Going back, without a daemon: what is chosen, what is kept, and files with any name."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NOON
from wooster.bootstrap.forgetting import clearable
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.errors import DiskFull, NotFound
from wooster.memory.forgetting import buried
from wooster.memory.forgetting.elsewhere import Elsewhere
from wooster.memory.forgetting.model import Doomed
from wooster.memory.forgetting.wording import all_of
from wooster.safekeeping import showing
from wooster.safekeeping.going_back import GoingBack
from wooster.safekeeping.owned import OwnedFiles
from wooster.safekeeping.service import Looked, Made
from wooster.storage import bundle, copies
from wooster.storage.backup import back_up
from wooster.storage.copies import ASKED, Copy


def _owned(paths: Paths) -> OwnedFiles:
    return OwnedFiles(paths, load_settings(paths, {}))


def _made(paths: Paths) -> Copy:
    made = back_up(paths.database, paths.backups, NOON, ASKED, _owned(paths).there)
    found = copies.copy_at(made)
    assert found is not None
    return found


def _going(paths: Paths, clock: ManualClock) -> GoingBack:
    return GoingBack(paths, _owned(paths), clock, Elsewhere())


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take UTF-8 only")
def test_a_name_that_is_no_utf_8_is_backed_up_and_comes_back(
    paths: Paths, clock: ManualClock, empty_database: Path
) -> None:
    """As any other, and one that is too large to be taken is told of in letters that can be
    shown."""
    notes = paths.home / "notes"
    notes.mkdir()
    odd, large = (notes / os.fsdecode(each) for each in (b"caf\xe9.md", b"gro\xdf.md"))
    odd.write_text("# Café\n", "utf-8")
    large.touch()
    os.truncate(large, bundle.LARGEST_BYTES + 1)
    shutil.copy(empty_database, paths.database)
    copy = _made(paths)
    assert "notes/gro?.md" in showing.made_text(Made(copy, copies.test(copy)))
    odd.unlink()
    restored = asyncio.run(_going(paths, clock).restore(copy, lambda _: None))
    assert odd.read_text("utf-8") == "# Café\n"
    assert "notes/gro?.md" in restored.notes[0]


def test_of_attachments_only_so_many_are_taken_and_the_rest_is_told(
    paths: Paths, clock: ManualClock, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text is taken all the same; what wasn't taken stays as it is in a restore, and counts as
    nothing that room is needed for."""
    notes = paths.home / "notes" / "att"
    notes.mkdir(parents=True)
    for name in ("a.png", "b.png", "c.png", "d.md"):
        (notes / name).write_bytes(name.encode() * 10)
    monkeypatch.setattr(bundle, "MOST_EXTRA_BYTES", 50)
    shutil.copy(empty_database, paths.database)
    copy = _made(paths)
    tested = copies.test(copy)
    assert tested.left_out == ("notes/att/b.png", "notes/att/c.png")
    assert "2 files couldn't be taken" in showing.listed_text([Looked(copy, tested)], None)
    for each in notes.iterdir():
        each.write_bytes(b"newer")
    asyncio.run(_going(paths, clock).restore(copy, lambda _: None))
    assert {each.name: each.read_bytes() for each in notes.iterdir()} == {
        "a.png": b"a.png" * 10,
        "b.png": b"newer",
        "c.png": b"newer",
        "d.md": b"d.md" * 10,
    }


def test_a_day_is_that_of_the_list(paths: Paths, empty_database: Path) -> None:
    """Which is the person's: what was made at noon in UTC is of the next day on Kiritimati. By the
    begin of its file's name it is found as well."""
    shutil.copy(empty_database, paths.database)
    copy = _made(paths)
    going = _going(paths, ManualClock(NOON, ZoneInfo("Pacific/Kiritimati")))
    assert showing.when(copy, ZoneInfo("Pacific/Kiritimati")).startswith("2026-11-23")
    assert going.choose("2026-11-23").path == copy.path
    assert going.choose("2026-11-22T12").path == copy.path
    with pytest.raises(NotFound):
        going.choose("2026-11-22")


@pytest.mark.parametrize("database", [None, b"no database any more" * 1000])
def test_what_there_was_is_kept_whole_or_not_at_all(
    paths: Paths,
    clock: ManualClock,
    empty_database: Path,
    monkeypatch: pytest.MonkeyPatch,
    database: bytes | None,
) -> None:
    """A disk that is full before the files are kept leaves nothing that looks like a copy, whether
    the database is gone or damaged."""
    (paths.home / "gtd").mkdir()
    (paths.home / "gtd" / "inbox.md").write_text("- [ ] call Ana\n", "utf-8")
    shutil.copy(empty_database, paths.database)
    copy = _made(paths)
    clock.advance(60)
    if database is None:
        paths.database.unlink()
    else:
        paths.database.write_bytes(database)
    before = sorted(paths.backups.iterdir())
    real = bundle.write

    def half(target: Path, *given: Any) -> None:
        real(target, *given)
        target.write_bytes(target.read_bytes()[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as planted:
        planted.setattr(bundle, "write", half)
        with pytest.raises(DiskFull):
            asyncio.run(_going(paths, clock).restore(copy, lambda _: None))
    assert sorted(paths.backups.iterdir()) == before
    restored = asyncio.run(_going(paths, clock).restore(copy, lambda _: None))
    assert restored.kept is not None
    kept = Copy(restored.kept, clock.now(), "")
    assert [name for name, _, _ in bundle.contents(kept.files)] == ["tasks/inbox.md"]


def test_of_two_projects_none_becomes_the_other(
    paths: Paths, clock: ManualClock, empty_database: Path
) -> None:
    """Two were forgotten since an old backup was made, and a third is there whose name they would
    get: each comes back with all that is its own, and the tags of tasks are of the same."""
    gtd, files = paths.home / "gtd", ("journal.md", "prompt.txt", "file.txt")
    for name, mark in (("anna", "A"), ("bob", "B"), ("project", "C")):
        (gtd / "projects" / name).mkdir(parents=True)
        for file in files:
            (gtd / "projects" / name / file).write_text(mark)
    (gtd / "projects" / "anna" / "a letter to Anna.txt").write_text("the letter")
    (gtd / "inbox.md").write_text("- [ ] one +anna\n- [ ] two +bob\n- [ ] three +project\n")
    shutil.copy(empty_database, paths.database)
    copy = _made(paths)
    shutil.rmtree(gtd / "projects" / "anna")
    shutil.rmtree(gtd / "projects" / "bob")
    (gtd / "inbox.md").write_text("")
    with closing(sqlite3.connect(paths.database)) as connection, connection:
        for name in ("anna", "bob"):
            words = all_of(name)
            assert words is not None
            buried.bury(connection, Doomed(words=(words,), everywhere=True), NOON)
    clock.advance(60)
    elsewhere = clearable(paths, load_settings(paths, {}))
    asyncio.run(GoingBack(paths, _owned(paths), clock, elsewhere).restore(copy, lambda _: None))
    there = {
        folder.name: {each.name: each.read_text() for each in folder.iterdir()}
        for folder in (gtd / "projects").iterdir()
    }
    lines = (gtd / "inbox.md").read_text().splitlines()
    first, second, third = (line.partition("+")[2] for line in lines)
    assert {first, second, third} == {"project", "project-2", "project-3"}
    assert there == {
        first: {**dict.fromkeys(files, "A"), "file-2.txt": "the letter"},
        second: dict.fromkeys(files, "B"),
        third: dict.fromkeys(files, "C"),
    }
    assert third == "project"


def test_what_other_programs_keep_in_a_folder_of_notes_is_left(
    paths: Paths, clock: ManualClock, empty_database: Path
) -> None:
    """A repository isn't put back to what it was, nor does it take the room of attachments; not
    even from a backup of before, which has it."""
    notes = paths.home / "notes"
    for name in (".git/HEAD", ".obsidian/app.json", "a.md"):
        (notes / name).parent.mkdir(parents=True, exist_ok=True)
        (notes / name).write_text("old")
    shutil.copy(empty_database, paths.database)
    owned = _owned(paths)
    assert [each.name for each in owned.there()] == ["notes/a.md"]
    assert owned.place("notes/.git/HEAD") is None
    trash = "tasks/projects/.trash/trip/trip.md"
    assert owned.place(trash) == paths.home / "gtd/projects/.trash/trip/trip.md"
    copy = _made(paths)
    kept = paths.home / "gtd" / ".stversions" / "inbox.md"
    kept.parent.mkdir(parents=True)
    kept.write_text("call Anna\n")
    assert owned.texts() == [kept]  # what is forgotten isn't left in there
    for name in (".git/HEAD", ".obsidian/app.json", "a.md"):
        (notes / name).write_text("new")
    clock.advance(60)
    asyncio.run(_going(paths, clock).restore(copy, lambda _: None))
    assert (notes / "a.md").read_text() == "old"
    assert (notes / ".git/HEAD").read_text() == (notes / ".obsidian/app.json").read_text() == "new"
