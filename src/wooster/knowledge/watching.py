"""Being told by the system that something happened to a path, and nothing of what.

What an event says is not believed: it only names a path that is to be looked at. A folder that
can't be watched (a network disk, too many folders for the system's limit) is compared with the
library every few minutes all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from wooster.knowledge.places import Root
from wooster.knowledge.scanning import IGNORE_FILE, is_passed_over

Log = Callable[[str, dict[str, Any]], None]

# Events that follow each other closely are one: at most so long after the first, at least so
# long after the last.
_DEBOUNCE_MS = 1000
_CALM_MS = 100


def _import_awatch() -> Any:
    """It takes its time, and a home without a folder needs none of it."""
    from watchfiles import awatch

    return awatch


class Watcher:
    """Watches the roots that it is given until it is stopped. `mark` is told the paths."""

    def __init__(self, mark: Callable[[Iterable[str]], None], log: Log) -> None:
        self._mark = mark
        self._log = log
        self._roots: dict[tuple[str, tuple[int, int]], asyncio.Event] = {}
        self._wanted: set[tuple[str, tuple[int, int]]] = set()
        self._renew = asyncio.Event()
        self._stopping = False

    def watch(self, roots: Iterable[Root]) -> None:
        """From now on, these. A folder that was replaced by another of its name is new."""
        wanted = {(root.path, root.key) for root in roots}
        if wanted != self._wanted:
            self._wanted = wanted
            self._renew.set()

    def stop(self) -> None:
        self._stopping = True
        self._renew.set()

    async def run(self) -> None:
        """Follow what `watch` wants until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping:
                for root in self._roots.keys() - self._wanted:
                    self._roots.pop(root).set()
                for root in self._wanted - self._roots.keys():
                    ending = self._roots[root] = asyncio.Event()
                    tasks.create_task(self._follow(root[0], ending))
                await self._renew.wait()
                self._renew.clear()
            for ending in self._roots.values():
                ending.set()

    async def _follow(self, path: str, ending: asyncio.Event) -> None:
        awatch = await asyncio.to_thread(_import_awatch)
        skipped = len(path) + 1

        def concerns(_: object, changed: str) -> bool:
            names = changed[skipped:].split("/")
            return names[-1] == IGNORE_FILE or not any(map(is_passed_over, names))

        try:
            async for changes in awatch(
                path,
                watch_filter=concerns,
                debounce=_DEBOUNCE_MS,
                step=_CALM_MS,
                stop_event=ending,
                ignore_permission_denied=True,
            ):
                self._mark(changed for _, changed in changes)
        except (OSError, RuntimeError) as error:
            self._log("library.unwatched", {"folder": path, "error": str(error)})
