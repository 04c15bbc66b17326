"""A file takes another's place in one step, or nothing is changed."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from wooster.config import replacing
from wooster.config.replacing import may_be_written, replace_file


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_new_file_is_this_users_alone_and_an_old_ones_mode_stays(tmp_path: Path) -> None:
    """Also in a folder that is made for it; a link stays a link."""
    path = tmp_path / "new" / "a"
    found = replace_file(path, b"one")
    assert found is not None and found.st_size == 3
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(path)
    replace_file(link, b"two")
    assert link.is_symlink() and path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_folder_that_is_made_for_it_outlives_a_power_cut_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new folder's own name is on the disk before it holds anything; one that is there isn't
    synced again."""
    synced: list[str] = []
    sync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(Path(os.path.realpath(f"/dev/fd/{descriptor}")).name)
        sync(descriptor)

    monkeypatch.setattr(replacing, "sync_folder", lambda each: synced.append(each.name))
    monkeypatch.setattr(os, "fsync", noted)
    replace_file(tmp_path / "one" / "two" / "a", b"text")
    above, outer, file, inner = synced
    assert (above, outer, inner) == (tmp_path.name, "one", "two")
    assert file not in synced[:2]
    replace_file(tmp_path / "one" / "two" / "a", b"more")
    assert synced[5:] == ["two"]


def test_what_may_not_be_written_to_is_left(tmp_path: Path) -> None:
    """Its folder would let it be replaced, and root may do all."""
    path = tmp_path / "a"
    path.write_bytes(b"mine")
    path.chmod(0o444)
    assert not may_be_written(path)
    with pytest.raises(PermissionError):
        replace_file(path, b"yours")
    assert path.read_bytes() == b"mine" and names(tmp_path) == ["a"]


def test_what_changed_meanwhile_is_left(tmp_path: Path) -> None:
    """Asked when the new one is ready, and nothing stays beside it."""
    path = tmp_path / "a"
    path.write_bytes(b"mine")
    assert replace_file(path, b"yours", lambda: False) is None
    assert path.read_bytes() == b"mine" and names(tmp_path) == ["a"]


def test_what_a_killed_run_left_goes_and_no_other_file(tmp_path: Path) -> None:
    """Whatever signs are in the name."""
    path = tmp_path / "a[1]*.md"
    for name in ("a[1]*.md", ".a[1]*.md.wooster-0123abcd", ".a1b.md.wooster-0123abcd", "b"):
        (tmp_path / name).write_bytes(b"x")
    replace_file(path, b"one")
    assert names(tmp_path) == [".a1b.md.wooster-0123abcd", "a[1]*.md", "b"]


def test_what_another_process_is_writing_stays(tmp_path: Path) -> None:
    """It writes the same file: only what a process that is no more left is removed."""
    path, other = tmp_path / "a", os.getppid()
    for name in (f".a.wooster-{other}-0123abcd", ".a.wooster-99999999-0123abcd"):
        (tmp_path / name).write_bytes(b"x")
    replace_file(path, b"one")
    assert names(tmp_path) == [f".a.wooster-{other}-0123abcd", "a"]


def test_a_folder_that_cant_be_synced_hinders_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As some network disks refuse it: the file is replaced, and it is logged."""

    def refuse(folder: Path) -> None:
        raise replacing.NotSynced(errno.EINVAL, "Invalid argument", str(folder))

    monkeypatch.setattr(replacing, "sync_folder", refuse)
    assert replace_file(tmp_path / "a", b"one") is not None
    assert (tmp_path / "a").read_bytes() == b"one"
    assert [each.message for each in caplog.records] == ["file.not_synced"]


def test_many_at_once_all_end_whole(tmp_path: Path) -> None:
    """One after the other: none removes what another is writing."""
    path = tmp_path / "a"
    texts = [bytes([65 + number]) * 10_000 for number in range(20)]
    writers = [threading.Thread(target=replace_file, args=(path, text)) for text in texts]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert path.read_bytes() in texts and names(tmp_path) == ["a"]
