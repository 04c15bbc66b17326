"""A program for test_system_calls.py: the bench `faults` over an operation of ours, and two that
aren't to be trusted. `early` says that it is done before it is stored; `unsynced` stores it, says
so, and never syncs the file.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from scripts.benches.faults import begun, in_memory
from scripts.benches.faults_home import Life
from scripts.benches.faults_operations import OPERATIONS, Operation, stored, written


async def _early(life: Life) -> None:
    life.told("acknowledged")
    await life.types("/remember my brother Tom lives in Lisbon")


async def _unsynced(life: Life) -> None:
    with (life.home / "gtd" / "inbox.md").open("ab", buffering=0) as file:
        file.write(b"- [ ] feed the zebra\n")


UNTRUE = (
    Operation("early", _early, stored("SELECT 1 FROM facts WHERE value = 'Lisbon'")),
    Operation("unsynced", _unsynced, written("gtd/inbox.md", "zebra")),
)

if __name__ == "__main__":
    begun()
    try:
        ours = [each for each in OPERATIONS if each.name == "capture"]
        sys.exit(in_memory([*ours, *UNTRUE], 2))
    finally:
        shutil.rmtree(Path(os.environ["LD_PRELOAD"]).parent)
