"""Going back, without a daemon: what is chosen, what is kept, and files with any name."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import NOON
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.memory.forgetting.elsewhere import Elsewhere
from wooster.safekeeping import showing
from wooster.safekeeping.going_back import GoingBack
from wooster.safekeeping.owned import OwnedFiles
from wooster.safekeeping.service import Made
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
    assert "notes/gro?.md" in showing.made_text(Made(copy, copies.test(copy)), None)
    odd.unlink()
    restored = asyncio.run(_going(paths, clock).restore(copy, lambda _: None))
    assert odd.read_text("utf-8") == "# Café\n"
    assert "notes/gro?.md" in restored.notes[0]
