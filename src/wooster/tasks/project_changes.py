"""Changing projects: begin, open, close, rename, delete, and write into a journal.

What is deleted goes to `.trash` beside the projects.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wooster.core.errors import UsageError
from wooster.core.text import clean
from wooster.tasks import changes, document, lines
from wooster.tasks.changes import Change, Rename, Step, Undo, undo
from wooster.tasks.days import Days
from wooster.tasks.document import Document, bytes_of, rewritten, text_of
from wooster.tasks.folder import PROJECTS
from wooster.tasks.projects import ACTIVE, HOME, Project, Projects

TRASH = f"{PROJECTS}/.trash"
_TAGGED = ("next_actions.md", "waiting_for.md", "someday_maybe.md", "inbox.md")


@dataclass(frozen=True, slots=True)
class ProjectChanged:
    """A project after a change; `undo` None when nothing was changed."""

    project: Project
    undo: Undo | None


class ProjectChanges:
    """Of one home."""

    def __init__(self, projects: Projects, today: Days) -> None:
        self._known = projects
        self._folder = projects.folder
        self._days = today

    async def new(self, name: str) -> ProjectChanged:
        """Begin a project. Raises `UsageError` for a name that is taken or can't be one."""
        return await self._write(lambda: self._known.beginning(name))

    async def open(self, words: str) -> ProjectChanged:
        """From now on it is the one that new tasks and the journal are of."""

        def plan() -> tuple[list[Step], Project]:
            project = self._known.find(words)
            return self._activating(project.slug), project

        return await self._write(plan)

    async def close(self) -> ProjectChanged:
        def plan() -> tuple[list[Step], Project]:
            project = self._known.active()
            if project is None:
                raise UsageError("No project is open.", hint="`project open NAME` opens one.")
            return self._activating(""), project

        return await self._write(plan)

    async def rename(self, words: str, name: str) -> ProjectChanged:
        """Its folder, its journal, the journal's title, and its tags in the lists."""

        def plan() -> tuple[list[Step], Project]:
            project, new = self._known.find(words), self._known.called(name)
            if project.slug == HOME:
                raise UsageError("The home project keeps its name.", hint="`create project NAME`")
            taken = [
                e for e in self._known.all() if e.slug == new.slug and e.folder != project.folder
            ]
            if taken:
                raise UsageError(f"There is a project “{taken[0].name}” already.")
            return self._renaming(project, new), new

        return await self._write(plan)

    async def delete(self, words: str) -> ProjectChanged:
        """Into the trash. Raises `UsageError` for the one that is open, and for home."""

        def plan() -> tuple[list[Step], Project]:
            project, active = self._known.find(words), self._known.active()
            if active is not None and active.slug == project.slug:
                raise UsageError(
                    f"“{project.name}” is open.", hint="`project close` first; nothing was deleted."
                )
            if project.slug == HOME:
                raise UsageError(
                    "The home project isn't deleted: the journal is there.",
                    hint="Nothing was deleted.",
                )
            when = self._days.stamp().replace(" ", "T").replace(":", "-")
            new = f"{TRASH}/{project.folder}-{when}"
            return [Rename(f"{PROJECTS}/{project.folder}", new)], project

        return await self._write(plan)

    async def journal(self, text: str) -> ProjectChanged:
        """An entry with the time, in the journal of the open project, else of the home project."""
        words = clean(text).strip()
        if not words:
            raise UsageError("There is nothing to write.", hint="`journal the keys are at Ana's`")

        def plan() -> tuple[list[Step], Project]:
            project = self._known.active() or self._home()
            entry = [f"## {self._days.minute()}", "", *words.split("\n"), ""]
            there = self._folder.read(project.file)
            if not there.ends:
                head = f"# Journal: {project.name}\n\n"
                data = bytes_of(head + "\n".join(entry) + "\n")
                is_new = not self._folder.is_there(project.file)
                made = changes.making(project.file, data)
                return [made if is_new else _whole(project.file, there, data)], project
            gap = [""] if there.lines[there.ends - 1].strip() else []
            put = [bytes_of(line) for line in (*gap, *entry)]
            return [changes.inserting(there, project.file, there.ends, put)], project

        return await self._write(plan)

    # --- parts of them ---

    async def _write(self, plan: Callable[[], tuple[Sequence[Step], Project]]) -> ProjectChanged:
        def write() -> ProjectChanged:
            with self._folder.locked():
                steps, project = plan()
                made = self._folder.write(steps)
                return ProjectChanged(project, undo(made) if made else None)

        return await asyncio.to_thread(write)

    def _home(self) -> Project:
        return next((e for e in self._known.all() if e.slug == HOME), self._known.called("Home"))

    def _activating(self, slug: str) -> list[Step]:
        there = self._folder.read(ACTIVE)
        data = bytes_of(f"{slug}\n" if slug else "")
        if there.data == data:
            return []
        if not self._folder.is_there(ACTIVE):
            return [changes.making(ACTIVE, data)]
        return [_whole(ACTIVE, there, data)]

    def _renaming(self, project: Project, new: Project) -> list[Step]:
        steps: list[Step] = []
        file, active = project.file, self._known.active()
        there = self._folder.read(file)
        if new.slug != project.folder:
            steps.append(Rename(f"{PROJECTS}/{project.folder}", f"{PROJECTS}/{new.folder}"))
            file = file.replace(f"/{project.folder}/", f"/{new.folder}/", 1)
        if there.ends and file != new.file and not file.endswith("/journal.md"):
            steps.append(Rename(file, new.file))
            file = new.file
        at = document.heading_line(there)
        if at is not None:
            put = rewritten(there.lines[at], f"# Journal: {new.name}")
            steps.append(changes.replacing(there, file, at, 1, [put]))
        if new.slug != project.slug:
            steps += self._retagging(project, new)
            if active is not None and active.slug == project.slug:
                steps += self._activating(new.slug)
        return steps

    def _retagging(self, project: Project, new: Project) -> list[Step]:
        names = self._known.names()
        steps: list[Step] = []
        for file in _TAGGED:
            for item in self._folder.items(file, names):
                text = text_of(item.lines[0])
                changed = lines.retagged(text, project.slug, new.slug, names)
                if changed != text:
                    put = [rewritten(item.lines[0], changed)]
                    there = self._folder.read(file)
                    steps.append(changes.replacing(there, file, item.line, 1, put))
        return steps


def _whole(file: str, there: Document, data: bytes) -> Change:
    return Change(file, 0, there.lines, Document.of(data).lines)
