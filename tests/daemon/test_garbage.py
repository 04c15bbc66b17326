"""What refers only to itself goes, while what the daemon has loaded isn't looked through again."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from wooster.daemon import garbage


class _Knot:
    """Refers to itself, as asyncio's transports do."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


@pytest.mark.parametrize("is_old", [False, True])
async def test_knots_go(monkeypatch: pytest.MonkeyPatch, *, is_old: bool) -> None:
    """Also those that one look has passed already, while they were in use."""
    monkeypatch.setattr(garbage, "EVERY_S", 0.001)
    async with asyncio.TaskGroup() as tasks:
        collecting = tasks.create_task(garbage.collect())
        await asyncio.sleep(0)  # what is there by now stays
        knots = [_Knot() for _ in range(2000)]
        gone = weakref.ref(knots[0])
        if is_old:
            gc.collect(0)
        knots.clear()
        assert gone() is not None
        while gone() is not None:
            await asyncio.sleep(0.001)
        assert gc.get_freeze_count() > 0
        collecting.cancel()
