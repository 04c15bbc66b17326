"""A new version's migrations are tried on a copy: the database itself never learns of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wooster.config import resources
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.errors import SchemaTooNew, StorageError
from wooster.storage.rehearsal import rehearse


def test_what_works_and_what_fails_leaves_the_database_as_it_was(
    paths: Paths,
    empty_database: Path,
    clock: ManualClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing to try, no database yet, a step that is known to be missing, one that breaks rows'
    ties, and a database of a newer version."""
    scratch = paths.cache
    assert rehearse(paths.database, paths.backups, scratch, clock) == []
    shutil.copy(empty_database, paths.database)
    assert rehearse(paths.database, paths.backups, scratch, clock) == []
    before = paths.database.read_bytes()

    newest = sorted(resources.MIGRATIONS.glob("[0-9]*.sql"))
    older = tmp_path / "migrations"
    older.mkdir()
    for each in newest[:-1]:
        shutil.copy(each, older)
    monkeypatch.setattr(resources, "MIGRATIONS", older)
    with pytest.raises(SchemaTooNew):
        rehearse(paths.database, paths.backups, scratch, clock)

    monkeypatch.setattr("wooster.storage.rehearsal.pending", lambda *_: ["9000_new"])

    def ruin(copy: Path, _: Path) -> None:
        copy.write_bytes(copy.read_bytes()[:-4096])

    monkeypatch.setattr("wooster.storage.rehearsal.bring_up_to_date", ruin)
    with pytest.raises(StorageError, match="tried on a copy") as caught:
        rehearse(paths.database, paths.backups, scratch, clock)
    assert str(scratch) not in caught.value.message
    assert paths.database.read_bytes() == before and not list(scratch.iterdir())
