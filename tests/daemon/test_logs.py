"""What programs write to their outputs doesn't grow for ever, though others hold the files open."""

from __future__ import annotations

import os
from pathlib import Path

from wooster.daemon.logs import shorten


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
