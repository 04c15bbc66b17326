"""A home in which everything was done once, a life in which an operation is tried there, and what
the next life finds.

An operation is acknowledged when the person is told so; what was acknowledged must be found by the
next daemon. What was done before it must be there in any case.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from scripts.benches.faults_home import Life, living, note, told
from scripts.benches.faults_operations import BEFORE, Operation, copies_are_whole
from scripts.benches.faults_points import Judged, Subject, Under

from wooster.config.paths import Paths
from wooster.core.errors import WoosterError
from wooster.storage import migrations

_PATIENCE_S = 30.0
_DOCUMENTS = {
    "first/page.md": "# Animals\n\nA platypus.\n",
    "second/page.md": "# Animals\n\nA wombat.\n",
    "old/gtd/inbox.md": "# Inbox\n\n- [ ] 2026-01-10 09:30:00 ask Ana about the roof\n",
    "old/projects/us-trip/us-trip.md": (
        "# Journal: US Trip\n\n## Overview\n\n## Tasks\n\n- [ ] book a hotel\n\n"
        "## 2026-01-11 10:00\n\nTickets are booked.\n"
    ),
    "old/notes/attic.md": "# Attic\n\nThe attic key hangs in the hall.\n",
}


def subject(operation: Operation, prepared: Path, environ: Mapping[str, str]) -> Subject:
    """An operation in the home that was prepared, or where none is."""
    if operation.is_first:
        prepared = prepared.with_name("bare") / "prepared"
        (prepared / "world").mkdir(parents=True)
    return Subject(
        operation.name,
        prepared,
        partial(_lives, operation, environ),
        partial(_judges, operation, environ),
    )


async def prepare(home: Path, world: Path, environ: Mapping[str, str]) -> None:
    """Do everything once, and see that it holds."""
    for name, text in _DOCUMENTS.items():
        path = world / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    async with living(home, world, environ) as life:
        for each in BEFORE:
            async with asyncio.timeout(_PATIENCE_S):
                await each.does(life)
            rows = await life.made.database.read(lambda c, e=each: e.holds(c, home, world))  # type: ignore[misc]
            assert rows, each.name
    (world / "told").unlink(missing_ok=True)


def _lives(
    operation: Operation, environ: Mapping[str, str], home: Path, world: Path, under: Under
) -> None:
    async def live() -> None:
        if operation.is_first:  # a daemon has this done in another process, which isn't watched
            Paths(home).prepare()
            migrations.apply(Paths(home).database, Paths(home).backups)
        async with living(home, world, environ) as life:
            under.begin()
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await operation.does(life)
                life.told("acknowledged")
            except* (WoosterError, OSError) as failed:
                note(world / "said", f"{failed.exceptions[0]}\n")
            finally:
                under.did()

    under.wake()
    asyncio.run(live())
    under.end()


def _judges(operation: Operation, environ: Mapping[str, str], home: Path, world: Path) -> Judged:
    return asyncio.run(_missing(operation, environ, home, world))


async def _missing(
    operation: Operation, environ: Mapping[str, str], home: Path, world: Path
) -> Judged:
    """What the next daemon doesn't find of what was acknowledged, and what `verify` says to it."""
    async with living(home, world, environ) as life:
        lost, wrong = await _found(operation, life)
        if operation.finishes is not None and "acknowledged" not in told(world):
            # Nothing was promised but that it is done: the next daemon's to do.
            await operation.finishes(life)
            life.told("acknowledged")
            later = await _found(operation, life)
            lost, wrong = [*lost, *later[0]], [*wrong, *later[1]]
    return lost, [*wrong, *copies_are_whole(home)]


async def _found(operation: Operation, life: Life) -> Judged:
    is_promised = operation.always or "acknowledged" in told(life.world)

    def look(rows: sqlite3.Connection) -> Judged:
        before = () if operation.is_first else BEFORE
        ours = [*before, *([operation] if is_promised else [])]
        wanted = [each for each in ours if each.name not in operation.undoes]
        lost = [each.name for each in wanted if not each.holds(rows, life.home, life.world)]
        return lost, [line for check in life.made.ground.checks for line in check(rows)]

    return await life.made.database.read(look)
