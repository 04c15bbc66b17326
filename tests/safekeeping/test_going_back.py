"""Going back, without a daemon: what is chosen, what is kept, and files with any name."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NOON
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.errors import DiskFull, NotFound
from wooster.memory.forgetting.elsewhere import Elsewhere
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
