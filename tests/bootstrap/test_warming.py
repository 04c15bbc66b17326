"""What a daemon loads when it is at rest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_WARM = """
import asyncio, sys, tempfile
from pathlib import Path
from wooster.bootstrap import warming
from wooster.bootstrap.living import Living
from wooster.config.paths import Paths
from wooster.config.loading import load_settings
from wooster.core.clock import SystemClock
from wooster.storage import Database

paths = Paths(Path(tempfile.mkdtemp(dir=sys.argv[1])))
paths.prepare()
warming._REST_S = 0.0
clock = SystemClock()
database = Database.open(paths.database, paths.backups)
days = Living(paths, load_settings(paths, {}), database, clock)
asyncio.run(warming.warm(days, clock.now(), clock.zone))
before = set(sys.modules)
from wooster.memory.facts import rules
from wooster.schedule.phrases import read
assert read("next Wednesday at 14:30", days.context()) is not None
assert rules.read("My name is Ana.", clock.now(), clock.zone).is_whole
print(*sorted(each for each in set(sys.modules) - before if each.startswith("wooster.")))
"""


def test_a_first_command_finds_its_words_loaded(tmp_path: Path) -> None:
    """After a rest, reading a time and a fact imports nothing more: in a process of its own, where
    no other test has loaded it."""
    ran = subprocess.run(
        [sys.executable, "-c", _WARM, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.stdout.strip(), ran.returncode) == ("", 0), ran.stderr
