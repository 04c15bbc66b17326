"""Tasks in a folder of their own, in Berlin, and lines as they are typed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from wooster.actions.action import Nothing
from wooster.actions.registry import Registry
from wooster.core.clock import ManualClock
from wooster.tasks import actions, inbox_actions, project_actions
from wooster.tasks.days import Days
from wooster.tasks.folder import Folder
from wooster.tasks.lists import Lists
from wooster.tasks.project_changes import ProjectChanges
from wooster.tasks.projects import Projects
from wooster.tasks.service import Tasks
from wooster.tasks.sorting import Sorting
from wooster.wire.requests import ActionResult, Option

# The first model that is built looks for pydantic's plugins on the disk: not on a test's loop.
Nothing.model_rebuild()

BERLIN = ZoneInfo("Europe/Berlin")


class Person:
    """Somebody who types commands, edits the files by hand, and takes back what they did."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = ManualClock(datetime(2026, 11, 26, 20, 30, tzinfo=BERLIN), BERLIN)
        self.restart()

    def restart(self) -> None:
        """The daemon begins again: what isn't in the files is forgotten."""
        days = Days(self.clock)
        folder = Folder(self.root)
        self.projects = Projects(folder)
        self.tasks = Tasks(Lists(folder, self.projects, days))
        self.registry = Registry()
        for action in (
            *actions.actions(self.tasks),
            *inbox_actions.actions(self.tasks, Sorting(self.tasks)),
            *project_actions.actions(self.tasks, ProjectChanges(self.projects, days)),
        ):
            self.registry.add(action)

    async def types(self, line: str) -> ActionResult:
        parsed = await self.registry.parse(line)
        assert parsed is not None, f"{line!r} is no command"
        return await self.registry.run(*parsed)

    async def says(self, line: str) -> str:
        return (await self.types(line)).text

    async def undoes(self, result: ActionResult) -> ActionResult:
        assert result.undo is not None
        return await self.registry.run(*result.undo)

    async def presses(self, result: ActionResult, key: str, words: str = "") -> ActionResult:
        """Answer what was asked with a key, and with words where it asks for some."""
        assert result.choice is not None
        (option,) = [each for each in result.choice.options if each.key == key]
        return await self.chooses(option, words)

    async def chooses(self, option: Option, words: str = "") -> ActionResult:
        assert bool(option.ask) == bool(words)
        more = {option.into: words} if option.into else {}
        return await self.registry.run(option.action, {**option.arguments, **more})

    def has(self, file: str, text: str | bytes) -> None:
        """Write a file by hand."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def file(self, file: str) -> str:
        path = self.root / file
        return path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else ""

    def everything(self) -> dict[str, bytes]:
        """All files, byte for byte."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path / "gtd")
