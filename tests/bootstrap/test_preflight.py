"""Whether a version can take over is known without touching what runs, which then tells it too."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from wooster.bootstrap import preflight
from wooster.config.paths import Paths
from wooster.core.errors import SettingsError, WoosterError
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


def test_a_version_whose_parts_do_not_load_is_refused(
    paths: Paths, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that is missing is told as wrong settings are, by the daemon that runs too."""
    shutil.copy(empty_database, paths.database)
    with monkeypatch.context() as planted:
        planted.setitem(sys.modules, "wooster.bootstrap.whole", None)
        planted.delattr("wooster.bootstrap.whole", raising=False)
        with pytest.raises(WoosterError, match="can't be loaded"):
            preflight.check(paths, {})
    assert "wooster.bootstrap.whole" in update.refused(paths)["message"]
    assert preflight.check(paths, {}) == []
