"""The tasks of one home: one call for each thing that a person does with them.

Each change is made under the folder's lock in what the files say at that moment, and gives what
takes it back. It refuses to know projects (`projects`) and how anything is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wooster.core.errors import Busy, UsageError
from wooster.core.text import clean
from wooster.tasks import archive, changes, days, lines, turning
from wooster.tasks.changes import Change, Step, Undo, undo
from wooster.tasks.document import Document, rewritten, text_of
from wooster.tasks.lists import INBOX, NEXT, WAITING, Lists
from wooster.tasks.model import Item, Task
from wooster.tasks.projects import inserted, put_in


@dataclass(frozen=True, slots=True)
class Changed:
    """A task after a change, the file that it is in, and the steps that were made. `next_task` is
    the one that a recurring one leaves behind."""

    task: Task
    file: str
    steps: tuple[Step, ...]
    next_task: Task | None = None

    @property
    def undo(self) -> Undo:
        return undo(self.steps)


class Tasks:
    """What is changed of them."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.folder = lists.folder
        self.projects = lists.projects
        self.days = lists.days

    # --- new ones -----------------------------------------------------------------------------

    async def capture(self, text: str) -> Changed:
        """Put `text` as it is into the inbox; further lines belong to the first."""
        first, *more = clean(text).strip().split("\n")
        task = Task(" ".join(first.split()), stamp=self.days.stamp())
        if not task.text:
            raise UsageError("There is nothing to capture.", hint="`capture call Ana`")
        texts = [f"- [ ] {task.stamp} {task.text}", *(f"  {line}".rstrip() for line in more)]
        return await self._write(lambda: (self._inserted(INBOX, texts), task, INBOX))

    async def add(self, words: str, file: str = NEXT) -> Changed:
        """A new next action, or one of another list. Raises `UsageError`."""

        def plan() -> tuple[Sequence[Step], Task, str]:
            task = self._said(words)
            if not task.text:
                raise UsageError("What is to be done?", hint="`add call Ana @phone due friday`")
            if not task.project and file == NEXT and (active := self.projects.active()):
                task = replace(task, project=active.slug)
            task = turning.new(task, self.days)
            return self._inserted(file, [lines.format_line(task)]), task, file

        return await self._write(plan)

    async def wait_new(self, text: str, who: str) -> Changed:
        """A new thing to wait for."""

        def plan() -> tuple[Sequence[Step], Task, str]:
            task = turning.awaited(self._said(text), who, self.days)
            return self._inserted(WAITING, [lines.format_line(task)]), task, WAITING

        return await self._write(plan)

    # --- those that are there -----------------------------------------------------------------

    async def done(self, which: Item | str) -> Changed:
        """Done: into the archive, and one that recurs is there again with its next day."""

        def plan() -> tuple[Sequence[Step], Task, str, Task | None]:
            item = self.lists.one(which)
            task = replace(item.task, is_done=True, completed=self.days.today().isoformat())
            following = turning.following(item.task, self.days)
            first = text_of(item.lines[0])
            is_box = lines.parse(first) is not None
            line = lines.ticked(first, task) if is_box else lines.format_line(task)
            if item.file.startswith("projects/"):
                put = [rewritten(item.lines[0], line), *item.lines[1:]]
                steps = [self._replaced(item, put)]
                if following:
                    steps = [self._replaced(item, [*put, *turning.again(item, following)])]
                return steps, task, item.file, following
            kept = archive.done(self.folder, item, line, self.days.utc())
            again = turning.again(item, following) if following else []
            return [kept, self._replaced(item, again)], task, item.file, following

        return await self._write(plan)

    async def edit(self, which: Item | str, words: str) -> Changed:
        """Give a task other words or tags; tags that `words` don't name stay."""

        def plan() -> tuple[Sequence[Step], Task, str]:
            item = self.lists.one(which)
            said = self._said(turning.NONE.sub("", words))
            task = turning.without(lines.merged(item.task, said), words)
            if task == item.task:
                raise UsageError("That changes nothing.", hint="`edit 3 call Ana due friday`")
            return [self._rewritten(item, task)], task, item.file

        return await self._write(plan)

    async def move(self, which: Item | str, file: str, section: str = "") -> Changed:
        """To another list, or a project's file, with all that belongs to it."""

        def plan() -> tuple[Sequence[Step], Task, str]:
            item = self.lists.one(which)
            if item.file == file:
                raise UsageError("It is there already.", hint="`next` lists the next actions.")
            return self._moved(item, turning.for_list(item.task, file, self.days), file, section)

        return await self._write(plan)

    async def to_project(
        self, which: Item | str, words: str, *, is_task: bool
    ) -> tuple[Changed, str, bool]:
        """Into a project's file, as a task or as a reference; a name that no project has begins
        one. Also gives the project's name, and whether it is new."""
        told: dict[str, Any] = {}

        def plan() -> tuple[Sequence[Step], Task, str]:
            item = self.lists.one(which)
            begun, project = self.projects.found_or_begun(words)
            told.update(name=project.name, is_new=bool(begun))
            task = turning.for_list(replace(item.task, project=""), project.file, self.days)
            line = lines.format_line(task)
            if not is_task:
                line = line.removeprefix("- [ ] ")
            rest = [text_of(each) for each in item.lines[1:]]
            section = "Tasks" if is_task else "Reference Material"
            if begun:
                data = begun[0].put
                whole = Document(data)
                made = put_in(whole, project.file, [line, *rest], section)
                begun = [changes.making(project.file, changes.applied(whole, made).data)]
                return [*begun, self._replaced(item, [])], task, project.file
            first = self._inserted(project.file, [line, *rest], section)
            return [*first, self._replaced(item, [])], task, project.file

        changed = await self._write(plan)
        return changed, told["name"], told["is_new"]

    async def wait(self, which: Item | str, who: str) -> Changed:
        """Somebody else does it: it goes to what is waited for."""

        def plan() -> tuple[Sequence[Step], Task, str]:
            item = self.lists.one(which)
            task = turning.awaited(item.task, who, self.days)
            if item.file == WAITING:
                return [self._rewritten(item, task)], task, WAITING
            return self._moved(item, task, WAITING, "")

        return await self._write(plan)

    async def schedule(self, which: Item | str, when: str) -> Changed:
        """A next action that is due then."""

        def plan() -> tuple[Sequence[Step], Task, str]:
            item = self.lists.one(which)
            due = replace(item.task, due=days.day(when, self.days))
            task = turning.for_list(due, NEXT, self.days)
            if item.file == NEXT:
                return [self._rewritten(item, task)], task, NEXT
            return self._moved(item, task, NEXT, "")

        return await self._write(plan)

    async def drop(self, which: Item | str) -> Changed:
        """It needs no doing: a copy of it goes to the archive."""

        def plan() -> tuple[Sequence[Step], Task, str]:
            item = self.lists.one(which)
            kept = archive.let_go(self.folder, item, self.days.utc())
            return [kept, self._replaced(item, [])], item.task, item.file

        return await self._write(plan)

    async def put(self, steps: Sequence[Step]) -> Undo:
        """Make steps as they are: takes back a change, or makes it again."""

        def write() -> Undo:
            with self.folder.locked():
                return undo(self.folder.write(steps))

        return await asyncio.to_thread(write)

    # --- parts of them ------------------------------------------------------------------------

    async def _write(self, plan: Callable[[], tuple[Any, ...]]) -> Changed:
        def write() -> Changed:
            with self.folder.locked():
                steps, task, file, *more = plan()
                made = self.folder.write(steps)
                return Changed(task, file, tuple(made), *more)

        return await asyncio.to_thread(write)

    def _said(self, words: str) -> Task:
        return turning.said(words, self.days, self.projects.names())

    def _inserted(self, file: str, texts: Sequence[str], section: str = "") -> list[Step]:
        return [inserted(self.folder, file, texts, section)]

    def _moved(
        self, item: Item, task: Task, file: str, section: str
    ) -> tuple[Sequence[Step], Task, str]:
        rest = [text_of(line) for line in item.lines[1:]]
        first = self._inserted(file, [lines.format_line(task), *rest], section)
        return [*first, self._replaced(item, [])], task, file

    def _rewritten(self, item: Item, task: Task) -> Change:
        line = lines.format_line(task, lines.lead(text_of(item.lines[0])))
        return self._replaced(item, [rewritten(item.lines[0], line), *item.lines[1:]])

    def _replaced(self, item: Item, put: Sequence[bytes]) -> Change:
        document = self.folder.read(item.file)
        if document.lines[item.line : item.line + len(item.lines)] != item.lines:
            raise Busy(f"{item.file} was changed just now.", hint="Nothing was done. Try again.")
        return changes.replacing(document, item.file, item.line, len(item.lines), put)
