"""What a disk keeps when the power is cut."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fault.disk import DATA, ENTER, LEAVE, MOVE, SIZE, SYNCED, Disk, Event, lay_out, tree_of


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """One with a file, `old`, in the folder with number 1; new ones begin with 100."""
    (tmp_path / "old").write_bytes(b"was")
    return Disk(tmp_path)


def _folder(path: Path) -> int:
    return path.stat().st_ino


def test_a_file_is_safe_when_it_and_its_name_were_synced(disk: Disk, tmp_path: Path) -> None:
    """Its bytes with the file, its name with the folder, and neither with the other."""
    top = _folder(tmp_path)
    disk.does(Event(ENTER, top, 100, name="new"))
    disk.does(Event(DATA, 100, data=b"text"))
    disk.does(Event(SYNCED, 100))
    assert disk.tree() == {"old": b"was", "new": b"text"}
    assert disk.safe() == {"old": b"was"}
    disk.does(Event(SYNCED, top))
    assert disk.safe() == disk.tree()
    disk.does(Event(DATA, 100, offset=4, data=b" more"))
    disk.does(Event(SYNCED, top))
    assert disk.safe()["new"] == b"text"


def test_a_rename_without_a_sync_may_leave_an_empty_file(disk: Disk, tmp_path: Path) -> None:
    """The name may be there before the bytes are: who replaces a file has to sync it first."""
    top = _folder(tmp_path)
    disk.does(Event(ENTER, top, 100, name=".new"))
    disk.does(Event(DATA, 100, data=b"text"))
    disk.does(Event(MOVE, top, top, name=".new", other="old"))
    assert disk.safe() == {"old": b"was"}
    some = Random(1)
    found = {disk.survived(some).get("old") for _ in range(50)}
    assert found == {b"was", b"", b"text"}
    disk.does(Event(SYNCED, top))
    assert disk.safe() == {"old": b""}


def test_a_new_folder_takes_what_is_in_it_along(disk: Disk, tmp_path: Path) -> None:
    """Until its own name is safe, nothing in it is."""
    top = _folder(tmp_path)
    disk.does(Event(ENTER, top, 100, name="in", is_folder=True))
    disk.does(Event(ENTER, 100, 101, name="new"))
    disk.does(Event(DATA, 101, data=b"text"))
    disk.does(Event(SYNCED, 101))
    disk.does(Event(SYNCED, 100))
    assert disk.safe() == {"old": b"was"}
    disk.does(Event(SYNCED, top))
    assert disk.safe() == {"old": b"was", "in": None, "in/new": b"text"}


def test_pages_come_in_any_order_and_are_laid_out(disk: Disk, tmp_path: Path) -> None:
    """Of two pages the second may be there without the first; `-shm` is never; what is laid out is
    what was kept."""
    top = _folder(tmp_path)
    old = (tmp_path / "old").stat().st_ino
    disk.does(Event(ENTER, top, 100, name="a.db-shm"))
    disk.does(Event(SIZE, old, size=0))
    disk.does(Event(DATA, old, data=b"1" * 4096 + b"2" * 4096))
    disk.does(Event(SYNCED, top))
    some = Random(1)
    kept = [disk.survived(some) for _ in range(100)]
    assert b"was" + bytes(4093) + b"2" * 4096 in [each["old"] for each in kept]
    assert all("a.db-shm" not in each for each in [*kept, disk.safe(), disk.tree()])
    disk.does(Event(LEAVE, top, name="old"))
    disk.does(Event(SYNCED, top))
    assert disk.safe() == {}
    lay_out({"in": None, "in/x": b"text"}, tmp_path / "there")
    assert tree_of(tmp_path / "there") == {"in": None, "in/x": b"text"}
