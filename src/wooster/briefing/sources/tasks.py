"""Tasks as items: what is due, what comes, what was done."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from wooster.briefing.model import Item, Moment, item
from wooster.core.days import day_text
from wooster.core.text import counted
from wooster.tasks.lists import SOMEDAY, Lists
from wooster.tasks.model import Item as Listed
from wooster.tasks.model import Task

_WEEK = timedelta(days=7)
_MOST_BEFORE = 50
"""What was done on an earlier day than it was put away hides no more than so many others."""


class TaskItems:
    """Of the task files of one home, for one page: what is open is read once."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._opened: list[Listed] | None = None

    async def due(self, moment: Moment) -> Sequence[Item]:
        """What is due on the day, and what is late, the latest of it first."""
        return await self._open(lambda due: due <= moment.day, moment.day)

    async def due_tomorrow(self, moment: Moment) -> Sequence[Item]:
        return await self._open(lambda due: due == moment.tomorrow, moment.day)

    async def due_next_week(self, moment: Moment) -> Sequence[Item]:
        return await self._open(lambda due: moment.day < due <= moment.day + _WEEK, moment.day)

    async def done_today(self, moment: Moment) -> Sequence[Item]:
        return await self._done(moment.day, moment.day)

    async def done_this_week(self, moment: Moment) -> Sequence[Item]:
        return await self._done(moment.monday, moment.day)

    async def _open(self, takes: Callable[[date], bool], today: date) -> list[Item]:
        if self._opened is None:
            self._opened = await asyncio.to_thread(self._lists.open_items)
        found = [
            each
            for each in self._opened
            if each.file != SOMEDAY and each.task.due is not None and takes(each.task.due)
        ]
        found.sort(key=lambda each: (each.task.due, each.task.text))
        return [_open_item(each, today) for each in found]

    async def _done(self, first: date, last: date) -> list[Item]:
        begin, end = first.isoformat(), last.isoformat()
        entries = await self._lists.done_since(begin, _MOST_BEFORE)
        return [
            item(_identity(each.task, f"{each.file}\0{each.whole}"), each.task.text, "done")
            for each in entries
            if begin <= each.day[:10] <= end
        ]


def _open_item(each: Listed, today: date) -> Item:
    task = each.task
    identity = _identity(task, f"{each.file}\0{each.lines[0]!r}")
    waiting = f"waiting for {task.waiting.who}" if task.waiting and task.waiting.who else ""
    where = f"+{task.project}" if task.project else ""
    return item(identity, task.text, _due(task.due or today, today), waiting, where)


def _due(due: date, today: date) -> str:
    late = (today - due).days
    if late > 0:
        return f"{counted(late, 'day')} overdue"
    if late == -1:
        return "due tomorrow"
    return "due today" if not late else f"due {day_text(due, today)}"


def _identity(task: Task, line: str) -> str:
    """Its own id, or one of its line: short, and the same as long as the line is."""
    short = hashlib.blake2b(line.encode(errors="replace"), digest_size=4).hexdigest()
    return f"task:{task.id or short}"
