"""A tool that runs while the daemon is killed, or while nothing can be stored."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fault.killed_tool import Checking, habits_of
from tests.fault.test_turn_faults import Failing, ask, assistant
from wooster.actions.tools import Offer
from wooster.assistant.toolbox import Toolbox, ToolPrompts
from wooster.core.clock import ManualClock
from wooster.memory import store
from wooster.storage import Database
from wooster.wire.events import Done, Failure

ROOT = Path(__file__).parents[2]


def test_whatever_a_tool_did_is_known_after_a_kill_at_any_moment(
    tmp_path: Path, empty_database: Path
) -> None:
    """Before and after every commit of a turn with a tool: what was done is told with the turn, as
    done or as not known; nothing is told as done that wasn't, and nothing is done twice."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.fault.killed_tool", str(empty_database), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    lines = told.stdout.splitlines()
    assert len(lines) > 12, "the steps are found"
    assert [line for line in lines if not line.endswith(" right")] == []


@pytest.mark.parametrize("fails_at", range(2, 6))
async def test_whichever_write_of_a_tool_fails_the_person_is_told(
    database: Database, clock: ManualClock, fails_at: int
) -> None:
    """With a full disk nothing runs that couldn't be stored first; all that is stored agrees."""
    registry = habits_of(database)
    registry.build()
    await registry.run("habits_add", {"habit": "meditate every day"})
    failing = Failing(database, fails_at)
    async with assistant(failing, clock, Checking()) as made:  # type: ignore[arg-type]
        prompts = ToolPrompts("", "{result}")
        made.act_with(Toolbox(Offer(list(registry.actions)), registry.prepare, prompts, 600))
        (*_, last) = await ask(made, "check in meditate")
        assert isinstance(last, Failure) and last.code == "disk_full"
        done = await database.read(lambda c: c.execute("SELECT 1 FROM check_ins").fetchall())
        assert len(done) == (0 if fails_at == 2 else 1)
        (*_, second) = await ask(made, "check in meditate")
        assert isinstance(second, Done)
    assert await database.read(store.verify) == []
    turns = await database.read(lambda c: store.recent(c, 10))
    assert [turn.state for turn in turns].count("running") == 0
