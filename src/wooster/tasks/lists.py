"""What there is: the tasks of each list, those that words or numbers mean, what was done.

It remembers the list that was shown last, whose numbers are typed. It changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from wooster.core import caches
from wooster.core.errors import NotFound
from wooster.core.text import clip
from wooster.tasks import archive, changes, choosing, filters
from wooster.tasks.archive import Archive, Entry
from wooster.tasks.days import Days
from wooster.tasks.document import text_of
from wooster.tasks.filters import Filter
from wooster.tasks.folder import Folder
from wooster.tasks.model import Item
from wooster.tasks.projects import Projects

INBOX, NEXT = "inbox.md", "next_actions.md"
WAITING, SOMEDAY = "waiting_for.md", "someday_maybe.md"
LISTS = (INBOX, NEXT, WAITING, SOMEDAY)
_SHOWN = 60


class Lists:
    """Of one home."""

    def __init__(self, folder: Folder, projects: Projects, today: Days) -> None:
        self.folder = folder
        self.projects = projects
        self.days = today
        self._archive = Archive(folder)
        self._shown: list[Item] = []
        caches.known(self._let_go)

    async def next(self, words: str = "") -> tuple[list[Item], Filter]:
        """The next actions that `words` ask for, in their order. Raises `UsageError`."""

        def read() -> tuple[list[Item], Filter]:
            names = self.projects.names()
            asked = filters.parse(words, self.days, names)
            found = [e for e in self.folder.items(NEXT, names) if asked.takes(e.task)]
            if asked.project:
                own = replace(asked, project="")
                found += [e for e in self.projects.open_items(asked.project) if own.takes(e.task)]
            return sorted(found, key=filters.order), asked

        return await asyncio.to_thread(read)

    async def listed(self, file: str, words: str = "") -> list[Item]:
        """The tasks of a list that aren't done and have all of `words`, as they stand there."""

        def read() -> list[Item]:
            names = self.projects.names()
            asked = filters.parse(words, self.days, names) if words else Filter()
            return [each for each in self._of(file, names) if asked.takes(each.task)]

        return await asyncio.to_thread(read)

    async def done_before(self, words: str, count: int) -> tuple[list[Entry], bool]:
        """What was done, the newest first, at most `count` of it, and whether there is more."""

        def read() -> tuple[list[Entry], bool]:
            asked = words.split()
            files = [*LISTS, *self.projects.files()]
            found: list[Entry] = []
            for entry in self._archive.entries(files, self.projects.names()):
                if archive.has(entry, asked):
                    if len(found) == count:
                        return found, True
                    found.append(entry)
            return found, False

        return await asyncio.to_thread(read)

    async def done_since(self, day: str, most_before: int = 1) -> list[Entry]:
        """What was done on a day (ISO) or later, the newest first, as far as its day is known; read
        until `most_before` one after the other were done before."""

        def read() -> list[Entry]:
            files = [*LISTS, *self.projects.files()]
            found: list[Entry] = []
            before = 0
            for entry in self._archive.entries(files, self.projects.names()):
                if entry.day and entry.day < day:
                    before += 1
                    if before == most_before:
                        return found
                elif entry.day:
                    before = 0
                    found.append(entry)
            return found

        return await asyncio.to_thread(read)

    async def titles(self) -> dict[str, str]:
        """The names of the projects by their slugs."""
        found = await asyncio.to_thread(self.projects.all)
        return {each.slug: each.name for each in found}

    async def project_file(self, words: str) -> tuple[str, str]:
        """The file and the name of the project that words mean. Raises `NotFound`, `UsageError`."""
        found = await asyncio.to_thread(self.projects.find, words)
        return found.file, found.name

    def show(self, found: Sequence[Item]) -> None:
        """Remember what a person sees with numbers."""
        self._shown = list(found)

    def _let_go(self) -> None:
        self._shown = []

    async def meant(self, words: str) -> list[Item]:
        """The tasks that words may mean, wherever they are; for a number, the one of that list."""

        def read() -> list[Item]:
            at = choosing.number(words)
            if at is not None:
                return self._shown[at - 1 : at] if at else []
            return choosing.meant(words, self.open_items())

        return await asyncio.to_thread(read)

    async def at(self, file: str, line: str) -> Item:
        """The task whose line stands in a file, as an action names the exact one.

        Raises `NotFound`.
        """
        raw = changes.untold(line)

        def read() -> Item:
            for item in self.open_items():
                if item.file == file and item.lines[0].rstrip() == raw.rstrip():
                    return item
            told = clip(text_of(raw), _SHOWN)
            raise NotFound(f"“{told}” was changed or moved since.", hint="List it again.")

        return await asyncio.to_thread(read)

    # --- blocking -----------------------------------------------------------------------------

    def _of(self, file: str, names: Collection[str]) -> list[Item]:
        return self.folder.items(file, names, bullets=file == INBOX)

    def open_items(self) -> list[Item]:
        """All that aren't done, of every list and project."""
        names = self.projects.names()
        everything = [item for file in LISTS for item in self._of(file, names)]
        everything += self.projects.all_items(names)
        return [item for item in everything if not item.task.is_done]

    def one(self, which: Item | str) -> Item:
        there = self.open_items()
        if isinstance(which, str):
            return choosing.find(which, there, self._shown)
        return choosing.find("1", there, [which])
