"""Processing the inbox: one item at a time, one key for what becomes of it.

The keys are the original's. A key that isn't there, words that make no sense and a question that is
left unanswered change nothing: the item stays, and is asked about again.
"""

from __future__ import annotations

from typing import Any

from wooster.core.errors import NotFound, UsageError
from wooster.core.text import counted
from wooster.tasks import showing
from wooster.tasks.lists import INBOX, NEXT, SOMEDAY
from wooster.tasks.model import Item
from wooster.tasks.parameters import Sorted
from wooster.tasks.service import Changed, Tasks
from wooster.wire.requests import ActionResult, Choice, Option

EMPTY = "The inbox is empty."
# key, its meaning, and what is asked for first
_KEYS = (
    ("n", "next action", ""),
    ("c", "next action with a day", "When is it due?"),
    ("w", "wait for somebody", "For whom?"),
    ("s", "someday/maybe", ""),
    ("p", "task of a project", "Which project? A new name begins one."),
    ("r", "reference of a project", "Which project? A new name begins one."),
    ("d", "done already", ""),
    ("t", "trash", ""),
    ("e", "edit its words", "New words:"),
    ("k", "keep it here, go on", ""),
)
_TOLD = {
    "n": "Next action",
    "c": "Next action",
    "w": "Waiting",
    "s": "Someday",
    "d": "Done",
    "t": "In the archive",
    "e": "Changed",
}


class Sorting:
    """The inbox of one home, item by item."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    async def begin(self) -> ActionResult:
        return await self._ask("", 0)

    async def sort(self, given: Sorted) -> ActionResult:
        """Do what the key says, and ask about the next item."""
        left = given.left
        if given.key == "k":
            return await self._ask("Kept.", left + 1)
        try:
            item = await self._tasks.lists.at(given.place.file, given.place.line)
            told, changed = await self._become(item, given.key, given.words)
        except (UsageError, NotFound) as problem:
            again = await self._ask(f"{problem.message} It is still in the inbox.", left)
            return ActionResult(again.text, again.data, problem.exit_code, choice=again.choice)
        asked = await self._ask(told, left)
        return ActionResult(asked.text, asked.data, undo=changed.undo, choice=asked.choice)

    async def _become(self, item: Item, key: str, words: str) -> tuple[str, Changed]:
        tasks = self._tasks
        if key in ("p", "r"):
            return await self._to_project(item, key, words)
        if key == "n":
            changed = await tasks.move(item, NEXT)
        elif key == "c":
            changed = await tasks.schedule(item, words)
        elif key == "w":
            changed = await tasks.wait(item, words)
        elif key == "s":
            changed = await tasks.move(item, SOMEDAY)
        elif key == "d":
            changed = await tasks.done(item)
        elif key == "e":
            changed = await tasks.edit(item, words)
        else:
            changed = await tasks.drop(item)
        return showing.changed_text(_TOLD[key], changed, tasks.days.today()), changed

    async def _to_project(self, item: Item, key: str, words: str) -> tuple[str, Changed]:
        changed, name, is_new = await self._tasks.to_project(item, words, is_task=key == "p")
        what = "Task" if key == "p" else "Reference"
        new = "new project" if is_new else "project"
        text = showing.plain(item.task.text)
        return f"{what} of the {new} {showing.plain(name)}: {text}.", changed

    async def _ask(self, told: str, left: int) -> ActionResult:
        found = await self._tasks.lists.listed(INBOX)
        before = f"{told}\n\n" if told else ""
        if left >= len(found):
            end = EMPTY if not found else f"Done: {counted(len(found), 'item')} left in the inbox."
            return ActionResult(f"{before}{end}", {"left": len(found)})
        item = found[left]
        more = len(found) - left - 1
        shown = showing.task_text(item.task, self._tasks.days.today())
        captured = f" (captured {item.task.stamp})" if item.task.stamp else ""
        head = f"**{counted(more + 1, 'item')} to process**\n\n{shown}{captured}"
        choice = Choice("What becomes of it?", _options(item, left))
        return ActionResult(f"{before}{head}", {"left": len(found)}, choice=choice)


def _options(item: Item, left: int) -> list[Option]:
    place = showing.place_data(item)
    options = []
    for key, label, asks in _KEYS:
        arguments: dict[str, Any] = {"place": place, "key": key, "left": left}
        into = "words" if asks else ""
        options.append(Option(key, label, "inbox_sort", arguments, asks, into))
    return [*options, Option("q", "stop")]
