"""That the bench `faults` can fail: what it says of a store that loses, and of one of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD")
def test_some_system_calls_that_fail_lose_nothing_acknowledged() -> None:
    """A thought is captured in a whole home with each kind of fault at two of its system calls, and
    with kill -9 at two: nothing is lost, where a JSON file loses all. `scripts/bench faults` tries
    them at more."""
    told = subprocess.run(
        [sys.executable, "-m", "scripts.benches.faults", "capture", "--most", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    figures = {each["name"]: each for each in map(json.loads, told.stdout.splitlines())}
    assert figures["faults.points"]["value"] >= 5
    assert figures["faults.lost_writes"]["value"] == 0
    assert figures["faults.verify_failures"]["value"] == 0
    assert figures["faults.lost_writes"]["versus"]["json_file"] > 0
