"""The power is cut while files are put in place, removed or restored."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD")
def test_whenever_the_power_is_cut_files_are_as_they_were_or_as_they_are_to_be(
    tmp_path: Path,
) -> None:
    """Whatever of it the disk has by then, in whatever order: a file that is replaced is the old or
    the new one, and the new one for good once that has ended, also in folders made for it; a copy
    that is there has its files, and one that was removed isn't back; a home that is restored is
    wholly of one state, without the log of another database."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.fault.cut_files", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    lines = told.stdout.splitlines()
    assert [line for line in lines if not line.endswith(" right")] == []
    counted = Counter(line.split(" ")[0] for line in lines)
    assert set(counted) == {"restore", "replace", "remove"} and min(counted.values()) > 100
