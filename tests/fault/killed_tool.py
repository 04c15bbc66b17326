"""A program for test_tool_faults.py: a turn whose model checks a habit in, killed at its N-th step.

`python -m tests.fault.killed_tool EMPTY.db FOLDER` prints a line for each N: what was wrong after
the kill, or "right". Each life is a process of its own, killed with -9 where it stands.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from tests.fault.points import in_a_process
from tests.fault.test_turn_faults import LOCAL, ask, assistant
from wooster.actions.registry import Registry
from wooster.actions.tools import Offer
from wooster.assistant.toolbox import Toolbox, ToolPrompts
from wooster.core.clock import ManualClock
from wooster.core.days import LocalDays
from wooster.habits.actions import actions
from wooster.habits.breaks import Breaks
from wooster.habits.service import Habits
from wooster.memory import store
from wooster.memory.service import Conversations
from wooster.models.fallback import Answer, Answered
from wooster.models.model import ChatRequest, Finished, Fragment, ToolCall
from wooster.storage import Database

CLOCK = ManualClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
CALL = ToolCall("c1", "habits_checkin", '{"habit": "meditate"}')


class Checking:
    """A router whose model checks in, and says so."""

    def context_tokens(self, _: object) -> None:
        return None

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Answer, None]:
        if request.messages[-1].role == "tool":
            yield Fragment("Done.")
            yield Answered(LOCAL, Finished("stop"))
        else:
            yield Answered(LOCAL, Finished("tool_calls", calls=(CALL,)))


def habits_of(database: Database) -> Registry:
    days = LocalDays(CLOCK, 0)
    registry = Registry()
    for action in actions(Habits(database, days), Breaks(database, days), days):
        registry.add(action)
    return registry


async def life(home: Path, step: int) -> None:
    """One turn, killed before or after the `step`-th commit of it; begun after the habit is."""
    database = await asyncio.to_thread(Database.open, home / "wooster.db", home / "backups")
    registry = habits_of(database)
    await registry.run("habits_add", {"habit": "meditate every day"})
    steps = count(1)
    write = Database._write

    def reached() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(*given: Any, **named: Any) -> Any:
        reached()
        result = write(*given, **named)
        reached()
        return result

    Database._write = watched  # type: ignore[method-assign]
    async with assistant(database, CLOCK, Checking()) as made:  # type: ignore[arg-type]
        prompts = ToolPrompts("", "{result}")
        made.act_with(Toolbox(Offer(list(registry.actions)), registry.prepare, prompts, 600))
        await ask(made, "check in meditate")
    await database.close()


async def wrong(home: Path) -> str:
    """What disagrees after the next start; "" if nothing."""
    database = await asyncio.to_thread(Database.open, home / "wooster.db", home / "backups")
    try:
        await Conversations(database, CLOCK).end_interrupted()
        if findings := await database.read(store.verify):
            return "; ".join(findings)
        turns = await database.read(lambda c: store.recent(c, 10))
        done = await database.read(lambda c: c.execute("SELECT 1 FROM check_ins").fetchall())
        told = [ran.state for turn in turns for ran in turn.tools]
        if [turn.state for turn in turns] not in ([], ["cut_off"], ["done"]):
            return f"the turn is {turns}"
        # Whatever was done is told, and nothing is told as done that wasn't.
        right = {0: ([], ["unknown"]), 1: (["unknown"], ["done"])}
        return "" if told in right[len(done)] else f"done {len(done)} times, and told as {told}"
    finally:
        await database.close()


def killed_life(home: Path, step: int) -> int:
    asyncio.run(life(home, step))
    return 0


def aftermath(home: Path, step: int) -> int:
    sys.stdout.write(f"{step} {asyncio.run(wrong(home)) or 'right'}\n")
    return 0


def main() -> int:
    empty, folder = map(Path, sys.argv[1:3])
    for step in count(1):
        home = folder / str(step)
        home.mkdir()
        shutil.copy(empty, home / "wooster.db")
        code = in_a_process(partial(killed_life, home, step))
        if code not in (0, -signal.SIGKILL):
            sys.stdout.write(f"{step} ended with {code}\n")
            return 1
        in_a_process(partial(aftermath, home, step))
        if code == 0:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
