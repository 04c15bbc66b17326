"""Vectors when the process is killed, wherever it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
@pytest.mark.timeout(400)  # some seventy processes, one after the other
def test_a_kill_at_any_step_loses_no_vector_and_leaves_nothing_wrong(
    empty_database: Path, tmp_path: Path
) -> None:
    """Before and after every commit, every file that is written, renamed or removed."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.fault.killed_embedding", str(empty_database), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    lines = told.stdout.splitlines()
    assert len(lines) > 60, "the steps are found"
    assert [line for line in lines if not line.endswith(" right")] == []
