"""That the bench `faults` can fail: what it says of one of ours, of a store that loses, and of a
program that says more than is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD")
def test_faults_lose_nothing_acknowledged_and_find_out_who_does() -> None:
    """Each kind of fault at two system calls, kill -9 at two, and the power cut. A thought that is
    captured in a whole home outlives them all. What is told before it is committed is lost by
    kill -9 and by a write that fails; what is never synced outlives all but a power cut; and a JSON
    file loses all. `scripts/bench faults` tries more, and more places."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.fault.untrue"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1, told.stderr
    figures = {each["name"]: each for each in map(json.loads, told.stdout.splitlines())}
    assert figures["faults.points"]["value"] >= 30
    assert figures["faults.lost_writes"]["value"] > 0
    assert figures["faults.lost_writes"]["versus"]["json_file"] > 0
    found = re.findall(r"^  (capture|early|unsynced) (\w+)", told.stderr, re.MULTILINE)
    kinds = {name: {kind for each, kind in found if each == name} for name, _ in found}
    assert set(kinds) == {"early", "unsynced"}, told.stderr
    assert kinds["early"] >= {"kill", "write"}
    assert kinds["unsynced"] == {"cut"}
