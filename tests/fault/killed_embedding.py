"""A program for test_vector_faults.py: embedding and indexing, killed at its N-th step for each N.

`python -m tests.fault.killed_embedding EMPTY.db FOLDER` prints a line for each N: what was wrong
after the kill, or "right". Each life is a process of its own, killed with -9 where it stands.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from tests.embedder import WordEmbedder, vector_of
from tests.fault.points import in_a_process
from wooster.config.settings import Vectors
from wooster.core.clock import ManualClock
from wooster.storage import Database
from wooster.vectors import keeper, sets, store
from wooster.vectors.filling import Filling
from wooster.vectors.keeper import IndexKeeper
from wooster.vectors.model import NewPassage

DOCUMENTS = {n: [f"text {n} {m}" for m in range(8)] for n in range(1, 4)}
SETTINGS = Vectors.model_construct(precision="float32", index_dimensions=None)
vars(keeper)["EXACT_LIMIT"] = 5


def kill_at(step: int) -> None:
    """Have the process killed at the `step`-th of: before and after each commit, each file that is
    put on disk, renamed or removed."""
    steps = count(1)

    def reached() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            reached()
            result = work(*given, **named)
            reached()
            return result

        return run

    Database._write = watched(Database._write)  # type: ignore[method-assign]
    Path.replace = watched(Path.replace)  # type: ignore[method-assign]
    Path.unlink = watched(Path.unlink)  # type: ignore[method-assign]
    os.fsync = watched(os.fsync)


async def life(home: Path) -> None:
    """Store, embed, index, save; then everything anew. Goes on wherever the last life ended."""
    database = await asyncio.to_thread(Database.open, home / "wooster.db", home / "backups")
    embedder = WordEmbedder(batch_size=5)
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    filling = Filling(database, embedder, "float32", clock, lambda *_: None)
    index = IndexKeeper(database, home / "vectors", None, lambda *_: None)

    async def stored() -> None:
        current = (await database.read(sets.all_sets)).get("current")
        if current is not None:
            await index.catch_up(current)

    for document, texts in DOCUMENTS.items():
        passages = [NewPassage(text, "", text) for text in texts]
        put = partial(store.put, collection="library", document=document, passages=passages)
        await database.write(put)
        await filling.once(embedder, stored)
        await index.save()
    await filling.begin_anew()
    await filling.once(embedder, stored)
    await filling.once(embedder, stored)
    await index.forget({each.id for each in (await database.read(sets.all_sets)).values()})
    await index.close()
    await database.close()


async def wrong(home: Path, *, ended: bool) -> str:
    """What disagrees; "" if nothing. After a life that ended, all must be there and found."""
    database = await asyncio.to_thread(Database.open, home / "wooster.db", home / "backups")
    try:
        findings = await database.read(lambda c: [*store.verify(c), *sets.verify(c)])
        if findings or not ended:
            return "; ".join(findings)
        current = (await database.read(sets.all_sets))["current"]
        if await database.read(partial(sets.waiting_count, vector_set=current)):
            return "texts wait"
        index = IndexKeeper(database, home / "vectors", None, lambda *_: None)
        await index.catch_up(current)
        for texts in DOCUMENTS.values():
            for text in texts:
                vector = vector_of(text, current.maker)
                found = await index.nearest(current, vector, 1)
                if not found.scores or found.scores[0] < 0.999:
                    return f"{text!r} isn't found"
        return ""
    finally:
        await database.close()


def killed_life(home: Path, step: int) -> int:
    kill_at(step)
    asyncio.run(life(home))
    return 0


def aftermath(home: Path, step: int) -> int:
    told = asyncio.run(wrong(home, ended=False))
    if not told:
        asyncio.run(life(home))
        told = asyncio.run(wrong(home, ended=True))
    sys.stdout.write(f"{step} {told or 'right'}\n")
    return 0


def main() -> int:
    empty, folder = map(Path, sys.argv[1:3])
    for step in count(1):
        home = folder / str(step)
        home.mkdir()
        shutil.copy(empty, home / "wooster.db")
        code = in_a_process(partial(killed_life, home, step))
        if code == 0:
            return 0
        if code != -signal.SIGKILL:
            sys.stdout.write(f"{step} ended with {code}\n")
            return 1
        in_a_process(partial(aftermath, home, step))
        shutil.rmtree(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
