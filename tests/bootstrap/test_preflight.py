"""Whether a version can take over is known without touching what runs, which then tells it too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wooster.bootstrap import preflight
from wooster.config.paths import Paths
from wooster.core.errors import SettingsError
from wooster.daemon import update


def test_wrong_settings_are_found_told_and_forgotten_when_mended(
    paths: Paths, empty_database: Path
) -> None:
    """What was found stands in a file that the running daemon reads; a version that can take over
    removes it, and what can't be read of it is nothing to tell."""
    shutil.copy(empty_database, paths.database)
    own = paths.config / "local-model.json"
    own.write_text('{"routing": {"strategy": "bogus"}}')
    with pytest.raises(SettingsError):
        preflight.check(paths, {})
    told = update.refused(paths)
    assert "'bogus'" in told["message"] and "'bogus'" in update.line(told)
    own.write_text("{}")
    assert preflight.check(paths, {}) == []
    assert update.refused(paths) == {}
    (paths.run / "refused-update.json").write_text("half")
    assert update.refused(paths) == {}
