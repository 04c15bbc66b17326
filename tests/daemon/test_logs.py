"""What programs write to their outputs doesn't grow for ever, though others hold the files open."""

from __future__ import annotations

import json
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.daemon.logs import set_up, shorten


def test_an_outgrown_output_is_put_aside_under_its_writer(tmp_path: Path) -> None:
    """What was there is kept once, and who appends goes on at the new end; small ones stay."""
    (tmp_path / "chat-server.log").write_text("small")
    path = tmp_path / "daemon.err"
    writer = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(writer, b"x" * 200)
    assert shorten(tmp_path, limit_bytes=100) == [path]
    os.write(writer, b"new")
    os.close(writer)
    assert path.read_text() == "new"
    assert (tmp_path / "daemon.err.1").read_text() == "x" * 200
    assert shorten(tmp_path, limit_bytes=100) == []


@pytest.fixture
def own_logging() -> Iterator[None]:
    """What the test sets up for this process is put back."""
    root = logging.getLogger()
    others = (root, logging.getLogger("httpx"), logging.getLogger("httpcore"))
    before = root.handlers[:], [each.level for each in others], logging.raiseExceptions
    umask = os.umask(0o077)  # as the daemon has it
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:], levels, logging.raiseExceptions = before
    for each, level in zip(others, levels, strict=True):
        each.setLevel(level)
    os.umask(umask)


def test_the_daemons_log_is_rotated_as_the_settings_say(paths: Paths, own_logging: None) -> None:
    """No file is larger than `maxMegabytes`, `keep` older ones stay, the newest record is the last
    of the first, and each is this user's alone."""
    own = {"logging": {"maxMegabytes": 1, "keep": 2}}
    (paths.config / "local-model.json").write_text(json.dumps(own))
    set_up(paths.daemon_log, load_settings(paths).logging)
    for number in range(50):
        fields = {"number": number, "padding": "x" * 100_000}
        logging.getLogger("wooster.test").info("it.grows", extra={"fields": fields})
    files = sorted(paths.logs.iterdir())
    assert [each.name for each in files] == ["daemon.log", "daemon.log.1", "daemon.log.2"]
    assert all(each.stat().st_size <= 1024 * 1024 for each in files)
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    assert '"number": 49' in files[0].read_text().splitlines()[-1]
    assert '"number": 0,' not in "".join(each.read_text() for each in files)
